"""What a colleague's text says: the code of an item ("K7Q2", "k7 q2 ok"), or that a test arrived ("OK")."""

from __future__ import annotations

import re

from .incidents import ALPHABET

SIZE = 4
READ_AS = str.maketrans("OIL", "011")  # Crockford: what a hand writes for what the page said
BESIDE = frozenset({"OK", "OKAY", "ACK", "ITEM", "TAKEN", "GOT", "IT", "MINE", "YES", "THANKS", "PORCHLIGHT"})
FINE = frozenset({"OK", "OKAY", "K", "OK OK", "YES", "Y", "GOT IT", "RECEIVED", "TEST OK", "OK TEST", "OK THANKS", "OKAY THANKS"})


def said_code(body: str) -> str:
    """The code that is the whole of a text, besides an "ok"; "" for any other text. A code inside a sentence is none."""
    words = _words(body)
    left = [word for word in words if word not in BESIDE] or [word for word in words if len(word) == SIZE][:1]
    code = "".join(left).translate(READ_AS)
    return code if len(code) == SIZE and set(code) <= set(ALPHABET) else ""


def says_fine(body: str) -> bool:
    """Whether a text is a bare "OK", as a test asks for."""
    return " ".join(_words(body)) in FINE or body.strip() == "\N{THUMBS UP SIGN}"


def spoken(code: str) -> str:
    """"K 7 Q 2": for a voice."""
    return " ".join(code)


def _words(body: str) -> list[str]:
    return re.findall(r"[A-Z0-9]+", body.upper().replace("'", ""))

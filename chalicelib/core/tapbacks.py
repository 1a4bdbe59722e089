"""Reactions that a phone sends as text: `Liked "See you at 3"` (C17).

Only the shape is recognised here; whether the quoted words are exactly one of our texts is for the caller, by keyed
hash. Anything else is words of a person and is screened.
"""

from __future__ import annotations

import re

# What iPhone and Google Messages write when the other side cannot show a reaction.
_IPHONE = (
    r"(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S{1,8} to"
    r"|removed (?:an? [^“\"«]{1,24}|[^\w\s]{1,8}) from)"
)
_SPANISH = (
    r"(?:le gustó|le encantó|no le gustó|le dio risa|se rió de|exclamó por|enfatizó|destacó|preguntó por|dudó sobre"
    r"|reaccionó con \S{1,8} a)"
)
_GOOGLE = r"[^\w\s]{1,8}\s*(?:to|a)"
_SHAPE = re.compile(rf"(?:{_IPHONE}|{_SPANISH}|{_GOOGLE})[\s\u200b]*[“\"«](.*)[”\"»]", re.I | re.S)
_THIN = " \n\r\t\u200a\u200b"  # Google sets hair spaces and zero-width spaces around the mark and the quoted words


def quoted(text: str) -> str | None:
    """The text that a reaction quotes, without thin spaces at its ends; None when this is no reaction. Linear."""
    found = _SHAPE.fullmatch(text.strip(_THIN))
    return found.group(1).strip(_THIN) if found else None

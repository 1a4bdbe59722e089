"""Reactions that a phone sends as text: `Liked "See you at 3"` (C17).

Only the shape is recognised here; whether the quoted words are exactly one of our texts is for the caller, by keyed
hash. Anything else is words of a person and is screened.
"""

from __future__ import annotations

import re

# What iPhone and Google Messages write when the other side cannot show a reaction.
_IPHONE = r"(?:liked|loved|disliked|laughed at|emphasized|questioned|reacted \S{1,8} to|removed an? [a-z ]{1,24} from)"
_SPANISH = r"(?:le gustó|le encantó|no le gustó|le dio risa|exclamó por|preguntó por|reaccionó con \S{1,8} a)"
_GOOGLE = r"[^\w\s]{1,8}\s*(?:to|a)"
_SHAPE = re.compile(rf"^[\s\u200a\u200b]*(?:{_IPHONE}|{_SPANISH}|{_GOOGLE})\s*[\u200a\u200b]*[“\"«](.*)[”\"»][\s\u200a\u200b]*$", re.I | re.S)


def quoted(text: str) -> str | None:
    """The text that a reaction quotes, exactly as it stands there; None when this is no reaction."""
    found = _SHAPE.match(text)
    return found.group(1) if found else None

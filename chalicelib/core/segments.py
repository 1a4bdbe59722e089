"""How many SMS parts a text becomes, and which characters make it dear (RULES SEG-1 … SEG-6).

GSM 03.38 counts septets, UCS-2 counts UTF-16 code units. No part ends inside an escaped character, a surrogate pair
or an emoji sequence, so that our count is never lower than the carrier's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

MOST_CHARACTERS = 1600  # SEG-6


class Encoding(StrEnum):
    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


# 3GPP TS 23.038, the default alphabet; lower-case á í ó ú ç and Á Í Ó Ú are not in it (SEG-4).
GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_ESCAPED = frozenset("^{}\\[]~|€\f")  # two septets each (SEG-2)
_GSM7 = GSM7_BASIC | GSM7_ESCAPED

# units of a text that fits one part, units of each part of one that does not (SEG-1)
ROOM: dict[Encoding, tuple[int, int]] = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}
ROOM_TOLL_FREE: dict[Encoding, tuple[int, int]] = {Encoding.GSM7: (160, 152), Encoding.UCS2: (70, 66)}

# What phones and word processors put in by themselves (SEG-3). Accents stay: "ano" is not "año" (SEG-4).
PLAINER: dict[str, str] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t", " "),
    **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),
    **dict.fromkeys("\u2028\u2029", "\n"),
    "\u2026": "...",
}
_PLAINER = str.maketrans(PLAINER)

_ZWJ = "\u200d"
_JOINED = frozenset([_ZWJ, "\u20e3", *map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0x1F3FB, 0x1F400))])
_TAGS = (0xE0020, 0xE007F)
_FLAG = (0x1F1E6, 0x1F1FF)
_LETTERS = re.compile("\r\n|.", re.DOTALL)  # of the GSM-7 alphabet, where nothing else belongs together


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` of `encoding`, in `parts`; `left`: units that still fit before another part begins.

    `offenders`: each character that forced UCS-2 once, in order. An empty text has no parts.
    """

    encoding: Encoding
    units: int
    parts: int
    left: int
    offenders: tuple[str, ...]


def count(text: str, *, toll_free: bool = False) -> Segments:
    """What `text` costs as it stands; `transliterate` it first to see what it could cost. Linear in its length."""
    offenders = tuple(dict.fromkeys(c for c in text if c not in _GSM7))
    encoding = Encoding.UCS2 if offenders else Encoding.GSM7
    filled = [_WEIGH[encoding](part) for part in split(text, toll_free=toll_free)]
    single, many = _room(encoding, toll_free)
    left = (single if len(filled) < 2 else many) - (filled[-1] if filled else 0)
    return Segments(encoding, sum(filled), len(filled), left, offenders)


def split(text: str, *, toll_free: bool = False) -> list[str]:
    """The parts of `text`; joined they are `text` again."""
    encoding = encoding_of(text)
    weigh = _WEIGH[encoding]
    single, many = _room(encoding, toll_free)
    if weigh(text) <= single:
        return [text] if text else []
    parts, room = [""], many
    for piece in _pieces(text, weigh, many):
        weight = weigh(piece)
        if weight > room:
            parts.append("")
            room = many
        parts[-1] += piece
        room -= weight
    return parts


def encoding_of(text: str) -> Encoding:
    """GSM-7 when every character is in its alphabet."""
    return Encoding.GSM7 if _GSM7.issuperset(text) else Encoding.UCS2


def transliterate(text: str) -> str:
    """`text` with the plain form of curly quotes, dashes, ellipses, odd spaces; nothing that changes a word."""
    return text.translate(_PLAINER)


def _room(encoding: Encoding, toll_free: bool) -> tuple[int, int]:
    return (ROOM_TOLL_FREE if toll_free else ROOM)[encoding]


_WEIGH: dict[Encoding, Callable[[str], int]] = {
    Encoding.GSM7: lambda text: len(text) + (0 if GSM7_ESCAPED.isdisjoint(text) else sum(c in GSM7_ESCAPED for c in text)),
    Encoding.UCS2: lambda text: len(text) + sum(ord(c) > 0xFFFF for c in text),
}


def _pieces(text: str, weigh: Callable[[str], int], most: int) -> Iterator[str]:
    """What no part may cut; a sequence longer than a part is cut between its characters after all."""
    for cluster in _LETTERS.findall(text) if _GSM7.issuperset(text) else _clusters(text):
        yield from [cluster] if weigh(cluster) <= most else cluster


def _clusters(text: str) -> Iterator[str]:
    """A character with what belongs to it: accents, skin tones, joined emoji, the second half of a flag."""
    start, flags = 0, 0
    for at, character in enumerate(text):
        flag = _within(character, _FLAG)
        second_half = flag and flags % 2 == 1
        if at > start and not (second_half or _belongs(text[at - 1], character)):
            yield text[start:at]
            start = at
        flags = flags + 1 if flag else 0
    if text:
        yield text[start:]


def _belongs(before: str, character: str) -> bool:
    if before == _ZWJ or character in _JOINED or _within(character, _TAGS):
        return True
    return before + character == "\r\n" or unicodedata.combining(character) != 0


def _within(character: str, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= ord(character) <= bounds[1]

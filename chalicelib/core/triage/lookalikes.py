"""Letters that are drawn like others: small capitals, Cyrillic, Greek, turned, squared, and marks that strike through."""

from __future__ import annotations

import re

_A = ord("a")
# Each row: what is typed, what it is read as. Same length.
_ROWS = (
    ("аеорсхуіѕјһԁԛԝвнкмтгпьз", "aeopcxyisjhdqwbhkmtrnbz"),  # Cyrillic
    ("αβγδεζηθικλμνξοπρστυφχω", "abydeznoiklmvxonpotufxw"),  # Greek, by look (eta as n, sigma as o)
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢǫ", "abcdefghijklmnopqrstuvwyzq"),  # small capitals
    ("ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎəɑıøłđħŧɛɩʋʂɡƙ", "acefghijkmrtvwyeaioldhteivsgk"),  # turned, and near letters of other alphabets
)
LOOKALIKES: dict[int, str] = {
    ord(odd): plain for odds, plains in _ROWS for odd, plain in zip(odds, plains, strict=True)
}
# Letters in a square or a circle, and the halves of flags: 26 in a row, in the order of the alphabet.
LOOKALIKES |= {first + place: chr(_A + place) for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for place in range(26)}
LOOKALIKES |= dict.fromkeys((0x3164, 0x2800, 0x00A0, 0x180E), " ")

# What is not seen, or only as a stroke on another letter.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff"
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe20-\ufe2f\U000e0000-\U000e01ef]"
)

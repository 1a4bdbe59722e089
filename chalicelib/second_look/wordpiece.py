"""Words and pieces of words, as the encoder counts them (BERT's WordPiece, lower case, without accents).

`tokenizers`, the library that the encoder comes from, is the oracle in the tests of the training.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

LONGEST_WORD = 100  # characters; a longer one is unknown
UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"
_MORE = "##"  # a piece that goes on a word
_CJK = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


class WordPiece:
    """Text to the numbers of its pieces, between the marks that begin and end a text."""

    def __init__(self, pieces: Mapping[str, int]) -> None:
        self._pieces = dict(pieces)
        self._longest = max(map(len, pieces))
        self._known: dict[str, list[int]] = {}

    def numbers(self, text: str, most: int) -> list[int]:
        """At most so many, the marks counted."""
        found = [self._pieces[BEGIN]]
        for word in _words(text):
            found += self._of_word(word)
            if len(found) >= most:
                break
        return [*found[: most - 1], self._pieces[END]]

    def _of_word(self, word: str) -> list[int]:
        """The longest piece that fits, then the longest that fits what is left; unknown when nothing does."""
        found: list[int] = []
        start = 0
        while start < len(word) and len(word) <= LONGEST_WORD:
            for end in range(min(len(word), start + self._longest), start, -1):
                number = self._pieces.get((_MORE if start else "") + word[start:end])
                if number is not None:
                    break
            else:
                break
            found.append(number)
            start = end
        return found if found and start == len(word) else [self._pieces[UNKNOWN]]


def load_wordpiece(path: Path) -> WordPiece:
    """One piece a line; its number is the line's."""
    return WordPiece({piece: number for number, piece in enumerate(path.read_text(encoding="utf-8").splitlines())})


def _words(text: str) -> Iterator[str]:
    """Runs of letters and digits, and every other sign by itself."""
    for run in "".join(_cleaned(text)).split():
        start = 0
        for at, sign in enumerate(run):
            if _stands_alone(sign):
                if at > start:
                    yield run[start:at]
                yield sign
                start = at + 1
        if start < len(run):
            yield run[start:]


def _cleaned(text: str) -> Iterator[str]:
    for sign in text:
        kind = unicodedata.category(sign)
        if sign in "\t\n\r" or kind == "Zs":
            yield " "
        elif sign not in "\x00\ufffd" and not kind.startswith("C"):
            plain = "".join(c for c in unicodedata.normalize("NFD", sign) if unicodedata.category(c) != "Mn").lower()
            yield f" {plain} " if any(low <= ord(sign) <= high for low, high in _CJK) else plain


def _stands_alone(sign: str) -> bool:
    return ("!" <= sign <= "~" and not sign.isalnum()) or unicodedata.category(sign).startswith("P")

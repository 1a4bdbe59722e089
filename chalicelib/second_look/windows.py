"""A long text is read in pieces of whole sentences: the gravest piece speaks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 45  # words of a piece
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def windows(text: str, longest: int = LONGEST) -> list[str]:
    """Pieces of at most so many words, each beginning at a sentence. A short text is one piece."""
    if len(text.split()) <= longest:
        return [text]
    pieces = list(_pieces(text, longest))
    return [_filled(pieces[at:], longest) for at in range(len(pieces)) if at == 0 or not _ends(pieces[at - 1 :], longest)]


def _pieces(text: str, longest: int) -> Iterator[list[str]]:
    for sentence in _SENTENCE.split(text):
        words = sentence.split()
        yield from (words[at : at + longest] for at in range(0, len(words), longest))


def _filled(pieces: list[list[str]], longest: int) -> str:
    words = list(pieces[0])
    for piece in pieces[1:]:
        if len(words) + len(piece) > longest:
            break
        words += piece
    return " ".join(words)


def _ends(pieces: list[list[str]], longest: int) -> bool:
    """Whether the piece that begins here already reached the end of the text."""
    return sum(map(len, pieces)) <= longest

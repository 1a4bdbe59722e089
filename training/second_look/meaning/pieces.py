"""Which pieces of the published vocabulary are kept: what English texts are made of. The table of words is half the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from chalicelib.second_look.wordpiece import BEGIN, END, UNKNOWN, load_wordpiece

MARKS = (UNKNOWN, BEGIN, END)
FREQUENT = 14_000  # the published list goes from the most to the least frequent
SEEN = 3  # times in what is learnt from
LONGEST_TEXT = 1000


def kept(vocabulary: Path, texts: Iterable[str]) -> list[int]:
    """Numbers of the published list: single signs, frequent words, and what the texts use."""
    whole, times = load_wordpiece(vocabulary), Counter[int]()
    for text in texts:
        times.update(whole.numbers(text, LONGEST_TEXT))
    return [number for number, piece in enumerate(published(vocabulary)) if _stays(piece, number, times[number])]


def published(vocabulary: Path) -> list[str]:
    """The list as it was published."""
    return vocabulary.read_text(encoding="utf-8").splitlines()


def _stays(piece: str, number: int, times: int) -> bool:
    word = piece.removeprefix("##") or piece
    if piece in MARKS:
        return True
    if not word.isascii() or (piece.startswith("[") and piece != "["):
        return False
    return len(word) == 1 or times >= SEEN or (number < FREQUENT and word.isalpha())

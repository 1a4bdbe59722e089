"""What the model sees of a text: hashed n-grams of its plain form, and what the first look's rules said of it.

Hashed (CRC-32 into a fixed number of buckets), so that no n-gram of a training text stands in the model; a bucket that few
texts share is empty (docs/second-look.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zlib import crc32

from ..core.triage import FirstLook

BUCKETS = 1 << 18
WORDS = 4  # longest run of words
APART = 4  # how far apart two words still make a pair
LETTERS = (3, 4, 5)
MOST_WORDS = 60  # of one window
BREAK = "."

Group = list[int]


def features(plain: str, first: FirstLook) -> dict[int, float]:
    """Bucket to value. Each group of features has length one, so that a long text says no more than a short one."""
    words = plain.split()[: MOST_WORDS * 2]
    found: dict[int, float] = {}
    for group in (_runs(words), _pairs(words), _letters(words), _rules(first)):
        _add(found, group)
    return found


def _add(found: dict[int, float], names: Iterable[str]) -> None:
    buckets = {crc32(name.encode()) % BUCKETS for name in names}
    weight = 1.0 / max(1.0, len(buckets) ** 0.5)
    for bucket in buckets:
        found[bucket] = found.get(bucket, 0.0) + weight


def _runs(words: list[str]) -> Iterator[str]:
    for at in range(len(words)):
        for length in range(1, WORDS + 1):
            if at + length <= len(words):
                yield f"w{' '.join(words[at : at + length])}"


def _pairs(words: list[str]) -> Iterator[str]:
    """Two words of one sentence with others between them."""
    for at, one in enumerate(words):
        for other in range(at + 2, min(at + 1 + APART, len(words))):
            if BREAK in words[at : other + 1]:
                break
            yield f"p{one} {words[other]}"


def _letters(words: list[str]) -> Iterator[str]:
    for word in words:
        shown = f"<{word}>"
        for length in LETTERS:
            for at in range(len(shown) - length + 1):
                yield f"l{shown[at : at + length]}"


def _rules(first: FirstLook) -> Iterator[str]:
    yield f"t{first.tier}"
    yield from (f"r{rule}" for rule in first.rules)
    yield from (f"c{category}" for category in first.categories)

"""Words behind digits, signs, stretched or swapped letters, and words run together: found again, or left alone.

Only words that some rule reads are looked for, so an ordinary odd word stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

# One shape for i, l and the signs drawn like them, so that p!11s and pills meet.
_SHAPE = str.maketrans("013456789@$!|+€¡£l", "oieasgtbgasiiteiii")
_RUN = re.compile(r"([a-z])\1\1+")
_RUN_OR_PAIR = re.compile(r"([a-z])\1+")
_SIGN = re.compile(r"[*#@$!|+]")
_LONGEST_WORD = 14
_LONGEST_RUN = 80  # letters typed without a space; a longer run is no sentence


class Disguise:
    """`keys` are looked for first and through spelling mistakes; `vocabulary` is every word that a rule reads."""

    def __init__(self, keys: Iterable[str], vocabulary: Iterable[str], spellings: Mapping[str, str]) -> None:
        self._keys, self._spellings = sorted(keys), spellings
        self._known = frozenset(vocabulary) | frozenset(spellings) | frozenset(self._keys)
        words = [*sorted(self._known, reverse=True), *reversed(self._keys)]  # the last one wins: the keys
        self._squeezed = {_RUN_OR_PAIR.sub(r"\1", key): key for key in self._keys}
        self._by_shape = {_shape(word): word for word in words if word.isalpha()}
        self._by_ends: dict[tuple[int, str, str], list[str]] = {}
        for word in dict.fromkeys(reversed(words)):
            self._by_ends.setdefault((len(word), word[0], word[-1]), []).append(word)

    def word(self, token: str) -> str:
        """The known word behind a token, or nothing."""
        for read in (token, _RUN.sub(r"\1\1", token), _RUN.sub(r"\1", token)):
            if read in self._known:
                return read
        if squeezed := self._squeezed.get(_RUN_OR_PAIR.sub(r"\1", token)):
            return squeezed
        if not token.isalpha() and not token.isdigit():
            for shape in (_shape(token), _RUN.sub(r"\1", _shape(token))):
                if found := self._by_shape.get(shape) or self._squeezed.get(_RUN_OR_PAIR.sub(r"\1", shape)):
                    return found
        return self._behind_signs(token)

    def _behind_signs(self, token: str) -> str:
        """A sign may stand for any letter but the first and the last."""
        if not _SIGN.search(token):
            return ""
        for word in self._by_ends.get((len(token), token[0], token[-1]), ()):
            if all(ours == theirs or theirs in "*#@$!|+" for ours, theirs in zip(word, token, strict=True)):
                return word
        return ""

    def words_in(self, run: str) -> list[str]:
        """The known words that a run of letters is made of, the fewest; empty when it is not made of them alone."""
        if not 0 < len(run) <= _LONGEST_RUN:
            return []
        best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(
            run
        )  # how many words up to here, where the last began
        for end in range(1, len(run) + 1):
            for start in range(max(0, end - _LONGEST_WORD), end):
                before = best[start]
                if before and run[start:end] in self._known and (best[end] is None or before[0] + 1 < best[end][0]):  # type: ignore[index]
                    best[end] = (before[0] + 1, start)
        return list(reversed(list(_walk(run, best)))) if best[-1] else []


def _walk(run: str, best: list[tuple[int, int] | None]) -> Iterator[str]:
    end = len(run)
    while end > 0 and (step := best[end]):
        yield run[step[1] : end]
        end = step[1]


def _shape(token: str) -> str:
    return token.translate(_SHAPE)


def slips(key: str) -> Iterator[str]:
    """How fingers miss a key word: two letters swapped, one doubled, one left out of a long word."""
    for place in range(1, len(key) - 1):
        yield key[:place] + key[place + 1] + key[place] + key[place + 2 :]
        yield key[:place] + key[place] + key[place:]
        if len(key) >= 6:
            yield key[:place] + key[place + 1 :]


def halves(key: str) -> Iterator[str]:
    """A word with a space typed into it."""
    return (f"{key[:place]} {key[place:]}" for place in range(2, len(key) - 1))

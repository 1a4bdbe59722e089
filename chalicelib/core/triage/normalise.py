"""One plain form for every way a person types the same thing, so that a rule is written once.

The plain form is ASCII: lower-case words with one space between and around them, and a lone full stop between
sentences. One U+2019 must not defeat a rule (FAILURES C15).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from ..quick import dataclass
from .disguise import Disguise, halves, slips
from .lookalikes import INVISIBLE, LOOKALIKES

BREAK = "."
LONGEST = 20_000  # characters read; a ten-part text has 1,600
_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u00b4\u0060\uff07\u2032", "'"))
_TOKEN = re.compile(r"[@$*|+]?[a-z0-9]+(?:['*@$#!|+]+[a-z0-9]+)*(?:[$+|](?![$+|]))?|(?<!\.)\.(?!\.)|\|(?= )|[!?;:\n]")
_ODD = re.compile(r"[a-z][0-9]|[0-9][a-z]|[*@$#!|+][a-z0-9]|[a-z][$+|]|([a-z])\1\1")
_MANY_SPACES = re.compile(r" {2,}")
_LETTERS_JOINED = re.compile(r"(?<![a-z0-9'])[a-z](?:[-._/~=,][a-z])+(?![a-z0-9'])")  # d.i.e
_LETTERS_APART = re.compile(r"(?<![a-z0-9'])(?:[a-z](?: ?[-._*/] ?| )){2,}[a-z](?![a-z0-9'])")  # d i e
_WORDS_JOINED = re.compile(r"(?<![a-z0-9'])[a-z0-9']+(?:([._])[a-z0-9']+)(?:\1[a-z0-9']+)+")  # i.want.to
_WORD_A_LINE = re.compile(r"(?<![^\n])[^\s]+(?:\n[^\s]+){2,}(?![^\n])")
# An apostrophe lost on the way, as some phones and forwarders do: "don t", "i m".
_CONTRACTION_APART = re.compile(
    r"\b(?:((?:do|did|does|is|was|are|were|have|has|had|would|could|should|ai|wo)n|can)(?: |\?)(?=t\b)"
    r"|(i|you|he|she|it|we|they|that|there|what|who|everyone|nobody|life|tonight)(?: |\?)(?=(?:m|s|ve|ll|re)\b))"
)
_SLASHED = re.compile(r"\bw/o\b")
_STRANGE = re.compile(r"[^\W\d_a-z]")
_LATIN = re.compile(r"[a-z]")
_RUN = re.compile(r"([a-z])\1\1+")
_DIGIT_EDGE = re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])")
_FOREIGN_LETTERS = 6
_SURELY_ONE_WORD = 6
_ENOUGH = 20
_LONG_WORD = 10  # letters; a longer word that no rule knows may be several
_SEVERAL = 3  # words at least: "something" stays whole
_LETTERS_A_WORD = 3  # on average: "abandonaste" is not "a band on as te"
_LONG_WORDS = 400  # letters of such words that are taken apart in one text


@dataclass(frozen=True)
class Words:
    """What the normaliser knows of words: data, from the lexicon.

    `spellings` maps a typed word to the plain words; `emoji` one character to a word; `keys` are the words worth
    recognising through disguise (leetspeak, stars, stretched letters); `openings` those that are found although
    the next word was typed without a space; `phrases` plain words that mean other plain words only together;
    `fillers` words that only add weight ("really", "literally") and are left out; `vocabulary` every word that a
    rule reads; `slippery` the keys that are also known through slips of the finger, `split` those with a space inside.
    """

    spellings: Mapping[str, str] = field(default_factory=dict)
    emoji: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    openings: tuple[str, ...] = ()
    phrases: Mapping[str, str] = field(default_factory=dict)
    fillers: frozenset[str] = frozenset()
    vocabulary: frozenset[str] = frozenset()
    slippery: frozenset[str] = frozenset()
    split: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in its plain form. `foreign`: mostly in a script that no rule can read."""

    text: str
    foreign: bool = False


class Normaliser:
    """Turns any text into its plain form. Linear in the length; never raises for a `str`."""

    def __init__(self, words: Words) -> None:
        known = words.vocabulary | words.keys | frozenset(words.spellings)
        slipped = {slip: key for key in sorted(words.slippery) for slip in slips(key) if slip not in known}
        self._spellings = {slip: words.spellings.get(key, key) for slip, key in slipped.items()} | dict(words.spellings)
        self._emoji = str.maketrans({sign: f" {word} " for sign, word in words.emoji.items()})
        self._known = known
        self._words = words
        self._openings = re.compile(rf" ({'|'.join(map(re.escape, words.openings)) or '[^ -~]'})(?=[a-z]{{2,}} |i )")
        self._fillers = words.fillers
        parted = {half: key for key in sorted(words.split) for half in halves(key) if not known.issuperset(half.split())}
        self._phrases = _by_first_word(parted | dict(words.phrases))

    @cached_property
    def _disguise(self) -> Disguise:
        """Made for the first text that needs it: an ordinary one goes without."""
        return Disguise(self._words.keys, self._words.vocabulary, self._words.spellings)

    def plain(self, text: str) -> Plain:
        """The plain form of a text; what lies beyond `LONGEST` characters is not read."""
        folded, foreign = self._fold(text[:LONGEST])
        folded = _CONTRACTION_APART.sub(r"\1\2'", self._rejoined(folded))
        tokens = _TOKEN.findall(folded)
        read = self._word_of_odd if _ODD.search(folded) else self._word
        words = " ".join(word for token in tokens if (word := read(token))).split()
        plain = " ".join(self._phrased(self._parted(words)))
        return Plain(self._openings.sub(r" \1 ", f" {plain} "), foreign)

    def _rejoined(self, folded: str) -> str:
        """Letters typed apart become words again; words typed with dots, or one a line, become a sentence."""
        folded = _MANY_SPACES.sub(" ", folded)
        folded = _LETTERS_JOINED.sub(self._one_word, folded)
        folded = _LETTERS_APART.sub(self._closed_up, folded)
        folded = _WORDS_JOINED.sub(lambda found: found[0].replace(found[1], " "), folded)
        return _WORD_A_LINE.sub(lambda found: found[0].replace("\n", " "), folded)

    def _fold(self, text: str) -> tuple[str, bool]:
        if text.isascii():
            return _SLASHED.sub("without", text.lower().replace("`", "'")), False
        text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).lower()
        text = INVISIBLE.sub("", unicodedata.normalize("NFKD", text)).translate(_QUOTES)
        strange = len(_STRANGE.findall(text))
        foreign = strange >= _FOREIGN_LETTERS and strange > len(_LATIN.findall(text))
        return _SLASHED.sub("without", self._few_of_each(text.translate(LOOKALIKES))).translate(self._emoji), foreign

    def _few_of_each(self, text: str) -> str:
        """A wall of emoji says no more than a row of them, and would be ten times as long in words."""
        for code in self._emoji:
            first, *rest = text.split(sign := chr(code), _ENOUGH)
            if len(rest) == _ENOUGH:
                text = sign.join([first, *rest[:-1], rest[-1].replace(sign, " ")])
        return text

    def _word(self, token: str) -> str:
        if token in "!?;:\n":
            return BREAK
        if token == "|":
            return "i"
        if token in self._fillers:
            return ""
        known = self._spellings.get(token)
        if known is None and "'" in token:
            token = token.replace("'", "")
            known = self._spellings.get(token)
        return token if known is None else known

    def _word_of_odd(self, token: str) -> str:
        if token in self._spellings or not _ODD.search(token):
            return self._word(token)
        found = self._disguise.word(token)
        return self._word(found) if found else self._taken_apart(token)

    def _taken_apart(self, token: str) -> str:
        parts = re.findall(r"[a-z0-9']+", _RUN.sub(r"\1", token))
        return " ".join(self._word(piece) for part in parts for piece in _DIGIT_EDGE.split(part) if piece)

    def _one_word(self, match: re.Match[str]) -> str:
        """d.i.e becomes a word; a.m. and other initials stay as they are."""
        word = re.sub(r"[^a-z]", "", match.group())
        return word if len(word) >= _SURELY_ONE_WORD or word in self._known else match.group()

    def _closed_up(self, match: re.Match[str]) -> str:
        """k i l l m e becomes words; initials of no known word stay as they are."""
        word = re.sub(r"[^a-z]", "", match.group())
        if word in self._known:
            return word
        words = self._disguise.words_in(word)
        if words and len(word) >= 2 * len(words):
            return " ".join(words)
        return word if len(word) >= _SURELY_ONE_WORD else match.group()

    def _parted(self, words: list[str]) -> list[str]:
        """Words run together (iwanttodie) are parted, as far as every part is a word that some rule reads."""
        left, out = _LONG_WORDS, list[str]()
        for word in words:
            if len(word) < _LONG_WORD or word in self._known or len(word) > left:
                out.append(word)
                continue
            left -= len(word)
            parts = " ".join(map(self._word, self._disguise.words_in(word))).split()
            out += parts if len(parts) >= _SEVERAL and len(word) >= _LETTERS_A_WORD * len(parts) else [word]
        return out

    def _phrased(self, words: list[str]) -> list[str]:
        """Words that mean other words only together ("want 2") are replaced, the longest phrase first."""
        out, at = list[str](), 0
        while at < len(words):
            for phrase, meaning in self._phrases.get(words[at], ()):
                if words[at : at + len(phrase)] == phrase:
                    out.append(meaning)
                    at += len(phrase)
                    break
            else:
                out.append(words[at])
                at += 1
        return out


def _by_first_word(phrases: Mapping[str, str]) -> dict[str, list[tuple[list[str], str]]]:
    found: dict[str, list[tuple[list[str], str]]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        words = phrase.split()
        found.setdefault(words[0], []).append((words, phrases[phrase]))
    return found

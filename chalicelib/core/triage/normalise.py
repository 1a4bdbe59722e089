"""One plain form for every way a person types the same thing, so that a rule is written once.

The plain form is ASCII: lower-case words with one space between and around them, and a lone full stop between
sentences. One U+2019 must not defeat a rule (FAILURES C15).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

BREAK = "."
LONGEST = 20_000  # characters read; a ten-part text has 1,600
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "l"}
)
_LEET_L = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "l", "|": "i"}
)
# Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = str.maketrans("аеорсхуіѕјһԁοαειντκ", "aeopcxyisjhdoaeivtk")
_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u00b4\u0060\uff07\u2032", "'"))
_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\u0300-\u036f]"
)
_TOKEN = re.compile(r"[@$*]?[a-z0-9]+(?:['*@$#!|]+[a-z0-9]+)*|(?<!\.)\.(?!\.)|[!?;:\n]")
_ODD = re.compile(r"[a-z][0-9]|[0-9][a-z]|[*@$#!|][a-z0-9]|([a-z])\1\1")
_LETTERS_APART = re.compile(r"(?<![a-z0-9'])(?:[a-z](?: ?[-._*/] ?| )){2,}[a-z](?![a-z0-9'])")
# An apostrophe lost on the way, as some phones and forwarders do: "don t", "i m".
_CONTRACTION_APART = re.compile(
    r"\b(?:((?:do|did|does|is|was|are|were|have|has|had|would|could|should|ai|wo)n|can)(?: |\?)(?=t\b)"
    r"|(i|you|he|she|it|we|they|that|there|what|who|everyone|nobody|life|tonight)(?: |\?)(?=(?:m|s|ve|ll|re)\b))"
)
_SLASHED = re.compile(r"\bw/o\b")
_STRANGE = re.compile(r"[^\W\d_a-z]")
_LATIN = re.compile(r"[a-z]")
_RUN = re.compile(r"([a-z])\1\1+")
_RUN_OR_PAIR = re.compile(r"([a-z])\1+")
_DIGIT_EDGE = re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])")
_FOREIGN_LETTERS = 6
_SURELY_ONE_WORD = 6
_ENOUGH = 20


@dataclass(frozen=True)
class Words:
    """What the normaliser knows of words: data, from the lexicon.

    `spellings` maps a typed word to the plain words; `emoji` one character to a word; `keys` are the words worth
    recognising through disguise (leetspeak, stars, stretched letters); `openings` those that are found although
    the next word was typed without a space; `phrases` plain words that mean other plain words only together;
    `fillers` words that only add weight ("really", "literally") and are left out.
    """

    spellings: Mapping[str, str] = field(default_factory=dict)
    emoji: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    openings: tuple[str, ...] = ()
    phrases: Mapping[str, str] = field(default_factory=dict)
    fillers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in its plain form. `foreign`: mostly in a script that no rule can read."""

    text: str
    foreign: bool = False


class Normaliser:
    """Turns any text into its plain form. Linear in the length; never raises for a `str`."""

    def __init__(self, words: Words) -> None:
        self._spellings = dict(words.spellings)
        self._emoji = str.maketrans({sign: f" {word} " for sign, word in words.emoji.items()})
        self._keys = words.keys
        self._squeezed = {_RUN_OR_PAIR.sub(r"\1", key): key for key in sorted(words.keys)}
        self._openings = re.compile(rf" ({'|'.join(map(re.escape, words.openings)) or '[^ -~]'})(?=[a-z]{{2,}} |i )")
        self._fillers = words.fillers
        self._phrases = dict(words.phrases)
        self._phrase = re.compile(rf" ({'|'.join(map(re.escape, words.phrases)) or '[^ -~]'})(?= )")
        self._by_shape: dict[tuple[int, str], list[str]] = {}
        for key in sorted(words.keys):
            self._by_shape.setdefault((len(key), key[0]), []).append(key)

    def plain(self, text: str) -> Plain:
        """The plain form of a text; what lies beyond `LONGEST` characters is not read."""
        folded, foreign = self._fold(text[:LONGEST])
        folded = _CONTRACTION_APART.sub(r"\1\2'", folded)
        folded = _LETTERS_APART.sub(self._closed_up, folded)
        tokens = _TOKEN.findall(folded)
        read = self._word_of_odd if _ODD.search(folded) else self._word
        plain = f" {' '.join(word for token in tokens if (word := read(token)))} "
        return Plain(self._spaced(plain), foreign)

    def _fold(self, text: str) -> tuple[str, bool]:
        if text.isascii():
            return _SLASHED.sub("without", text.lower().replace("`", "'")), False
        text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).lower()
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKD", text)).translate(_QUOTES).translate(_LOOKALIKES)
        strange = len(_STRANGE.findall(text))
        foreign = strange >= _FOREIGN_LETTERS and strange > len(_LATIN.findall(text))
        return _SLASHED.sub("without", self._few_of_each(text)).translate(self._emoji), foreign

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
        return self._undisguised(token) or self._taken_apart(token)

    def _undisguised(self, token: str) -> str:
        """The known word behind digits, signs or stretched letters, or nothing."""
        for read in (token, token.translate(_LEET), token.translate(_LEET_L)):
            for shape in (read, _RUN.sub(r"\1\1", read), _RUN.sub(r"\1", read)):
                if shape in self._spellings:
                    return self._spellings[shape]
                if shape in self._keys:
                    return shape
            if squeezed := self._squeezed.get(_RUN_OR_PAIR.sub(r"\1", read)):
                return squeezed
        return self._behind_stars(token)

    def _behind_stars(self, token: str) -> str:
        if not token[0].isalpha() or not re.search(r"[*#@$!]", token):
            return ""
        for key in self._by_shape.get((len(token), token[0]), ()):
            if all(ours == theirs or theirs in "*#@$!" for ours, theirs in zip(key, token, strict=True)):
                return key
        return ""

    def _taken_apart(self, token: str) -> str:
        parts = re.findall(r"[a-z0-9']+", _RUN.sub(r"\1", token))
        return " ".join(self._word(piece) for part in parts for piece in _DIGIT_EDGE.split(part) if piece)

    def _closed_up(self, match: re.Match[str]) -> str:
        """k-i-l-l becomes a word; initials of no known word stay as they are."""
        word = re.sub(r"[^a-z]", "", match.group())
        return word if len(word) >= _SURELY_ONE_WORD or word in self._keys or word in self._spellings else match.group()

    def _spaced(self, plain: str) -> str:
        """A known word run into the next one ("myselfi am") gets its space back."""
        plain = self._openings.sub(r" \1 ", plain)
        return self._phrase.sub(lambda found: f" {self._phrases[found[1]]}", plain) if self._phrases else plain

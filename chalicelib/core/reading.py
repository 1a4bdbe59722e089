"""How hard a text is to read, as a school grade (ACC-3). Formulas count letters, not sense: a person judges."""

from __future__ import annotations

import re

FIELD = re.compile(r"\{\w+\}")
_SENTENCE = re.compile(r"[.?!:]+(?:\s|$)|\n")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_STRONG, _WEAK = "aeoáéíóú", "iuü"
EASE_OF_GRADE_6 = 70.0  # Flesch's scale: 70-79 sixth grade, 60-69 seventh and eighth


def words_of(text: str) -> list[str]:
    """Its words; a field counts as a short name, a number not at all."""
    return _WORD.findall(FIELD.sub("Ann", text))


def sentences_of(text: str) -> int:
    return max(len(_SENTENCE.findall(FIELD.sub("Ann", text).strip())), 1)


def grade_en(text: str) -> float:
    """Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid et al. 1975). 0 without words."""
    words = words_of(text)
    if not words:
        return 0.0
    syllables = sum(map(syllables_en, words))
    return 0.39 * len(words) / sentences_of(text) + 11.8 * syllables / len(words) - 15.59


def ease_es(text: str) -> float:
    """Fernandez Huerta: 206.84 - 60 syllables a word - 1.02 words a sentence (1959, as corrected by Law). 100 without words.

    Spanish without accents ("dia") hides a syllable here and there: it reads as a little easier than it is.
    """
    words = words_of(text)
    if not words:
        return 100.0
    syllables = sum(map(syllables_es, words))
    return 206.84 - 60 * syllables / len(words) - 1.02 * len(words) / sentences_of(text)


def syllables_en(word: str) -> int:
    """Groups of vowels, a silent e at the end taken off."""
    return max(len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower()))), 1)


def syllables_es(word: str) -> int:
    """Groups of vowels, two strong ones beside each other parted ("le-er"); the u of "que", "gui" is silent."""
    folded = re.sub(r"(?<=[qg])u(?=[eiéí])", "", word.lower())
    count, before = 0, ""
    for letter in folded:
        if letter in _STRONG:
            count += not before or before in _STRONG or letter in "íú"
        elif letter in _WEAK:
            count += not before or before in "íú"
        elif letter == "y" and not before:
            count += word.lower() == "y"
        before = letter if letter in _STRONG + _WEAK else ""
    return max(count, 1)

"""What a short word means: stop, start, help, wrong number. The words themselves are data (`texts/keywords.toml`).

Only the whole message counts for single words ("I want it to end" is no opt-out, T2); sentences count where a
reasonable person would read a revocation (TCPA-3). Screening has always happened before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from .quick import dataclass


class Word(StrEnum):
    NONE = ""
    STOP = "stop"
    STOP_SENTENCE = "stop_sentence"  # read in a sentence: danger in the same text outranks it
    START = "start"
    START_IF_STOPPED = "start_if_stopped"
    KEEP = "keep"  # after STOP: texts about visits alone
    JOIN = "join"  # from a poster: asks for texts
    HELP = "help"
    WRONG_NUMBER = "wrong_number"
    MAYBE_STOP = "maybe_stop"
    NEW_OWNER = "new_owner"  # the phone is somebody else's now
    WHO = "who"  # asks who writes: the neutral label and nothing else
    PRIVATE = "private"  # neutral words from now on: a text can only tighten
    QUIET = "quiet"  # nothing that we begin, until a day
    NO_APPOINTMENTS = "no_appointments"  # one kind that they do not want, by the name it has in `core.consent`
    NO_WAITLIST = "no_waitlist"
    NO_CHECK_INS = "no_check_ins"
    NO_GROUPS = "no_groups"
    NO_RE_ENGAGEMENT = "no_re_engagement"
    BY_TEXT = "by_text"  # instead of a call; means nothing unless an urgent item is open


OF_KINDS = {
    Word.NO_APPOINTMENTS: "appointments", Word.NO_WAITLIST: "waitlist", Word.NO_CHECK_INS: "check_ins", Word.NO_GROUPS: "groups",
    Word.NO_RE_ENGAGEMENT: "re_engagement",
}  # fmt: skip
# What only ever tightens: heard from whoever writes, also where nobody can be let in any more.
TIGHTENS = frozenset(
    {Word.STOP, Word.STOP_SENTENCE, Word.MAYBE_STOP, Word.WRONG_NUMBER, Word.NEW_OWNER, Word.PRIVATE, Word.QUIET, *OF_KINDS}
)
LONG = re.compile(r"(.)\1{2,}")  # "stoppp"
ENDS = re.compile(r"[.!?;\n]+")
KEYCAP = "\ufe0e\ufe0f\u20e3"
AROUND = " \t\r\n.!()#*"
COURTESY = frozenset({"please", "pls", "plz", "thanks", "thank", "you", "thx", "ok", "okay", "por", "favor", "gracias", "porfa"})


@dataclass(frozen=True, slots=True)
class Keywords:
    """`whole`: folded message to its word. `phrases`: in order, the first that is found wins."""

    whole: Mapping[str, Word]
    phrases: tuple[tuple[Word, re.Pattern[str]], ...]
    courtesies: frozenset[str] = frozenset()  # thanks, agreement, good-bye: words that ask for nothing
    spanish: frozenset[str] = frozenset()  # words that no English text has
    signature: re.Pattern[str] = re.compile("(?!)")  # the line that a phone puts under each text

    def read(self, text: str) -> Word:
        """The word that a text is, or that a sentence in it means."""
        text = self._unsigned(text)
        folded = fold(text)
        for whole in (folded, _without_courtesy(folded), _without_courtesy(LONG.sub(r"\1", folded)), _spelled(folded)):
            if whole in self.whole:
                return self.whole[whole]
        parts = [folded, *_sentences(text, folded)]
        return next((word for word, pattern in self.phrases if any(pattern.search(part) for part in parts)), Word.NONE)

    def _unsigned(self, text: str) -> str:
        signed = self.signature.search(text)
        return text[: signed.start("line")] if signed else text

    def only_courtesy(self, text: str) -> bool:
        """Whether a text is thanks, a yes, a good-bye, an emoji, or nothing: it needs no answer tonight (CR-5). So is
        a single sign: the late answer to a question."""
        return all(len(word) == 1 or word in self.courtesies for word in LONG.sub(r"\1", fold(text)).split())

    def written_in(self, text: str, recorded: str) -> str:
        """The language of an answer to a word: Spanish to who wrote it, whatever was recorded (ACC-4)."""
        said = LONG.sub(r"\1", fold(text)).split()
        return "es" if recorded != "es" and not self.spanish.isdisjoint(said) else recorded


def read_keywords(data: Mapping[str, Any]) -> Keywords:
    """The parsed `keywords.toml`. Raises KeyError, ValueError or re.error naming what is wrong."""
    whole: dict[str, Word] = {}
    for name, entries in data["whole"].items():
        for entry in entries:
            if whole.setdefault(entry, Word(name)) != name:
                raise ValueError(f"{entry!r} means both {whole[entry]} and {name}")
    phrases = tuple((Word(row["means"]), re.compile(_filled(row["pattern"], data["parts"]))) for row in data["phrase"])
    signature = re.compile(data.get("signature", "(?!)"), re.I)
    return Keywords(whole, phrases, frozenset(data.get("courtesies", ())), frozenset(data.get("spanish", ())), signature)


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    """A pattern with its <parts>. A part that is not there is a KeyError."""
    return re.sub(r"<(\w+)>", lambda part: parts[part.group(1)], pattern)


def fold(text: str) -> str:
    """Lower case, no accents, apostrophes or emoji, single spaces; "opt-out" and "optout" become "opt out"."""
    if text.isascii():  # nearly every text, and the same answer in a tenth of the time
        kept = text.lower().translate(_ASCII)
    else:
        plain = unicodedata.normalize("NFKD", text).lower()
        kept = "".join(mark if mark.isalnum() else " " for mark in plain if not _vanishes(mark))
    return " ".join(kept.replace("optout", "opt out").split())


def bare(text: str) -> str:
    """An answer without what a phone or a hand puts around it: "1.", "#1", "(1)", a key cap, marks without a width."""
    seen = (mark for mark in text if mark not in KEYCAP and unicodedata.category(mark) != "Cf")
    return "".join(seen).strip().strip(AROUND).lower()


def _vanishes(mark: str) -> bool:
    """Accents, apostrophes, and marks without a width: what a phone may put inside a word."""
    return mark in "'’‘ʼ`´" or bool(unicodedata.combining(mark)) or unicodedata.category(mark) == "Cf"


def _sentences(text: str, folded: str) -> list[str]:
    """Each sentence by itself, where there are several: "I moved. No more texts please" ends with one of its own."""
    parts = [part for part in map(fold, ENDS.split(text)) if part and part != folded]
    return parts if len(parts) > 1 else []


def _spelled(folded: str) -> str:
    """"s t o p" as "stop"."""
    return folded.replace(" ", "") if folded and all(len(word) == 1 for word in folded.split()) else folded


def _without_courtesy(folded: str) -> str:
    """"please stop thank you" as "stop"; "stop stop stop" as "stop"."""
    words = [word for word in folded.split() if word not in COURTESY]
    if len(set(words)) == 1:
        return words[0]
    return " ".join(words)


_ASCII = {code: None if _vanishes(chr(code)) else " " for code in range(128) if not chr(code).isalnum()}

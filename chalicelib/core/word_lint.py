"""Words that may be sent: what stands in a text that should not, gravest first (issue 6, part 3). Pure; the words are data
(`texts/words.toml`). It is advice to who writes, but for `level`; and it never reads what a patient wrote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import reading
from .segments import Encoding, count

PREVIEW = 40  # SAFE-5: characters that a locked phone shows
MOST_PARTS = 2  # SEG-6
CLINIC_FIELDS = ("{clinic}", "{place}")  # level 1: the clinic's name, and where it is
PERSON_FIELDS = ("{name}", "{author}", "{clinician}")
# How grave: 1 can harm at once. Beyond `GRAVE` it is a matter of price and style.
GRAVITY: dict[str, int] = {
    "level": 1, "other_name": 1, "preview": 2, "opt_out": 2, "shortener": 3, "stigma": 3, "monitoring": 3, "day_word": 4,
    "encoding": 5, "parts": 5, "reading": 6,
}  # fmt: skip
GRAVE = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing. `what`: the words it is about; `says`: a line for who writes."""

    rule: str
    what: str
    says: str

    @property
    def grave(self) -> bool:
        return GRAVITY[self.rule] <= GRAVE


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets the text. `names`: theirs and the writer's; `others`: whole names that must not stand in it (N7); `clinic`: what
    level 1 may say. `automatic`: a template, which may wait for a safe hour. `live`: a person is talking with them now."""

    language: str = "en"
    level: int = 0
    names: Sequence[str] = ()
    others: Iterable[str] = ()
    clinic: str = ""
    automatic: bool = False
    live: bool = False


Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class WordRules:
    """The table, compiled. `levels`: (what it needs, where it stands, what is meant by other words), the highest first."""

    levels: tuple[tuple[int, Pattern, Pattern], ...]
    stigma: tuple[tuple[Pattern, str], ...]
    monitoring: tuple[Pattern, ...]
    offers: Pattern
    shouts: Pattern
    stop_is_for: Pattern
    shortener: Pattern
    day_word: Pattern
    most_grade: float
    least_words: int
    least_ease_es: float
    says: Mapping[str, str] = field(default_factory=dict)


def lint(text: str, rules: WordRules, reader: Reader) -> tuple[Finding, ...]:
    """Everything that was found, gravest first. Linear in the text; under a few milliseconds for the longest there is."""
    plain = plainly(text)
    found = [each for check in CHECKS for each in check(text, plain, rules, reader)]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: GRAVITY[each.rule]))


def needs(text: str, rules: WordRules, clinic: str = "") -> tuple[int, str]:
    """The content level that its words need, and which words: (0, "") for none."""
    return _needs(text, plainly(text), rules, clinic)


def plainly(text: str) -> str:
    """Lower case, without accents, with a plain apostrophe."""
    parts = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return "".join(each for each in parts if not unicodedata.combining(each)).lower()


def _needs(text: str, plain: str, rules: WordRules, clinic: str) -> tuple[int, str]:
    named = plainly(clinic)
    rest = reading.FIELD.sub(" ", plain.replace(named, " ") if named else plain)
    for level, pattern, but in rules.levels:
        found = pattern.search(but.sub(" ", rest))
        if found:
            return level, found[0].strip()
    fields = [each for each in CLINIC_FIELDS if each in text]
    if fields or (named and named in plain):
        return 1, fields[0] if fields else clinic
    return 0, ""


def _level(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    level, what = _needs(text, plain, rules, reader.clinic)
    if level > reader.level:
        yield _finding("level", what, rules)


def _other_name(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    """Whole names: a first name alone is anybody's. Not asked for each letter of a roster: only where two capitals follow."""
    own = {plainly(each) for each in reader.names}
    for name in reader.others if NAMES.search(text) else ():
        known = plainly(name)
        if " " in known and known not in own and _stands(known, plain):
            yield _finding("other_name", name, rules)


def _preview(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    first = text[:PREVIEW]
    seen = plainly(first)
    parts = [part for name in reader.names for part in plainly(name).split() if len(part) > 1]
    person = any(each in first for each in PERSON_FIELDS) or any(_stands(part, seen) for part in parts)
    level, what = _needs(first, seen, rules, reader.clinic)
    if person and level:
        yield _finding("preview", what, rules)


def _stands(name: str, plain: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) is not None


def _opt_out(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    for pattern, where in ((rules.offers, plain), (rules.shouts, text)):
        for found in pattern.finditer(where):
            word = found["word"]
            if word.lower() != "stop" or not rules.stop_is_for.search(plainly(where[found.end("word") :])):
                yield _finding("opt_out", word.upper(), rules)


def _shortener(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    yield from (_finding("shortener", found["domain"], rules) for found in rules.shortener.finditer(plain))


def _stigma(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    for pattern, instead in rules.stigma:
        if found := pattern.search(plain):
            yield _finding("stigma", found[0].strip().capitalize(), rules, instead=instead)


def _monitoring(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    """Not while a person is with them: then it is a question, and somebody waits for the answer."""
    for pattern in () if reader.live else rules.monitoring:
        if found := pattern.search(plain):
            yield _finding("monitoring", found[0].strip(), rules)


def _day_word(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    if reader.automatic and (found := rules.day_word.search(plain)):
        yield _finding("day_word", found[0], rules)


def _cost(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    """A person's text with a dear letter is named only where it costs a part more: Spanish is written with accents."""
    cost = count(text)
    fewer = count("".join(each for each in text if each not in cost.offenders)).parts
    if cost.encoding is Encoding.UCS2 and (reader.automatic or fewer < cost.parts):
        yield _finding("encoding", " ".join(cost.offenders[:6]), rules, parts=str(cost.parts), fewer=str(fewer))
    elif cost.parts > MOST_PARTS:
        yield _finding("parts", "", rules, parts=str(cost.parts))


def _reading(text: str, plain: str, rules: WordRules, reader: Reader) -> Iterator[Finding]:
    """English and Spanish; another language is not measured."""
    if len(reading.words_of(text)) < rules.least_words:
        return
    if reader.language == "en" and (grade := reading.grade_en(text)) > rules.most_grade:
        yield _finding("reading", "", rules, grade=f"{grade:.0f}")
    if reader.language == "es" and reading.ease_es(text) < rules.least_ease_es:
        yield _finding("reading", "", rules, grade="7 or more")


Check = Callable[[str, str, WordRules, Reader], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    _level, _other_name, _preview, _opt_out, _shortener, _stigma, _monitoring, _day_word, _cost, _reading,
)  # fmt: skip
NAMES = re.compile(r"\b[^\W\d_a-z][\w'-]+ +(?:[^\W\d_]\.? +)?[^\W\d_a-z][\w'-]+")


def _finding(rule: str, what: str, rules: WordRules, **more: str) -> Finding:
    return Finding(rule, what, rules.says[rule].format(what=what, **more))


def read_word_rules(data: Mapping[str, Any], opt_outs: Iterable[str]) -> WordRules:
    """The parsed `words.toml`; `opt_outs`: every word that a text of which means stop. Raises KeyError or re.error."""
    asked, level = data["opt_out"], sorted(data["level"], key=lambda row: -row["needs"])
    verbs, words = "|".join(asked["verbs"]), "|".join(sorted(map(re.escape, opt_outs), key=len, reverse=True))
    shouted = "|".join((*asked["shouted"], "CANCEL", "END", "QUIT", "UNSUBSCRIBE", "REVOKE", "CANCELAR"))
    domains = "|".join(map(re.escape, data["shortener"]["domains"]))
    return WordRules(
        levels=tuple((row["needs"], _stems(row["stems"]), re.compile("|".join(row["but"]))) for row in level),
        stigma=tuple((re.compile(row["pattern"]), row["instead"]) for row in data["stigma"]),
        monitoring=tuple(re.compile(row["pattern"]) for row in data["monitoring"]),
        offers=re.compile(rf"\b(?:{verbs})(?: back| with| con)* [\"'\u201c\u00ab]?(?P<word>{words})\b"),
        shouts=re.compile(rf"\b(?i:{verbs})(?: (?i:back|with|con))* [\"'\u201c\u00ab]?(?P<word>{shouted})\b"),
        stop_is_for=re.compile(asked["stop_is_for"]),
        shortener=re.compile(rf"(?<![\w.-])(?:www\.)?(?P<domain>{domains})(?=/|[\s?]|$)"),
        day_word=re.compile(data["day_word"]["pattern"]),
        most_grade=data["reading"]["most_grade"],
        least_words=data["reading"]["least_words"],
        least_ease_es=data["reading"]["least_ease_es"],
        says=data["says"],
    )


def _stems(stems: Iterable[str]) -> Pattern:
    return re.compile(rf"\b(?:{'|'.join(stems)})\w*")

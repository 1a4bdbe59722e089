"""A change of the first look's rules as somebody proposes it: what, why, and sentences of their own that show it. Pure data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a proposal does to a rule."""

    LOWER = "lower"  # one tier less urgent
    UNLESS = "unless"  # lowered by a tier where another phrase stands near (DET-5)
    RETIRE = "retire"
    PHRASE = "phrase"  # one more phrase for the rule
    NEW = "new"  # a rule that is not there yet


LANGUAGES = ("en", "es")
LOWEST = 2  # of a rule: a person reads it the same day, and nobody is woken
LONGEST, MOST = 160, 8  # characters of a sentence, sentences of each sort
NAME = re.compile(r"[a-z][a-z0-9-]{2,39}")
PHRASE = re.compile(r"[a-z0-9](?:[a-z0-9 ]{1,78}[a-z0-9])")  # in the plain form: nothing in it means anything to a pattern
WITH_PHRASES = (Kind.UNLESS, Kind.PHRASE, Kind.NEW)


@dataclass(frozen=True, slots=True)
class LexiconChange:
    """`rule`: an id such as "en.suicide.want-to-die"; of a new rule, its language, category and name.

    `must`: the proposer's own sentences that must reach the rule's tier afterwards; `must_not`: that must page nobody.
    """

    kind: str
    rule: str
    reason: str
    phrases: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    tier: int = 1  # of a new rule
    category: str = ""  # of a new rule

    @property
    def language(self) -> str:
        return self.rule.partition(".")[0]

    @property
    def local(self) -> str:
        """The rule's id as its file has it, without the language."""
        return self.rule.partition(".")[2]


def as_fields(change: LexiconChange) -> dict[str, str]:
    """As a setting keeps it: texts by name."""
    held = {each.name: getattr(change, each.name) for each in fields(change)}
    return {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in held.items()}


def of_fields(held: Mapping[str, str]) -> LexiconChange:
    """Back again. Raises `KeyError`, `ValueError` for a row that is not whole."""
    lists = {name: tuple(json.loads(held.get(name) or "[]")) for name in ("phrases", "must", "must_not")}
    plain = {name: held.get(name, "") for name in ("kind", "rule", "reason", "category")}
    return LexiconChange(**plain, **lists, tier=int(held.get("tier") or 1))  # type: ignore[arg-type]


def problems(change: LexiconChange, known: Mapping[str, int | None]) -> dict[str, str]:
    """Field to what is wrong with it. `known`: the tier of each rule that raises, by id."""
    found: dict[str, str] = {}
    if change.kind not in set(Kind):
        return {"kind": "unknown"}
    new = change.kind == Kind.NEW
    if new and (change.language not in LANGUAGES or not NAME.fullmatch(change.local.rpartition(".")[2]) or change.rule in known):
        found["rule"] = "name"
    if not new and change.rule not in known:
        found["rule"] = "unknown"
    if change.kind == Kind.LOWER and (known.get(change.rule) or 0) >= LOWEST:
        found["kind"] = "lowest"
    if new and (change.tier not in range(LOWEST + 1) or not change.category):
        found["tier"] = "unknown"
    if not 10 <= len(change.reason) <= 300:
        found["reason"] = "short"
    return found | _words_missing(change)


def _words_missing(change: LexiconChange) -> dict[str, str]:
    found: dict[str, str] = {}
    needs_phrases = change.kind in WITH_PHRASES
    if needs_phrases and not (0 < len(change.phrases) <= MOST and all(map(PHRASE.fullmatch, change.phrases))):
        found["phrases"] = "phrase"
    if change.kind in (Kind.PHRASE, Kind.NEW) and not change.must:
        found["must"] = "example"
    if change.kind in (Kind.UNLESS, Kind.NEW) and not change.must_not:
        found["must_not"] = "example"
    for name in ("must", "must_not"):
        sentences: tuple[str, ...] = getattr(change, name)
        if len(sentences) > MOST or any(len(each) > LONGEST or not each.isprintable() for each in sentences):
            found[name] = "long"
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the project's evaluation sets, as a proposal moves it. `says` is the project's own sentence."""

    row: str
    set: str
    says: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change does to the evaluation sets, both looks together, and whether its own sentences come out as it says.

    `lost`: crises that paged and would not. `late`: crises that only the second look would still find, seconds later. `found`:
    crises that nobody found and that would page. `spared`: false pages that disappear. `woken`: false pages that are new.
    `sizes`: set to (crises, others). `broken`: its own sentences that come out otherwise.
    """

    lost: tuple[Told, ...] = ()
    late: tuple[Told, ...] = ()
    found: tuple[Told, ...] = ()
    spared: tuple[Told, ...] = ()
    woken: tuple[Told, ...] = ()
    sizes: tuple[tuple[str, int, int], ...] = ()
    broken: tuple[str, ...] = ()
    release: str = ""  # which lexicon it was tried on

    def summary(self) -> dict[str, Any]:
        """As the history keeps it: ids and counts."""
        rows = {name: [each.row for each in getattr(self, name)] for name in ("lost", "late", "found", "spared", "woken")}
        return {"release": self.release, "broken": len(self.broken), **rows}

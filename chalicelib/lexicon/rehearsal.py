"""A proposed change tried on the project's evaluation sets, in well under a second: only rows it can touch are looked at anew.

The rows and what the released rules make of them stand in one file that packaging writes (`infra/evaluation.py`); where there
is none, they are worked out once a process from the sets themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from ..core.lexicon_change import Kind, LexiconChange, Outcome, Told
from ..core.triage import Lowering, Normaliser, Rule, Screen, Words
from .built import sources
from .edit import edited
from .finder import Re2Finder
from .load import Lexicon, load_lexicon, read_texts

SOURCE = Path(__file__).parents[2] / "tests" / "eval" / "sets"  # in the source tree; the console's function has its own copy
PACKED = "rows.jsonl"
CRISIS = "crisis"
UNDATED = "2000-01-01"  # of a new rule that is only tried


class Reading(Protocol):
    @property
    def pages(self) -> bool: ...


class Reads(Protocol):
    """The second look."""

    def read(self, texts: Sequence[str]) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of a set: its texts in order, their plain forms, the rules that fired in any, and whether the first look paged."""

    row: str
    set: str
    crisis: bool
    texts: tuple[str, ...]
    plain: tuple[str, ...]
    rules: frozenset[str]
    pages: bool

    def told(self) -> Told:
        return Told(self.row, self.set, " / ".join(self.texts))


Looks = tuple[bool, bool]  # whether the first look pages, and whether either does
Moved = tuple[Seen, Looks, Looks]  # before, after


class Rehearsal:
    """`second`: makes the second look of a screen. Safe to share between threads."""

    def __init__(self, rows: Sequence[Seen], second: Callable[[Screen, Words], Reads]) -> None:
        self._rows, self._make, self._texts = rows, second, read_texts()
        self._lexicon = load_lexicon(self._texts)
        self._words, self._normaliser = self._lexicon.words, Normaliser(self._lexicon.words)
        self._finder = Re2Finder(patterns(self._lexicon))
        self._second = second(screen_of(self._lexicon, self._finder, self._words), self._words)
        self._release = release()
        self.try_out = lru_cache(32)(self._try_out)

    @property
    def rules(self) -> dict[str, Rule]:
        return {entry.rule.id: entry.rule for entry in self._lexicon.entries if isinstance(entry.rule, Rule)}

    def pattern(self, rule: str) -> str:
        """As its file has it, written out; "" for a rule made of hints."""
        return next((entry.pattern for entry in self._lexicon.entries if entry.rule.id == rule), "")

    def plain(self, phrase: str) -> str:
        """As the rules read it: lower case, known spellings, one space between words."""
        return self._normaliser.plain(phrase).text.strip()

    def _try_out(self, change: LexiconChange) -> Outcome:
        """Raises `CannotEdit`, and what RE2 raises for a pattern it cannot read."""
        after = load_lexicon(edited(self._texts, change, "proposed", UNDATED))
        finder = self._finder.changed(patterns(after))
        screen = screen_of(after, finder, self._words)
        second = self._make(screen, self._words)
        moved = []
        for seen in self._rows:
            if self._touched(seen, change, finder):
                before = self._looks(seen, seen.pages, self._second)
                now = self._looks(seen, any(screen.look(text).pages for text in seen.texts), second)
                moved += [(seen, before, now)] if before != now else []
        return self._outcome(change, moved, screen)

    def _touched(self, seen: Seen, change: LexiconChange, finder: Re2Finder) -> bool:
        if change.kind in (Kind.PHRASE, Kind.NEW):
            return any(finder.spans(change.rule, plain) for plain in seen.plain)
        return change.rule in seen.rules

    @staticmethod
    def _looks(seen: Seen, first: bool, second: Reads) -> Looks:
        """Whether the first look pages, and whether either does: as the texts arrive, one after the other."""
        return first, first or any(second.read(seen.texts[:count]).pages for count in range(1, len(seen.texts) + 1))

    def _outcome(self, change: LexiconChange, moved: Sequence[Moved], screen: Screen) -> Outcome:
        def rows(crisis: bool, wanted: Callable[[Looks, Looks], bool]) -> tuple[Told, ...]:
            return tuple(seen.told() for seen, before, after in moved if seen.crisis is crisis and wanted(before, after))

        return Outcome(
            lost=rows(True, lambda before, after: before[1] and not after[1]),
            late=rows(True, lambda before, after: before[0] and not after[0] and after[1]),
            found=rows(True, lambda before, after: after[1] and not before[1]),
            spared=rows(False, lambda before, after: before[1] and not after[1]),
            woken=rows(False, lambda before, after: after[1] and not before[1]),
            sizes=tuple(self._sizes()),
            broken=tuple(_broken(change, screen)),
            release=self._release,
        )

    def _sizes(self) -> Iterator[tuple[str, int, int]]:
        for name in sorted({seen.set for seen in self._rows}):
            crises = sum(seen.crisis for seen in self._rows if seen.set == name)
            yield name, crises, sum(seen.set == name for seen in self._rows) - crises


def _broken(change: LexiconChange, screen: Screen) -> Iterator[str]:
    """The proposal's own sentences that come out otherwise than it says."""
    tier = change.tier if change.kind == Kind.NEW else 1
    yield from (text for text in change.must if screen.look(text).tier > tier)
    yield from (text for text in change.must_not if screen.look(text).pages)


def patterns(lexicon: Lexicon) -> dict[str, str]:
    return {entry.rule.id: entry.pattern for entry in lexicon.entries if entry.pattern}


def screen_of(lexicon: Lexicon, finder: Re2Finder, words: Words) -> Screen:
    rules = [entry.rule for entry in lexicon.entries]
    lowering = [rule for rule in rules if isinstance(rule, Lowering)]
    return Screen([rule for rule in rules if isinstance(rule, Rule)], lowering, finder, words)


def release() -> str:
    """A name for one state of the rules, their words, and the code that reads them."""
    return sources()[:12]


def looked_at(folder: Path = SOURCE) -> list[Seen]:
    """Every row of the sets as the packaged rules see it; some seconds."""
    lexicon = load_lexicon()
    screen = screen_of(lexicon, Re2Finder(patterns(lexicon)), lexicon.words)
    normaliser = Normaliser(lexicon.words)
    rows = [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines() if line]
    return [_seen(row, screen, normaliser) for row in rows if row["label"] != "unsure"]


def _seen(row: Mapping[str, Any], screen: Screen, normaliser: Normaliser) -> Seen:
    texts = tuple(row.get("texts") or [row["text"]])
    looks = [screen.look(text) for text in texts]
    return Seen(
        row["id"], row["set"], row["label"] == CRISIS, texts, tuple(normaliser.plain(text).text for text in texts),
        frozenset(rule for look in looks for rule in look.rules), any(look.pages for look in looks),
    )  # fmt: skip


def packed(rows: Iterable[Seen]) -> str:
    """One line the release, then one a row."""
    lines = [asdict(seen) | {"rules": sorted(seen.rules)} for seen in rows]
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in [{"release": release()}, *lines]) + "\n"


def unpacked(text: str) -> list[Seen]:
    """Raises `ValueError` for rows of another release: they would say something untrue."""
    head, *lines = text.splitlines()
    if json.loads(head)["release"] != release():
        raise ValueError("the evaluation rows are of another release")
    return [_of_line(json.loads(line)) for line in lines]


def _of_line(held: Mapping[str, Any]) -> Seen:
    lists = {name: tuple(held[name]) for name in ("texts", "plain")}
    return Seen(**{**held, **lists, "rules": frozenset(held["rules"])})


def load_rehearsal(folder: str, second: Callable[[Screen, Words], Reads]) -> Rehearsal:
    """`folder`: where packaging put the rows; empty: worked out from the source tree. Raises `OSError`, `ValueError`."""
    rows = unpacked((Path(folder) / PACKED).read_text("utf-8")) if folder else looked_at()
    return Rehearsal(rows, second)

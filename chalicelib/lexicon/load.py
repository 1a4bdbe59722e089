"""Reads the lexicon files and builds the screen from them.

A pattern is written over the plain form: words with one space between. `{name}` stands for one of the file's
or of `groups.toml`'s `[groups]`; `<3>` for up to three words of the same sentence; `<any>` for any distance.
A rule with `whole_message` matches only the whole text, whatever ends it; one that is `bare` besides, only without any such sign;
one with `whole_sentence` only a whole sentence of it.
`unless` in a rule lowers its own hits, and no other rule's, by a tier where one of these phrases stands near (DET-5).
A `[[hint]]` says nothing alone; a rule with `one` and `other` (hints) fires where two stand `within` so many characters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ..core.triage import Lowering, Rule, Screen, Together, Words
from .finder import Re2Finder
from .patterns import MESSAGE, SENTENCE, compiled, literals, resolved

LANGUAGES = ("en", "es")
NEAR = 8  # words between a hit and what lowers it


@dataclass(frozen=True, slots=True)
class Hint:
    """A pattern that raises nothing alone."""

    id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule as it stands in a file, with its reason and its examples. A rule made of hints has no `pattern`."""

    rule: Rule | Lowering | Hint
    pattern: str
    reason: str
    source: str
    verified_on: str
    fires: tuple[str, ...]
    quiet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the screen knows."""

    entries: tuple[Entry, ...]
    words: Words


def screen() -> Screen:
    """The screen over the whole lexicon."""
    lexicon = load_lexicon()
    rules = [entry.rule for entry in lexicon.entries if isinstance(entry.rule, Rule)]
    lowerings = [entry.rule for entry in lexicon.entries if isinstance(entry.rule, Lowering)]
    finder = finder_of(lexicon)
    return Screen(rules, lowerings, finder, lexicon.words)


def finder_of(lexicon: Lexicon) -> Re2Finder:
    """The engine over every pattern of the lexicon."""
    return Re2Finder({entry.rule.id: entry.pattern for entry in lexicon.entries if entry.pattern})


def read_texts() -> dict[str, str]:
    """Every file of rules as it is packaged: "en/suicide.toml" to its text."""
    folders = [(language, files(__package__) / language) for language in LANGUAGES]
    names = [(language, file) for language, folder in folders for file in sorted(folder.iterdir(), key=lambda file: file.name)]
    return {f"{language}/{file.name}": file.read_text("utf-8") for language, file in names if file.name.endswith(".toml")}


def load_lexicon(texts: Mapping[str, str] | None = None) -> Lexicon:
    """Every entry of every file. `texts`: other files than the packaged ones, as `read_texts` has them.

    Raises `KeyError` or `ValueError` for an entry that is not whole.
    """
    held = read_texts() if texts is None else texts
    entries = tuple(entry for language in LANGUAGES for entry in _language(language, held))
    ids = [entry.rule.id for entry in entries]
    if len(ids) != len(set(ids)):
        raise ValueError("two rules share an id")
    if strays := {hint for entry in entries for hint in _parts(entry.rule)}.difference(ids):
        raise ValueError(f"no such hint: {sorted(strays)}")
    return Lexicon(entries, _words(literals(entry.pattern for entry in entries)))


def _language(language: str, texts: Mapping[str, str]) -> Iterable[Entry]:
    classes, own = _classes(), {name: text for name, text in texts.items() if name.startswith(f"{language}/")}
    shared = resolved(tomllib.loads(own.pop(f"{language}/groups.toml"))["groups"], {}, classes)
    for name in sorted(own):
        table = tomllib.loads(own[name])
        groups = resolved(table.get("groups", {}), shared, classes)
        for row in (*table.get("hint", ()), *table.get("rule", ())):
            yield _entry(row, table, groups, language, classes)
            if "unless" in row:
                yield _unless(row, table, groups, language, classes)


def _unless(
    row: Mapping[str, Any], table: Mapping[str, Any], groups: Mapping[str, str], language: str, classes: Mapping[str, str]
) -> Entry:
    """A rule's own lowering: one of its phrases in the same sentence, at most eight words from the hit."""
    rule_id = f"{language}.{row['id']}"
    near = compiled([f"<{NEAR}>{phrase} <{NEAR}>" for phrase in row["unless"]], groups, classes)
    source, verified = row.get("source") or table["source"], row.get("verified_on") or table["verified_on"]
    lowering = Lowering(f"{rule_id}.unless", "unless", 1, rules=frozenset({rule_id}))
    return Entry(lowering, near, row["reason"], source, str(verified), tuple(row["unless_fires"]), tuple(row["fires"]))


def _parts(rule: Rule | Lowering | Hint) -> frozenset[str]:
    return rule.together.one | rule.together.other if isinstance(rule, Rule) and rule.together else frozenset()


def _entry(
    row: Mapping[str, Any],
    table: Mapping[str, Any],
    groups: Mapping[str, str],
    language: str,
    classes: Mapping[str, str],
) -> Entry:
    """File-level `source`, `verified_on` and `category` stand for every rule that does not say its own."""
    source, verified = row.get("source") or table["source"], row.get("verified_on") or table["verified_on"]
    examples = tuple(row["fires"]), tuple(row["quiet"])
    pattern = compiled(row["pattern"], groups, classes) if "pattern" in row else ""
    if row.get("bare"):
        pattern = f"^{pattern}$"
    elif row.get("whole_message"):
        pattern = pattern.join(MESSAGE)
    elif row.get("whole_sentence"):
        pattern = pattern.join(SENTENCE)
    return Entry(_rule(row, table, language), pattern, row["reason"], source, str(verified), *examples)


def _rule(row: Mapping[str, Any], table: Mapping[str, Any], language: str) -> Rule | Lowering | Hint:
    rule_id = f"{language}.{row['id']}"
    if "lowers" in row:
        limits = frozenset(row.get("categories", ()))
        return Lowering(rule_id, row["lowers"], row.get("by", 1), row.get("whole_text", False), limits)
    if "tier" not in row:
        return Hint(rule_id)
    category, firm = row.get("category") or table["category"], frozenset(row.get("firm", ()))
    return Rule(rule_id, row["tier"], category, firm, _together(row, language))


def _together(row: Mapping[str, Any], language: str) -> Together | None:
    """Every rule has a pattern or two sides; one with both or neither is a mistake that loading finds."""
    if "pattern" in row:
        return None
    one, other = (frozenset(f"{language}.{hint}" for hint in row[side]) for side in ("one", "other"))
    return Together(one, other, row["within"])


@cache
def _word_table() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))


@cache
def _classes() -> Mapping[str, str]:
    return {word: name for name, words in _word_table()["classes"].items() for word in words.split()}


def _words(read: frozenset[str]) -> Words:
    table = _word_table()
    spellings: dict[str, str] = dict(table["spellings"])
    spellings |= {phrase.replace(" ", ""): phrase for phrase in table["joined"]}
    for plain, typed in (table["misspelt"] | table["classes"]).items():
        spellings |= dict.fromkeys(typed.split(), plain)
    return Words(
        spellings,
        table["emoji"],
        frozenset(table["keys"]),
        tuple(table["openings"]),
        table["phrases"],
        frozenset(table["fillers"]),
        read | {"i", "a"} | frozenset(_classes()) | frozenset(table["not_slips"]),
        frozenset(table["slippery"]),
        frozenset(table["split"]),
    )

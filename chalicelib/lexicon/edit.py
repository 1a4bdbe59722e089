"""A proposed change written into the lexicon's files: text in, text out, nothing else of a file touched.

Every edit is held against what the change means: the file is parsed again, and must differ in that and in nothing else.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from ..core.lexicon_change import Kind, LexiconChange

Texts = Mapping[str, str]  # "en/suicide.toml" to the file's text
Row = dict[str, Any]
HEAD = "[[rule]]"


class CannotEdit(ValueError):
    """The change does not fit the files as they are."""


def edited(texts: Texts, change: LexiconChange, source: str, verified_on: str) -> dict[str, str]:
    """The files after the change. `source` and `verified_on` stand with a new rule. Raises `CannotEdit`."""
    if change.kind == Kind.NEW:
        name, table = _file_of_category(texts, change)
        new = _new_rule(change, source, verified_on)
        row = tomllib.loads(new)["rule"][0]
        table["rule"].append(row)
        return _checked(texts, name, f"{texts[name].rstrip()}\n\n{new}", table)
    name, table = _file_of_rule(texts, change)
    before, block, after = _cut(texts[name], change.local)
    if change.kind == Kind.RETIRE:
        table["rule"].remove(_row(table, change))
        return _checked(texts, name, f"{before.rstrip()}\n\n{after.lstrip()}", table)
    block, meant = _moved(block, change)
    _row(table, change).update(meant)
    return _checked(texts, name, before + block + after, table)


def _moved(block: str, change: LexiconChange) -> tuple[str, Row]:
    """The rule's text after the change, and what it must read as."""
    row: Row = tomllib.loads(block)["rule"][0]
    if change.kind == Kind.LOWER:
        return _set(block, "tier", str(row["tier"] + 1)), {"tier": row["tier"] + 1}
    if change.kind == Kind.UNLESS:
        meant = {
            "unless": [*row.get("unless", ()), *change.phrases],
            "unless_fires": [*row.get("unless_fires", ()), *change.must_not],
        }
        for key, values in meant.items():
            block = _set(block, key, _listed(values))
        return block, meant
    if "pattern" not in row:
        raise CannotEdit(f"{change.rule} is made of hints")
    written = row["pattern"] if isinstance(row["pattern"], list) else [row["pattern"]]
    meant = {"pattern": [*written, *change.phrases], "fires": [*row["fires"], *change.must]}
    for key, values in meant.items():
        block = _set(block, key, _listed(values))
    return block, meant


def _listed(values: list[str]) -> str:
    """A line each when they are long, as the files have it."""
    texts = [_text(each) for each in values]
    line = f"[{', '.join(texts)}]"
    return line if len(line) < 120 else "[\n" + "".join(f"  {each},\n" for each in texts) + "]"


def _text(value: str) -> str:
    """A TOML basic string; JSON's is one, without what neither may hold."""
    return json.dumps(value, ensure_ascii=False)


def _set(block: str, key: str, value: str) -> str:
    """The block with another value for a key; a new key stands before the reason."""
    lines = block.splitlines(keepends=True)
    begin = next((at for at, line in enumerate(lines) if line.startswith(f"{key} = ")), None)
    if begin is None:
        at = next(at for at, line in enumerate(lines) if line.startswith("reason = "))
        return "".join([*lines[:at], f"{key} = {value}\n", *lines[at:]])
    end = begin + 1
    while not _whole("".join(lines[begin:end])):
        end += 1
    return "".join([*lines[:begin], f"{key} = {value}\n", *lines[end:]])


def _whole(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _cut(text: str, local: str) -> tuple[str, str, str]:
    """What stands before a rule, the rule, and what comes after it; comments right above a rule belong to it."""
    lines = text.splitlines(keepends=True)
    named = next(at for at, line in enumerate(lines) if line.startswith("id = ") and tomllib.loads(line)["id"] == local)
    begin = max(at for at in range(named) if lines[at].strip() == HEAD)
    while begin and lines[begin - 1].startswith("#"):
        begin -= 1
    later = [at for at in range(named, len(lines)) if lines[at].startswith("[")]
    end = later[0] if later else len(lines)
    while lines[end - 1].startswith("#"):
        end -= 1
    return "".join(lines[:begin]), "".join(lines[begin:end]), "".join(lines[end:])


def _new_rule(change: LexiconChange, source: str, verified_on: str) -> str:
    values = {
        "id": _text(change.local), "tier": str(change.tier), "category": _text(change.category),
        "pattern": _listed(list(change.phrases)), "reason": _text(change.reason), "source": _text(source),
        "verified_on": verified_on, "fires": _listed(list(change.must)), "quiet": _listed(list(change.must_not)),
    }  # fmt: skip
    return f"{HEAD}\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def _file_of_rule(texts: Texts, change: LexiconChange) -> tuple[str, Row]:
    """Its name, and what it says."""
    for name in _files(texts, change):
        if change.local not in texts[name]:  # no need to read it
            continue
        table = tomllib.loads(texts[name])
        if any(row["id"] == change.local for row in table.get("rule", ())):
            return name, table
    raise CannotEdit(f"no rule {change.rule}")


def _file_of_category(texts: Texts, change: LexiconChange) -> tuple[str, Row]:
    """The first file of the language that holds rules of this category, and what it says."""
    for name in _files(texts, change):
        table = tomllib.loads(texts[name])
        held = {row.get("category") or table.get("category") for row in table.get("rule", ()) if "tier" in row}
        if change.category in held:
            return name, table
    raise CannotEdit(f"no file of {change.category}")


def _files(texts: Texts, change: LexiconChange) -> list[str]:
    return sorted(name for name in texts if name.startswith(f"{change.language}/"))


def _row(table: Row, change: LexiconChange) -> Row:
    rows: list[Row] = table["rule"]
    return next(row for row in rows if row["id"] == change.local)


def _checked(texts: Texts, name: str, after: str, wanted: Row) -> dict[str, str]:
    """Raises `CannotEdit` when the file reads otherwise than the change means."""
    try:
        same = {"rule": [], **tomllib.loads(after)} == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise CannotEdit(name)
    return {**texts, name: after}

"""Templates as reviewed data: who answers for each, which words were approved, by whom and when (`approved.toml`).

An approval is of exact words: in every language and at every level. Change one letter and the template is not sendable until it
is approved again. `python -m chalicelib.texts.approval` prints what is not approved.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from . import _read
from .every import LANGUAGES, READ, Sentence, sentences


@dataclass(frozen=True, slots=True)
class Approval:
    """One row. `words`: the digest of what was approved."""

    template_id: str
    file: str
    purpose: str
    owner: str
    version: int
    words: str
    approved_by: str
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """A template with everything that is known of it. `why_not`: why it may not be sent, "" when it may."""

    approval: Approval
    languages: tuple[str, ...]
    levels: tuple[int, ...]
    fields: tuple[str, ...]
    why_not: str


@cache
def approvals() -> dict[str, Approval]:
    return {row["id"]: _approval(row) for row in _read("approved.toml")["template"]}


def _approval(row: dict[str, Any]) -> Approval:
    return Approval(
        row["id"], row["file"], row["purpose"], row["owner"], row["version"], row["words"], row["approved_by"],
        row.get("approved_on"),
    )  # fmt: skip


@cache
def why_not(template_id: str) -> str:
    """Why a template may not be sent: unknown, nobody, words, language, fields; "" when it may."""
    known = approvals().get(template_id)
    if known is None or known.file not in READ:
        return "unknown"
    return _wrong(known, _of(known))


def approved(template_id: str) -> bool:
    return not why_not(template_id)


@cache
def cards() -> tuple[Card, ...]:
    """Every template, in the file's order."""
    found = []
    for known in approvals().values():
        own = _of(known)
        found.append(
            Card(
                known,
                tuple(dict.fromkeys(each.language for each in own)),
                tuple(sorted({each.level for each in own})),
                tuple(sorted(frozenset().union(*(each.fields for each in own)))),
                why_not(known.template_id),
            )
        )
    return tuple(found)


@cache
def purposes() -> dict[str, str]:
    """What each template is for, by id."""
    return {name: known.purpose for name, known in approvals().items()}


@cache
def least_level(template_id: str) -> int:
    """The lowest content level at which it has words. Raises KeyError for what is no template of ours."""
    return min(each.level for each in _of(approvals()[template_id]))


def digest(own: tuple[Sentence, ...]) -> str:
    """Of all words of a template: the same words have the same one, whatever their order in the file."""
    lines = sorted(f"{each.language}\x1f{each.level}\x1f{each.body}" for each in own)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()[:16]


def _of(known: Approval) -> tuple[Sentence, ...]:
    return tuple(each for each in sentences(known.file) if each.template_id == known.template_id)


def _wrong(known: Approval, own: tuple[Sentence, ...]) -> str:
    if not own:
        return "unknown"
    if known.approved_on is None or not known.approved_by:
        return "nobody"
    if digest(own) != known.words:
        return "words"
    levels = {each.level for each in own}
    if any({each.language for each in own if each.level == level} != set(LANGUAGES) for level in levels):
        return "language"  # complete or absent (ACC-4)
    return "fields" if any(len({each.fields for each in own if each.level == level}) != 1 for level in levels) else ""


def main() -> int:
    """What is not approved, with the line that would say so."""
    known = approvals()
    lines = [
        f'{file}: {name} is not approved ({why_not(name)}); its words now: words = "{digest(_named(file, name))}"\n'
        for file in READ
        for name in dict.fromkeys(each.template_id for each in sentences(file))
        if why_not(name) or known[name].file != file
    ]
    sys.stdout.write("".join(lines) or f"{len(known)} templates, each approved as it stands\n")
    return 1 if lines else 0


def _named(file: str, name: str) -> tuple[Sentence, ...]:
    return tuple(each for each in sentences(file) if each.template_id == name)


if __name__ == "__main__":
    sys.exit(main())

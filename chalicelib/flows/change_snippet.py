"""The texts that staff begin with: look, change, switch off, add, take back. What stands in the file stays the base.

What is sent to patients without a person writing it is not changed here: those sentences are files that a clinician reviews
before each release (N8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.records import Revision, Setting
from ..core.roles import Action
from ..core.settings import SNIPPET
from ..core.snippet_rules import FIELDS, LONGEST_ID, SNIPPET_ID, problems
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from ..texts.staff import Snippet, snippets
from .authority import demand
from .change_setting import Wish, read_revision, write

LANGUAGES = ("en", "es")


class BadSnippet(ValueError):
    """A value that the form let by; the message names the fields."""


@dataclass(frozen=True, slots=True)
class SnippetNow:
    """One text as it stands, in one language. `in_file`: it is one of the service's own."""

    snippet_id: str
    language: str
    fields: dict[str, str]
    version: int
    in_file: bool
    changed_by: str = ""
    history: tuple[Revision, ...] = ()

    @property
    def setting_id(self) -> str:
        return f"{self.snippet_id}.{self.language}"

    @property
    def off(self) -> bool:
        return bool(self.fields["off"])


def read_snippets(world: World, who: Staff) -> list[SnippetNow]:
    """All of them, switched off ones too: the file's in its order, then those that were added. One query.

    Raises `NotFound` for who may not, `StoreError`.
    """
    demand(world, who, Action.TEXTS)
    held = {each.setting_id: each for each in world.store.settings(SNIPPET)}
    own = {_id(each): each for each in snippets()}
    return [_now(name, own.get(name), held.get(name)) for name in dict.fromkeys([*own, *held])]


def read_snippet(world: World, who: Staff, setting_id: str) -> SnippetNow:
    """One of them with its history, newest first. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.TEXTS)
    now = _look(world, setting_id)
    history = tuple(world.store.revisions(SNIPPET, setting_id))
    return SnippetNow(now.snippet_id, now.language, now.fields, now.version, now.in_file, now.changed_by, history)


def change_snippet(
    world: World, who: Staff, setting_id: str, fields: Mapping[str, str], version: int, why: str
) -> SnippetNow:
    """The text after the change; one that is not there yet is added when `version` is 0.

    Raises `NotFound`, `Conflict`, `StoreError`, `BadSnippet`.
    """
    demand(world, who, Action.TEXTS)
    if set(fields) - set(FIELDS) or problems(fields):
        raise BadSnippet(", ".join(sorted({*problems(fields), *(set(fields) - set(FIELDS))})))
    now = _look(world, setting_id, new=True)
    before = _before(world, setting_id, version, now)
    write(world, who, Wish(SNIPPET, setting_id, before, dict(fields), version, why))
    return _look(world, setting_id)


def undo_snippet(world: World, who: Staff, setting_id: str, undone: int, version: int) -> SnippetNow:
    """Give the fields of one change back what they were. One that was added is switched off. Raises as `change_snippet`."""
    demand(world, who, Action.TEXTS)
    now, line = _look(world, setting_id), read_revision(world, SNIPPET, setting_id, undone)
    after = undone_fields(now, line)
    write(
        world, who, Wish(SNIPPET, setting_id, _before(world, setting_id, version, now), after, version, undoes=undone)
    )
    return _look(world, setting_id)


def undone_fields(now: SnippetNow, line: Revision) -> dict[str, str]:
    """The fields that taking this line back would set. Nothing is ever left without words: it is switched off instead."""
    return {"off": "yes"} if problems({**now.fields, **line.before}) else dict(line.before)


def _look(world: World, setting_id: str, new: bool = False) -> SnippetNow:
    own = next((each for each in snippets() if _id(each) == setting_id), None)
    held = world.store.get(Setting, SNIPPET, setting_id) if _may_be(setting_id) else None
    if own is None and held is None and not (new and _may_be(setting_id)):
        raise NotFound(f"snippet#{setting_id[:40]}")
    return _now(setting_id, own, held)


def _may_be(setting_id: str) -> bool:
    snippet_id, _, language = setting_id.partition(".")
    return bool(SNIPPET_ID.fullmatch(snippet_id)) and len(snippet_id) <= LONGEST_ID and language in LANGUAGES


def _now(setting_id: str, own: Snippet | None, held: Setting | None) -> SnippetNow:
    snippet_id, _, language = setting_id.partition(".")
    fields = dict.fromkeys(FIELDS, "")
    if own is not None:
        fields |= {"title": own.title, "level": str(own.level), "body": own.body}
    if held is not None:
        fields |= {name: text for name, text in held.value.items() if name in FIELDS}
    return SnippetNow(
        snippet_id, language, fields, held.version if held else 0, own is not None, held.changed_by if held else ""
    )


def _before(world: World, setting_id: str, version: int, now: SnippetNow) -> dict[str, str]:
    """The fields as they stood at that version: later changes taken back. A form sent twice then finds its own line."""
    fields = dict(now.fields)
    if now.version != version:
        for line in world.store.revisions(SNIPPET, setting_id):
            if line.version > version:
                fields |= line.before
    return fields


def _id(snippet: Snippet) -> str:
    return f"{snippet.snippet_id}.{snippet.language}"

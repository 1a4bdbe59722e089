"""The texts that staff begin with: the file's, and over them what administrators changed."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.settings import SNIPPET, Setting
from ..ports import World
from ..texts.staff import Snippet, snippets

MOST = 2  # the highest level there is


def known_snippets(world: World) -> dict[tuple[str, str], Snippet]:
    """By (id, language), in the order in which a person should read them. One query. Raises `StoreError`."""
    found = {(each.snippet_id, each.language): each for each in snippets()}
    for setting in world.store.settings(SNIPPET):
        snippet_id, _, language = setting.setting_id.partition(".")
        key = (snippet_id, language or "en")
        if setting.value.get("off"):
            found.pop(key, None)
        elif key in found or setting.value.get("body"):
            found[key] = _laid_over(found.get(key), key, setting)
    return found


def _laid_over(base: Snippet | None, key: tuple[str, str], setting: Setting) -> Snippet:
    said = setting.value
    level = said.get("level", "")
    return Snippet(
        key[0],
        key[1],
        int(level) if level.isdigit() else base.level if base else MOST,
        said.get("title") or (base.title if base else key[0]),
        said.get("body") or (base.body if base else ""),
    )


def in_language(found: dict[tuple[str, str], Snippet], language: str) -> list[Snippet]:
    """One of each, in the patient's language; English where there is no other."""
    ids = dict.fromkeys(snippet_id for snippet_id, _ in found)
    chosen = [found.get((each, language)) or found.get((each, "en")) for each in ids]
    return [each for each in chosen if each is not None]


def level_of(world: World, ids: Sequence[str]) -> int:
    """How much a text says in which these were put: the highest. One we do not know counts as the most (texts fail closed)."""
    if not ids:
        return 0
    found = known_snippets(world)
    levels = {each: [s.level for (snippet_id, _), s in found.items() if snippet_id == each] for each in ids}
    return max(max(known, default=MOST) for known in levels.values())

"""The lexicon as packaging leaves it: read, checked and taken apart once, instead of at every cold start.

It lies beside the files it was made from (`build` writes it) and is believed only as long as it was made from exactly those;
whatever is wrong with it, the files themselves are read (N2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..core.triage import Lowering, Rule, Screen, Together, Words
from .finder import Ways, WaysFinder

ROOM = Path(__file__).parent
BUILT = ROOM / "built.json"


def built_screen(path: Path = BUILT) -> Screen | None:
    """The screen of a built lexicon; None when there is none, or one of other files."""
    try:
        data = json.loads(path.read_bytes())
        return _screen(data) if data["of"] == sources() else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def sources() -> str:
    """One digest of all that the built lexicon is made from: the words, and the code that reads them."""
    files = [*ROOM.glob("*.py"), *ROOM.rglob("*.toml"), *(ROOM.parent / "core" / "triage").glob("*.py")]
    digest = sha256()
    for file in sorted(files):
        digest.update(sha256(file.read_bytes()).digest() + file.name.encode())
    return digest.hexdigest()


def _screen(data: Mapping[str, Any]) -> Screen:
    rules = [Rule(**{**row, "firm": frozenset(row["firm"]), "together": _together(row["together"])}) for row in data["rules"]]
    lowerings = [Lowering(**row | {name: frozenset(row[name]) for name in ("categories", "rules")}) for row in data["lowerings"]]
    finder = WaysFinder(Ways(**data["ways"]))
    words: dict[str, Any] = {name: frozenset(held) if isinstance(held, list) else held for name, held in data["words"].items()}
    words["openings"] = tuple(data["words"]["openings"])
    return Screen(rules, lowerings, finder, Words(**words))


def _together(row: Mapping[str, Any] | None) -> Together | None:
    return Together(frozenset(row["one"]), frozenset(row["other"]), row["within"]) if row else None


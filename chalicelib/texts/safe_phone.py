"""How we name ourselves on a phone that others may hold."""

from __future__ import annotations

from functools import cache
from typing import Any

from . import _read

PLAIN = "sender"  # the clinic's own sender, where nobody chose


@cache
def labels() -> dict[str, dict[str, str]]:
    """Id to language to words, in the file's order. "{sender}" is the clinic's own."""
    return {row["id"]: {"en": row["en"], "es": row["es"]} for row in _read("safe_phone.toml")["label"]}


def spoken_label(label: str, language: str, sender: str) -> str:
    """How we name ourselves; a label that a newer version knows is the sender."""
    words = labels().get(label) or labels()[PLAIN]
    return words.get(language, words["en"]).format(sender=sender)


@cache
def quiet() -> dict[str, Any]:
    """How a day after QUIET is read: `bare`, `most` (days), `spans`, `words`."""
    return dict(_read("safe_phone.toml")["quiet"])


@cache
def kinds() -> dict[str, dict[str, str]]:
    """What a kind of text is called to who stops it: a scope of `core.consent` to language to words."""
    return dict(_read("safe_phone.toml")["kinds"])

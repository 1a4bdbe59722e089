"""What a person says on the telephone, or prints as a letter, where nothing automatic reached somebody (`tell.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from . import _read


@cache
def _said(kind: str, language: str) -> Mapping[str, str]:
    known = _read("tell.toml")[kind]
    return dict(known.get(language) or known["en"])


def line(kind: str, name: str, language: str, /, **fields: str) -> str:
    """One line of a call or a letter, filled. Raises KeyError for an unknown one."""
    return _said(kind, language)[name].format(**fields)


def at_level(kind: str, name: str, language: str, level: int, /, **fields: str) -> str:
    """The fullest one that this level allows."""
    return line(kind, f"{name}_{min(level, 1)}", language, **fields)

"""What a story is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .town import Town

CRISIS = "I can't do this anymore, I took all my pills"


@dataclass(frozen=True)
class Story:
    """`before`: without faults. `act`: with them. `after`: what the laws do not say."""

    name: str
    act: Callable[[Town], None]
    before: Callable[[Town], None] = lambda town: None
    after: Callable[[Town], list[str]] = lambda town: []

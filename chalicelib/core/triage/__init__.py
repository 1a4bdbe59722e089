"""The first look: is this text a crisis? Rules, inline, in microseconds (DESIGN N2, RULES 3.2)."""

from __future__ import annotations

from .look import Finder, FirstLook, Hit, Lowering, Rule, Screen
from .normalise import Normaliser, Words

__all__ = ["Finder", "FirstLook", "Hit", "Lowering", "Normaliser", "Rule", "Screen", "Words"]

"""The first look: is this text a crisis? Rules, inline, in microseconds (DESIGN N2, RULES 3.2). And what the second look says."""

from __future__ import annotations

from .look import Finder, FirstLook, Lowering, Rule, Screen
from .normalise import Normaliser, Words
from .second import SecondReading
from .together import Together

__all__ = ["Finder", "FirstLook", "Lowering", "Normaliser", "Rule", "Screen", "SecondReading", "Together", "Words"]

"""Reads every page of the console: the console's own function does, in Lambda's start-up phase, so that no visitor waits."""

from __future__ import annotations

from importlib import import_module

from .front import ROOM
from .table import TABLE

for _module in dict.fromkeys(row[2] for row in TABLE):
    import_module(f"{ROOM}.{_module}")

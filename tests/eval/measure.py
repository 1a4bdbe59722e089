"""Rates with their 95 % Wilson intervals, and the half of a collection that stays unread."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core.interval import wilson

Pair = tuple[Mapping[str, Any], bool]


def share(hits: int, of: int, per: int = 1) -> dict[str, Any]:
    """A rate per `per` with its counts and interval."""
    low, high = wilson(hits, of)
    return {
        "hits": hits,
        "of": of,
        "rate": _short(hits / of * per if of else None),
        "ci95": [_short(low * per), _short(high * per)],
    }


def _short(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def flagged(pairs: Sequence[Pair]) -> dict[str, Any]:
    """How many of these would page."""
    return share(sum(flag for _, flag in pairs), len(pairs))


def by(field: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    """The same for each value of a field."""
    values = sorted({str(row.get(field, "")) for row, _ in pairs})
    return {
        value: flagged([(row, flag) for row, flag in pairs if str(row.get(field, "")) == value]) for value in values
    }


def unread(row_id: str) -> bool:
    """Whether a row belongs to the half that nobody reads while writing rules: only its score is looked at."""
    return hashlib.sha256(row_id.encode()).digest()[0] % 2 == 1

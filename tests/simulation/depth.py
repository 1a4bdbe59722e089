"""What takes seconds each is played by `make slow`, which CI runs too: the same points, and nobody waits for them while working."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

DEEP = frozenset(
    {
        "nobody answers an automated call", "an automated call is placed",
        "a form with an answer about self-harm", "acknowledged and forgotten", "nobody acknowledges", "I read it, with one tap",
        "a crisis calls on both paths", "a direct call the stream dropped", "a crisis in two texts from a stranger", "they choose one of them",
        "a parked crisis handed out twice", "the trail is sealed", "words leave the carrier's log", "the week's text comes in", "the week's text leads elsewhere", "a campaign leaves in slices", "a crisis in two texts through AWS",
        # stories of many calls
        "a call that nobody answers", "a call through the clinic", "a crisis rings a phone", "a dead man's text",
        "a dead man's text after another", "a number is matched", "a patient is transferred", "a patient with visits is transferred",
        "a sequence is changed", "everything goes over for good", "a sequence is changed while its text is due", "an hour ahead", "an item is taken by text",
        "an item is taken on the phone", "everyone is called directly", "two records are merged", "what is planned is planned anew",
        # races of hundreds of orders
        "a campaign's slice and its stop", "a text leaves, and a booking", "escalating and a crisis", "a campaign's text and STOP",
        "a touch and a colleague who calls it off", "the carrier's log twice",
        "a touch and a colleague who moves the visit",
        "a touch and another visit of the day", "a yes and a booking by hand", "a yes by text and one by phone",
        "merging and a new text", "merging and a new text from the old number", "resolving and a crisis", "resolving and a worse crisis",
        "transferring and a new text", "two administrators remove each other", "two closings",
    }
)  # fmt: skip


def played(told: Iterable[Any]) -> list[Any]:
    """Stories or races as parameters, by name."""
    return [pytest.param(each, id=each.name, marks=[pytest.mark.slow] if each.name in DEEP else []) for each in told]

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
        # stories of visits, campaigns, e-mail and records, which no text or crisis waits for
        "a campaign is approved and begins", "a campaign is stopped with texts in the outbox", "news of a visit by e-mail", "an e-mail comes back",
        "an e-mail leaves, and nobody opens it", "a key on an automated call", "a person heard that they need another time",
        "open times for who needs another", "they want a new time", "they do not want it", "they take the time", "a time is offered",
        "a file of visits is dropped", "a visit is called off and its time offered", "the schedule changes a visit",
        "the schedule is told of an answer", "another time on a page", "they say what got in the way", "the line of the day",
        "a word from a poster, and yes", "a record is given out", "a record is deleted", "a hold comes while a record is deleted",
        "two records with visits are merged", "a wrong number, and a person takes them off it",
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

"""What a campaign costs in calls for each text, however many people are in it (DESIGN §5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from chalicelib.flows.deliver import deliver
from chalicelib.flows.tick import tick
from tests.campaigns import texts
from tests.cast import a_patient
from tests.console.test_costs import Counting

from .office import an_open_office


@pytest.mark.parametrize("others", [60, 300])
def test_a_minute_of_a_campaign_costs_the_same_at_any_size(others: int) -> None:
    world = an_open_office()
    for at in range(others):
        agreed = dict.fromkeys(("conversation", "re_engagement"), world.clock())
        a_patient(world, f"p{at:03d}", f"+1303555{2000 + at}", consent=agreed)
    _counted(world)
    counting = Counting(world.store)
    tick(replace(world, store=counting))
    written = len(texts(world))
    assert written == 48 and len(world.later.woken) == 47  # type: ignore[attr-defined]
    once = Counter(due=1, turns=3, get=3, get_many=4, commit=3)  # the minute, and two slices of forty
    assert Counter(counting.calls) == once + Counter(commit=written)
    counting.calls.clear()
    row = next(each for each in texts(world) if each.not_before is None)
    deliver(replace(world, store=counting), row.thread_id, row.message_id)
    assert Counter(counting.calls) == Counter(claim=1, get_many=1, commit=1)


def _counted(world) -> None:  # type: ignore[no-untyped-def]
    from chalicelib.flows import campaign_desk as desk
    from tests.campaigns import HENRY, made

    made(world)
    tick(world)
    for what in ("approve", "start"):
        desk.move(world, HENRY, "adult", "k1", what)

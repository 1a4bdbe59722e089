"""An item that nobody takes for nights: it is called out all the while, and its row never grows too large to be taken."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from chalicelib.core.incidents import CALLS, LEFT_OUT, LINES, OF_PHONES, called, called_since, listed
from chalicelib.core.records import Incident, Step, Update
from chalicelib.flows.handle_incident import acknowledge
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.storage.codec import wire
from tests.cast import CAROL, DAN, ERIN, a_patient, an_sms
from tests.fakes.world import TUESDAY_NOON, a_world

from .calls import a_number_for_calls, ends, rung
from .phones import CAROL_PHONE, DAN_PHONE, ERIN_PHONE, a_work_phone, direct, stream

AT = TUESDAY_NOON
PAGED, RUNG = Step(AT, "pager", "paged", "everyone"), Step(AT, "carrier", "rung", "erin")


def an_untaken_item():
    world = a_world()
    a_patient(world)
    for who, number in ((ERIN, ERIN_PHONE), (CAROL, CAROL_PHONE), (DAN, DAN_PHONE)):
        a_work_phone(world, who, number)
        a_number_for_calls(world, who, number)
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    stream(world)
    return world


def the_item(world):
    [found] = world.store.rows(Incident)
    return found


def hours(world, count, told=0):
    """Every five minutes everybody is called on each of their phones, and no call is answered."""
    for _ in range(12 * count):
        world.clock.advance(minutes=5)
        tick(world)
        stream(world)
        while told < len(rung(world)):
            ends(world, "no_answer", rung(world)[told].row)
            stream(world)
            told += 1
    return told


def an_item(*steps):
    return replace(the_item(an_untaken_item()), steps=steps)


def test_nights_of_calling_never_fill_the_items_row_and_it_can_be_taken():
    """400 KB is DynamoDB's limit: past it nobody could take it, nor could a further text of theirs be kept. Ten people with
    phones for texts and calls had filled it in eight hours."""
    world = an_untaken_item()
    told = hours(world, 4)
    before, pages, texts, calls = the_item(world), len(world.pager.pages), len(direct(world)), len(rung(world))
    hours(world, 1, told)
    after = the_item(world)
    new = Counter(step.what for step in after.steps[len(before.steps) :])
    assert set(new) == {"paged"} and [step.what for step in after.steps].count(LEFT_OUT) == 1
    assert len(world.pager.pages) == pages + 12 and len(direct(world)) >= texts + 3 * 12 and len(rung(world)) >= calls + 6 * 12
    assert len(json.dumps(wire(after))) < 150_000 and len(after.calls) <= 2 * CALLS + 6
    acknowledge(world, CAROL, after.incident_id)
    stream(world)
    assert sum("is taken by carol" in words for _, words in direct(world)) >= 2  # everybody who was called stands down


def test_past_its_lines_a_history_takes_nothing_but_whom_nobody_had_called():
    full = an_item(*[PAGED] * LINES)
    first = Step(AT, "pager", "paged", "dan")
    assert listed(full, PAGED) == (replace(PAGED, who="clock", what=LEFT_OUT, detail=""),)
    said = replace(full, steps=(*full.steps, *listed(full, PAGED)))
    assert listed(said, PAGED) == () and listed(said, PAGED, first) == (first,)
    assert called(replace(said, steps=(*said.steps, first)), "dan", on_rota=False)
    taken = replace(said, steps=(*said.steps, Step(AT, "erin", "acknowledged")))
    assert called_since(taken) == [] and listed(taken, PAGED) == (PAGED,)  # so that whoever is called anew stands down


def test_lines_of_phones_end_before_those_of_the_pager():
    many = an_item(*[PAGED, RUNG] * (OF_PHONES // 2))
    assert listed(many, PAGED) == (PAGED,)
    assert [step.what for step in listed(many, RUNG)] == [LEFT_OUT]
    assert listed(replace(many, steps=many.steps[2:]), RUNG, RUNG) == (RUNG, RUNG)


def test_calls_of_steps_that_are_over_are_named_no_more():
    world = an_untaken_item()
    found = the_item(world)
    old = tuple(f"old-{at}" for at in range(2 * CALLS))
    world.store.commit(Update(Incident, (found.incident_id,), set={"calls": (*old, *found.calls)}))
    world.clock.advance(minutes=5)
    tick(world)
    assert the_item(world).calls == (*old, *found.calls)[-CALLS:]
    stream(world)
    assert rung(world)[-1].row in the_item(world).calls

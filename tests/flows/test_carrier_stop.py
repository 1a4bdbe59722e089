"""The carrier's own list of STOPs, beside ours, both ways: theirs is honoured here once; a START of ours takes them off it; a STOP of
ours is never put on it, since a crisis answer could not leave then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import carrier_stops
from chalicelib.core.carrier_stops import OptedOut, compared_key, stands
from chalicelib.core.compared import Compared
from chalicelib.core.consent import stopped
from chalicelib.core.messages import DeliveryEvent, Kind, Reason, Status
from chalicelib.core.records import ConsentEntry, Contact, Message, Tasks, Update
from chalicelib.errors import CarrierError, CarrierRefused
from chalicelib.flows import carrier_stop
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.tick import tick
from chalicelib.ports import World
from tests.cast import ALICE_NUMBER, STRANGER_NUMBER, a_patient, an_sms
from tests.pages import send_page

from .office import an_open_office, clock, store

DAY = timedelta(days=1)


def a_world(*listed: OptedOut) -> World:
    """Alice, and a carrier that shows its list."""
    world = an_open_office()
    a_patient(world)
    world.carriers["twilio"].listed = list(listed)  # type: ignore[attr-defined]
    return world


def alices(world: World) -> Contact:
    found = world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))
    assert found is not None
    return found


def lines(world: World) -> list[ConsentEntry]:
    return [row for row in store(world).rows(ConsentEntry) if row.medium == "carrier"]


def writes(world: World, body: str) -> None:
    receive(world, an_sms(body, at=clock(world).now), inline=True)


def next_day(world: World) -> None:
    clock(world).now += DAY
    carrier_stop.compare_daily(world)


def test_a_stop_that_only_the_carrier_has_is_one_here_once_with_its_source() -> None:
    at = an_open_office().clock() - DAY
    world = a_world(OptedOut(ALICE_NUMBER, at))
    for _ in range(3):
        next_day(world)
    contact = alices(world)
    assert stopped(contact) and contact.stopped_at == contact.carrier_out_at == at
    [line] = lines(world)
    assert (line.kind, line.change, line.medium, line.by, line.at) == ("all", "revoked", "carrier", "patient", at)
    assert world.carriers["twilio"].sent == [] and stands(contact, True) == carrier_stops.TAKEN_OVER  # type: ignore[attr-defined]


def test_who_put_it_there_is_said() -> None:
    world = a_world(OptedOut(ALICE_NUMBER, an_open_office().clock(), by_them=False))
    next_day(world)
    assert lines(world)[0].by == "carrier"


def test_a_number_that_is_nobodys_here_gets_no_row() -> None:
    world = a_world(OptedOut(STRANGER_NUMBER, an_open_office().clock()))
    next_day(world)
    assert world.store.get(Contact, world.hasher.contact_id(STRANGER_NUMBER)) is None and lines(world) == []


def test_n2_a_stop_of_ours_is_shown_and_never_put_on_the_carriers_list() -> None:
    """AWS sends nothing at all to a number on it: neither would the answer to danger leave."""
    world = a_world()
    writes(world, "STOP")
    next_day(world)
    carrier: Any = world.carriers["twilio"]
    assert carrier.listed == [] and stands(alices(world), True) == carrier_stops.HERE_ALONE
    assert not [name for name in dir(type(carrier)) if "stop" in name and name != "stops"]
    writes(world, "I took all my pills")
    [answer] = [row for row in store(world).rows(Message) if row.kind == Kind.CRISIS_ANSWER]
    assert answer.status != Status.REFUSED


def test_a_start_of_ours_that_the_carrier_does_not_know_takes_them_off_its_list() -> None:
    world = a_world()
    writes(world, "STOP")
    world.carriers["twilio"].listed = [OptedOut(ALICE_NUMBER, clock(world).now + timedelta(seconds=1))]  # type: ignore[attr-defined]
    next_day(world)
    assert stands(alices(world), True) == ""  # both agree
    writes(world, "START")
    next_day(world)
    assert world.carriers["twilio"].let == [ALICE_NUMBER]  # type: ignore[attr-defined]
    assert not stopped(alices(world)) and alices(world).carrier_out_at is None
    next_day(world)
    assert world.carriers["twilio"].let == [ALICE_NUMBER]  # type: ignore[attr-defined]


def test_a_carrier_that_does_not_let_them_back_is_a_difference_and_asked_again_tomorrow() -> None:
    world = a_world()
    carrier: Any = world.carriers["twilio"]
    writes(world, "STOP")
    carrier.listed = [OptedOut(ALICE_NUMBER, clock(world).now)]
    clock(world).now += timedelta(minutes=5)
    writes(world, "START")
    carrier.fails = [CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="ConflictException")]
    next_day(world)
    assert stands(alices(world), True) == carrier_stops.NOT_BACK and not stopped(alices(world))
    next_day(world)
    assert carrier.let == [ALICE_NUMBER] and stands(alices(world), True) == ""


def test_a_stop_after_that_start_is_one_again() -> None:
    world = a_world()
    writes(world, "STOP")
    clock(world).now += timedelta(minutes=5)
    writes(world, "START")
    world.carriers["twilio"].listed = [OptedOut(ALICE_NUMBER, clock(world).now + timedelta(minutes=5))]  # type: ignore[attr-defined]
    next_day(world)
    assert stopped(alices(world)) and len(lines(world)) == 1


def test_who_is_off_the_list_again_is_remembered_so() -> None:
    world = a_world(OptedOut(ALICE_NUMBER, an_open_office().clock()))
    next_day(world)
    world.carriers["twilio"].listed = []  # type: ignore[attr-defined]
    next_day(world)
    contact = alices(world)
    assert stopped(contact) and contact.carrier_out_at is None and stands(contact, True) == carrier_stops.HERE_ALONE


def test_once_a_day_and_a_list_that_broke_off_counts_as_far_as_it_was_read() -> None:
    world = a_world(OptedOut(ALICE_NUMBER, an_open_office().clock()), OptedOut(STRANGER_NUMBER, an_open_office().clock()))
    carrier: Any = world.carriers["twilio"]
    carrier.list_fails = [CarrierError(Reason.THROTTLED, permanent=False)]
    carrier_stop.compare_daily(world)
    assert stopped(alices(world)) and world.store.get(Compared, compared_key("twilio")) is None
    carrier_stop.compare_daily(world)  # an hour later
    row = world.store.get(Compared, compared_key("twilio"))
    assert row is not None and len(row.listed) == 2
    carrier.list_fails = [CarrierError(Reason.THROTTLED, permanent=False)]
    clock(world).now += timedelta(hours=1)
    carrier_stop.compare_daily(world)
    assert carrier.list_fails  # nobody asked


def test_a_carrier_without_a_list_leaves_no_row_and_no_alarm() -> None:
    world = a_world()
    world.carriers["twilio"].listed = None  # type: ignore[attr-defined]
    next_day(world)
    assert world.store.get(Compared, compared_key("twilio")) is None and "stops_not_read" not in repr(world.journal)


def test_soon_after_a_crisis_a_person_reaches_them_another_way() -> None:
    world = a_world(OptedOut(ALICE_NUMBER, an_open_office().clock()))
    contact = alices(world)
    world.store.commit(Update(Contact, (contact.contact_id,), set={"incident_at": clock(world).now, "version": contact.version + 1}))
    next_day(world)
    tasks = world.store.get(Tasks, "adult")
    assert tasks is not None and [each.kind for each in tasks.items] == ["stop_after_crisis"]


def refused(world: World, by: str) -> None:
    """A text that the carrier refuses for their STOP, when it is handed over or afterwards."""
    carrier: Any = world.carriers["twilio"]
    if by == "at once":
        carrier.fails = [CarrierRefused(Reason.OPTED_OUT, permanent=True, code="21610")]
        with pytest.raises(AssertionError):  # of the helper: it did not leave
            send_page(world)
    else:
        row = send_page(world)
        for _ in range(2):
            record(world, DeliveryEvent("twilio", row.carrier_id, Status.FAILED_BLOCKED, clock(world).now, row.row, "21610", "opted_out"))
    clock(world).now += timedelta(minutes=1)
    tick(world)


@pytest.mark.parametrize("by", ["at once", "afterwards"])
def test_what_a_refusal_says_is_kept_where_the_carrier_shows_no_list(by: str) -> None:
    world = a_world()
    refused(world, by)
    contact = alices(world)
    assert stopped(contact) and contact.carrier_out_at is not None and [line.by for line in lines(world)] == ["carrier"]
    assert not contact.doubt


@pytest.mark.parametrize("by", ["at once", "afterwards"])
def test_who_sent_start_in_words_that_the_carrier_does_not_know_is_for_a_person(by: str) -> None:
    world = a_world()
    writes(world, "STOP")
    clock(world).now += timedelta(minutes=5)
    writes(world, "START")
    tick(world)  # what confirms it leaves: their words were START to the carrier, too, and then it refuses them again
    clock(world).now += timedelta(minutes=1)
    refused(world, by)
    assert not stopped(alices(world)) and stands(alices(world), False) == carrier_stops.NOT_BACK and lines(world) == []
    send_page(world)  # which it takes: they sent START there, too
    assert alices(world).carrier_out_at is None


def test_two_looks_at_one_moment_stop_once() -> None:
    from .office import Meddling

    world = a_world(OptedOut(ALICE_NUMBER, an_open_office().clock()))
    other = world
    meddled = replace(world, store=Meddling(store(world), lambda: carrier_stop.compare_daily(other), 1))  # type: ignore[arg-type]
    carrier_stop.compare_daily(meddled)
    assert len(lines(world)) == 1 and stopped(alices(world))

"""A page opens its patient in AWS too, for whom it called and for twelve hours; nothing of it ever stands before the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.own_keys import PAGED
from chalicelib.core.records import AuditEntry, Due, Errand, Incident, Lending, LentKey, Put
from chalicelib.errors import CarrierRefused, KeyUnavailable, NotFound
from chalicelib.flows import errands, hand_over, handle_incident, lend_keys, tick
from chalicelib.flows.read_incident import read_incident
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import DAN, ERIN, a_patient, an_sms
from ..fakes.keys import FakeKeys, token_of
from .office import an_open_office, clock, store
from .phones import ERIN_PHONE, a_work_phone

DANI = "+13035550177"


def a_crisis(program: str = "harbor") -> World:
    world = an_open_office()
    a_patient(world, "dani", DANI, program)
    receive(world, an_sms("I took my pills", DANI, at=world.clock()), inline=False)
    return world


def the_stream(world: World) -> None:
    for errand in store(world).rows(Errand):
        errands.run(world, errand.errand_id)


def lent(world: World) -> dict[tuple[str, str], list[str]]:
    return world.lender.lent  # type: ignore[attr-defined, no-any-return]


def test_whoever_is_called_may_open_that_one_patient_for_twelve_hours() -> None:
    world = a_crisis()
    assert not lent(world)  # the page left before it, and nothing waits for it
    assert [to for to, _ in world.pager.pages] == ["erin"]  # type: ignore[attr-defined]
    the_stream(world)
    assert set(lent(world)) == {("erin", "dani")}
    [row] = store(world).rows(LentKey)
    assert (row.until - row.at, row.why, row.program, row.thread_id) == (PAGED, "page", "harbor", "dani")
    said = [(e.who, e.action, e.result) for e in store(world).rows(AuditEntry) if e.action.startswith("key_")]
    assert said == [("job:lend_keys", "key_lent_page", "erin")]


def test_p2_6_of_a_substance_use_program_it_is_written_down_as_a_medical_emergency() -> None:
    world = a_crisis()
    the_stream(world)
    [row] = store(world).rows(Lending)
    assert row.staff_id == "erin" and row.by == "Porchlight, for Harbor" and row.at and "danger to life" in row.nature
    world = a_crisis("adult")
    the_stream(world)
    [row] = store(world).rows(Lending)
    assert (row.by, row.nature) == ("", "")


def test_kms_that_does_not_answer_holds_up_no_page_and_is_asked_again() -> None:
    world = a_crisis()
    world.lender.fails.append(KeyUnavailable("grant"))  # type: ignore[attr-defined]
    the_stream(world)
    [row] = store(world).rows(LentKey)
    assert not row.token and not lent(world) and not store(world).rows(Errand)
    clock(world).advance(seconds=30)
    tick.tick(world)
    assert set(lent(world)) == {("erin", "dani")}
    [row] = store(world).rows(LentKey)
    assert row.token and [due.at for due in store(world).rows(Due) if due.kind == lend_keys.LENT] == [row.until]


def test_a_carrier_that_refuses_the_second_path_does_not_take_the_key_along() -> None:
    world = an_open_office()
    a_work_phone(world, ERIN, ERIN_PHONE)
    clock(world).advance(minutes=5)
    a_patient(world, "dani", DANI, "harbor")
    receive(world, an_sms("I took my pills", DANI, at=world.clock()), inline=False)
    world.carriers["twilio"].fails.append(CarrierRefused("carrier_down", permanent=False))  # type: ignore[attr-defined]
    [errand] = store(world).rows(Errand)
    with pytest.raises(CarrierRefused):
        errands.run(world, errand.errand_id)
    assert set(lent(world)) == {("erin", "dani")}


def test_it_is_taken_back_when_the_work_is_over_and_the_wall_stands_again() -> None:
    world = a_crisis()
    the_stream(world)
    [incident] = store(world).rows(Incident)
    erin = replace(ERIN, programs=("adult",))  # on call for a program that is not hers
    handle_incident.acknowledge(world, erin, incident.incident_id)
    handle_incident.contacted(world, erin, incident.incident_id)
    handle_incident.resolve(world, erin, incident.incident_id, "visit_arranged")
    assert read_thread(world, erin, "dani") and read_incident(world, erin, incident.incident_id)
    a_patient(world, "bob", "+13035550178", "harbor")
    with pytest.raises(NotFound):  # that one patient, and nobody else of Harbor's
        read_thread(world, erin, "bob")
    clock(world).advance(hours=12, minutes=1)
    tick.tick(world)
    clock(world).advance(hours=12, minutes=1)
    tick.tick(world)
    assert not lent(world)
    [row], [line] = store(world).rows(LentKey), store(world).rows(Lending)
    assert row.back_at and not row.token and line.back_at == row.back_at
    for look in (lambda: read_thread(world, erin, "dani"), lambda: read_incident(world, erin, incident.incident_id)):
        with pytest.raises(NotFound):
            look()
    assert "key_taken_back" in {e.action for e in store(world).rows(AuditEntry)}


def test_n2_a_key_that_went_with_an_older_one_whose_run_died_is_lent_again_at_the_next_minute() -> None:
    """Both lendings of a pair are one to KMS. The old one was taken back just as the new one was lent, and nothing else would
    lend it until it is over."""
    world = a_crisis()
    the_stream(world)
    [row] = store(world).rows(LentKey)
    older = lend_keys.due_for(row, row.at)
    world.store.commit(Put(older))
    world.lender.take_back("erin", "dani")
    assert not lent(world)
    tick.tick(world)
    assert len(lent(world)["erin", "dani"]) == 1 and store(world).rows(LentKey)[0].token
    before = lent(world)
    tick.tick(world)
    assert lent(world) == before


def test_while_the_item_is_open_it_is_lent_again() -> None:
    world = a_crisis()
    the_stream(world)
    [incident] = store(world).rows(Incident)
    handle_incident.acknowledge(world, ERIN, incident.incident_id)
    clock(world).advance(hours=12, minutes=1)
    tick.tick(world)
    [row] = store(world).rows(LentKey)
    [line] = store(world).rows(Lending)
    assert row.open_at(world.clock() + timedelta(hours=11)) and line.until == row.until and line.at < row.at and len(lent(world)["erin", "dani"]) == 2


def test_a_page_to_everyone_opens_it_to_everyone_on_the_rota() -> None:
    world = a_crisis()
    [incident] = store(world).rows(Incident)
    wish = Errand("e1", "page", "everyone", world.clock(), incident_id=incident.incident_id)
    assert lend_keys.for_page(world, wish, incident)
    assert {person for person, _ in lent(world)} == world.clinic.rota.names()


def test_a_drill_lends_nobody_anything() -> None:
    world = a_crisis()
    [incident] = store(world).rows(Incident)
    drill = replace(incident, incident_id=f"drill-{incident.incident_id}")
    assert lend_keys.for_page(world, Errand("e1", "page", "erin", world.clock()), drill) == []
    assert not lent(world)


def test_dan_of_another_program_is_still_turned_away_when_nobody_called_him() -> None:
    world = a_crisis("adult")
    the_stream(world)
    with pytest.raises(NotFound):
        read_thread(world, DAN, "dani")


def test_n2_whoever_is_called_sees_the_item_and_its_number_before_their_key_is_there() -> None:
    """The page leaves first, the grant follows: until then there is no name, and the number is there to call."""
    world = a_crisis()
    [incident] = store(world).rows(Incident)
    erin = replace(ERIN, programs=("adult",))
    keys = FakeKeys(lambda: world)
    hers = replace(world, vault=keys.vault(keys.ask(token_of(erin), "erin", world.clock())))
    space = read_incident(hers, erin, incident.incident_id)
    assert (space.profile, space.number, [each.body for each in space.said if each.row.direction == "in"]) == (None, DANI, [None])
    the_stream(world)
    assert (named := read_incident(hers, erin, incident.incident_id).profile) and named.number == DANI


def test_n2_a_silent_key_service_is_waited_for_once_a_page_however_many_are_called() -> None:
    world = a_crisis()
    [incident] = store(world).rows(Incident)
    world.lender.fails.append(KeyUnavailable("grant"))  # type: ignore[attr-defined]
    changes = lend_keys.for_page(world, Errand("e1", "page", "everyone", world.clock(), incident_id=incident.incident_id), incident)
    assert not lent(world) and not world.lender.fails  # type: ignore[attr-defined]
    world.store.commit(*changes)
    assert {row.staff_id for row in store(world).rows(LentKey)} == world.clinic.rota.names() and len(world.clinic.rota.names()) > 1
    clock(world).advance(seconds=30)
    tick.tick(world)
    assert {person for person, _ in lent(world)} == world.clinic.rota.names()


def test_a_key_that_could_not_be_lent_for_long_is_lent_within_the_minute_and_holds_up_no_errand() -> None:
    world = a_crisis()
    world.lender.fails += [KeyUnavailable("grant")] * 5  # type: ignore[attr-defined]
    the_stream(world)
    [incident] = store(world).rows(Incident)
    handle_incident.acknowledge(world, ERIN, incident.incident_id)
    for _ in range(5):
        clock(world).advance(minutes=1)
        tick.tick(world)
    assert set(lent(world)) == {("erin", "dani")}
    kinds = ("deliver", lend_keys.LENT, "errand", "escalate", "quiet")
    due = [Due("due", world.clock(), kind, kind, "x") for kind in kinds]
    assert [row.kind for row in sorted(due, key=tick._place)] == ["escalate", "errand", lend_keys.LENT, "deliver", "quiet"]


def test_n2_whoever_covers_for_a_colleague_who_is_away_is_lent_what_the_colleague_held() -> None:
    """No page goes out then: without a key of its own a cover of another program would hold an item and read none of it."""
    world = a_crisis()
    the_stream(world)
    [incident] = store(world).rows(Incident)
    handle_incident.acknowledge(world, ERIN, incident.incident_id)
    hand_over.leave(world, ERIN, "erin", "carol")
    assert ("carol", "dani") not in lent(world)  # the console may not
    clock(world).advance(seconds=60)
    tick.tick(world)
    assert ("carol", "dani") in lent(world)

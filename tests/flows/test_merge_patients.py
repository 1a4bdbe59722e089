"""Two records of one person: merged, and a wrong merge undone, with nothing lost and nothing loosened."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.core.permission import Refuse, may_leave
from chalicelib.core.records import ConsentEntry, Contact, Incident, Message, Move, Patient, Roster, Thread, Update
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound
from chalicelib.flows.merge_patients import Merged, NotMerged, merge
from chalicelib.flows.patient_standing import record_permission
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.undo_merge import undo
from chalicelib.ports import SealContext, World

from ..cast import ALICE_NUMBER, CAROL, DAN, a_patient, an_sms
from ..waitlist import waiting
from .looked import looked
from .moving import Between, DiesAt, Dying, finished, unfinished, words
from .office import an_open_office, clock, outgoing, store, traces
from .post import queued

OTHER = "+13035550142"
BOTH = Staff("carol", "clinician", ("adult", "unmatched"))


def _office(number: str = OTHER, **fields: object) -> World:
    """Alice twice: "alice", and "alias" with another number and its own thread."""
    world = an_open_office()
    a_patient(world)
    a_patient(world, "alias", number, **fields)
    return world


def _write(world: World, text: str, number: str = ALICE_NUMBER) -> None:
    clock(world).advance(seconds=5)
    receive(world, an_sms(text, number, at=world.clock()), inline=False)
    looked(world)


def _merge(world: World, ends: str = "alias", stays: str = "alice", **parts: object) -> object:
    return merge(replace(world, **parts), CAROL, ends, stays, world.ids(world.clock()))  # type: ignore[arg-type]


def test_a_record_that_ends_is_off_the_waitlist() -> None:
    world = _office()
    waiting(world, "alias")
    _merge(world)
    assert world.store.waitlist("adult") == []


def _undo(world: World, **parts: object) -> object:
    [done] = [each for each in store(world).rows(Move) if each.kind == "merge"]
    return undo(replace(world, **parts), CAROL, done.move_id, world.ids(world.clock()))  # type: ignore[arg-type]


def _patient(world: World, patient_id: str) -> Patient:
    patient = world.store.get(Patient, patient_id)
    assert patient is not None
    return patient


def _people(world: World, number: str) -> list[str]:
    contact = world.store.get(Contact, world.hasher.contact_id(number))
    return [f"{ref.patient_id}:{ref.role}" for ref in contact.patients] if contact else []


def _names(world: World) -> list[str]:
    roster = world.store.get(Roster, "adult")
    assert roster is not None
    return sorted(json.loads(world.vault.open(SealContext("roster", "adult", "roster"), "adult", roster.sealed_names, "test")))


def test_everything_stands_in_the_record_that_stays() -> None:
    world = _office()
    _write(world, "from the old phone", OTHER)
    _write(world, "from the new one")
    assert isinstance(_merge(world), Merged)
    finished(world)
    assert words(world, CAROL, "alice") == ["from the old phone", "from the new one"]
    assert unfinished(world) == [] and store(world).newest("alias") == [] and _names(world) == ["alice"]
    thread = world.store.get(Thread, "alice")
    assert thread is not None and thread.unanswered == 2
    assert _people(world, OTHER) == [] and _people(world, ALICE_NUMBER) == ["alice:self"]
    assert [row.thread_id for row in world.store.waiting("adult")] == ["alice"]
    assert ("carol", "merge", "done") in traces(world, "alice") and ("carol", "merge", "done") in traces(world, "alias")


def test_one_number_registered_twice_is_one_persons_again() -> None:
    world = _office(ALICE_NUMBER)
    _write(world, "which of us")
    assert _people(world, ALICE_NUMBER) == ["alice:self", "alias:shared"]
    _merge(world)
    finished(world)
    _write(world, "me")
    assert _people(world, ALICE_NUMBER) == ["alice:self"] and words(world, CAROL, "alice") == ["me"]


def test_the_stricter_permission_of_both_stands_and_the_ledger_says_so() -> None:
    world = _office(consent={}, content_level=0)
    _merge(world)
    assert _patient(world, "alice").consent == {}
    [line] = [line for line in store(world).rows(ConsentEntry) if line.subject_id == "alice"]
    assert (line.change, line.medium) == ("revoked", "merge")


def test_nothing_leaves_for_a_record_that_is_merged() -> None:
    world = _office()
    row = queued(world, thread_id="alias", patient_id="alias", contact_id=world.hasher.contact_id(OTHER))
    contact = world.store.get(Contact, row.contact_id)
    _merge(world)
    verdict = may_leave(row, contact, _patient(world, "alias"), world.clinic.zone, world.clock())
    assert verdict == Refuse("merged")
    finished(world)
    assert [each.status_reason for each in outgoing(world)] == ["number_changed"]


def test_what_cannot_be_merged() -> None:
    world = _office()
    a_patient(world, "bob", "+13035550143", program="harbor")
    both = Staff("erin", "clinician", ("adult", "harbor"))
    ids = world.ids
    assert merge(world, CAROL, "alice", "alice", ids(world.clock())) == NotMerged("same")
    assert merge(world, both, "bob", "alice", ids(world.clock())) == NotMerged("program")
    assert merge(world, CAROL, "alice", "bob", ids(world.clock())) == NotMerged("nobody")
    with pytest.raises(NotFound):
        merge(world, DAN, "alice", "bob", ids(world.clock()))
    _merge(world)
    assert _merge(world, "alice", "alias") == NotMerged("moving")
    finished(world)
    assert _merge(world, "alice", "alias") == NotMerged("merged")


def test_n2_an_incident_of_the_ended_record_is_paged_for_from_the_number_that_stays() -> None:
    world = _office()
    _write(world, "I took pills", OTHER)
    _merge(world)
    finished(world)
    _write(world, "I want to hurt myself")
    [incident] = store(world).rows(Incident)
    assert (incident.thread_id, incident.patient_id) == ("alice", "alice")
    assert [step.what for step in incident.steps].count("text") == 1


def test_a_wrong_merge_is_undone_and_each_has_their_own_texts_again() -> None:
    world = _office(consent={}, language="es")
    _write(world, "alias says", OTHER)
    _write(world, "alice says")
    before = [_patient(world, each) for each in ("alias", "alice")]
    _merge(world)
    finished(world)
    _write(world, "written since")
    clock(world).advance(minutes=2)
    assert isinstance(_undo(world), Merged)
    finished(world)
    assert words(world, CAROL, "alias") == ["alias says"] and words(world, CAROL, "alice") == ["alice says", "written since"]
    assert unfinished(world) == [] and _names(world) == ["alias", "alice"]
    for was in before:
        now = _patient(world, was.patient_id)
        assert (now.consent, now.content_level, now.merged_into, now.contact_id) == (was.consent, was.content_level, "", was.contact_id)
    assert _people(world, OTHER) == ["alias:self"]
    assert {thread.note for thread in store(world).rows(Thread) if thread.patient_id} == {"merge_undone"}
    assert _undo(world) == NotMerged("gone")


def test_who_waited_goes_on_waiting_after_the_undo() -> None:
    world = _office()
    _write(world, "alias waits", OTHER)
    _merge(world)
    finished(world)
    clock(world).advance(minutes=2)
    _undo(world)
    finished(world)
    assert [row.thread_id for row in world.store.waiting("adult")] == ["alias"]


@pytest.mark.parametrize("by", ["row", "number"])
def test_safe_4_a_word_for_not_safe_that_came_between_holds_both(by: str) -> None:
    world = _office(consent={})
    _merge(world)
    finished(world)
    said, contact_id = world.clock(), world.hasher.contact_id(ALICE_NUMBER)
    if by == "row":
        world.store.commit(Update(Patient, ("alice",), set={"held_at": said}, add={"version": 1}))
    else:  # a moment ago: her row follows with the tick
        contact = world.store.get(Contact, contact_id)
        assert contact is not None
        refs = tuple(replace(ref, held_at=said) for ref in contact.patients)
        world.store.commit(Update(Contact, (contact_id,), set={"patients": refs}, add={"version": 1}))
    clock(world).advance(minutes=2)
    assert isinstance(_undo(world), Merged)
    [alias] = world.store.get(Contact, world.hasher.contact_id(OTHER)).patients  # type: ignore[union-attr]
    [alice] = world.store.get(Contact, contact_id).patients  # type: ignore[union-attr]
    assert (alias.held_at, _patient(world, "alias").held_at) == (said, said)
    assert said in (alice.held_at, _patient(world, "alice").held_at)


def test_what_somebody_decided_since_is_not_undone_with_it() -> None:
    world = _office(consent={})
    _merge(world)
    finished(world)
    record_permission(world, CAROL, "alice", True, "paper")
    since = _patient(world, "alice").consent
    clock(world).advance(minutes=2)
    _undo(world)
    assert _patient(world, "alice").consent == since


def test_not_while_it_moves_nor_in_the_minute_after() -> None:
    world = _office()
    _write(world, "one", OTHER)
    _merge(world)
    assert _undo(world) == NotMerged("moving")
    finished(world, 1)
    assert _undo(world) == NotMerged("early")


def test_merged_undone_and_merged_again_still_knows_each_text_once() -> None:
    world = _office()
    _write(world, "one", OTHER)
    _merge(world)
    finished(world)
    clock(world).advance(minutes=2)
    _undo(world)
    finished(world)
    clock(world).advance(minutes=2)
    _merge(world)
    finished(world)
    assert words(world, CAROL, "alice") == ["one"] and unfinished(world) == []


@pytest.mark.parametrize("number", [ALICE_NUMBER, OTHER])
@pytest.mark.parametrize("text", ["and one more", "I took pills"])
@pytest.mark.parametrize("at", range(1, 6))
def test_a_new_text_in_every_gap_of_a_merge(at: int, text: str, number: str) -> None:
    world = _office()
    _write(world, "first", OTHER)
    between = Between(store(world), at, lambda: _write(world, text, number))
    _merge(world, store=between)
    finished(world)
    if between.left <= 0:
        _everything_somewhere_once(world, "first", text)


@pytest.mark.parametrize("number", [ALICE_NUMBER, OTHER])
@pytest.mark.parametrize("text", ["and one more", "I took pills"])
@pytest.mark.parametrize("at", [1, 2])
def test_a_merge_in_every_gap_of_a_new_text(at: int, text: str, number: str) -> None:
    world = _office()
    _write(world, "first", OTHER)
    clock(world).advance(seconds=1)
    receive(replace(world, store=Between(store(world), at, lambda: _merge(world))), an_sms(text, number, at=world.clock()), inline=False)
    finished(world)
    _everything_somewhere_once(world, "first", text)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.parametrize("work", ["merge", "undo"])
def test_a_process_that_dies_anywhere_is_finished_by_the_tick(work: str, at: int, after: bool) -> None:
    world = _office()
    _write(world, "one", OTHER)
    _write(world, "two")
    if work == "undo":
        _merge(world)
        finished(world)
        clock(world).advance(minutes=2)
    try:
        (_merge if work == "merge" else _undo)(world, store=DiesAt(store(world), at, after))
    except Dying:
        pass
    finished(world)
    _everything_somewhere_once(world, "one", "two")


def _everything_somewhere_once(world: World, *texts: str) -> None:
    """Each text is in one thread of somebody, waiting is listed, incidents stand where their texts are (N1, N2)."""
    assert unfinished(world) == []
    threads = [thread.thread_id for thread in store(world).rows(Thread)]
    read = [word for each in threads if store(world).newest(each) for word in words(world, BOTH, each)]
    for text in texts:
        assert read.count(text) == 1, (text, read)
    homes = {row.incident_id: row.thread_id for row in store(world).rows(Message) if row.incident_id and row.direction == "in"}
    for incident in store(world).rows(Incident):
        assert homes[incident.incident_id] == incident.thread_id
    with_texts = {row.thread_id for row in store(world).rows(Message) if row.direction == "in"}
    assert with_texts == {row.thread_id for program in ("adult", "unmatched") for row in world.store.waiting(program)}


@pytest.mark.parametrize(("stays", "ends", "together"), [("safe", "unsafe", "unsafe"), ("", "unsafe", "unsafe"), ("safe", "", "safe"), ("", "safe", "")])
def test_of_two_marks_of_a_phone_the_stricter_counts(stays: str, ends: str, together: str) -> None:
    world = an_open_office()
    a_patient(world, safe_phone=stays, content_level=1)
    a_patient(world, "alias", OTHER, safe_phone=ends, veteran=True)
    _merge(world)
    contact = world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))
    assert contact is not None
    [ref] = contact.patients
    assert (ref.safe_phone, ref.veteran, ref.content_level) == (together, True, 0)
    assert (_patient(world, "alice").safe_phone, _patient(world, "alice").veteran) == (together, True)


@pytest.mark.parametrize("has", [{"plan": 1}, {"duress": "hash of a word"}])
def test_safe_4_a_merge_loses_nobodys_plan_and_no_word_for_not_safe(has: dict[str, object]) -> None:
    world = _office()
    world.store.commit(Update(Patient, ("alias",), set=has))
    assert _merge(world) == NotMerged("plan")
    world.store.commit(Update(Patient, ("alice",), set=has))
    assert isinstance(_merge(world), Merged)


NIGHT, DAY = {"mon": "18:00-20:00"}, {"mon": "09:00-17:00"}


@pytest.mark.parametrize(
    ("stays", "ends", "together"),
    [({}, DAY, DAY), (DAY, {}, DAY), (DAY, {"mon": "12:00-24:00", "tue": "10:00-11:00"}, {"mon": "12:00-17:00"}), (NIGHT, DAY, None)],
)
def test_safe_1_a_merge_keeps_the_hours_that_both_records_allow(
    stays: dict[str, str], ends: dict[str, str], together: dict[str, str] | None
) -> None:
    world = an_open_office()
    a_patient(world, safe_hours=stays)
    a_patient(world, "alias", OTHER, safe_hours=ends)
    came = _merge(world)
    assert came == NotMerged("hours") if together is None else isinstance(came, Merged)
    assert _patient(world, "alice").safe_hours == (stays if together is None else together)


def test_hours_of_two_time_zones_are_not_held_against_each_other() -> None:
    world = _office(safe_hours=DAY, zone="America/New_York")
    assert _merge(world) == NotMerged("hours")

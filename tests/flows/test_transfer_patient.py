"""To another program: the old one reads nothing any more, a page at that moment is not lost, whoever dies on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.records import Contact, Incident, Message, Patient, Roster, Task, Tasks, Thread
from chalicelib.core.staff import Staff
from chalicelib.core.tasks import MOST
from chalicelib.errors import NotFound, OpenFailed
from chalicelib.flows import desk_tasks, escalate, handle_incident
from chalicelib.flows.outbox import words_of
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.roster import entries_in
from chalicelib.flows.transfer_patient import NotTransferred, Transferred, transfer
from chalicelib.flows.write_reply import Draft, write_reply
from chalicelib.ports import SealContext, World

from ..cast import CAROL, DAN, ERIN, a_patient, an_sms
from ..waitlist import waiting
from .moving import Between, DiesAt, Dying, finished, unfinished, words
from .office import an_open_office, clock, outgoing, store, traces
from .post import dues, queued


def _office(*texts: str) -> World:
    world = an_open_office()
    a_patient(world)
    for text in texts or ("hello", "are you there"):
        clock(world).advance(seconds=5)
        receive(world, an_sms(text, at=world.clock()), inline=False)
    return world


def _go(world: World, **parts: object) -> object:
    return transfer(replace(world, **parts), CAROL, "alice", "harbor", world.ids(world.clock()))  # type: ignore[arg-type]


def _names(world: World, program: str) -> list[str]:
    roster = world.store.get(Roster, program)
    assert roster is not None
    return sorted(entries_in(world, ERIN, roster))


def _all_of_harbor(world: World) -> None:
    """Nothing is left that the old program's key opens, and all that the new one's does."""
    for row in store(world).rows(Message):
        assert words_of(world, row, "test") and row.program == "harbor"
        kind = "inbound_text" if row.direction == "in" else "outgoing_text"
        with pytest.raises(OpenFailed):
            world.vault.open(SealContext("alice", "adult", kind), row.row, row.sealed_body, "test")
    thread, patient = world.store.get(Thread, "alice"), world.store.get(Patient, "alice")
    assert thread is not None and patient is not None
    assert thread.program == patient.program == "harbor" and patient.moving == ""
    assert {ref.program for contact in store(world).rows(Contact) for ref in contact.patients} == {"harbor"}
    for incident in store(world).rows(Incident):
        assert incident.program == "harbor"
    assert unfinished(world) == []


def test_the_new_program_reads_everything_and_the_old_one_nothing() -> None:
    world = _office()
    assert isinstance(_go(world), Transferred)
    finished(world)
    assert words(world, DAN, "alice") == ["hello", "are you there"]
    with pytest.raises(NotFound):
        read_thread(world, CAROL, "alice")
    _all_of_harbor(world)
    assert _names(world, "adult") == [] and _names(world, "harbor") == ["alice"]
    assert ("carol", "transfer", "done") in traces(world, "alice") and ("job:move", "transfer_done", "done") in traces(world, "alice")


def test_who_goes_is_off_the_old_programs_waitlist() -> None:
    world = _office()
    waiting(world)
    assert isinstance(_go(world), Transferred)
    assert world.store.waitlist("adult") == []


def test_at_once_and_not_only_at_the_end() -> None:
    world = _office(*[f"text {at}" for at in range(90)])
    _go(world)
    with pytest.raises(NotFound):
        read_thread(world, CAROL, "alice")
    assert len([each for each in words(world, DAN, "alice") if each]) == 50
    finished(world, 4)
    _all_of_harbor(world)


def test_where_it_cannot_go() -> None:
    world = _office()
    assert transfer(world, CAROL, "alice", "adult", world.ids(world.clock())) == NotTransferred("program")
    assert transfer(world, CAROL, "alice", "moon", world.ids(world.clock())) == NotTransferred("program")
    with pytest.raises(NotFound):
        transfer(world, DAN, "alice", "harbor", world.ids(world.clock()))
    _go(world)
    assert transfer(world, DAN, "alice", "adult", world.ids(world.clock())) == NotTransferred("moving")
    finished(world)
    assert isinstance(transfer(world, DAN, "alice", "adult", world.ids(world.clock())), Transferred)
    finished(world)
    assert words(world, CAROL, "alice") == ["hello", "are you there"]


def test_an_open_incident_is_the_new_programs_and_its_holder_keeps_it() -> None:
    world = _office("I took pills")
    [incident] = store(world).rows(Incident)
    handle_incident.acknowledge(world, CAROL, incident.incident_id)
    _go(world)
    finished(world)
    _all_of_harbor(world)
    assert [each.incident_id for each in world.store.open_incidents("harbor")] == [incident.incident_id]
    assert world.store.open_incidents("adult") == []
    handle_incident.contacted(world, CAROL, incident.incident_id)
    handle_incident.resolve(world, CAROL, incident.incident_id, "visit_arranged")
    clock(world).advance(hours=13)  # what the page opened to her is over
    with pytest.raises(NotFound):
        read_thread(world, CAROL, "alice")


def test_n4_what_waits_for_the_morning_leaves_once_from_the_new_program() -> None:
    world = _office()
    row = queued(world, not_before=world.clock().replace(hour=23))
    _go(world)
    finished(world)
    assert [(each.message_id, each.program, each.status) for each in outgoing(world)] == [(row.message_id, "harbor", "queued")]
    clock(world).advance(hours=5)
    finished(world)
    assert len(world.carriers["twilio"].sent) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["and one more", "I took pills"])
@pytest.mark.parametrize("at", range(1, 6))
def test_a_text_or_a_page_in_every_gap_of_a_transfer(at: int, text: str) -> None:
    world = _office()
    _go(world, store=Between(store(world), at, lambda: _arrives(world, text)))
    finished(world)
    if text in words(world, DAN, "alice"):
        _all_of_harbor(world)
        _paged_whoever_it_belonged_to(world, text)


@pytest.mark.parametrize("text", ["and one more", "I took pills"])
@pytest.mark.parametrize("at", [1, 2])
def test_a_transfer_in_every_gap_of_a_text_or_a_page(at: int, text: str) -> None:
    world = _office()
    meddled = replace(world, store=Between(store(world), at, lambda: _go(world)))
    clock(world).advance(seconds=1)
    receive(meddled, an_sms(text, at=world.clock()), inline=False)
    finished(world)
    if world.store.get(Patient, "alice").program == "harbor":  # type: ignore[union-attr]
        assert text in words(world, DAN, "alice")
        _all_of_harbor(world)
        _paged_whoever_it_belonged_to(world, text)


@pytest.mark.parametrize("at", [1, 2])
def test_a_transfer_in_every_gap_of_an_escalation(at: int) -> None:
    world = _office("I took pills")
    clock(world).advance(minutes=5, seconds=1)
    [due] = dues(world, "escalate")
    escalate.escalate(replace(world, store=Between(store(world), at, lambda: _go(world))), due)
    finished(world, 8)
    _all_of_harbor(world)
    pages = [to for to, text in world.pager.pages if "waits" in text]  # type: ignore[attr-defined]
    assert len(pages) >= 2


@pytest.mark.parametrize("at", range(1, 6))
def test_a_reply_of_the_old_program_in_every_gap_is_the_new_programs_in_the_end(at: int) -> None:
    world = _office()

    def replies() -> None:
        thread = world.store.get(Thread, "alice")
        assert thread is not None
        try:
            write_reply(world, CAROL, "alice", Draft("on my way", world.ids(world.clock()), thread.last_at))
        except NotFound:
            pass

    _go(world, store=Between(store(world), at, replies))
    finished(world)
    _all_of_harbor(world)
    assert len(world.carriers["twilio"].sent) == len(outgoing(world))  # type: ignore[attr-defined]


@pytest.mark.parametrize("at", [1, 2])
def test_a_transfer_in_every_gap_of_a_reply(at: int) -> None:
    world = _office()
    thread = world.store.get(Thread, "alice")
    assert thread is not None
    meddled = replace(world, store=Between(store(world), at, lambda: _go(world)))
    try:
        write_reply(meddled, CAROL, "alice", Draft("on my way", world.ids(world.clock()), thread.last_at))
    except NotFound:
        pass
    finished(world)
    if world.store.get(Patient, "alice").program == "harbor":  # type: ignore[union-attr]
        _all_of_harbor(world)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 6))
def test_a_process_that_dies_anywhere_is_finished_by_the_tick(at: int, after: bool) -> None:
    world = _office("I took pills", "please")
    dying = DiesAt(store(world), at, after)
    with pytest.raises(Dying) if at < 5 else pytest.raises((Dying, AssertionError)):
        _go(world, store=dying)
        assert dying.left <= 0
    clock(world).advance(minutes=1)
    if world.store.get(Patient, "alice").program == "adult":  # type: ignore[union-attr]
        assert words(world, CAROL, "alice")[0] == "I took pills"
        _go(world)
    finished(world)
    assert "please" in words(world, DAN, "alice")
    _all_of_harbor(world)


def _arrives(world: World, text: str) -> None:
    clock(world).advance(seconds=1)
    receive(world, an_sms(text, at=world.clock()), inline=False)


def _paged_whoever_it_belonged_to(world: World, text: str) -> None:
    if "pills" in text:
        assert [to for to, said in world.pager.pages if "urgent item" in said] == ["erin"]  # type: ignore[attr-defined]
        assert len(world.store.open_incidents("harbor")) == 1
        [contact] = store(world).rows(Contact)
        assert [ref.thread_id for ref in contact.incidents] == ["alice"]


def test_the_cast_is_as_the_stories_need_it() -> None:
    assert isinstance(ERIN, Staff) and not CAROL.may_see("harbor") and not DAN.may_see("adult")


def _asked(world: World, *kinds: str, of: str = "alice") -> None:
    rows = [Task(f"{kind}-{of}", kind, of, "carol", world.clock(), world.clock(), "i1", of, "carol") for kind in kinds]
    world.store.commit(desk_tasks.add("adult", *rows))


def _left(world: World, program: str) -> list[tuple[str, str, str]]:
    known = world.store.get(Tasks, program)
    return [(each.task_id, each.kind, each.owner) for each in known.items] if known else []


def test_what_is_left_to_do_for_them_goes_along_and_is_anybodys_there() -> None:
    world = _office()
    _asked(world, "follow_up", "urgent_visit", "caring_text", "barrier", "sign_off", "page_review")
    _asked(world, "follow_up", of="sam")
    assert isinstance(_go(world), Transferred)
    assert _left(world, "harbor") == [
        ("follow_up-alice", "follow_up", ""), ("urgent_visit-alice", "urgent_visit", ""),
        ("caring_text-alice", "follow_up", ""), ("barrier-alice", "barrier", ""),
    ]  # fmt: skip
    stays = ["sign_off-alice", "page_review-alice", "follow_up-sam"]
    assert [each[0] for each in _left(world, "adult")] == stays, "a signature is owed where the item ended"
    desk_tasks.end(world, DAN, "harbor", "follow_up-alice")
    assert "follow_up-alice" not in {each[0] for each in _left(world, "harbor")}


def test_a_list_that_is_full_leaves_it_where_it_is() -> None:
    world = _office()
    _asked(world, "follow_up")
    rows = [Task(f"t{n}", "follow_up", "bob", "dan", world.clock(), world.clock()) for n in range(MOST)]
    world.store.commit(desk_tasks.add("harbor", *rows))
    assert isinstance(_go(world), Transferred)
    assert len(_left(world, "harbor")) == MOST and _left(world, "adult") == [("follow_up-alice", "follow_up", "carol")]


@pytest.mark.parametrize("at", range(8))
def test_a_task_of_that_very_moment_is_in_one_list(at: int) -> None:
    world = _office()
    _asked(world, "follow_up")
    _go(world, store=Between(store(world), at, lambda: _asked(world, "urgent_visit")))
    found = [each[0] for program in ("adult", "harbor") for each in _left(world, program)]
    assert sorted(found) in (["follow_up-alice", "urgent_visit-alice"], ["follow_up-alice"])

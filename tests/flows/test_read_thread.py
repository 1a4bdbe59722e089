"""A thread: words in order, the wall between programs, and the trail of every look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.messages import Kind
from chalicelib.core.permission import Leave, Refuse, Wait
from chalicelib.core.records import AuditEntry, Message, Put, Update
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound, StoreUnavailable
from chalicelib.flows import handle_incident
from chalicelib.flows.read_thread import PAGE, paged_to, read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, FRANK, STRANGER_NUMBER, a_patient, an_sms
from .office import an_open_office, clock, store, traces, vault


def _texts(world: World, body: str, number: str = "+13035550101") -> None:
    receive(world, an_sms(body, sender=number, at=world.clock()), inline=False)


def test_words_come_back_in_order_with_their_reader_in_the_trail() -> None:
    world = an_open_office()
    a_patient(world)
    for body in ("one", "two", "three"):
        clock(world).advance(minutes=1)
        _texts(world, body)
    vault(world).opened.clear()
    opened = read_thread(world, CAROL, "alice")
    assert [each.body for each in opened.messages] == ["one", "two", "three"]
    assert opened.behind.profile is not None and opened.behind.profile.name == "Alice"
    assert {reader for reader, _, _ in vault(world).opened} == {"carol"}
    assert traces(world, "alice")[-1] == ("carol", "read_thread", "done")


def test_a_page_of_fifty_asks_kms_once_for_each_data_key() -> None:
    """The texts, and the profile: two data keys. The next request asks again."""
    world = an_open_office()
    a_patient(world)
    for number in range(PAGE):
        clock(world).advance(minutes=1)
        _texts(world, f"text {number}")
    vault(world).asked = 0
    for asked in (2, 4):
        before = len(vault(world).opened)
        assert len(read_thread(world, CAROL, "alice").messages) == PAGE
        assert len(vault(world).opened) - before == PAGE + 1
        assert vault(world).asked == asked


@pytest.mark.parametrize("who", [DAN, FRANK, Staff("eve", "clinician", ("adults",))])
def test_the_wall_between_programs_says_not_found(who: Staff) -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "private")
    vault(world).opened.clear()
    with pytest.raises(NotFound):
        read_thread(world, who, "alice")
    assert not vault(world).opened
    assert traces(world, "alice") == [(who.staff_id, "read_thread", "refused")]


def test_nothing_is_shown_that_is_not_in_the_trail() -> None:
    class NoTrail:
        def __init__(self, inner: object):
            self._inner = inner

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

        def commit(self, *changes: object) -> None:
            if any(isinstance(each, Put) and isinstance(each.record, AuditEntry) for each in changes):
                raise StoreUnavailable("audit")

    world = an_open_office()
    a_patient(world)
    blind = replace(world, store=NoTrail(world.store))  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        read_thread(blind, CAROL, "alice")


def test_one_text_that_does_not_open_hides_no_other() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "one")
    clock(world).advance(minutes=1)
    _texts(world, "two")
    [first, second] = store(world).rows(Message)
    world.store.commit(Update(Message, (first.thread_id, first.message_id), set={"sealed_body": second.sealed_body}))
    assert [each.body for each in read_thread(world, CAROL, "alice").messages] == [None, "two"]


def test_a_page_is_fifty_and_says_where_the_older_ones_are() -> None:
    world = an_open_office()
    a_patient(world)
    for number in range(PAGE + 3):
        clock(world).advance(minutes=1)
        _texts(world, f"text {number}")
    newest = read_thread(world, CAROL, "alice")
    older = read_thread(world, CAROL, "alice", before=newest.older)
    assert len(newest.messages) == PAGE and newest.messages[-1].body == f"text {PAGE + 2}"
    assert [each.body for each in older.messages] == ["text 0", "text 1", "text 2"] and older.older == ""


def test_who_was_paged_may_read_until_it_is_over() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "I took pills")
    on_call = replace(ERIN, programs=("harbor",))
    assert read_thread(world, on_call, "alice").messages[0].body == "I took pills"
    [incident] = world.store.open_incidents("adult")
    read_thread(world, CAROL, "alice")  # of the program: her own work
    looks = [(each.who, each.purpose) for each in world.store.rows(AuditEntry) if each.action == "read_thread"]  # type: ignore[attr-defined]
    assert looks == [("erin", f"page:{incident.incident_id}"), ("carol", "care")]
    handle_incident.acknowledge(world, CAROL, incident.incident_id)
    handle_incident.contacted(world, CAROL, incident.incident_id)
    handle_incident.resolve(world, CAROL, incident.incident_id, "safe_plan_reviewed")
    with pytest.raises(NotFound):
        read_thread(world, on_call, "alice")


def test_an_incident_that_is_over_still_stands_in_the_thread() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "I took pills")
    [incident] = world.store.open_incidents("adult")
    handle_incident.acknowledge(world, CAROL, incident.incident_id)
    handle_incident.resolve(world, CAROL, incident.incident_id, "false_alarm")
    assert [i.state for i in read_thread(world, CAROL, "alice").behind.incidents] == ["resolved"]


def test_a_number_is_shown_in_the_thread_of_an_unknown_one() -> None:
    world = an_open_office()
    _texts(world, "Hello", STRANGER_NUMBER)
    thread_id = world.hasher.contact_id(STRANGER_NUMBER)
    opened = read_thread(world, ERIN, thread_id)
    assert opened.behind.number == STRANGER_NUMBER and opened.behind.patient is None
    with pytest.raises(NotFound):
        read_thread(world, CAROL, thread_id)


def test_what_a_text_written_now_would_be() -> None:
    world = an_open_office()
    a_patient(world, consent={})
    assert read_thread(world, CAROL, "alice").behind.verdict == Refuse("no_consent")
    _texts(world, "Hello")
    behind = read_thread(world, CAROL, "alice").behind
    assert (behind.kind, behind.verdict) == (Kind.REPLY, Leave())


def test_a_text_that_begins_waits_for_safe_hours() -> None:
    world = an_open_office()
    a_patient(world, safe_hours={"wed": "10:00-12:00"})
    behind = read_thread(world, CAROL, "alice").behind
    assert behind.kind is Kind.STAFF and isinstance(behind.verdict, Wait)
    assert behind.verdict.until - clock(world).now == timedelta(hours=22)


def test_a_page_opens_the_door_only_while_its_incident_is_open() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "I took pills")
    [incident] = world.store.open_incidents("adult")
    assert paged_to(world, incident, ERIN) and not paged_to(world, incident, DAN)
    assert not paged_to(world, replace(incident, state="resolved"), ERIN)
    everyone = replace(incident, holder="everyone")
    assert paged_to(world, everyone, DAN) and not paged_to(world, everyone, FRANK)

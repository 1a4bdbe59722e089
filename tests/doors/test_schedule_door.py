"""The schedule's door: the same request twice is one, an older one changes nothing, what patients say comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.records import Appointment, AuditEntry, Charted, Due, VisitChange
from chalicelib.errors import SealFailed, StoreUnavailable
from chalicelib.flows import tick
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.import_appointments import apply
from chalicelib.flows.receive_sms import receive
from chalicelib.storage.changes import key_of
from tests.appointments import DAY, FRIDAY
from tests.cast import CAROL, a_patient, an_sms
from tests.flows.office import Meddling, an_open_office, clock, outgoing, store, traces, vault
from tests.flows.test_import_appointments import rows as listed
from tests.schedule import WHOLE, Schedule, on_the_list
from tests.waitlist import opened, waiting

from .description import faults


@pytest.fixture
def world():
    office = an_open_office()
    a_patient(office)
    a_patient(office, "bob", "+13035550102", program="harbor")
    on_the_list(office)
    on_the_list(office, "B-1", "bob")
    return office


@pytest.fixture
def ehr(world):
    return Schedule(world)


def visits(world):
    return store(world).rows(Appointment)


def kept(world):
    return [store(world).rows(kind) for kind in (Appointment, Charted, Due, AuditEntry, VisitChange)]


def code(answered):
    return answered.body["type"].rpartition(":")[2]


def test_a_visit_that_is_put_is_booked_with_its_texts(world, ehr):
    done = ehr.put(place="200 Elm St")
    assert (done.status, done.body["result"], done.body["start"]) == (201, "created", "2026-03-06T22:00:00Z")
    [visit] = visits(world)
    assert (visit.start_at, visit.source, visit.steps[0].who) == (FRIDAY, "api", "job:schedule.ehr-1")
    assert [due.about for due in store(world).rows(Due) if due.kind == "touch"] == [t.name for t in visit.touches if t.state == "planned"] != []
    assert traces(world, "alice") == [("job:schedule.ehr-1", "book_appointment", "done")]


def test_the_same_request_twice_changes_nothing(world, ehr):
    ehr.put()
    before = kept(world)
    again = ehr.put()
    assert (again.status, again.body["result"]) == (200, "unchanged") and kept(world) == before


def test_a_newer_version_moves_it_and_an_older_one_does_nothing(world, ehr):
    ehr.put()
    moved = ehr.put(version=3, start="2026-03-06T16:00:00-07:00")
    assert (moved.status, moved.body["result"], visits(world)[0].start_at) == (200, "changed", FRIDAY + timedelta(hours=1))
    before = kept(world)
    assert (ehr.put(version=2, start="2026-03-09T10:00:00-07:00").status, ehr.put().status) == (409, 409)
    assert code(ehr.put(version=2)) == "stale" and code(ehr.put(version=3, minutes=20)) == "version-reused"
    assert code(ehr.patch(version=2, minutes=20)) == "stale" and kept(world) == before


def test_of_two_requests_that_meet_the_newer_one_stands(world, ehr):
    """Whichever is written first: the older one reads again and is refused."""
    ehr.put()
    newer = Schedule(world)
    older = Schedule(replace(world, store=Meddling(store(world), lambda: newer.put(version=3, minutes=30), 3)))
    assert code(older.put(version=2, minutes=20)) == "contended"
    assert code(ehr.put(version=2, minutes=20)) == "stale" and visits(world)[0].minutes == 30


def test_two_that_put_the_first_version_at_once_book_one_visit(world, ehr):
    beside = Schedule(replace(world, store=Meddling(store(world), ehr.put, 3)))
    assert code(beside.put()) == "contended" and beside.put().body["result"] == "unchanged"
    assert len(visits(world)) == 1


def test_a_part_changes_and_the_rest_stays(world, ehr):
    ehr.put(place="200 Elm St", link="https://video.example.org/room/1")
    assert ehr.patch(version=2, minutes=25).body["minutes"] == 25
    visit = visits(world)[0]
    assert (visit.minutes, visit.remote, visit.kind) == (25, True, "individual")
    assert ehr.patch(version=3, status="noshow").body["status"] == "noshow"


def test_it_is_called_off_and_its_texts_end(world, ehr):
    ehr.put()
    assert ehr.cancel(version=2).body["status"] == "cancelled"
    assert not [due for due in store(world).rows(Due) if due.kind == "touch"] and outgoing(world) == []
    assert ehr.cancel(version=2).body["result"] == "unchanged"


def test_how_it_stands(world, ehr):
    ehr.put()
    assert ehr.read().body == {
        "visit_id": "v1", "version": 1, "result": "read", "start": "2026-03-06T22:00:00Z", "minutes": 50, "clinician": "carol",
        "kind": "individual", "status": "booked", "answer": "",
    }  # fmt: skip
    assert ("job:schedule.ehr-1", "read_appointment", "done") in traces(world, "alice")
    assert {code(ehr.read("v2")), code(ehr.patch("v2", version=1)), code(ehr.cancel("v2", version=1)), code(ehr.read("a%20b"))} == {"not-found"}


# --- what patients say ---------------------------------------------------------------------------------------------


def told(world, body):
    """The day-before text leaves, and they answer."""
    clock(world).now = FRIDAY - DAY
    tick.tick(world)
    for row in outgoing(world):
        deliver(world, *key_of(row))
    clock(world).advance(minutes=5)
    receive(world, an_sms(body, at=clock(world).now), inline=True)
    clock(world).advance(minutes=2)


@pytest.mark.parametrize(("body", "answer", "status"), [("1", "confirmed", "booked"), ("2", "wants_move", "booked"), ("3", "cannot_come", "cancelled")])
def test_what_they_answer_is_told_once_by_the_schedules_own_id(world, ehr, body, answer, status):
    ehr.put("visit.7~A")
    assert ehr.changes().body == {"changes": [], "after": "", "more": False}
    told(world, body)
    page = ehr.changes()
    [one] = page.body["changes"]
    assert (one["visit_id"], one["by"], one["answer"], one["status"], one["start"]) == ("visit.7~A", "patient", answer, status, "2026-03-06T22:00:00Z")
    assert ehr.changes(page.body["after"]).body == {"changes": [], "after": page.body["after"], "more": False}
    assert not faults("CHANGES", page.status, page.headers, page.body)


def test_an_answer_of_this_minute_is_told_in_the_next_so_that_none_comes_in_behind_the_cursor(world, ehr):
    ehr.put()
    told(world, "1")
    clock(world).advance(seconds=-90)
    assert ehr.changes().body["changes"] == []


def test_what_stood_in_the_way_is_told_too_and_pages_follow_each_other(world, ehr):
    ehr.put()
    told(world, "3")
    for row in outgoing(world):
        deliver(world, *key_of(row))
    receive(world, an_sms("1", at=clock(world).now), inline=True)
    clock(world).advance(minutes=2)
    first = ehr.changes(limit="1").body
    second = ehr.changes(first["after"], "1").body
    assert [first["more"], first["changes"][0]["barrier"], second["changes"][0]["barrier"]] == [True, "", "transport"]


def test_an_old_booked_does_not_undo_what_they_said(world, ehr):
    ehr.put()
    told(world, "3")
    assert ehr.put(version=2, minutes=45).body["status"] == "cancelled"
    assert ehr.put(version=3, start="2026-03-09T10:00:00-06:00").body["status"] == "booked"


def test_a_sooner_time_that_they_took_is_told_and_an_old_beginning_does_not_undo_it(world, ehr):
    ehr.put(start="2026-03-13T15:00:00-07:00")
    [visit] = visits(world)
    waiting(world, visit_id=visit.appointment_id)
    opened(world, FRIDAY)
    tick.tick(world)
    for row in outgoing(world):
        deliver(world, *key_of(row))
    clock(world).advance(minutes=1)
    receive(world, an_sms("1", at=clock(world).now), inline=True)
    clock(world).advance(minutes=2)
    [one] = ehr.changes().body["changes"]
    assert (one["start"], one["answer"], one["by"]) == ("2026-03-06T22:00:00Z", "confirmed", "patient")
    assert ehr.put(version=2, start="2026-03-13T15:00:00-07:00", minutes=45).body["start"] == "2026-03-06T22:00:00Z"
    assert ehr.patch(version=3, start="2026-03-13T15:00:00-07:00").body["start"] == "2026-03-13T22:00:00Z"  # said on purpose


def test_what_staff_change_is_told_and_what_the_schedule_says_itself_is_not(world, ehr):
    ehr.put()
    ehr.put(version=2, minutes=30)
    set_status(world, CAROL, "alice", visits(world)[0].appointment_id, "cancelled")
    clock(world).advance(minutes=2)
    assert [(each["by"], each["status"]) for each in ehr.changes().body["changes"]] == [("staff", "cancelled")]


def test_a_visit_that_a_file_brought_is_told_too_and_the_api_goes_on_with_it(world, ehr):
    apply(world, CAROL, "adult", listed(world, "v1,A-1,2026-03-06 15:00,booked,200 Elm St"), "csv")
    assert ehr.read().body["version"] == 0 and ehr.put(minutes=30).body["result"] == "changed"
    told(world, "1")
    assert [each["visit_id"] for each in ehr.changes().body["changes"]] == ["v1"] and len(visits(world)) == 1


# --- who may not, and what fails -----------------------------------------------------------------------------------


def test_unsigned_is_401_and_leaves_nothing_but_a_counter(world):
    answered = Schedule(world, signing={"secret": bytes(32)}).put()
    assert (answered.status, code(answered)) == (401, "unsigned") and "@target-uri" in answered.headers["Accept-Signature"]
    assert kept(world) == [[], [], [], [], []] and world.journal.counts == {"schedule_unsigned": 1} and world.journal.events == []


def test_another_program_is_not_found_and_leaves_a_trace(world):
    assert code(Schedule(world, "harbor").put()) == "not-found" and visits(world) == []
    assert traces(world, "program#harbor") == [("job:schedule.ehr-1", "schedule_api", "refused")]
    assert code(Schedule(world, "Smith").changes()) == "not-found" and "Smith" not in repr(kept(world))


def test_a_stranger_and_somebody_of_another_program_are_not_booked(world, ehr):
    assert (code(ehr.put(record_id="A-9")), code(ehr.put(record_id="B-1"))) == ("unknown-patient", "elsewhere") and visits(world) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "CANCEL", "GET"])
def test_a_store_that_is_down_is_503_and_the_same_request_goes_in_later(world, ehr, method):
    class Down:
        def __getattr__(self, name):
            def fails(*_):
                raise StoreUnavailable("down")

            return fails

    down = Schedule(replace(world, store=Down()))
    body = {"PUT": WHOLE, "PATCH": {"version": 1}, "CANCEL": {"version": 1}, "GET": None}[method]
    answered = down.send(method, "v1", body)
    assert (answered.status, code(answered)) == (503, "unavailable") and int(answered.headers["Retry-After"]) > 0
    assert not faults(method, answered.status, answered.headers, answered.body)


def test_a_key_service_that_is_down_is_503_too(world):
    class Sealed:
        def seal(self, *_):
            raise SealFailed("down")

    assert Schedule(replace(world, vault=Sealed())).put(place="200 Elm St").status == 503 and visits(world) == []


def test_n5_no_id_no_place_and_nothing_of_a_refused_request_is_in_clear(world, ehr):
    ehr.put("VISIT-7", place="PLACE-7")
    wrong = ehr.put("VISIT-8", clinician="Name Of Somebody", start="SOON-7", oops7="x", minutes=True)
    assert {each["pointer"] for each in wrong.body["errors"]} == {"#", "#/clinician", "#/minutes", "#/start"}
    said = repr((kept(world), wrong, world.journal.events))
    assert not [word for word in ("VISIT-7", "VISIT-8", "PLACE-7", "Somebody", "SOON-7", "oops7") if word in said]
    assert {context.kind for _, context, _ in vault(world).opened} <= {"appointment", "visit_id"}

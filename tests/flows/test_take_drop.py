"""A dropped file of visits: read once, good rows in, bad ones by line in a report and as a task, and a run that ends goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib import wiring
from chalicelib.core.records import Appointment, Dropped, Tasks
from chalicelib.errors import NotFound, Rejected, StoreError, StoreUnavailable
from chalicelib.flows.take_drop import Place, take
from tests.cast import a_patient
from tests.schedule import Schedule, on_the_list

from .moving import DiesAt, Dying
from .office import an_open_office, clock, store, traces

HEAD = "visit_id,record_id,start,clinician,place\n"
FILE = HEAD + "v1,A-1,2026-03-06 15:00,carol,200 Elm St\nv2,A-9,2026-03-06 15:00,carol,\nv3,A-1,SECRET-DAY,carol,\nv4,A-1,2026-03-13 15:00,carol,\n"
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:c1\r\nDTSTAMP:20260301T000000Z\r\nX-RECORD-ID:A-1\r\n"
    "X-CLINICIAN:carol\r\nDTSTART;TZID=America/Denver:20260306T150000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Bucket:
    """Files by key; `reports` are what was put beside them."""

    def __init__(self, **files):
        self.files, self.reports, self.reads = files, {}, 0

    def read(self, bucket, key, version):
        self.reads += 1
        if version not in self.files:
            raise NotFound("drop")
        held = self.files[version]
        return held if isinstance(held, bytes) else held.encode()

    def report(self, bucket, key, text):
        self.reports[key] = text


@pytest.fixture
def world():
    office = an_open_office()
    a_patient(office)
    on_the_list(office)
    return office


def drop(world, bucket, version="one", key="in/adult/monday.csv"):
    take(world, bucket, wiring.read_visit_file, Place("clinic-drop", key, version))


def visits(world):
    return store(world).rows(Appointment)


def test_good_rows_go_in_and_bad_ones_are_named_by_line_beside_it_and_as_a_task(world):
    bucket = Bucket(one=FILE)
    drop(world, bucket)
    assert sorted(visit.start_at.day for visit in visits(world)) == [6, 13] and {visit.source for visit in visits(world)} == {"drop"}
    [(key, report)] = bucket.reports.items()
    lines = report.splitlines()
    assert key.startswith("reports/adult/monday.csv.") and [line.split(",")[0] for line in lines] == ["line", "3", "4"]
    assert "SECRET" not in report and "A-9" not in report
    [tasks] = store(world).rows(Tasks)
    assert [(task.kind, task.patient_id) for task in tasks.items] == [("drop_report", "")]
    assert ("job:drop", "import_visits", "done") in traces(world, "program#adult")


def test_the_same_version_is_read_once_and_the_same_file_again_changes_nothing(world):
    bucket = Bucket(one=FILE, two=FILE)
    drop(world, bucket)
    before = visits(world)
    drop(world, bucket)
    assert bucket.reads == 1
    drop(world, bucket, "two")
    assert bucket.reads == 2 and visits(world) == before


def test_a_calendar_is_read_too_and_the_schedule_is_told_of_its_visits(world):
    drop(world, Bucket(one=CALENDAR), key="in/adult/c.ics")
    assert Schedule(world).read("c1").body["start"] == "2026-03-06T22:00:00Z"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", "no table at all", "x" * 2_100_000, HEAD])
def test_what_is_no_file_of_visits_is_a_report_and_not_a_loop(world, content):
    bucket = Bucket(one=content)
    drop(world, bucket)
    drop(world, bucket)
    assert visits(world) == [] and bucket.reads == 1 and len(bucket.reports) == (content != HEAD)


def test_a_file_that_is_gone_or_lies_nowhere_is_let_go(world):
    drop(world, Bucket())
    drop(world, Bucket(one=FILE), key="in/nowhere/x.csv")
    assert visits(world) == [] and world.journal.counts["drop_nowhere"] == 1


def test_two_who_are_told_of_one_file_do_not_both_read_it(world):
    class Slow(Bucket):
        def read(self, *place):
            with pytest.raises(StoreUnavailable):
                drop(world, bucket)
            return super().read(*place)

    bucket = Slow(one=FILE)
    drop(world, bucket)
    assert bucket.reads == 1 and len(visits(world)) == 2


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_that_ends_anywhere_goes_on_and_books_each_line_once(after):
    at = 0
    while True:
        at += 1
        office = an_open_office()
        a_patient(office)
        on_the_list(office)
        bucket, dying = Bucket(one=FILE), None
        dying = DiesAt(store(office), at, after)
        try:
            drop(replace(office, store=dying), bucket)
        except (Dying, StoreError):
            clock(office).advance(minutes=6)
        drop(office, bucket)
        assert len(visits(office)) == 2 and len(bucket.reports) == 1
        [dropped], [tasks] = store(office).rows(Dropped), store(office).rows(Tasks)
        assert (dropped.done_at is not None, dropped.wrong, len(tasks.items)) == (True, 2, 1)
        if dying.left > 0:
            return


class TwiceAtTheEnd:
    """A store whose answer to the file's last transaction is lost, so that the client makes the same attempt again."""

    def __init__(self, real):
        self._real = real

    def __getattr__(self, name):
        return getattr(self._real, name)

    def commit(self, *changes):
        self._real.commit(*changes)
        if any("done_at" in (getattr(change, "set", None) or {}) for change in changes):
            self._real.commit(*changes)


def test_the_last_transaction_made_again_opens_no_second_task(world):
    bucket = Bucket(one=FILE)
    with pytest.raises(Rejected):
        drop(replace(world, store=TwiceAtTheEnd(world.store)), bucket)
    drop(world, bucket)
    [tasks] = store(world).rows(Tasks)
    assert len(tasks.items) == 1 and bucket.reads == 1

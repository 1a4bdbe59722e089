"""A clinic's list of visits, CSV and iCalendar: what is wrong is named by line and column, never by its value; the others go in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.charts.calendar_file import read_calendar
from chalicelib.core.visit_list import MOST_ROWS, Defaults, VisitList, read_start, read_visits
from chalicelib.phone_number import read_number

NOW = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
DEFAULTS = Defaults("America/Denver", "carol")
HEAD = "visit_id,record_id,start,minutes,clinician,kind,place,link,status,zone"
THREE = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)


def read(*lines: str, head: str = HEAD) -> VisitList:
    return read_visits("\n".join((head, *lines)), DEFAULTS, NOW)


def places(found: VisitList) -> list[tuple[int, str]]:
    return [(wrong.line, wrong.column) for wrong in found.wrong]


@pytest.mark.parametrize("never", ["9999-12-31 23:00", "0001-01-01T00:00:00+23:59", "12/31/9999 11:00 PM"])
def test_a_systems_never_is_a_line_that_is_wrong_and_the_others_go_in(never: str) -> None:
    found = read(f"v0,A-1,{never},30,Dan,Intake,,,Scheduled,", "v1,A-1,2026-03-06 16:00,30,Dan,Intake,,,Scheduled,")
    assert places(found) == [(2, "start")] and [row.visit_id for row in found.rows] == ["v1"]


@pytest.mark.parametrize("starts", ["DTSTART;TZID=America/Denver:99991231T230000", "DTSTART;TZID=Asia/Tokyo:00010101T000000"])
def test_an_event_at_the_end_of_years_is_one_that_cannot_be_read(starts: str) -> None:
    calendar = "\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:a", "X-RECORD-ID:A-1", starts, "DURATION:PT30M", "END:VEVENT", "END:VCALENDAR", ""))
    found = read_calendar(calendar, DEFAULTS, NOW, read_number)
    assert [wrong.what for wrong in found.wrong] == ["this event cannot be read"]


def test_a_good_row_is_read_whole() -> None:
    [row] = read("v1,A-1,2026-03-06 16:00,30,Dan Smith,Intake,200 Elm St,https://video.example.org/7,Scheduled,America/Chicago").rows
    assert (row.line, row.visit_id, row.record_id) == (2, "v1", "A-1")
    wish = row.wish
    assert (wish.start_at, wish.zone, wish.minutes, wish.clinician, wish.kind) == (THREE, "America/Chicago", 30, "dan.smith", "intake")
    assert (wish.place, wish.link, wish.status, wish.chart_id) == ("200 Elm St", "https://video.example.org/7", "booked", "v1")


def test_three_columns_are_enough() -> None:
    [row] = read("v1,A-1,2026-03-06 15:00", head="visit_id,record_id,start").rows
    assert (row.wish.start_at, row.wish.minutes, row.wish.clinician, row.wish.kind) == (THREE, 50, "carol", "individual")


@pytest.mark.parametrize(
    "said", ["2026-03-06 15:00", "2026-03-06T15:00", "3/6/2026 3:00 PM", "03/06/2026 15:00", "3/6/2026, 3:00:00 pm", "2026-03-06T22:00:00+00:00"]
)
def test_a_beginning_as_schedules_write_it(said: str) -> None:
    assert read_start(said, "America/Denver") == THREE


@pytest.mark.parametrize("said", ["", "2026-03-06", "tomorrow", "13/40/2026 3:00 PM", "3/6/2026 13:00 PM", "2026-02-30 10:00"])
def test_what_is_no_beginning(said: str) -> None:
    assert read_start(said, "America/Denver") is None


def test_c36_winter_and_summer_are_the_zones_own() -> None:
    assert [read_start(said, "America/Denver").hour for said in ("2026-01-06 09:00", "2026-07-06 09:00")] == [16, 15]  # type: ignore[union-attr]


def test_each_wrong_thing_is_named_and_the_others_go_in() -> None:
    found = read(
        "v1,A-1,soon,,,,,,,", "v2,A-2,2026-03-06 15:00,0,,party,,http://x,eaten,Moon/Base", "v3,A-3,2026-03-06 15:00,,,,,,,", ",A-4,2026-03-06 15:00,,,,,,,",
        "v3,A-5,2026-03-07 15:00,,,,,,,", "v6,,2026-03-06 15:00,,,,,,,", "v7,A-7",
    )
    assert [row.visit_id for row in found.rows] == ["v3"]
    assert places(found) == [
        (2, "start"), (3, "kind"), (3, "status"), (3, "zone"), (3, "minutes"), (3, "link"), (3, "start"), (5, "visit_id"),
        (6, "visit_id"), (7, "record_id"), (8, ""),
    ]  # fmt: skip
    assert not any(value in repr(found.wrong) for value in ("party", "eaten", "Moon", "A-2"))


def test_a_file_without_its_columns_is_one_thing_wrong() -> None:
    assert places(read("1,2", head="visit_id,when")) == [(1, "record_id"), (1, "start")]
    assert places(read_visits("", DEFAULTS, NOW)) == [(1, "")]
    assert places(read(*("v,A,2026-03-06 15:00" for _ in range(MOST_ROWS + 1)), head="visit_id,record_id,start")) == [(MOST_ROWS + 2, "")]


@given(st.text())
def test_no_text_breaks_either_reader(text: str) -> None:
    for found in (read_visits(text, DEFAULTS, NOW), read_calendar(text, DEFAULTS, NOW, read_number)):
        assert isinstance(found, VisitList)


# --- iCalendar -----------------------------------------------------------------------------------------------------

WINDOWS = """BEGIN:VTIMEZONE
TZID:Our Own Mountain
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0600
TZOFFSETTO:-0700
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0600
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, zones: str = "") -> VisitList:
    inside = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return read_calendar(f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y\n{zones}{inside}END:VCALENDAR\n", DEFAULTS, NOW, read_number)


def test_an_event_is_a_visit() -> None:
    [row] = calendar(
        "UID:u1\nDTSTART;TZID=America/Denver:20260306T150000\nDURATION:PT1H\nX-RECORD-ID:A-1\nX-CLINICIAN:dan\nCATEGORIES:Work,Intake\n"
        "LOCATION:200 Elm\\, Room 4\nURL:https://video.example.org/7\nSUMMARY:Alice A."
    ).rows
    assert (row.visit_id, row.record_id, row.number) == ("u1", "A-1", "")
    wish = row.wish
    assert (wish.start_at, wish.minutes, wish.clinician, wish.kind, wish.place) == (THREE, 60, "dan", "intake", "200 Elm, Room 4")
    assert "Alice" not in repr(row)


def test_a_folded_line_an_end_and_a_zone_of_the_files_own() -> None:
    [row] = calendar(
        "UID:u1\nDTSTART;TZID=Our Own Mountain:20260310T150000\nDTEND;TZID=Our Own Mountain:20260310T154500\nATTENDEE;CN=x:te\n l:+13035550101",
        zones=WINDOWS,
    ).rows
    assert row.wish.start_at == datetime(2026, 3, 10, 21, 0, tzinfo=UTC) and row.wish.minutes == 45
    assert (row.record_id, row.number, row.wish.zone) == ("", "+13035550101", "America/Denver")


@pytest.mark.parametrize(("said", "status"), [("CONFIRMED", "booked"), ("TENTATIVE", "pending"), ("CANCELLED", "cancelled"), ("", "booked")])
def test_the_status_in_fhirs_words(said: str, status: str) -> None:
    line = f"\nSTATUS:{said}" if said else ""
    [row] = calendar(f"UID:u1\nDTSTART:20260306T220000Z\nX-RECORD-ID:A-1{line}").rows
    assert row.wish.status == status and row.wish.start_at == THREE


def test_a_broken_event_is_named_by_its_line_and_the_others_go_in() -> None:
    good = "UID:{}\nDTSTART:20260306T220000Z\nX-RECORD-ID:A-1"
    found = calendar(
        "UID:u1\nDTSTART:garbage", good.format("u2"), "UID:u3\nDTSTART:20260306T220000Z\nX-RECORD-ID:A\nRRULE:FREQ=WEEKLY",
        "UID:u4\nDTSTART;VALUE=DATE:20260306\nX-RECORD-ID:A", "UID:u5\nDTSTART:20260306T220000Z", good.format("u2"),
        "UID:u6\nDTSTART:20260306T220000Z\nATTENDEE:tel:+13035550101\nATTENDEE:tel:+13035550102",
    )  # fmt: skip
    assert [row.visit_id for row in found.rows] == ["u2"]
    assert places(found) == [(4, ""), (13, "RRULE"), (19, "start"), (24, "record_id"), (28, "visit_id"), (33, "record_id")]


def test_an_event_without_an_end_and_a_file_that_is_none() -> None:
    found = read_calendar("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u1\n", DEFAULTS, NOW, read_number)
    assert places(found) == [(2, "")] and places(read_calendar("hello", DEFAULTS, NOW, read_number)) == [(1, "")]


def test_the_librarys_own_calendar_comes_back() -> None:
    """icalendar as oracle: what it writes, we read."""
    from icalendar import Calendar, Event

    made, event = Calendar(), Event()
    made.add("version", "2.0")
    made.add("prodid", "-//x//y")
    event.add("uid", "u1")
    event.add("dtstart", THREE)
    event.add("dtend", THREE + timedelta(minutes=50))
    event.add("x-record-id", "A-1")
    event.add("location", "200 Elm St; Suite 4, second floor, on the left")
    made.add_component(event)
    [row] = read_calendar(made.to_ical().decode(), DEFAULTS, NOW, read_number).rows
    assert (row.wish.start_at, row.wish.minutes, row.wish.place) == (THREE, 50, "200 Elm St; Suite 4, second floor, on the left")

"""What is small to send and dear to read: forms, files of visits, and names. Each has three seconds of the processor, and needs a hundredth."""

from __future__ import annotations

import signal
import types
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chalicelib.browser import form_of
from chalicelib.charts.calendar_file import read_calendar
from chalicelib.console.upload import MOST_PARTS, read_upload
from chalicelib.core.visit_list import read_visits
from chalicelib.phone_number import read_number
from tests.core.test_visit_list import DEFAULTS, NOW

pytestmark = pytest.mark.slow  # seconds each; CI runs them too

KIND = "multipart/form-data; boundary=b"
HEAD = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
MANY = 100_000


@contextmanager
def little(seconds: float = 3.0) -> Iterator[None]:
    """Fails when the work inside takes more of the processor than this: not the clock, so a busy machine changes nothing."""

    def over(*_: object) -> None:
        raise AssertionError(f"more than {seconds} s of the processor")

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def asked(body: bytes, kind: str = KIND) -> types.SimpleNamespace:
    return types.SimpleNamespace(raw_body=body, headers={"content-type": kind})


FORMS = {
    "tiny parts": HEAD * 36_000 + b"--b--", "parts of nothing": b"--b\r\n\r\n" * 270_000, "one long name": HEAD.replace(b'"a"', b'"' + b"a" * 1_900_000 + b'"'),
    "a head of parameters": HEAD.replace(b'"a"', b'"a"' + b"; a=b" * 300_000), "numbered pieces of a name": HEAD.replace(b'"a"', b"".join(b"; name*%d=a" % at for at in range(MANY))),
    "a head of lines": b"--b\r\n" + b"X: y\r\n" * 300_000 + b"\r\nx\r\n--b--", "forms in a form": b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (at, at + 1) for at in range(30_000)),
    "empty lines": HEAD.replace(b"x", b"\r\n" * 900_000), "boundaries that are none": HEAD + b"\r\n--" * 450_000, "too large": b"x" * 2_000_001,
}  # fmt: skip


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_a_form_with_a_file_is_read_in_one_pass_whatever_it_holds(body: bytes) -> None:
    """It is read before anybody is known to be signed in."""
    with little():
        assert len(read_upload(asked(body)) or {}) <= MOST_PARTS


@pytest.mark.parametrize("kind", [KIND + "\r\nX: y", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 71, "multipart/form-data; boundary=\u00e9", "text/plain",
                                  "multipart/form-data; boundary=b; boundary=c", "multipart/mixed; boundary=b"])  # fmt: skip
def test_a_type_of_another_form_is_no_form(kind: str) -> None:
    assert read_upload(asked(HEAD + b"--b--", kind)) is None


def test_what_a_browser_sends_is_read() -> None:
    body = (b'------W\r\nContent-Disposition: form-data; name="list"; filename="a \xc3\xb1.csv"\r\nContent-Type: text/csv\r\n\r\nx,y\r\n1,2\r\n\r\n'
            b'------W\r\nContent-Disposition: form-data; name="do"\r\n\r\ncheck\r\n------W\r\ncontent-disposition: form-data; name="do"\r\n\r\nagain\r\n------W--\r\n')  # fmt: skip
    assert read_upload(asked(body, 'multipart/form-data; boundary="----W"')) == {"list": "x,y\r\n1,2\r\n", "do": "check"}
    assert read_upload(asked(b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--')) is None


@pytest.mark.parametrize("body", [b"&" * 65_000, b"a=1&" * 16_000, b"%" * 65_000, b"a=" + b"%00" * 21_000, b"=" * 65_000, b"a" * 70_000, b"\xff" * 100])
def test_a_plain_form_of_any_kind_is_read_or_empty(body: bytes) -> None:
    with little():
        form_of(asked(body), 100)  # type: ignore[arg-type]


TOP = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y\n"
ZONE = "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:-0700\n{}\nEND:STANDARD\nEND:VTIMEZONE\n"


def event(more: str = "", uid: str = "u", zone: str = "America/Denver") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTART;TZID={zone}:20260309T100000\nX-RECORD-ID:A-1\nX-CLINICIAN:carol\n{more}END:VEVENT\n"


CALENDARS = {
    "zones that are never closed": "BEGIN:VTIMEZONE\n" * MANY, "a zone named twice in each of many events": ZONE.format("X:" + "y" * 20_000) + "".join(event(uid=str(at), zone="X") for at in range(2000)),
    "many zones and many events": ZONE.format("RRULE:FREQ=YEARLY") * 2000 + "".join(event(uid=str(at)) for at in range(300)),
    "a zone that changes each second": ZONE.format("RRULE:FREQ=SECONDLY") + event(zone="X"), "a zone until the end of time": ZONE.format("RRULE:FREQ=YEARLY;UNTIL=99991231T000000Z") + event(zone="X"),
    "a visit that repeats each second": event("RRULE:FREQ=SECONDLY\n"), "a line without end": event("LOCATION:" + "x" * 1_900_000 + "\n"), "lines folded without end": event("LOCATION:x\n" + " y\n" * MANY),
    "alarms in alarms": event("BEGIN:VALARM\n" * MANY), "parameters": event("LOCATION" + ";A=b" * MANY + ":x\n"), "kinds": event("CATEGORIES:" + "a," * MANY + "\n"),
    "people": event("ATTENDEE:tel:+13035550101\n" * MANY), "a length of four thousand digits": event("DURATION:P" + "9" * 4000 + "D\n"), "a zone that is a path": event("DTEND;TZID=../../etc/passwd:20260309T110000\n"),
    "events that are never closed": "BEGIN:VEVENT\n" * MANY,
}  # fmt: skip


@pytest.mark.parametrize("text", CALENDARS.values(), ids=CALENDARS)
def test_a_calendar_costs_what_it_is_long(text: str) -> None:
    with little(6.0):
        found = read_calendar(TOP + text + "END:VCALENDAR\n", DEFAULTS, NOW, read_number)
    assert len(found.rows) <= 2000


@pytest.mark.parametrize("text", ['"' + "a" * 1_900_000, "a," * 300_000, "a\n" * 300_000, "record_id,start,clinician\n" + "," * 1_900_000, "record_id,start,clinician\n" + '"\n' * 300_000,
                                  "\x00" * MANY, "record_id,start,clinician\n" + "=cmd|' /C calc'!A0,,\n" * 4000], ids=range(7))  # fmt: skip
def test_a_table_costs_what_it_is_long(text: str) -> None:
    with little():
        assert read_visits(text, DEFAULTS, NOW).rows == ()


def for_ever() -> None:
    while True:
        pass


def test_it_is_the_processor_that_is_counted() -> None:
    with pytest.raises(AssertionError, match="of the processor"), little(0.05):
        for_ever()

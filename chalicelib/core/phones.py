"""How the clinic reaches its own people: the numbers they verified, when each last passed a test, and errands to them.

A number itself lies sealed at its `Contact`, like everybody's; here are only its keyed hash and instants.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar
from zoneinfo import ZoneInfo

from .quick import Later, carried
from .windows import instant

WEEK = timedelta(days=7)
TO_ANSWER = timedelta(days=1)  # a test of today that nobody answered yet says nothing yet
TEST_AT = time(10)  # the clinic's clock, on a weekday: a test must never wake anybody
CODE_LASTS = timedelta(minutes=15)
MOST_TRIES = 5


class Way(StrEnum):
    TEXT = "text"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Method:
    """One way to one number. `asked_at`: when the newest code or test was sent. `trouble`: why nothing leaves for it."""

    way: str
    contact_id: str
    added_at: datetime
    verified_at: datetime | None = None
    asked_at: datetime | None = None
    passed_at: datetime | None = None
    tries: int = 0  # wrong codes since the newest was sent
    trouble: str = ""  # opted_out, bad_number, …: in `core.messages.Reason`'s words
    pin: int = 0  # of calls: how often another PIN was asked for; the PIN itself stands in no row
    later: Later = carried()

    @property
    def works(self) -> bool:
        return self.verified_at is not None and not self.trouble


@dataclass(frozen=True, slots=True)
class StaffPhone:
    """One person's methods, at most one of each way."""

    key: ClassVar[tuple[str, ...]] = ("staff_id",)
    staff_id: str
    version: int = 0
    methods: tuple[Method, ...] = ()

    def method(self, way: str) -> Method | None:
        return next((each for each in self.methods if each.way == way), None)

    def method_at(self, way: str, contact_id: str) -> Method | None:
        """This way, while it still goes to that number."""
        found = self.method(way)
        return found if found is not None and found.contact_id == contact_id else None

    def with_method(self, method: Method) -> tuple[Method, ...]:
        return (*(each for each in self.methods if each.way != method.way), method)

    def without(self, way: str) -> tuple[Method, ...]:
        return tuple(each for each in self.methods if each.way != way)

    def working(self, way: str) -> Method | None:
        found = self.method(way)
        return found if found is not None and found.works else None

    @property
    def reachable(self) -> bool:
        """Whether a page can reach this person directly, by text or by call."""
        return any(each.works for each in self.methods)


@dataclass(frozen=True, slots=True)
class Errand:
    """Something for a function that may open a colleague's number. Gone once it is done. No content: `text` may be read
    by anybody who sees the screen of a phone.

    `status` and `direction` are a message's, so that the same stream wakes the same function.
    """

    key: ClassVar[tuple[str, ...]] = ("errand_id",)
    errand_id: str
    # page, stand_down, say, code; code_said, ok_said, ok_again, words_said, start_said;
    # ring, ring_test, ring_code, ring_bridge; hang_up; drill; lend
    kind: str
    to: str  # a staff id or "everyone"
    at: datetime
    status: str = "queued"  # then claimed, then the row is gone
    direction: str = "out"
    text: str = ""
    incident_id: str = ""
    code: str = ""  # of the item; a drill's tier
    contact_id: str = ""  # the phone: where it goes, or where it came from
    lease_until: datetime | None = None
    attempts: int = 0
    not_before: datetime | None = None  # a phone that rings only when the quieter ways had their time; `status` is "waiting" then
    subject: str = ""  # of a key to lend: whose record


def verified(phone: StaffPhone | None, at: datetime) -> bool:
    """Whether a page could reach this person beside the pager's own list: a verified number that nothing speaks against."""
    return phone is not None and any(each.works and each.verified_at <= at for each in phone.methods if each.verified_at)


def passed_lately(method: Method, at: datetime) -> bool:
    """Passed a test in the last seven days, or was asked just now and still has time to answer."""
    if not method.works or method.passed_at is None:
        return False
    waiting = method.asked_at is not None and method.passed_at < method.asked_at and at - method.asked_at < TO_ANSWER
    return at - method.passed_at <= WEEK + (TO_ANSWER if waiting else timedelta())


def next_test(after: datetime, zone: ZoneInfo) -> datetime:
    """A week later at ten, by the clinic's clock; on a weekend the Friday before, so that no test is more than a week away."""
    day = after.astimezone(zone).date() + WEEK
    return instant(day - timedelta(days=max(day.weekday() - 4, 0)), TEST_AT, zone)


def asked(method: Method, at: datetime) -> Method:
    return replace(method, asked_at=at, tries=0)


def passed(method: Method, at: datetime) -> Method:
    return replace(method, passed_at=at, trouble="")


def unreached(people: Iterable[str], phones: Iterable[StaffPhone], at: datetime) -> tuple[str, ...]:
    """Of these people, those whom only the pager's own list reaches."""
    known = {phone.staff_id for phone in phones if verified(phone, at)}
    return tuple(person for person in people if person not in known)

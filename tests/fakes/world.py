"""A world in memory, with a clock that only we move, and doubles that remember what they were asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from chalicelib.core.calls import OutboundCall
from chalicelib.core.carrier_stops import OptedOut
from chalicelib.core.clinic import read_clinic
from chalicelib.core.mail import OutboundMail
from chalicelib.core.messages import CarrierRecord, OutboundSms
from chalicelib.core.triage import FirstLook, SecondReading
from chalicelib.errors import NoMessageLog, NoStopList
from chalicelib.ports import World
from chalicelib.storage.hasher import LETTERS

from .archive import FakeArchive
from .store import FakeStore
from .vault import FakeVault

T = TypeVar("T")

TUESDAY_NOON = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)  # 12:00 in Denver

OFFICE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-17:00")
CLINIC = {
    "clinic": {"sender": "Larkspur", "display_name": "Larkspur Counseling", "zone": "America/Denver", "number": "+13035550199",
               "mail": "hello@larkspur.example"},
    "program": [
        {"id": "adult", "name": "Adult counseling", "hours": OFFICE,
         "response": "within one business day", "phone": "+13035550190", "live": True},
        {"id": "harbor", "name": "Harbor", "hours": OFFICE,
         "response": "within one business day", "phone": "+13035550191", "substance_use": True, "live": True},
    ],
    "vendor": [
        {"id": name, "baa": date(2026, 1, 5), "qso": date(2026, 1, 5), "features": ["sms", "voice", "email"]} for name in ("twilio", "aws")
    ],
    "shift": [{"hours": "00:00-24:00", "primary": "erin", "backup": "carol", "supervisor": "dan"}],
}


class FakeClock:
    """Stands still until told."""

    def __init__(self, now: datetime = TUESDAY_NOON):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class FakeHasher:
    def contact_id(self, number: str) -> str:
        return hashlib.sha256(f"number:{number}".encode()).hexdigest()[:32]

    def text_hash(self, text: str) -> str:
        return hashlib.sha256(f"text:{text}".encode()).hexdigest()[:32]

    def week_mark(self, week: str, number: str) -> str:
        return hashlib.sha256(f"week:{week} {number}".encode()).hexdigest()[:16].translate(LETTERS)


@dataclass
class FakePager:
    """`pages`: (to, text) in order. `fails`: raised instead, once each."""

    pages: list[tuple[str, str]] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def page(self, to: str, text: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.pages.append((to, text))


@dataclass
class FakeCarrier:
    """`sent`: what left. `fails`: raised instead, once each; `lost`: raised after the text has left."""

    name: str = "twilio"
    answers_in_response: bool = True
    sent: list[OutboundSms] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    lost: list[Exception] = field(default_factory=list)
    log: list[CarrierRecord] | None = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    keeps: set[str] = field(default_factory=set)
    refuses: dict[str, Exception] = field(default_factory=dict)
    listed: list[OptedOut] | None = None  # who gets nothing from it; None: it shows nobody
    list_fails: list[Exception] = field(default_factory=list)  # after the first line was told
    let: list[str] = field(default_factory=list)  # whom we had let back

    def send(self, sms: OutboundSms) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(sms)
        if self.lost:
            raise self.lost.pop(0)
        return f"SM{len(self.sent):032d}"

    def log_since(self, since: datetime, until: datetime | None = None) -> Iterable[CarrierRecord]:
        if self.log is None:
            raise NoMessageLog()
        return [line for line in self.log if line.at >= since]

    def redact(self, carrier_id: str) -> bool:
        """`keeps`: what does not go, though asked; `refuses`: what is raised for one text."""
        if self.log is None:
            raise NoMessageLog()
        self.asked.append(carrier_id)
        if carrier_id in self.refuses:
            raise self.refuses[carrier_id]
        if carrier_id in self.keeps:
            return False
        self.log = [replace(each, body="", media=0) if each.carrier_id == carrier_id else each for each in self.log]
        return True

    def stops(self) -> Iterable[OptedOut]:
        if self.listed is None:
            raise NoStopList()
        for line in self.listed:
            yield line
            if self.list_fails:
                raise self.list_fails.pop(0)

    def let_back(self, number: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.let.append(number)
        self.listed = [line for line in self.listed or () if line.number != number]


@dataclass
class FakeMailer:
    """`sent`: what left. `fails`: raised instead, once each; `lost`: raised after it left."""

    sent: list[OutboundMail] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    lost: list[Exception] = field(default_factory=list)

    def send(self, mail: OutboundMail) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(mail)
        if self.lost:
            raise self.lost.pop(0)
        return f"MAIL{len(self.sent):028d}"


@dataclass
class FakeCaller:
    """`placed`: what rang. `fails`: raised instead, once each; `lost`: raised after it rang."""

    name: str = "twilio"
    placed: list[OutboundCall] = field(default_factory=list)
    known: list[OutboundCall] = field(default_factory=list)  # by the carrier, whatever a test forgets of `placed`
    hung_up: list[str] = field(default_factory=list)  # by whom it rang
    fails: list[Exception] = field(default_factory=list)
    lost: list[Exception] = field(default_factory=list)

    def call(self, call: OutboundCall) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.placed.append(call)
        if self.lost:
            raise self.lost.pop(0)
        self.known.append(call)
        return f"CA{len(self.known):032d}"

    def hang_up(self, carrier_id: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.hung_up.append(self.known[int(carrier_id.removeprefix("CA")) - 1].recipient)


@dataclass
class FakeParking:
    parked: list[str] = field(default_factory=list)
    wakes: int = 0
    again: list[tuple[str, int]] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def park(self, text: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.parked.append(text)

    def wake_reconciliation(self, word: str = "{}", seconds: int = 0) -> None:
        self.wakes += not seconds
        self.again += [(word, seconds)] if seconds else []


@dataclass
class FakeLater:
    """`woken`: rows and seconds. `fails`: raised instead, once each."""

    woken: list[tuple[str, int]] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def wake(self, row: str, seconds: int) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.woken.append((row, seconds))


class FakeScreen:
    """A crisis word list for tests of flows; the real screen has its own tests."""

    def look(self, text: str) -> FirstLook:
        low = text.lower()
        if "pills" in low:
            return FirstLook(0, ("overdose",), ("test.pills",))
        if "kill myself" in low or "hurt myself" in low or "988" in low.split():  # no item's code, which may be 988K
            return FirstLook(1, ("suicide",), ("test.self",))
        return FirstLook(3, (), ())


@dataclass
class FakeSecondLook:
    """A thought split over two texts is a crisis here. `asked`: what was read together. `fails`: raised instead, once each."""

    asked: list[tuple[str, ...]] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def read(self, texts: Sequence[str]) -> SecondReading:
        if self.fails:
            raise self.fails.pop(0)
        self.asked.append(tuple(texts))
        pages = any(words in " ".join(texts).lower() for words in ("better off without me", "take care of me anymore"))
        return SecondReading(0.97 if pages else 0.01, pages)


@dataclass
class FakePhone:
    """`texts`: what was handed in. `door`: what the door does with each; its answer's row comes back. `fails`: raised instead."""

    texts: list[tuple[str, str, str]] = field(default_factory=list)
    door: Callable[[str, str, str], str] = lambda carrier_id, sender, body: ""
    told: list[str] = field(default_factory=list)
    arrives: Callable[[str], None] = lambda row: None
    fails: list[Exception] = field(default_factory=list)

    def write(self, carrier_id: str, sender: str, body: str) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.texts.append((carrier_id, sender, body))
        return self.door(carrier_id, sender, body)

    def delivered(self, row: str) -> None:
        self.told.append(row)
        self.arrives(row)


@dataclass
class FakeMachine:
    """Reads of a pager's pages what is meant for it; where there is none, `waits` lets time pass."""

    pager: Any
    waits: Callable[[int], None] = lambda seconds: None
    read: int = 0
    fails: list[Exception] = field(default_factory=list)

    def pages(self, seconds: int) -> list[str]:
        if self.fails:
            raise self.fails.pop(0)
        found, self.read = self.pager.pages[self.read :], len(self.pager.pages)
        texts = [text for to, text in found if to == "dead-man"]
        if not texts:
            self.waits(seconds)
        return texts


@dataclass
class FakeLender:
    """`lent`: (staff id, subject) to the names it was lent under. `fails`: raised instead, once each."""

    lent: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    fails: list[Exception] = field(default_factory=list)

    def lent_before(self, before: datetime) -> set[tuple[str, str]]:
        """By what its names say: they end with the instant that it is lent from, and the person."""
        if self.fails:
            raise self.fails.pop(0)
        return {pair for pair, names in self.lent.items() if any(int(n.split(":")[1]) < before.timestamp() for n in names)}

    def lend(self, staff_id: str, subject: str, name: str) -> str:
        if self.fails:
            raise self.fails.pop(0)
        names = self.lent.setdefault((staff_id, subject), [])
        names += [name] if name not in names else []
        return f"token-{staff_id}-{subject}"

    def take_back(self, staff_id: str, subject: str) -> int:
        if self.fails:
            raise self.fails.pop(0)
        return len(self.lent.pop((staff_id, subject), ()))


class InlinePatience:
    """Does the work at once. A test that wants a hang hands in its own."""

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        return work()


@dataclass
class FakeJournal:
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def event(self, name: str, **ids: Any) -> None:
        self.events.append((name, ids))

    def count(self, name: str, value: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + value


def sortable_ids() -> Callable[[datetime], str]:
    """Ids of a ULID's length and order, the same in each run."""
    numbers = count(1)
    return lambda at: f"{int(at.timestamp() * 1000):013d}{next(numbers):013d}"


def a_world(**parts: Any) -> World:
    """A World of fakes; any part can be handed in."""
    built: dict[str, Any] = {
        "store": FakeStore(),
        "vault": FakeVault(),
        "hasher": FakeHasher(),
        "pager": FakePager(),
        "carriers": {"twilio": FakeCarrier(), "aws": FakeCarrier("aws", False, log=None)},
        "parking": FakeParking(),
        "screen": FakeScreen(),
        "clinic": read_clinic(CLINIC),
        "patience": InlinePatience(),
        "journal": FakeJournal(),
        "clock": FakeClock(),
        "ids": sortable_ids(),
        "later": FakeLater(),
        "second_look": FakeSecondLook(),
        "caller": FakeCaller(),
        "mailer": FakeMailer(),
        "archive": FakeArchive(),
        "lender": FakeLender(),
        "synthetic": FakePhone(),
        "pages_url": "https://p.example.org",
    }
    built |= parts
    clock = built["clock"]
    built.setdefault("machine", FakeMachine(built["pager"], lambda seconds: clock.advance(seconds=seconds)))
    return World(**built)

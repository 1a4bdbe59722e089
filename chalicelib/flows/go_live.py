"""Going live: what is still open before patients are written to, a vendor's papers, and each program's switch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..core.clinic import Clinic
from ..core.coverage import Gap
from ..core.exercise import DEAD_MAN, SelfTest
from ..core.going_live import GO_LIVE, HOUSE, with_go_live
from ..core.records import Revision, Setting
from ..core.roles import Action
from ..core.staff import Staff
from ..core.vendors import NO, YES, Vendor, day, fields_of_vendor, lacks, pilot_of
from ..errors import NotFound
from ..ports import World
from ..texts.go_live import Item, items
from .authority import demand
from .change_setting import Wish, write
from .plan_rota import gaps_ahead, read_rota_now

MET, OPEN, OLD = "met", "open", "old"
PROVED = timedelta(minutes=30)  # two self-tests
MAIL = "aws"  # Amazon SES
VOICE = "twilio"  # who places our calls (docs/decisions/calls.md)


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it stands. `state`: met, open, or old (confirmed too long ago). `found`: what a check came upon, as a word."""

    item: Item
    state: str
    found: str = ""
    by: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class GoLive:
    """`clinic`: with what was written laid over it. `version`: of the row that a form was made from."""

    clinic: Clinic
    lines: tuple[Line, ...]
    version: int
    today: date
    history: tuple[Revision, ...]

    @property
    def still_open(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.state != MET)


@dataclass(frozen=True, slots=True)
class NotYet:
    """A program that may not go live: what is open."""

    lines: tuple[Line, ...]


def read_go_live(world: World, who: Staff) -> GoLive:
    """Raises `NotFound` for a role that may not, `StoreError`."""
    demand(world, who, Action.GO_LIVE)
    return _read(world, tuple(world.store.revisions(GO_LIVE, HOUSE)))


def record_vendor(world: World, who: Staff, vendor: Vendor, version: int, why: str) -> int:
    """Note a vendor's papers. Raises `NotFound`, `Conflict`, `StoreError`."""
    fields = {f"vendor.{vendor.vendor}.{name}": text for name, text in fields_of_vendor(vendor).items()}
    known = world.clinic.vendors.get(vendor.vendor)
    before = fields_of_vendor(known) if known else {}
    return _change(world, who, fields, {f"vendor.{vendor.vendor}.{name}": text for name, text in before.items()}, version, why)


def confirm(world: World, who: Staff, item_id: str, holds: bool, version: int, why: str) -> int:
    """A person has looked: it holds today, or it does not. Raises as `record_vendor`; `NotFound` for what a check finds out."""
    item = next((each for each in items() if each.item_id == item_id and not each.check), None)
    if item is None:
        raise NotFound(item_id)
    said = f"{_today(world).isoformat()} {who.staff_id}" if holds else ""
    return _change(world, who, {f"confirmed.{item_id}": said}, {}, version, why)


def switch(world: World, who: Staff, program_id: str, live: str, version: int, why: str) -> int | NotYet:
    """Let a program's texts leave, those of a pilot alone, or none. On only when nothing is open; off always.

    Raises as `record_vendor`; `NotFound` for no such program, ValueError for what is none of yes, no and staff ids.
    """
    demand(world, who, Action.PROGRAMS)
    if program_id not in world.clinic.programs:
        raise NotFound(f"program#{program_id}")
    if live not in (YES, NO) and not pilot_of(live):
        raise ValueError("live")
    still_open = () if live == NO else _read(world, ()).still_open
    if still_open:
        return NotYet(still_open)
    name = f"program.{program_id}"
    return _change(world, who, {name: live}, {name: world.clinic.programs[program_id].live}, version, why)


def _change(world: World, who: Staff, after: Mapping[str, str], file: Mapping[str, str], version: int, why: str) -> int:
    """`file`: what the clinic's own file says of these fields, where nobody wrote anything yet."""
    demand(world, who, Action.PROGRAMS)
    row = world.store.get(Setting, GO_LIVE, HOUSE)
    return write(world, who, Wish(GO_LIVE, HOUSE, {**file, **(row.value if row else {})}, after, version, why))


def _read(world: World, history: tuple[Revision, ...]) -> GoLive:
    row = world.store.get(Setting, GO_LIVE, HOUSE)
    clinic, today = with_go_live(world.clinic, row), _today(world)
    found = _Found(world, clinic, today)
    lines = tuple(_checked(item, found) if item.check else _confirmed(item, row, today) for item in items())
    return GoLive(clinic, lines, row.version if row else 0, today, history)


def _checked(item: Item, found: _Found) -> Line:
    wrong = found.ways[item.check]()
    return Line(item, OPEN if wrong else MET, wrong)


def _confirmed(item: Item, row: Setting | None, today: date) -> Line:
    said, _, by = (row.value.get(f"confirmed.{item.item_id}", "") if row else "").partition(" ")
    on = day(said)
    if on is None:
        return Line(item, OPEN)
    old = bool(item.days) and (today - on).days > item.days
    return Line(item, OLD if old else MET, by=by, on=on)


class _Found:
    """The checks: each answers with a word for what is wrong, or ""."""

    def __init__(self, world: World, clinic: Clinic, today: date) -> None:
        self.world, self.clinic, self.today, self.now = world, clinic, today, world.clock()
        self.gaps: list[Gap] = gaps_ahead(world, read_rota_now(world), self.now)
        self.substance_use = any(each.substance_use for each in clinic.programs.values())
        self.ways: dict[str, Callable[[], str]] = {
            "carrier_papers": lambda: self._papers(clinic.carrier, "sms"),
            "voice_papers": lambda: self._papers(VOICE, "voice") if clinic.voice else "",
            "mail_papers": lambda: self._papers(MAIL, "email") if clinic.mail else "",
            "rota": lambda: next((gap.why for gap in self.gaps if gap.why != "unverified"), ""),
            "phones": lambda: next((gap.why for gap in self.gaps if gap.why == "unverified"), ""),
            "self_test": self._self_test,
        }

    def _papers(self, vendor: str, feature: str) -> str:
        return lacks(self.clinic.vendors.get(vendor), feature, self.substance_use, self.today)

    def _self_test(self) -> str:
        last = self.world.store.get(SelfTest, DEAD_MAN)
        return "" if last is not None and _proved(last, self.now) else "not_proved"


def _proved(last: SelfTest, now: datetime) -> bool:
    return last.passed_at is not None and now - last.passed_at <= PROVED


def _today(world: World) -> date:
    return world.clock().astimezone(world.clinic.zone).date()

"""Who can be reached beside the pager's own list, by which way, and whose phone has not passed a test in the last seven days. No
numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core.phones import Method, StaffPhone, Way, passed_lately, verified
from ..ports import World


@dataclass(frozen=True, slots=True)
class Seen:
    """One way to a person. `state`: none, waits (the code was not entered), trouble, late (no test passed), good."""

    state: str = "none"
    passed_at: datetime | None = None
    asked_at: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Reachable:
    """`state`: of the best way there is; the second path needs one."""

    staff_id: str
    on_rota: bool
    text: Seen
    call: Seen

    @property
    def state(self) -> str:
        return max((self.text.state, self.call.state), key=WORST_FIRST.index)


WORST_FIRST = ("none", "trouble", "waits", "late", "good")


def read_phones(world: World) -> list[Reachable]:
    """Everybody of the rota, and who else gave a phone; what must be mended first. Raises `StoreError`."""
    now = world.clock()
    phones = {each.staff_id: each for each in world.store.staff_phones() if each.methods}
    people = sorted({*world.clinic.rota.names(), *phones})
    found = [_person(world, person, phones.get(person), now) for person in people]
    return sorted(found, key=lambda each: (not each.on_rota, WORST_FIRST.index(each.state), each.staff_id))


def _person(world: World, person: str, phone: StaffPhone | None, now: datetime) -> Reachable:
    text, call = (_seen(phone.method(way) if phone else None, now) for way in (Way.TEXT, Way.CALL))
    return Reachable(person, world.clinic.on_rota(person), text, call)


def _seen(method: Method | None, now: datetime) -> Seen:
    return Seen() if method is None else Seen(_state(method, now), method.passed_at, method.asked_at, method.trouble)


def _state(method: Method, now: datetime) -> str:
    if method.trouble:
        return "trouble"
    if method.verified_at is None:
        return "waits"
    return "good" if passed_lately(method, now) else "late"


def verified_people(world: World) -> frozenset[str]:
    """Who has a phone that a page reaches directly: for the rota's own check. Raises `StoreError`."""
    now = world.clock()
    return frozenset(each.staff_id for each in world.store.staff_phones() if verified(each, now))

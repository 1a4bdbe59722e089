"""Who can be reached beside the pager's own list, and whose phone has not passed a test in the last seven days. No numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core.phones import Method, Way, passed_lately, verified
from ..ports import World


@dataclass(frozen=True, slots=True)
class Reachable:
    """`state`: none, waits (the code was not entered), trouble, late (no test passed), good."""

    staff_id: str
    state: str
    on_rota: bool
    passed_at: datetime | None = None
    asked_at: datetime | None = None
    trouble: str = ""


WORST_FIRST = ("none", "trouble", "waits", "late", "good")


def read_phones(world: World) -> list[Reachable]:
    """Everybody of the rota, and who else gave a phone; what must be mended first. Raises `StoreError`."""
    now = world.clock()
    phones = {each.staff_id: each.method(Way.TEXT) for each in world.store.staff_phones()}
    people = sorted({*world.clinic.rota.names(), *phones})
    found = [_seen(world, person, phones.get(person), now) for person in people]
    return sorted(found, key=lambda each: (not each.on_rota, WORST_FIRST.index(each.state), each.staff_id))


def _seen(world: World, person: str, method: Method | None, now: datetime) -> Reachable:
    on_rota = world.clinic.on_rota(person)
    if method is None:
        return Reachable(person, "none", on_rota)
    return Reachable(person, _state(method, now), on_rota, method.passed_at, method.asked_at, method.trouble)


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

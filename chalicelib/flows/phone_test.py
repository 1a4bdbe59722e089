"""The weekly test of each person's phones, in working hours: what fails is seen on a weekday and not at night (PG-5)."""

from __future__ import annotations

from dataclasses import replace

from ..core.phones import Errand, StaffPhone, Way, asked
from ..core.records import Change, Due, Update
from ..ports import World
from . import errand_rows
from .outbox import gone, keep_due
from .staff_phones import test_due

A_TEST = "Porchlight test: reply OK."


def send_test(world: World, due: Due) -> None:
    """Ask by the way that is due, and set its next test. A person without such a phone is asked no more."""
    now, way = world.clock(), due.about or Way.TEXT
    phone = world.store.get(StaffPhone, due.target)
    method = phone.method(way) if phone else None
    if phone is None or method is None or method.verified_at is None:
        return world.store.commit(gone(due))
    fresh = phone.with_method(asked(method, now))
    ask = Errand(world.ids(now), "ring_test", due.target, now, contact_id=method.contact_id)
    if way == Way.TEXT:
        ask = replace(ask, kind="say", text=A_TEST)
    changes: list[Change] = [
        Update(StaffPhone, (due.target,), set={"methods": fresh}, add={"version": 1}, expect={"version": phone.version}),
        gone(due),
        keep_due(test_due(world, due.target, way, now)),
        *errand_rows.rows(ask),
    ]
    world.store.commit(*changes)

"""The weekly test of each person's phones, in working hours: what fails is seen on a weekday and not at night (PG-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..core.permission import stopped
from ..core.phones import Errand, StaffPhone, Way, asked
from ..core.records import Change, Contact, Due
from ..ports import World
from . import errand_rows
from .outbox import gone, keep_due
from .staff_phones import test_due

A_TEST = "Porchlight test: reply OK."


def test_again(world: World, errand: Errand) -> Iterable[Change]:
    """A marked phone said START: it is asked at once, and not within the week. Answering takes the mark away."""
    phone = world.store.get(StaffPhone, errand.to)
    method = phone.method_at(Way.TEXT, errand.contact_id) if phone else None
    if phone is None or method is None or not (method.verified_at and method.trouble):
        return ()
    contact = world.store.get(Contact, errand.contact_id)
    if contact is None or stopped(contact):  # a START that came so soon after STOP that it changed nothing
        return ()
    now = world.clock()
    ask = Errand(f"{errand.errand_id}.test", "say", errand.to, now, text=A_TEST, contact_id=method.contact_id)
    return [errand_rows.with_method(phone, asked(method, now)), *errand_rows.rows(ask)]


def send_test(world: World, due: Due) -> None:
    """Ask by the way that is due, and set its next test. A person without such a phone is asked no more."""
    now, way = world.clock(), due.about or Way.TEXT
    phone = world.store.get(StaffPhone, due.target)
    method = phone.method(way) if phone else None
    if phone is None or method is None or method.verified_at is None:
        return world.store.commit(gone(due))
    ask = Errand(world.ids(now), "ring_test", due.target, now, contact_id=method.contact_id)
    if way == Way.TEXT:
        ask = replace(ask, kind="say", text=A_TEST)
    changes: list[Change] = [
        errand_rows.with_method(phone, asked(method, now)),
        gone(due),
        keep_due(test_due(world, due.target, way, now)),
        *errand_rows.rows(ask),
    ]
    world.store.commit(*changes)

"""A person's own work phone: given, shown to be theirs by a code, taken away. Never a patient's business, and in the trail."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from ..core.phones import CODE_LASTS, MOST_TRIES, Errand, Method, StaffPhone, Way, asked, next_test, passed
from ..core.records import ABSENT, Change, Contact, Due, Update
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import SealContext, World
from . import errand_rows, trail
from .outbox import SHARD, keep_due
from .phone_code import code_for_phone

TEST = "phone_test"  # Due.kind


@dataclass(frozen=True, slots=True)
class Refused:
    """`why`: taken (somebody else's work phone), wrong, late, tries, none, moved (another window changed it)."""

    why: str


def my_phone(world: World, who: Staff) -> StaffPhone:
    """Raises `StoreError`."""
    return world.store.get(StaffPhone, who.staff_id) or StaffPhone(who.staff_id)


def number_of(world: World, who: Staff, method: Method) -> str:
    """In clear, for its owner alone. Raises `VaultError`, `StoreError`."""
    contact = world.store.get(Contact, method.contact_id)
    if contact is None or not contact.sealed_number:
        return ""
    context = SealContext(method.contact_id, "numbers", "number")
    return world.vault.open(context, method.contact_id, contact.sealed_number, who.staff_id)


def give(world: World, who: Staff, way: Way, number: str) -> Refused | None:
    """A new number for one way, and a code to it. The old one goes on until nobody needs it: it is replaced at once.

    `number`: E.164. Raises `StoreError`, `SealFailed`, `SecretUnavailable`.
    """
    now, contact_id = world.clock(), world.hasher.contact_id(number)
    contact = world.store.get(Contact, contact_id)
    if contact is not None and contact.staff not in ("", who.staff_id):
        return Refused("taken")
    phone = my_phone(world, who)
    old = phone.method(way)
    method = asked(Method(way, contact_id, now, pin=old.pin if old else 0), now)
    changes = [*_written(phone, phone.with_method(method)), *_let_go(world, phone, way, contact_id)]
    if contact is None:
        changes.append(_new_contact(world, contact_id, number, now))
    return _commit(world, who, now, "give_phone", way, *changes, *_send_code(world, who, method, now))


def ask_again(world: World, who: Staff, way: Way) -> Refused | None:
    """Another code, which takes the place of the last. Raises `StoreError`."""
    now, phone = world.clock(), my_phone(world, who)
    method = phone.method(way)
    if method is None:
        return Refused("none")
    fresh = asked(method, now)
    changes = [*_written(phone, phone.with_method(fresh)), *_send_code(world, who, fresh, now)]
    return _commit(world, who, now, "ask_phone_code", way, *changes)


def verify(world: World, who: Staff, way: Way, code: str) -> Refused | None:
    """The right code makes the number count: for pages, for taking items by text, for the weekly test."""
    now, phone = world.clock(), my_phone(world, who)
    method = phone.method(way)
    if method is None or method.asked_at is None:
        return Refused("none")
    if method.tries >= MOST_TRIES:
        return Refused("tries")
    if now - method.asked_at > CODE_LASTS:
        return Refused("late")
    if not hmac.compare_digest(code_for_phone(world, who.staff_id, method).encode(), code.strip().encode()):
        missed = replace(method, tries=method.tries + 1)
        return _commit(world, who, now, "wrong_phone_code", way, *_written(phone, phone.with_method(missed))) or Refused("wrong")
    contact = world.store.get(Contact, method.contact_id)
    if contact is None or contact.staff not in ("", who.staff_id):
        return Refused("taken")
    done = replace(passed(method, now), verified_at=now, tries=0)
    weekly = keep_due(test_due(world, who.staff_id, way, now))
    changes = [*_written(phone, phone.with_method(done)), _theirs(contact, who.staff_id), weekly]
    return _commit(world, who, now, "verify_phone", way, *changes)


def take_away(world: World, who: Staff, way: Way) -> Refused | None:
    now, phone = world.clock(), my_phone(world, who)
    if phone.method(way) is None:
        return Refused("none")
    changes = [*_written(phone, phone.without(way)), *_let_go(world, phone, way, "")]
    return _commit(world, who, now, "take_phone_away", way, *changes)


def another_pin(world: World, who: Staff) -> Refused | None:
    """Other digits for calls from now on. Raises `StoreError`."""
    phone = my_phone(world, who)
    method = phone.method(Way.CALL)
    if method is None:
        return Refused("none")
    changes = _written(phone, phone.with_method(replace(method, pin=method.pin + 1)))
    return _commit(world, who, world.clock(), "another_pin", Way.CALL, *changes)


def test_due(world: World, staff_id: str, way: str, now: datetime) -> Due:
    """Each way has its own. One that names none is a text's."""
    at = next_test(now, world.clinic.zone)
    if way == Way.TEXT:
        return Due(SHARD, at, f"{TEST}#{staff_id}", TEST, staff_id)
    return Due(SHARD, at, f"{TEST}#{staff_id}#{way}", TEST, staff_id, way)


def _written(phone: StaffPhone, methods: tuple[Method, ...]) -> list[Change]:
    fields = {"methods": methods, "version": phone.version + 1}
    expect = {"version": phone.version or ABSENT}
    return [Update(StaffPhone, (phone.staff_id,), set=fields, expect=expect, create=True)]


def _let_go(world: World, phone: StaffPhone, way: Way, but_for: str) -> list[Change]:
    """The number that this way had is nobody's work phone now, unless another way has it too."""
    old = phone.method(way)
    if old is None or old.contact_id == but_for or any(m.contact_id == old.contact_id for m in phone.without(way)):
        return []
    contact = world.store.get(Contact, old.contact_id)
    return [_theirs(contact, "")] if contact is not None and contact.staff == phone.staff_id else []


def _theirs(contact: Contact, staff_id: str) -> Change:
    fields = {"staff": staff_id, "version": contact.version + 1}
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})


def _new_contact(world: World, contact_id: str, number: str, now: datetime) -> Change:
    sealed = world.vault.seal(SealContext(contact_id, "numbers", "number"), contact_id, number)
    fields = {"sealed_number": sealed, "created_at": now, "carrier": world.clinic.carrier, "version": 1}
    return Update(Contact, (contact_id,), set=fields, expect={"version": ABSENT}, create=True)


def _send_code(world: World, who: Staff, method: Method, now: datetime) -> list[Change]:
    kind = "ring_code" if method.way == Way.CALL else "code"
    return errand_rows.rows(Errand(world.ids(now), kind, who.staff_id, now, contact_id=method.contact_id))


def _commit(world: World, who: Staff, now: datetime, action: str, way: str, *changes: Change) -> Refused | None:
    trace = trail.entry(world, who, f"staff#{who.staff_id}", action, "paging", now, way)
    try:
        world.store.commit(*changes, trace)
    except (Rejected, Conflict):
        return Refused("moved")
    return None

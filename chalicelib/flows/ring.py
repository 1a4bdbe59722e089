"""A colleague's telephone rings: for an item, for the weekly test, for the code that shows whose phone it is, or to put her
through to a patient. What is said is decided when somebody answers (`flows/on_the_phone.py`).

A second call is better than none, like a doubled page. A patient's phone is never rung from here: that takes a key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..core import incidents
from ..core.calls import KEPT, OutboundCall, PhoneCall, Why
from ..core.phones import Errand, Method, StaffPhone, Way
from ..core.records import Change, Contact, Incident, Step, Update
from ..errors import CarrierRefused, OpenFailed
from ..ports import SealContext, World
from . import errand_rows, stop_ringing
from .page import call_at

READER = "job:call"
RING, AGAIN = ".ring", ".again"  # ends of an errand's id: the call that goes with a page, and the one after it
WHY = {"ring": Why.PAGE, "ring_test": Why.TEST, "ring_code": Why.CODE, "ring_bridge": Why.BRIDGE}


def ring_too(world: World, errand: Errand, phone: StaffPhone, incident: Incident | None) -> None:
    """Beside a page's text, or instead of one: the call is an errand of its own, so that neither waits for the other (PG-5)."""
    if errand.kind != "page" or incident is None or phone.working(Way.CALL) is None:
        return
    call_id = errand.errand_id + RING
    after = call_at(world, incident.program, incident.tier, incident.step, world.clock()).ring
    if after is None or world.store.get(PhoneCall, call_id) is not None:  # it rang; only the text is tried again
        return
    asked = Errand(call_id, "ring", errand.to, errand.at, incident_id=errand.incident_id)
    later = replace(asked, status="waiting", not_before=errand.at + after) if after else asked
    world.store.commit(*errand_rows.rows(later))


def ring(world: World, errand: Errand) -> Iterable[Change]:
    """Place the call. Raises `StoreError`, `CarrierError`, `VaultError`: the tick tries again."""
    incident = world.store.get(Incident, errand.incident_id) if errand.incident_id else None
    phone = world.store.get(StaffPhone, errand.to)
    method = _method(errand, phone)
    if _overtaken(errand, incident):
        world.journal.count("call_overtaken")
        return ()
    if phone is None or method is None or not world.clinic.voice:
        world.journal.count("call_without_phone")
        return ()
    if errand.kind != "ring_bridge":  # whose row was written when she pressed
        world.store.commit(_row(world, errand, method))  # before it rings: the carrier will ask about it
    placed = _placed(world, phone, method, errand.errand_id)
    world.journal.count("call_placed" if placed else "call_not_placed")
    world.store.commit(*_noted(world, errand, incident, placed))
    _not_too_late(world, errand)
    return ()


def _not_too_late(world: World, errand: Errand) -> None:
    """Somebody took the item while this was placed: whose hang-up may have come before the call."""
    incident = world.store.get(Incident, errand.incident_id) if errand.kind == "ring" else None
    if incident is not None and errand_rows.taken_since(errand, incident):
        stop_ringing.hang_up(world, errand.errand_id)


def _method(errand: Errand, phone: StaffPhone | None) -> Method | None:
    """The phone to ring: the one a code is for, or the one that works; a call through the clinic reaches either."""
    if phone is None:
        return None
    if errand.kind == "ring_code":
        return phone.method_at(Way.CALL, errand.contact_id)
    if errand.kind == "ring_test":  # also one that was in trouble: passing mends it
        found = phone.method(Way.CALL)
        return found if found is not None and found.verified_at else None
    return own_phone(phone) if errand.kind == "ring_bridge" else phone.working(Way.CALL)


def own_phone(phone: StaffPhone) -> Method | None:
    """A verified phone of hers that can ring: the number for calls, or else the one for texts."""
    return phone.working(Way.CALL) or phone.working(Way.TEXT)


def _overtaken(errand: Errand, incident: Incident | None) -> bool:
    if errand.kind == "ring_bridge":
        return incident is None or incident.state == "resolved"
    return errand_rows.overtaken(errand, incident)


def _row(world: World, errand: Errand, method: Method) -> Change:
    now = world.clock()
    fields: dict[str, object] = {
        "why": WHY[errand.kind],
        "staff": errand.to,
        "at": now,
        "expires_at": now + KEPT,
        "contact_id": method.contact_id,
        "incident_id": errand.incident_id or None,
        "number": 2 if errand.errand_id.endswith(AGAIN) else 1,
    }
    return Update(PhoneCall, (errand.errand_id,), set=fields, set_once={"version": 1}, create=True)


def _placed(world: World, phone: StaffPhone, method: Method, call_id: str) -> str:
    """The carrier's id; "" when it cannot ring. A number that can never be rung is marked, so that somebody sees it in time."""
    contact = world.store.get(Contact, method.contact_id)
    if contact is None:
        raise OpenFailed("no number")
    context = SealContext(contact.contact_id, "numbers", "number")
    number = world.vault.open(context, contact.contact_id, contact.sealed_number, READER)
    try:
        return world.caller.call(OutboundCall(world.clinic.voice, number, call_id))
    except CarrierRefused as refusal:
        world.journal.event("call_refused", reason=refusal.reason, code=refusal.code)
        if not refusal.permanent:
            raise
        if method.way == Way.CALL:
            world.store.commit(errand_rows.marked(phone, method, refusal.reason))
        return ""


def _noted(world: World, errand: Errand, incident: Incident | None, placed: str) -> list[Change]:
    """In the item's history: who was rung may take it, and is told when somebody else does."""
    now, step = world.clock(), None
    if errand.kind == "ring":
        step = Step(now, "carrier", "rung" if placed else "ring_failed", errand.to)
    if errand.kind == "ring_bridge" and not placed:
        step = Step(now, errand.to, "not_called_through", "failed")
    calls = {"calls": (errand.errand_id,)} if errand.kind == "ring" and placed else {}
    lines: list[Change] = [Update(PhoneCall, (errand.errand_id,), set={"carrier_id": placed})] if placed else []
    if step is None or incident is None:
        return lines
    steps = incidents.listed(incident, step) if errand.kind == "ring" else (step,)
    more = {"steps": steps, **calls} if steps else calls
    return [*lines, *([Update(Incident, (incident.incident_id,), append=more)] if more else [])]

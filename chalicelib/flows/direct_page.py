"""The second path of a page: a direct text to a colleague's verified phone, a call to it, or both, whatever became of the
pager's own (PG-5).

A text says what the pager says and, for an item, how to take it. A doubled one is better than none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from ..core import exercise
from ..core.clinic import EVERYONE
from ..core.messages import OutboundSms
from ..core.permission import stopped
from ..core.phones import Errand, StaffPhone, Way
from ..core.records import Change, Contact, Incident, Step
from ..errors import CarrierRefused, OpenFailed, PorchlightError
from ..ports import SealContext, World
from . import errand_rows, held_back, lend_keys, ring
from .phone_code import code_for_phone

READER = "job:page"
LASTS = timedelta(minutes=15)


def page(world: World, errand: Errand) -> Iterable[Change]:
    """Call one person, or see that everyone is; what the page opens to them is lent after it, whatever became of the call."""
    incident = world.store.get(Incident, errand.incident_id) if errand.incident_id else None
    try:
        noted = list(_called(world, errand, incident))
    except PorchlightError:
        world.store.commit(*lend_keys.for_page(world, errand, incident))
        raise
    return [*noted, *lend_keys.for_page(world, errand, incident)]


def _called(world: World, errand: Errand, incident: Incident | None) -> Iterable[Change]:
    """What is over by now calls nobody (C22)."""
    if errand_rows.overtaken(errand, incident):
        world.journal.count("direct_page_overtaken")
        return ()
    if errand.to == EVERYONE:
        return _each(world, errand, incident)
    if errand.to == exercise.MACHINE:  # the errand itself is what the dead man's text tries: the stream, and this function
        return _noted(world, errand, incident)
    phone = world.store.get(StaffPhone, errand.to)
    if phone is None or not phone.reachable:
        world.journal.count("direct_page_without_phone")
        return ()
    ring.ring_too(world, errand, phone, incident)
    method = phone.working(Way.TEXT)
    if method is None:
        return ()
    if not _send(world, errand.to, method.contact_id, errand.text):
        return ()
    world.journal.count("direct_page_sent")
    return _noted(world, errand, incident)


def say(world: World, errand: Errand) -> Iterable[Change]:
    """Words to one phone: a test, an answer to a code."""
    _send(world, errand.to, errand.contact_id, errand.text)
    return ()


def say_code(world: World, errand: Errand) -> Iterable[Change]:
    """The code that shows whose phone it is. It stands in no row: whoever sends and whoever checks work it out."""
    phone = world.store.get(StaffPhone, errand.to)
    method = phone.method_at(Way.TEXT, errand.contact_id) if phone else None
    if method is not None and method.asked_at is not None:
        code = code_for_phone(world, errand.to, method)
        _send(world, errand.to, method.contact_id, f"Porchlight: {code} is the code for this phone. Enter it in the console.")
    return ()


def _each(world: World, errand: Errand, incident: Incident | None) -> Iterable[Change]:
    """One errand for each person of the rota with a phone that works; whoever took the item need not be told so."""
    spared = incident.holder if incident and errand.kind == "stand_down" else ""
    there = [each.staff_id for each in world.store.staff_phones() if each.reachable]
    people = [person for person in there if world.clinic.on_rota(person) and person != spared]
    changes = [c for p in people for c in errand_rows.rows(replace(errand, errand_id=f"{errand.errand_id}.{p}", to=p))]
    for start in range(0, len(changes), 2 * errand_rows.AT_ONCE):
        world.store.commit(*changes[start : start + 2 * errand_rows.AT_ONCE])
    return ()


def _send(world: World, staff_id: str, contact_id: str, text: str) -> bool:
    """Whether it left; what may have left is said again. A number that will never take one is marked, whatever was to be said to
    it, so that somebody sees it before the next night: a code or a test that does not leave says it sooner than a page does."""
    try:
        _text(world, contact_id, text)
    except CarrierRefused as refusal:
        held_back.note(world, refusal)
        world.journal.event("staff_text_refused", reason=refusal.reason, code=refusal.code)
        if not refusal.permanent:
            raise
        _mark(world, staff_id, contact_id, refusal.reason)
        return False
    return True


def _mark(world: World, staff_id: str, contact_id: str, trouble: str) -> None:
    """A number that is no longer, or never was, this person's for texts is nobody's to mark."""
    phone = world.store.get(StaffPhone, staff_id) if staff_id else None
    method = phone.method_at(Way.TEXT, contact_id) if phone else None
    if phone is not None and method is not None:
        world.store.commit(errand_rows.marked(phone, method, trouble))


def _text(world: World, contact_id: str, text: str) -> None:
    """Raises `CarrierError`, `OpenFailed`."""
    contact = world.store.get(Contact, contact_id)
    if contact is None:
        raise OpenFailed("no number")
    if stopped(contact):
        raise CarrierRefused("opted_out", permanent=True)
    number = world.vault.open(SealContext(contact_id, "numbers", "number"), contact_id, contact.sealed_number, READER)
    carrier = contact.carrier if contact.carrier in world.carriers else world.clinic.carrier
    sms = OutboundSms(world.clinic.number, number, text, "", world.clock() + LASTS)
    world.carriers[carrier].send(sms)


def _noted(world: World, errand: Errand, incident: Incident | None) -> list[Change]:
    """In the item's history: who was reached may take it, and stands down. The version stays: no decision turns on it."""
    if incident is None or errand.kind != "page":
        return []
    return errand_rows.noted(incident, Step(world.clock(), "carrier", "texted", errand.to))

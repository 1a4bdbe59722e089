"""A crisis pages before anything is stored (N2): whom, under which code, and what became of it. Both looks page here."""

from __future__ import annotations

from datetime import datetime

from ..core import exercise, not_safe
from ..core.clinic import EVERYONE
from ..core.incidents import Paged, code_for, owes_a_page
from ..core.messages import InboundSms
from ..core.people import Contact, IncidentRef, PatientRef
from ..core.place import Place
from ..core.triage import FirstLook
from ..ports import World
from ..texts.exercise import page as worded
from .arrival import incident_ref
from .page import call_at, call_out, send_page, urgent


def page_first(
    world: World, sms: InboundSms, look: FirstLook, contact: Contact | None, now: datetime, before: bool = False,
    silent: tuple[PatientRef, ...] = (),
) -> Paged | None:  # fmt: skip
    """Page when a crisis owes one, or a word that says "not safe" (`silent`: whose). None for an ordinary text. `before`: its
    page has left already."""
    look = not_safe.alarmed(look, silent, contact)
    if not look.pages:
        return None
    (to, *beside), code, owed = _call(world, sms, look, contact, now, silent)
    if not owed:
        return Paged(to, code, now if before else None, owed=False)
    if before:  # the pager took it when the store did not: the second path has not been asked yet
        return Paged(to, code, now, owed=False, directly=(to, *beside))
    text = worded(sms.exercise, not_safe.warned(urgent(code), look.categories))
    left = send_page(world, to, text)
    return Paged(to, code, now if left else None, owed=True, beside=call_out(world, beside, text), directly=(to, *beside))


def _call(
    world: World, sms: InboundSms, look: FirstLook, contact: Contact | None, now: datetime, silent: tuple[PatientRef, ...]
) -> tuple[tuple[str, ...], str, bool]:
    """Whom to page, by which code, and whether a page is owed. What cannot be worked out from a row pages everyone."""
    code = code_for(sms.carrier_id)
    try:
        where = not_safe.whose(contact, sms.received_at, look, silent) if contact else None
        ref = incident_ref(contact, look, sms.received_at, where)
        to = _whom_to_page(world, sms, look, where, ref, now)
        return to, ref.code if ref else code, owes_a_page(ref, look, sms.carrier_id, now)
    except Exception as failure:  # noqa: BLE001  whatever a row or a rota holds, it must not silence a crisis
        world.journal.event("call_not_worked_out", carrier=sms.carrier, error=type(failure).__name__)
        return (exercise.MACHINE if sms.exercise == exercise.DEAD_MAN else EVERYONE,), code, True


def _whom_to_page(
    world: World, sms: InboundSms, look: FirstLook, where: Place | None, ref: IncidentRef | None, now: datetime
) -> tuple[str, ...]:
    """The incident's holder, else who is on call; everyone when that cannot be known or several programs differ. A dead
    man's text wakes nobody, whatever fails (PG-6)."""
    if sms.exercise == exercise.DEAD_MAN:
        return (exercise.MACHINE,)
    if ref is not None and ref.holder:
        return (ref.holder,)
    if where is None:
        return (EVERYONE,)
    programs = {person.program for person in where.among} or {where.program}
    calls = {call_at(world, program, look.tier, 0, now).to for program in programs}
    return calls.pop() if len(calls) == 1 else (EVERYONE,)

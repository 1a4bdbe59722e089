"""Danger on a page whose words could not be sealed: no carrier brings them back, so that who is paged must find an item. It is
kept without a word of theirs, and whoever takes it calls (N2)."""

from __future__ import annotations

from ..core.clinic import EVERYONE
from ..core.incidents import Paged, code_for
from ..core.messages import InboundSms
from ..core.place import place
from ..core.records import ABSENT, Contact, Thread, Update
from ..errors import PorchlightError
from ..ports import World
from . import crisis_rows
from .arrival import Arrived, contact_of, incident_ref
from .receive_sms import first_look

NOTE = "not_read_again"  # the thread says that no words are there to be read


def remember(world: World, sms: InboundSms) -> None:
    """The item, its clock, and the mark on the thread; the same form again joins it. What fails here has paged all the same."""
    look = first_look(world, sms)
    if not look.pages:
        return
    try:
        contact = contact_of(world, sms)
        if any(sms.carrier_id in ref.paged_for for ref in contact.incidents):
            return
        where, now = place(contact, sms.received_at, look), world.clock()
        ref = incident_ref(contact, look, sms.received_at, where)
        paged = Paged(ref.holder if ref else EVERYONE, code_for(sms.carrier_id), now, owed=False)
        arrived = Arrived(sms, look, contact, paged, True, now)
        crisis = crisis_rows.rows(world, arrived, contact, where, "", answers=False)
        known = {"incidents": crisis.incidents, "incident_at": now, "version": contact.version + 1}
        marks = crisis_rows.on_thread(arrived, crisis.ref) | {"note": NOTE}
        place_of = {"program": where.program, "contact_id": contact.contact_id}
        world.store.commit(
            *crisis.changes,
            _row_of(contact, known),
            Update(Thread, (where.thread_id,), set=marks, set_once=place_of, create=True),
        )
    except PorchlightError as failure:
        world.journal.event("danger_not_kept", error=type(failure).__name__)


def _row_of(contact: Contact, known: dict[str, object]) -> Update:
    """Also of who is nobody yet: danger that somebody typed on the page that asks for texts."""
    expect = {"version": contact.version or ABSENT}
    return Update(Contact, (contact.contact_id,), set=known, expect=expect, create=contact.version == 0)

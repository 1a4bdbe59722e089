"""An opt-out whose words cannot be sealed still holds (TCPA-5). A carrier's text comes back by reconciliation and is read anew;
what was typed on a page does not, and its writer is told that it was not sent."""

from __future__ import annotations

from .. import texts
from ..core.keywords import Word
from ..core.meaning import DISTRESS
from ..core.people import Contact
from ..core.records import Update
from ..ports import World
from .arrival import Arrived


def suppress(world: World, arrived: Arrived) -> None:
    """What is STOP stops the number; what may be one holds what is automatic, until a person decides. Raises `StoreError`."""
    contact, word = arrived.contact, texts.keywords().read(arrived.sms.body)
    if contact is None or contact.version == 0 or word not in (Word.STOP, Word.STOP_SENTENCE, Word.MAYBE_STOP):
        return
    sure = word is Word.STOP or (word is Word.STOP_SENTENCE and arrived.look.tier > DISTRESS)
    fields: dict[str, object] = {"stopped_at": arrived.now, "unsure_at": None} if sure else {"unsure_at": arrived.now}
    fields["version"] = contact.version + 1
    world.store.commit(Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version}))

"""The phone said yes to our question about a form on our web page: a line for each box that was ticked there, in the number's
ledger. Whose phone it is a person finds out, and notes it for the patient (`asked_desk`)."""

from __future__ import annotations

from datetime import datetime

from ..core.asked import RISK_BOX, WEB
from ..core.consent import RULE_VERSION, Scope
from ..core.consent_ledger import RISK, TEXT
from ..core.records import Change, ConsentEntry, Contact, Put
from ..ports import World
from ..texts.web_form import language_of


def lines(world: World, contact: Contact, about: tuple[str, ...], message_id: str, now: datetime) -> list[Change]:
    """`about`: of the question, as `ask_back` wrote it: the ask, the version of the words, and what was ticked."""
    _, ask_id, words, *ticked = about
    return [
        Put(
            ConsentEntry(
                contact.contact_id, world.ids(now), kind, "granted", WEB, now, "patient", RULE_VERSION, message_id,
                ledger=RISK if kind == RISK_BOX else TEXT, words=words, language=language_of(words), ask_id=ask_id,
            )
        )
        for kind in (Scope.CONVERSATION, *ticked)
    ]  # fmt: skip

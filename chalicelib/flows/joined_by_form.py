"""The phone said yes to our question about a form on our web page: one line in the number's ledger, that somebody there
wants texts. They saw no box of that form, which anybody may have ticked: each is granted only when a person notes it
(`asked_desk`)."""

from __future__ import annotations

from datetime import datetime

from ..core.asked import WEB
from ..core.consent import RULE_VERSION, Scope
from ..core.records import Change, ConsentEntry, Contact, Put
from ..ports import World
from ..texts.web_form import language_of


def lines(world: World, contact: Contact, about: tuple[str, ...], message_id: str, now: datetime) -> list[Change]:
    """`about`: of the question, as `ask_back` wrote it: the ask and the version of the words. An older version's names the boxes
    after them."""
    _, ask_id, words, *_ = about
    entry = ConsentEntry(
        contact.contact_id, world.ids(now), Scope.CONVERSATION, "granted", WEB, now, "patient", RULE_VERSION, message_id,
        words=words, language=language_of(words), ask_id=ask_id,
    )  # fmt: skip
    return [Put(entry)]

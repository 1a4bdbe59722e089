"""A number that somebody typed on our web page is asked once whether it was them (CTIA-3): only its own yes counts, and a person
sets the texts up. Whose number it is shapes what leaves, and nothing that the page said."""

from __future__ import annotations

from ..core.asked import (
    ANSWERED_WITHIN,
    GOOD_FOR,
    WEB,
    Ask,
    Asked,
    asked_about,
    may_ask_back,
    newest_first,
    waits_for,
)
from ..core.meaning import JOIN
from ..core.messages import Kind
from ..core.people import Contact, Prompt
from ..core.place import place
from ..core.records import ABSENT, Change, Due, Update
from ..core.triage import FirstLook
from ..ports import World
from ..texts import render
from . import outbox, sender
from .ask_form import KIND as KIND
from .outbox import SHARD, gone, keep_due
from .said_consent import YES

TEMPLATE = "ask_back"


def ask_back(world: World, due: Due) -> None:
    """Raises `Conflict`, `Rejected`, `StoreError`, `SealFailed`: the due row then stays."""
    now = world.clock()
    asked, contact = world.store.get(Asked, due.target), world.store.get(Contact, due.target)
    if asked is None or not may_ask_back(asked, contact, now) or now - (ask := newest_first(asked.asks)[0]).at >= GOOD_FOR:
        return world.store.commit(gone(due))
    if (until := waits_for(contact, now)) is not None:
        return world.store.commit(gone(due), keep_due(Due(SHARD, until, due.due_id, KIND, due.target)))
    changes = _question(world, contact or Contact(due.target), ask)
    told = Update(Asked, (due.target,), set=asked_about(asked, ask, now), expect={"version": asked.version})
    return world.store.commit(gone(due), told, *_known(world, asked, contact), *changes)


def _question(world: World, contact: Contact, ask: Ask) -> tuple[Change, ...]:
    """The one text, as this phone names us, in the language that was asked for."""
    now, message_id = world.clock(), world.ids(world.clock())
    where = place(contact, now, FirstLook(3))
    until, about = ask.at + GOOD_FOR, (WEB, ask.ask_id, ask.words)
    letter = outbox.Letter(
        where.thread_id, where.program, contact.contact_id, Kind.ASK_BACK,
        render(TEMPLATE, ask.language, sender=sender.of_phone(world, contact, where)),
        patient_id=where.patient_id, carrier=contact.carrier, language=ask.language, template=TEMPLATE, message_id=message_id,
        expires_at=until, prompt=Prompt(message_id, where.patient_id, JOIN, YES, until + ANSWERED_WITHIN, now, about=about),
    )  # fmt: skip
    return outbox.queue(world, letter, now)


def _known(world: World, asked: Asked, contact: Contact | None) -> list[Change]:
    """A number that nobody wrote from yet: known from now on, as nobody's, with the number as it was sealed on the page."""
    if contact is not None:
        return []
    fields = {"sealed_number": asked.sealed_number, "created_at": world.clock(), "version": 1}
    return [Update(Contact, (asked.contact_id,), set=fields, expect={"version": ABSENT}, create=True)]

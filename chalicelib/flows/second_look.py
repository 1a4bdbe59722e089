"""The second look at a text that paged nobody: the last ten minutes of its thread together, through the heavier model.

It may only raise (N8): a crisis pages first, then joins or begins its incident and answers the patient, on the very road of
the first look. A model that cannot be asked is never "routine" (DET-5): the thread goes to a person, and somebody is told.
"""

from __future__ import annotations

from ..core import exercise
from ..core.incidents import month_of
from ..core.messages import InboundSms
from ..core.recent import PARTS
from ..core.records import Change, Contact, Delete, Due, Looked, RecentText, Update
from ..core.triage import FirstLook, SecondReading
from ..core.triage.second import TOGETHER
from ..errors import StoreError
from ..ports import World
from . import copy_recent, outage, outbox, raise_text
from .arrival import Arrived, contact_behind
from .find_row import find_row
from .page_first import page_first

NAME = "second_look"  # of the outage
NOT_READ = "not_read_again"  # the thread's note
READ = 4.0  # seconds to open the texts and ask the model: the page is due within ten
LOOK_UPS = 1.0  # seconds for all look-ups before a page


def look(world: World, thread_id: str, message_id: str) -> None:
    """Look at one text. Safe to repeat: what raised its thread is forgotten, and looked at no more. Raises `StoreError`."""
    texts = _together(world, thread_id, message_id)
    if not texts:
        return
    read = _read(world, texts)
    if read is None:
        return for_a_person(world, texts[-1])
    sender, bodies, reading = read
    world.journal.event("second_look", thread_id=thread_id, message_id=message_id, count=len(texts), value=int(reading.pages))
    if reading.pages:
        _raise(world, texts, _sms(texts[-1], sender, bodies[-1]), reading)
    else:
        world.store.commit(copy_recent.seen(texts[-1]))
        _count(world, texts[-1])
    outage.end(world, NAME)


def _count(world: World, text: RecentText) -> None:
    """One more text that paged nobody, for the share that does. By itself and tried once: no count may hold up a look."""
    key = (text.program, month_of(text.received_at), ord(text.message_id[-1]) % PARTS)
    try:
        world.store.commit(Update(Looked, key, add={"texts": 1}, create=True))
    except StoreError as failure:
        world.journal.event("text_not_counted", message_id=text.message_id, error=type(failure).__name__)


def _together(world: World, thread_id: str, message_id: str) -> list[RecentText]:
    """This text and what came before it within ten minutes, oldest first. Empty when it was raised, or is forgotten."""
    found = world.store.recent_texts(thread_id, message_id)
    if not found or found[0].message_id != message_id:
        return []
    return [text for text in found[::-1] if found[0].at - text.at <= TOGETHER]


def _read(world: World, texts: list[RecentText]) -> tuple[str, list[str], SecondReading] | None:
    """Who wrote, their words, and the reading; None when it could not be had in time."""
    try:
        return world.patience.within(READ, lambda: _reading(world, texts))
    except Exception as failure:  # noqa: BLE001  whatever it is, the text must not pass for an ordinary one
        world.journal.event("second_look_failed", message_id=texts[-1].message_id, error=type(failure).__name__)
        world.journal.count("second_look_failed")
        return None


def _reading(world: World, texts: list[RecentText]) -> tuple[str, list[str], SecondReading]:
    opened = [copy_recent.opened(world, text) for text in texts]
    sender = opened[-1][0]
    bodies = [body for number, body in opened if number == sender]
    return sender, bodies, world.second_look.read(bodies)


def _raise(world: World, texts: list[RecentText], sms: InboundSms, reading: SecondReading) -> None:
    """Page, then keep and answer. The look-ups get a second; the page goes without them (N2)."""
    now, verdict = world.clock(), reading.as_look(texts[-1].language)
    contact = _look_up(world, sms, verdict)
    paged = page_first(world, sms, verdict, contact, now)
    arrived = Arrived(sms, verdict, contact, paged, inline=False, now=now)
    raise_text.keep(world, arrived, texts)


def _look_up(world: World, sms: InboundSms, verdict: FirstLook) -> Contact | None:
    try:
        return world.patience.within(LOOK_UPS, lambda: contact_behind(world, sms))
    except Exception as failure:  # noqa: BLE001  no look-up may stand between a crisis and its page
        world.journal.event("look_up_failed", carrier=sms.carrier, error=type(failure).__name__)
        return None


def _sms(text: RecentText, sender: str, body: str) -> InboundSms:
    return InboundSms(
        carrier=text.carrier,
        carrier_id=text.carrier_id,
        sender=sender,
        our_number=text.our_number,
        body=body,
        received_at=text.received_at,
        page=copy_recent.page_of(text),
    )


def for_a_person(world: World, text: RecentText) -> None:
    """The thread shows that no model has read this, and waits for a person. Raises `StoreError`: it comes again."""
    review(world, text.row, copy_recent.seen(text))


def unseen(world: World, due: Due) -> None:
    """The stream dropped it, or nobody could look for three minutes: a person looks (DET-5)."""
    world.journal.count("second_look_missed")
    review(world, due.target, outbox.gone(due))


def review(world: World, row: str, gone: Delete) -> None:
    """Mark the thread in which the text stands now, and see that somebody is told: both or neither."""
    message = find_row(world, row)
    marks: list[Change] = []
    if message is not None:
        fields: dict[str, object] = {"note": NOT_READ, "program": message.program, "contact_id": message.contact_id}
        marks = raise_text.asked_for(world, message.thread_id, message.program, world.clock(), fields)
    told = () if exercise.of(row) else outage.begun(world, NAME)  # the dead man's text has an alarm of its own, and wakes nobody
    world.store.commit(*marks, gone, *told)

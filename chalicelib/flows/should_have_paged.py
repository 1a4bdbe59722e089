"""A person says of a text that paged nobody: this should have. The screen is measured by it, and danger that is new is paged now.

The mark is for ever, once a text. A text of the last day, or one that nobody answered yet, also begins an urgent item on the
road of any other (N2): whom, escalation and second path are the same. No automatic answer goes to the patient: a person has
read it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.incidents import Paged, code_for, month_of
from ..core.meaning import Place
from ..core.messages import Direction, InboundSms, Kind
from ..core.not_safe import alarmed, warned
from ..core.records import ABSENT, Change, Contact, IncidentRef, Message, Miss, Missed, Thread, Update
from ..core.screen_figures import BY_HAND
from ..core.staff import Staff
from ..core.triage import FirstLook
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import crisis_rows, trail
from .arrival import Arrived
from .page import call_at, call_out, send_page, urgent
from .read_thread import admit

TIER = 1  # active danger; whoever reads it may find more
NEW = timedelta(hours=24)
MOST = 500  # of one program and month: a row has a size; the trail holds the rest
ATTEMPTS = 4


def should_have_paged(world: World, who: Staff, thread_id: str, message_id: str) -> str:
    """The id of the urgent item that stands for it now, or "" for an old text, which is only marked.

    Pressed twice, it is marked once. Raises `NotFound` for what is no text of a patient's, or paged already; `Conflict`.
    """
    thread, _ = admit(world, who, thread_id, "should_have_paged", "quality")
    message, now = _read(world, thread_id, message_id), world.clock()
    if message.missed_by:
        return message.incident_id
    paged: Paged | None = None
    for _ in range(ATTEMPTS):
        contact = world.store.get(Contact, thread.contact_id) or Contact(thread.contact_id)
        held = _open(contact, thread_id)
        if paged is None and held is None and is_new(message, thread, now):
            paged = _page(world, message, thread, _look(message, contact), now)
        incident_id, more = held.incident_id if held else "", list[Change]()
        if paged is not None and held is None:
            incident_id, more = _begin(world, who, message, thread, contact, paged, now)
        try:
            world.store.commit(*_marks(world, who, message, incident_id, now), *more)
        except (Conflict, Rejected):
            message = _read(world, thread_id, message_id)
            if message.missed_by:
                return message.incident_id
            continue
        return incident_id
    raise Conflict(message_id)


def is_new(message: Message, thread: Thread, now: datetime) -> bool:
    """Whether somebody may be in danger still: written within a day, or nobody has answered since."""
    unanswered = thread.waiting_since is not None and message.at >= thread.waiting_since
    return unanswered or now - message.at < NEW


def may_be_missed(message: Message) -> bool:
    """Whether it can be said of this row: a patient's words, that paged nobody, and nobody said so yet."""
    return message.direction == Direction.IN and message.kind == Kind.TEXT and not (message.incident_id or message.missed_by)


def _read(world: World, thread_id: str, message_id: str) -> Message:
    message = world.store.get(Message, thread_id, message_id)
    if message is None or not (may_be_missed(message) or message.missed_by):
        raise NotFound(message_id)
    return message


def _open(contact: Contact, thread_id: str) -> IncidentRef | None:
    return next((ref for ref in contact.incidents if ref.thread_id == thread_id), None)


def _look(message: Message, contact: Contact) -> FirstLook:
    """What the text should have been seen as; on a phone that is not safe, also that nobody may call it (SAFE-4)."""
    return alarmed(FirstLook(TIER, message.categories or (BY_HAND,), (BY_HAND,)), (), contact)


def _page(world: World, message: Message, thread: Thread, look: FirstLook, now: datetime) -> Paged:
    """Before anything is written (N2). The same text has the same code, however often it is pressed."""
    to, *beside = call_at(world, thread.program, TIER, 0, now).to
    code = code_for(message.carrier_id)
    text = warned(urgent(code), look.categories)
    left = send_page(world, to, text)
    return Paged(to, code, now if left else None, owed=True, beside=call_out(world, beside, text), directly=(to, *beside))


def _begin(
    world: World, who: Staff, message: Message, thread: Thread, contact: Contact, paged: Paged, now: datetime
) -> tuple[str, list[Change]]:
    """The item, its clocks and its second path; what the contact and the thread know of it. It begins now, when it was found."""
    sms = InboundSms(message.carrier, message.carrier_id, "", message.our_number, "", now)
    arrived = Arrived(sms, _look(message, contact), contact, paged, inline=False, now=now)
    where = Place(thread.thread_id, thread.program, thread.patient_id, message.language)
    ref, changes = crisis_rows.begin(world, arrived, contact, where, message.message_id, by=who.staff_id)
    known = {"incidents": (*contact.incidents, ref), "version": contact.version + 1}
    remembered = Update(Contact, (contact.contact_id,), set=known, expect={"version": contact.version})
    shown = {**crisis_rows.on_thread(arrived, ref), "closed_at": None, "closed_why": None}
    return ref.incident_id, [*changes, *([remembered] if contact.version else []), Update(Thread, (thread.thread_id,), set=shown)]


def _marks(world: World, who: Staff, message: Message, incident_id: str, now: datetime) -> list[Change]:
    """On the text, in the month's row of what was missed, in the trail."""
    month = month_of(message.at)
    known = world.store.get(Missed, message.program, month)
    miss = Miss(
        message.thread_id, message.message_id, message.at, who.staff_id, now, message.language, message.tier, message.rules,
        incident_id,
    )  # fmt: skip
    row = Update(Missed, (message.program, month), append={"items": (miss,)}, create=True)
    fields = {"missed_by": who.staff_id, **({"incident_id": incident_id} if incident_id else {})}
    key = (message.thread_id, message.message_id)
    return [
        Update(Message, key, set=fields, expect={"missed_by": ABSENT, "status": message.status}),
        *([row] if known is None or len(known.items) < MOST else []),
        trail.entry(world, who, message.thread_id, "should_have_paged", "quality", now, "paged" if incident_id else "marked"),
    ]

"""Open a thread: its newest page, whose it is, and whether a text may leave. Audit entry and openings side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from ..core.going_live import GO_LIVE, HOUSE, house_refuses, with_go_live
from ..core.mail import CARRIED_BY
from ..core.messages import Direction, Kind, Status
from ..core.not_safe import leave_alone
from ..core.page_links import RESOURCES
from ..core.permission import Refuse, Verdict, may_leave
from ..core.records import (
    Appointment,
    Contact,
    ForYou,
    Incident,
    KeptDraft,
    Message,
    Patient,
    Presence,
    Profile,
    Record,
    Setting,
    StaffPhone,
    Thread,
)
from ..core.safe_phone import SafePhone
from ..core.said_by_phone import stricter
from ..core.staff import Staff
from ..errors import OpenFailed
from ..ports import World
from ..texts import shared
from . import listed_visits, trail
from .admission import admit as admit
from .admission import lent as lent
from .admission import paged_to as paged_to
from .open_rows import open_number as open_number
from .open_rows import open_profile as open_profile
from .outbox import page_words, words_of
from .plan_rows import read_opened

PAGE = 50
MOST_READ = 100  # rows of one read
GOING = 24 * 3600  # seconds after their last text in which a text of ours is still an answer (CTIA-1)


@dataclass(frozen=True, slots=True)
class Opened:
    """One message with its words; `body` is None when it could not be opened."""

    row: Message
    body: str | None


@dataclass(frozen=True, slots=True)
class Behind:
    """Who a thread is about, and what may be sent to them now."""

    thread: Thread
    patient: Patient | None
    contact: Contact | None
    profile: Profile | None
    number: str
    incidents: tuple[Incident, ...]  # of the texts shown and the open one, newest first
    kind: Kind  # what a text written now would be: an answer, or a beginning
    verdict: Verdict  # and whether it may leave
    presence: Presence | None = None
    draft: KeptDraft | None = None  # of the person who looks
    planned: tuple[Message, ...] = ()  # texts that wait for the time a person chose, the next first
    asked: ForYou | None = None  # what colleagues asked that person to look at
    last_in: Message | None = None  # their newest text, sealed as it is
    visits: tuple[Appointment, ...] = ()  # the newest booked first
    phone: StaffPhone | None = None  # the reader's own, for a call through the clinic
    plan: SafePhone | None = None  # how this phone is used without harm
    alone: bool = False  # nobody may call or text this phone: then its number is not here either


@dataclass(frozen=True, slots=True)
class OpenThread:
    """A page of a thread, oldest first. `older` is the id to ask the previous page with, or ""."""

    behind: Behind
    messages: tuple[Opened, ...]
    older: str = ""


def read_thread(world: World, who: Staff, thread_id: str, before: str = "", purpose: str = "care") -> OpenThread:
    """Raises `NotFound` (also for another program's thread, which leaves an audit entry), `StoreError`."""
    world = one_request(world)
    with ThreadPoolExecutor(8) as pool:
        page = pool.submit(world.store.newest, thread_id, PAGE + 1, before)
        thread, patient = admit(world, who, thread_id, "read_thread", purpose)
        now = world.clock()
        seen = pool.submit(world.store.commit, trail.entry(world, who, thread_id, "read_thread", purpose, now))
        rows = page.result()
        about = pool.submit(read_behind, world, who, thread, patient, rows)
        opened = pool.map(lambda row: Opened(row, _open(world, who, row)), rows[:PAGE])
        seen.result()  # nothing is shown that is not in the trail
        older = rows[PAGE - 1].message_id if len(rows) > PAGE else ""
        return OpenThread(about.result(), tuple(sorted(opened, key=lambda each: (each.row.at, each.row.message_id))), older)


def one_request(world: World) -> World:
    """The world of one request: one KMS call for each data key, however many texts it sealed."""
    return replace(world, vault=world.vault.one_request())


def read_status(world: World, who: Staff, thread_id: str, message_id: str) -> Message | None:
    """One outgoing row as it stands, sealed as it is; None when it is not theirs to see."""
    row = world.store.get(Message, thread_id, message_id)
    return row if row is not None and row.direction == Direction.OUT and who.may_see(row.program) else None


def read_behind(
    world: World, who: Staff, thread: Thread, patient: Patient | None, rows: Sequence[Message]
) -> Behind:
    """Contact, incidents, profile and permission, in one read and one opening."""
    ids = list(dict.fromkeys(each for each in (thread.incident_id, *(row.incident_id for row in rows)) if each))[:20]
    wanted = _around(who, thread, ids)
    known = listed_visits.keys(patient, MOST_READ - len(wanted))
    found = world.store.get_many([*wanted, *known])
    contact, last_in = found[0], found[1]
    assert contact is None or isinstance(contact, Contact)
    assert last_in is None or isinstance(last_in, Message)
    presence, draft, asked = found[2:5]
    assert presence is None or isinstance(presence, Presence)
    assert draft is None or isinstance(draft, KeptDraft)
    assert asked is None or isinstance(asked, ForYou)
    planned = [row for row in found[5:] if isinstance(row, Message) and row.scheduled and row.status == Status.QUEUED]
    incidents = sorted((i for i in found[5:] if isinstance(i, Incident)), key=lambda i: i.detected_at, reverse=True)
    profile = open_profile(world, who, patient) if patient else None
    patient = stricter(patient, contact) if patient else None
    alone = leave_alone(patient, contact=contact)
    number = "" if alone else profile.number if profile else open_number(world, who, contact)
    now = world.clock()
    kind = kind_of_text(thread, last_in, now)
    verdict = foresee(world, Facing(thread, contact, patient, _setting(found), who.staff_id), kind, now)
    planned.sort(key=lambda row: (row.not_before or row.at, row.message_id))
    return Behind(
        thread, patient, contact, profile, number, tuple(incidents), kind, verdict, presence, draft, tuple(planned), asked,
        last_in, listed_visits.shown(world, patient, found[len(wanted) :] if known else None),
        next((row for row in found[5:] if isinstance(row, StaffPhone)), None),
        read_opened(world, patient, who.staff_id) if patient else None, alone,
    )


def _around(who: Staff, thread: Thread, incidents: Sequence[str]) -> list[tuple[type[Record], tuple[str, ...]]]:
    """Everything a thread's page shows beside its texts, for one read."""
    return [
        (Contact, (thread.contact_id,)),
        (Message, (thread.thread_id, thread.last_inbound_id or "none")),
        (Presence, (thread.thread_id,)),
        (KeptDraft, (thread.thread_id, who.staff_id)),
        (ForYou, (who.staff_id,)),
        *([(StaffPhone, (who.staff_id,))] if incidents else ()),
        *((Incident, (each,)) for each in incidents),
        *((Message, (thread.thread_id, each)) for each in thread.planned),
        (Setting, (GO_LIVE, HOUSE)),
    ]


def kind_of_text(thread: Thread, last_in: Message | None, now: datetime) -> Kind:
    """An answer while they wait or the talk is going; otherwise we begin, and consent and safe hours decide."""
    going = last_in is not None and (now - last_in.at).total_seconds() < GOING
    return Kind.REPLY if thread.waiting_since or going else Kind.STAFF


@dataclass(frozen=True, slots=True)
class Facing:
    """Who would write what to whom: all that a foresight needs. `house`: the row of papers and pilots."""

    thread: Thread
    contact: Contact | None
    patient: Patient | None
    house: Setting | None
    author: str  # staff id


def foresee(world: World, facing: Facing, kind: Kind, now: datetime, channel: str = "") -> Verdict:
    """What N3 would say at this moment; it is asked again when the text leaves. `channel`: another than a text."""
    thread, contact, patient = facing.thread, facing.contact, facing.patient
    text = Message(
        thread.thread_id, "", Direction.OUT, kind, Status.QUEUED, now, thread.program, thread.contact_id, b"",
        patient_id=thread.patient_id, author=facing.author, channel=channel,
    )
    verdict = may_leave(text, contact, patient, world.clinic.zone, now)
    if isinstance(verdict, Refuse) or contact is None:
        return verdict
    carried = CARRIED_BY.get(channel, (contact.carrier or world.clinic.carrier,))
    why = house_refuses(with_go_live(world.clinic, facing.house), text, patient, carried[0], now, *carried[1:])
    return Refuse(why) if why else verdict


def _setting(found: Sequence[Record | None]) -> Setting | None:
    return next((each for each in found if isinstance(each, Setting)), None)


def open_all(world: World, who: Staff, rows: Sequence[Message]) -> tuple[Opened, ...]:
    """Some messages with their words, in the order given. The caller writes the audit entry."""
    world = one_request(world)
    with ThreadPoolExecutor(8) as pool:
        return tuple(pool.map(lambda row: Opened(row, _open(world, who, row)), rows))


def _open(world: World, who: Staff, row: Message) -> str | None:
    """One text that cannot be opened does not hide the others. Of a page: what it says, not the line that led there."""
    try:
        said = page_words(world, row, who.staff_id) if row.page else words_of(world, row, who.staff_id)
        return shared.titles(said.split()) if row.page == RESOURCES else said
    except OpenFailed:
        world.journal.event("open_failed", message_id=row.message_id, thread_id=row.thread_id)
        return None

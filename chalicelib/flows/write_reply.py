"""A person writes to a patient: once per form (N4), and never past a newer text or a colleague's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..core.messages import Direction, Kind
from ..core.permission import Refuse, Verdict, Wait
from ..core.records import ABSENT, Contact, Message, Patient, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import World
from . import outbox, trail
from .read_thread import Opened, admit, foresee, kind_of_text, open_all

LONGEST = 1600  # characters: ten parts, what carriers take
FORM_LIVES = timedelta(hours=13)  # a little longer than a session can
ATTEMPTS = 4
ANSWERED: dict[str, object] = {"waiting_since": None, "reply_by": None, "unanswered": 0, "note": "", "told": 0}


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form sent. `form_id`: the ULID minted with the form, which becomes the message's id. `seen`: the
    thread's `last_at` when it was shown."""

    text: str
    form_id: str
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """In the outbox. `again`: this form had been sent before, and nothing was done."""

    message_id: str
    verdict: Verdict
    again: bool = False


@dataclass(frozen=True, slots=True)
class NewerText:
    """Somebody wrote meanwhile: `newer` holds what to read before sending again. Nothing was sent."""

    newer: tuple[Opened, ...]


@dataclass(frozen=True, slots=True)
class WillNotLeave:
    """N3 says no, for this reason. Nothing was sent."""

    why: str


@dataclass(frozen=True, slots=True)
class BadDraft:
    """`why`: empty, too_long or stale_form."""

    why: str


Outcome = Sent | NewerText | WillNotLeave | BadDraft


def write_reply(world: World, who: Staff, thread_id: str, draft: Draft) -> Outcome:
    """Queue it, or say why not. Raises `NotFound`, `StoreError`, `SealFailed`."""
    now = world.clock()
    wrong = _wrong(world, draft, now)
    if wrong:
        return BadDraft(wrong)
    for _ in range(ATTEMPTS):
        around = _gather(world, who, thread_id, draft)
        kind = kind_of_text(around.thread, around.last_in, now)
        verdict = foresee(world, around.thread, around.contact, around.patient, kind, now)
        if around.same is not None:
            return Sent(draft.form_id, verdict, again=True)
        newer = _newer(world, around.thread, draft)
        if newer:
            world.store.commit(trail.entry(world, who, thread_id, "read_thread", "care", now))
            return NewerText(open_all(world, who, newer))
        if isinstance(verdict, Refuse):
            return WillNotLeave(verdict.why)
        try:
            _queue(world, who, around, kind, verdict, draft, now)
        except (Conflict, Rejected):  # somebody was there at this moment: read again and decide again
            continue
        return Sent(draft.form_id, verdict)
    raise Conflict(thread_id)


@dataclass(frozen=True, slots=True)
class _Around:
    """What must be known to decide. `same`: this very form, if it was sent before."""

    thread: Thread
    patient: Patient | None
    contact: Contact | None
    last_in: Message | None
    same: Message | None


def _wrong(world: World, draft: Draft, now: datetime) -> str:
    if not draft.text.strip():
        return "empty"
    if len(draft.text) > LONGEST:
        return "too_long"
    return "" if form_is_ours(world, draft.form_id, now) else "stale_form"


def form_is_ours(world: World, form_id: str, now: datetime) -> bool:
    """Whether an id was minted with a form of the last hours; ids sort by time. It becomes a key, so nothing else may."""
    plain = len(form_id) == 26 and form_id.isascii() and form_id.isalnum() and form_id == form_id.upper()
    return plain and world.ids(now - FORM_LIVES)[:10] <= form_id[:10] <= world.ids(now + timedelta(minutes=1))[:10]


def _gather(world: World, who: Staff, thread_id: str, draft: Draft) -> _Around:
    thread, patient = admit(world, who, thread_id, "write", "care")
    contact, last_in, same = world.store.get_many(
        [
            (Contact, (thread.contact_id,)),
            (Message, (thread_id, thread.last_inbound_id or "none")),
            (Message, (thread_id, draft.form_id)),
        ]
    )
    assert contact is None or isinstance(contact, Contact)
    assert last_in is None or isinstance(last_in, Message)
    assert same is None or isinstance(same, Message)
    return _Around(thread, patient, contact, last_in, same)


def _newer(world: World, thread: Thread, draft: Draft) -> list[Message]:
    """Texts of the patient and of colleagues since the form was shown, oldest first. Automatic lines do not count."""
    if thread.last_at == draft.seen:
        return []
    rows = world.store.newest(thread.thread_id, 20)
    late = [row for row in rows if (draft.seen is None or row.at > draft.seen) and _by_a_person(row)]
    return sorted(late, key=lambda row: row.at)


def _by_a_person(row: Message) -> bool:
    return row.kind == Kind.TEXT if row.direction == Direction.IN else row.author not in ("", "auto")


def _queue(world: World, who: Staff, around: _Around, kind: Kind, verdict: Verdict, draft: Draft, now: datetime) -> None:
    thread, patient, contact = around.thread, around.patient, around.contact
    letter = outbox.Letter(
        thread_id=thread.thread_id,
        program=thread.program,
        contact_id=thread.contact_id,
        kind=kind,
        text=draft.text,
        author=who.staff_id,
        patient_id=thread.patient_id,
        carrier=contact.carrier if contact else "",
        language=patient.language if patient else "en",
        in_reply_to=thread.last_inbound_id,
        not_before=verdict.until if isinstance(verdict, Wait) else None,
        message_id=draft.form_id,
    )
    answered = Update(
        Thread,
        (thread.thread_id,),
        set=_summary(thread, now),
        expect={"last_at": thread.last_at or ABSENT},  # a text that comes in between changes it
        create=True,
    )
    trace = trail.entry(world, who, thread.thread_id, "write", "care", now)
    world.store.commit(*outbox.queue(world, letter, now), answered, trace)


def _summary(thread: Thread, now: datetime) -> dict[str, object]:
    fields: dict[str, object] = {"program": thread.program, "contact_id": thread.contact_id, "last_at": now}
    if thread.patient_id:
        fields["patient_id"] = thread.patient_id
    return fields | ANSWERED


def no_answer_needed(world: World, who: Staff, thread_id: str, seen: datetime | None) -> bool:
    """A person read it and nothing is owed. False when somebody wrote since `seen`. Raises `NotFound`, `StoreError`."""
    admit(world, who, thread_id, "settle", "care")
    now = world.clock()
    settled = Update(
        Thread,
        (thread_id,),
        set=dict(ANSWERED),
        expect={"last_at": seen or ABSENT},
    )
    try:
        world.store.commit(settled, trail.entry(world, who, thread_id, "settle", "care", now))
    except Rejected:
        return False
    return True

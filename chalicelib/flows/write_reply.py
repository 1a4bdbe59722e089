"""A person writes to a patient: once per form (N4), and never past a newer text or a colleague's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..core.going_live import GO_LIVE, HOUSE
from ..core.messages import Direction, Kind, Status
from ..core.page_links import ROOM
from ..core.permission import Leave, Refuse, Verdict, Wait
from ..core.records import ABSENT, Change, Contact, Delete, KeptDraft, Message, Owed, Patient, Setting, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import World
from . import advice, another_way, outbox, page_link, send_later, trail, undo, write_page
from .read_thread import Facing, admit, foresee, kind_of_text, open_all
from .reply_outcomes import AboveLevel, BadDraft, Draft, LookOnce, NewerText, NotThen, Outcome, Sent, WillNotLeave
from .text_level import Level, text_level

LONGEST = 1600  # characters: ten parts, what carriers take
FORM_LIVES = timedelta(hours=13)  # a little longer than a session can
ATTEMPTS = 4
PLANNED = 20  # texts for a later time that a thread remembers
ANSWERED: dict[str, object] = {"waiting_since": None, "reply_by": None, "unanswered": 0, "note": "", "told": 0}

__all__ = [
    "AboveLevel", "BadDraft", "Draft", "LookOnce", "NewerText", "NotThen", "Outcome", "Sent", "WillNotLeave",
    "no_answer_needed", "write_reply",
]  # fmt: skip


def write_reply(world: World, who: Staff, thread_id: str, draft: Draft) -> Outcome:
    """Queue it, or say why not. Raises `NotFound`, `StoreError`, `SealFailed`."""
    now = world.clock()
    wrong = _wrong(world, draft, now)
    if wrong:
        return BadDraft(wrong)
    for _ in range(ATTEMPTS):
        around = _gather(world, who, thread_id, draft)
        if around.same is not None:
            return Sent(draft.form_id, _foresee(world, around, now), again=True)
        newer = _newer(world, around.thread, draft)
        if newer:
            world.store.commit(trail.entry(world, who, thread_id, "read_thread", "care", now))
            return NewerText(open_all(world, who, newer))
        decided = _decide(world, who, around, draft, now)
        if not isinstance(decided, _Decided):
            return decided
        if grave := advice.unseen(world, who, around.thread, around.patient, draft.text, draft.advised):
            return LookOnce(grave)
        try:
            _queue(world, who, around, decided, draft, now)
        except (Conflict, Rejected):  # somebody was there at this moment: read again and decide again
            continue
        if decided.until is not None and decided.until <= now + timedelta(seconds=undo.SECONDS):
            undo.wake(world, f"{thread_id}.{draft.form_id}")
        return Sent(draft.form_id, decided.verdict, until=decided.until)
    raise Conflict(thread_id)


@dataclass(frozen=True, slots=True)
class _Around:
    """What must be known to decide. `same`: this very form, if it was sent before."""

    thread: Thread
    patient: Patient | None
    contact: Contact | None
    last_in: Message | None
    same: Message | None
    facing: Facing


@dataclass(frozen=True, slots=True)
class _Decided:
    """It may be queued: as what, and until when it waits. `born`: of a page, what it may ask."""

    kind: Kind
    verdict: Verdict
    says: Level
    until: datetime | None
    born: date | None = None
    by: str = ""  # of a page: the channel that it goes by, "" for a text


def _foresee(world: World, around: _Around, now: datetime) -> Verdict:
    kind = kind_of_text(around.thread, around.last_in, now)
    return foresee(world, around.facing, kind, now)


def _decide(
    world: World, who: Staff, around: _Around, draft: Draft, now: datetime
) -> _Decided | WillNotLeave | AboveLevel | NotThen:
    kind, verdict = kind_of_text(around.thread, around.last_in, now), _foresee(world, around, now)
    if draft.at is not None:
        kind = send_later.kind_at(around.last_in, draft.at)
        planned = send_later.plan(world, around.facing, kind, draft.at, now)
        if isinstance(planned, NotThen):
            return planned
        verdict = planned or Leave()
    elsewhere = bool(draft.page) and draft.at is None and (kind == Kind.STAFF or isinstance(verdict, Refuse))
    by = another_way.page_goes_by(world, around.patient, around.contact, now) if elsewhere else ""
    if by:
        kind, verdict = Kind.STAFF, foresee(world, around.facing, Kind.STAFF, now, by)
    if isinstance(verdict, Refuse):
        return WillNotLeave(verdict.why)
    if draft.page:
        born = write_page.birth_date(world, who, around.patient)
        if why := page_link.why_not(world, around.patient, around.contact, born, by):
            return WillNotLeave(why)
        if draft.page == ROOM and write_page.room_of(world, around.patient, now) is None:
            return WillNotLeave("page_no_room")
        return _Decided(kind, verdict, write_page.NEUTRAL, _until(around, verdict, draft, now), born, by)
    says = text_level(world, around.patient, draft.snippets, draft.above_level, draft.text)
    if says.refused:
        return AboveLevel(says.level, says.allowed, says.what) if says.askable else WillNotLeave("content_level")
    return _Decided(kind, verdict, says, _until(around, verdict, draft, now))


def _wrong(world: World, draft: Draft, now: datetime) -> str:
    if draft.page:
        today = now.astimezone(world.clinic.zone).date()
        return write_page.wrong(draft, today) or ("" if form_is_ours(world, draft.form_id, now) else "stale_form")
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
    contact, last_in, same, house = world.store.get_many(
        [
            (Contact, (thread.contact_id,)),
            (Message, (thread_id, thread.last_inbound_id or "none")),
            (Message, (thread_id, draft.form_id)),
            (Setting, (GO_LIVE, HOUSE)),
        ]
    )
    assert house is None or isinstance(house, Setting)
    assert contact is None or isinstance(contact, Contact)
    assert last_in is None or isinstance(last_in, Message)
    assert same is None or isinstance(same, Message)
    return _Around(thread, patient, contact, last_in, same, Facing(thread, contact, patient, house, who.staff_id))


def _newer(world: World, thread: Thread, draft: Draft) -> list[Message]:
    """Texts of the patient and of colleagues since the form was shown, oldest first. Automatic lines do not count."""
    if thread.last_at == draft.seen:
        return []
    rows = world.store.newest(thread.thread_id, 20)
    late = [row for row in rows if (draft.seen is None or row.at > draft.seen) and _by_a_person(row)]
    return sorted(late, key=lambda row: row.at)


def _by_a_person(row: Message) -> bool:
    if row.direction == Direction.IN:
        return row.kind == Kind.TEXT
    return row.author not in ("", "auto") and row.status != Status.WITHDRAWN


def _until(around: _Around, verdict: Verdict, draft: Draft, now: datetime) -> datetime | None:
    """When it may leave: the chosen time, the patient's safe hours, or after the seconds in which it can be taken back."""
    if draft.at is not None:
        return draft.at
    return verdict.until if isinstance(verdict, Wait) else undo.grace(around.thread, around.contact, now)


def _letter(who: Staff, around: _Around, decided: _Decided, draft: Draft) -> outbox.Letter:
    thread, patient, contact, says = around.thread, around.patient, around.contact, decided.says
    return outbox.Letter(
        thread_id=thread.thread_id,
        program=thread.program,
        contact_id=thread.contact_id,
        kind=decided.kind,
        text=draft.text,
        author=who.staff_id,
        patient_id=thread.patient_id,
        carrier=contact.carrier if contact else "",
        language=patient.language if patient else "en",
        in_reply_to=thread.last_inbound_id,
        not_before=decided.until,
        message_id=draft.form_id,
        owed=_owed(thread),
        scheduled=draft.at is not None,
        template=(draft.snippets or ("",))[0],
        content_level=says.written,
        above_level=says.why if says.above else "",
        level_then=says.allowed if says.above else 0,
    )


def _queue(world: World, who: Staff, around: _Around, decided: _Decided, draft: Draft, now: datetime) -> None:
    thread, says, letter = around.thread, decided.says, _letter(who, around, decided, draft)
    link: list[Change] = []
    if draft.page and around.patient is not None:
        letter, link = write_page.letter(world, who, around.patient, decided.born, draft, letter, now, decided.by)
        link += another_way.after_page(around.patient, letter, world.ids(now), now)
    answered = Update(
        Thread,
        (thread.thread_id,),
        set=_summary(thread, now) | ({"planned": (*thread.planned, draft.form_id)[-PLANNED:]} if draft.at else {}),
        expect={"last_at": thread.last_at or ABSENT},  # a text that comes in between changes it
        create=True,
    )
    action = f"write_page_{draft.page}" if draft.page else "write"
    trace = trail.entry(world, who, thread.thread_id, action, "care", now, f"above_level:{says.why}" if says.above else "done")
    draft_gone = Delete(KeptDraft, (thread.thread_id, who.staff_id))
    world.store.commit(*outbox.queue(world, letter, now), answered, trace, draft_gone, *link)


def _owed(thread: Thread) -> Owed | None:
    if thread.waiting_since is None:
        return None
    return Owed(thread.waiting_since, thread.unanswered, thread.note, thread.reply_by, thread.told)


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

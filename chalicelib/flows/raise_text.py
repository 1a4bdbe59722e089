"""Keep what the second look raised: incident, thread, the text's own row, the answer to the patient; in one transaction."""

from __future__ import annotations

from datetime import datetime

from ..core import exercise
from ..core.clinic import WORKING_DAY
from ..core.meaning import place
from ..core.records import Change, Contact, Message, RecentText, Thread, Update
from ..core.reply_by import reply_by
from ..errors import Conflict, Rejected, StoreUnavailable
from ..ports import World
from . import copy_recent, crisis_rows
from .answer_owed import owed_clock
from .arrival import Arrived, contact_behind
from .crisis_rows import Crisis
from .find_row import find_row
from .send_now import send_now

ATTEMPTS = 4


def keep(world: World, arrived: Arrived, texts: list[RecentText]) -> None:
    """Commit, reading again when somebody else was there first; then answer. Raises `StoreError`, `SealFailed`: its page has
    left, and whoever delivered the text delivers it again."""
    crisis = _commit(world, arrived, texts)
    if crisis is not None and crisis.answer is not None:
        send_now(world, crisis.answer, crisis.answer_text, arrived.sms.sender, stored=True)


def _commit(world: World, arrived: Arrived, texts: list[RecentText]) -> Crisis | None:
    """What was kept; None when another delivery of the same text kept it."""
    planned: Crisis | None = None
    for attempt in range(ATTEMPTS):
        contact = arrived.contact if attempt == 0 else None
        if attempt and world.store.get(RecentText, texts[-1].thread_id, texts[-1].message_id) is None:
            return planned if _is_ours(world, planned) else None
        planned, changes = _plan(world, arrived, contact or contact_behind(world, arrived.sms), texts)
        try:
            world.store.commit(*changes)
        except (Conflict, Rejected, StoreUnavailable):  # the last may have taken effect: the text is forgotten then
            continue
        return planned
    raise StoreUnavailable("contended")


def _is_ours(world: World, planned: Crisis | None) -> bool:
    return planned is not None and planned.answer is not None and find_row(world, planned.answer.row) is not None


def _plan(world: World, arrived: Arrived, contact: Contact, texts: list[RecentText]) -> tuple[Crisis, list[Change]]:
    text = texts[-1]
    where = place(contact, arrived.sms.received_at, arrived.look)
    crisis = crisis_rows.rows(world, arrived, contact, where, text.message_id)
    fields: dict[str, object] = {"incidents": crisis.incidents, "version": contact.version + 1}
    if crisis.answer is not None:
        fields["recent_hashes"] = crisis_rows.hashes_with(contact, crisis.answer.body_hash)
    changes: list[Change] = [
        Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version}),
        *crisis.changes,
        *(change for each in texts for change in (copy_recent.forgotten(each), copy_recent.seen(each))),
        *_message(world, arrived, text, crisis),
    ]
    place_of = {"program": where.program, "contact_id": contact.contact_id, "patient_id": where.patient_id or None}
    found = crisis_rows.on_thread(arrived, crisis.ref)
    return crisis, [*changes, *asked_for(world, where.thread_id, where.program, arrived.now, place_of | found)]


def _message(world: World, arrived: Arrived, text: RecentText, crisis: Crisis) -> list[Change]:
    """The text's own row shows what it was found to be. A text that is nowhere any more has no row to change."""
    row, look = find_row(world, text.row), arrived.look
    if row is None:
        return []
    fields = {
        "tier": min(look.tier, row.tier if row.tier is not None else look.tier),
        "categories": tuple(dict.fromkeys((*look.categories, *row.categories))),
        "rules": (*row.rules, *look.rules),
        "incident_id": crisis.ref.incident_id,
    }
    return [Update(Message, (row.thread_id, row.message_id), set=fields, expect={"status": row.status})]


def asked_for(world: World, thread_id: str, program: str, now: datetime, fields: dict[str, object]) -> list[Change]:
    """A person must look at this thread, even at one that was answered or put away. Nobody looks at an exercise."""
    if exercise.of(thread_id):
        return [Update(Thread, (thread_id,), set=fields, create=True)]
    known = world.clinic.programs.get(program)
    promised = reply_by(world.clinic, program, now, known.response_minutes if known else WORKING_DAY)
    thread = Update(
        Thread, (thread_id,), set={**fields, "closed_at": None, "closed_why": None},
        set_once={"waiting_since": now, "reply_by": promised}, create=True,
    )
    return [thread, owed_clock(thread_id, promised)]

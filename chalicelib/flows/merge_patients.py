"""Two records of one person become one, and can become two again. The stricter permission of both stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..core import said_by_phone
from ..core.moving import EMPTIED, hours_of_both, joined, stricter, stricter_marks, taken_along, worst_first
from ..core.people import ref_of
from ..core.records import (
    ABSENT,
    Change,
    Contact,
    Delete,
    Move,
    Patient,
    Put,
    Quiet,
    Roster,
    Thread,
    Update,
    WaitlistEntry,
)
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import consent_lines, move_thread, move_visits, trail
from .answer_owed import owed_clock
from .legal_hold import nobody_holds
from .patient_rows import rehoused, without_person
from .read_thread import admit
from .roster import roster_with

ATTEMPTS = 5
# As the stricter of both has it.
MARKS = (
    "safe_phone", "veteran", "declined", "item9_at", "discharged_at", "unencrypted", "proxy", "held_at", "quiet_until",
    "needs_word", "safe_hours", "no_voicemail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Merged:
    move_id: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotMerged:
    """`why`: same, program (two programs: transfer first), call (somebody is to call the one that ends first), plan (of a safe
    phone: only the one that ends has it), hours (none that both allow), moving, merged, nobody; to undo also gone (undone
    already) and early (within a minute of its end)."""

    why: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Both records with their threads and numbers, as read together. `ends`: the one that goes into `stays`."""

    ends: Patient
    stays: Patient
    source: Thread
    target: Thread
    old: Contact
    number: Contact
    roster: Roster | None


def merge(world: World, who: Staff, ends: str, stays: str, form_id: str) -> Merged | NotMerged:
    """`ends` keeps its record, sealed and closed, so that it can be undone; its texts go to `stays`, whose number stays.

    Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`.
    """
    for _ in range(ATTEMPTS):
        if world.store.get(Move, form_id) is not None:
            return Merged(form_id, True)
        pair = read_pair(world, who, ends, stays)
        wrong = _wrong(pair) if pair else "nobody"
        if pair is None or wrong:
            return NotMerged(wrong)
        try:
            world.store.commit(*_changes(world, who, pair, form_id))
        except (Conflict, Rejected):
            continue
        move_thread.begin(world, who, form_id)
        return Merged(form_id)
    raise Conflict(ends)


def read_pair(world: World, who: Staff, ends: str, stays: str) -> Pair | None:
    """None when the other one is not there for this person. Raises `NotFound` for the first."""
    source, leaving = admit(world, who, ends, "merge", "care")
    try:
        target, staying = admit(world, who, stays or "nobody", "merge", "care")
    except NotFound:
        return None
    if leaving is None or staying is None or not (who.may_see(leaving.program) and who.may_see(staying.program)):
        return None
    ids = dict.fromkeys((leaving.contact_id, staying.contact_id))
    found = world.store.get_many([*((Contact, (each,)) for each in ids), (Roster, (staying.program,))])
    contacts = {row.contact_id: row for row in found if isinstance(row, Contact)}
    old = contacts.get(leaving.contact_id, Contact(leaving.contact_id))
    number = contacts.get(staying.contact_id, Contact(staying.contact_id))
    roster = found[-1] if isinstance(found[-1], Roster) else None
    leaving, staying = said_by_phone.stricter(leaving, old), said_by_phone.stricter(staying, number)
    return Pair(leaving, staying, source, target, old, number, roster)


def _wrong(pair: Pair) -> str:
    if pair.ends.legal_hold_at or pair.ends.erasing or pair.stays.erasing:  # a merge empties the rows of the one that ends
        return "held"
    if pair.ends.patient_id == pair.stays.patient_id:
        return "same"
    if pair.ends.program != pair.stays.program:
        return "program"
    if pair.ends.call_first:  # its task would hold the other record for ever
        return "call"
    if (pair.ends.plan and not pair.stays.plan) or (pair.ends.duress and not pair.stays.duress):
        return "plan"  # SAFE-4: the word for "not safe" is of one record, and would from now on say nothing
    if hours_of_both(pair.stays, pair.ends) is None:
        return "hours"
    if pair.ends.moving or pair.stays.moving:
        return "moving"
    return "merged" if pair.ends.merged_into or pair.stays.merged_into else ""


def _changes(world: World, who: Staff, pair: Pair, form_id: str) -> list[Change]:
    now, ends, stays = world.clock(), pair.ends, pair.stays
    level, consent = stricter(stays, ends)
    move = Move(
        form_id, "merge", ends.patient_id, stays.patient_id, stays.program, stays.patient_id, now, who.staff_id, ends.program,
        level_before=stays.content_level, consent_before=stays.consent,
    )
    strict: dict[str, object] = {"content_level": level, "consent": consent, "moving": form_id, "last_merge": form_id}
    marks = stricter_marks(stays, ends)
    strict |= {name: getattr(marks, name) for name in MARKS} | {"version": stays.version + 1}
    closed = {"merged_into": stays.patient_id, "moving": form_id, "version": ends.version + 1}
    changes: list[Change] = [
        nobody_holds(ends.patient_id),
        Put(move),
        Put(move_thread.due_for(move)),
        Update(Patient, (stays.patient_id,), set=strict, expect={"version": stays.version}),
        Update(Patient, (ends.patient_id,), set=closed, expect={"version": ends.version}),
        roster_with(world, who, pair.roster, stays.program, ends.patient_id, None),
        trail.entry(world, who, ends.patient_id, "merge", "care", now),
        trail.entry(world, who, stays.patient_id, "merge", "care", now),
        *_threads(pair),
        *_numbers(pair, now),
        *(Delete(record, (ends.program, ends.patient_id)) for record in (WaitlistEntry, Quiet)),
    ]
    changes += consent_lines.merged(world, who, stays, replace(marks, consent=consent), now)
    return changes


def _threads(pair: Pair) -> list[Change]:
    """Both only as they were read: a text of this moment is read again."""
    source, target = pair.source, pair.target
    place = {"program": target.program, "patient_id": target.thread_id, "contact_id": target.contact_id}
    fields = {**joined(source, target), **place}
    changes: list[Change] = [
        Update(Thread, (source.thread_id,), set=dict(EMPTIED), expect={"last_at": source.last_at or ABSENT}),
        Update(Thread, (target.thread_id,), set=fields, expect={"last_at": target.last_at or ABSENT}, create=True),
    ]
    reply_by = source.reply_by or target.reply_by
    if source.reply_by and target.reply_by:
        reply_by = min(source.reply_by, target.reply_by)
    return [*changes, owed_clock(target.thread_id, reply_by)] if reply_by else changes


def _numbers(pair: Pair, now: datetime) -> list[Change]:
    """The old number forgets who ended; open incidents go along, so that a further text pages who holds them (N2)."""
    ends, stays = pair.ends.patient_id, pair.stays.patient_id
    mine = taken_along(pair.old.incidents, ends, stays)
    moved = [rehoused(ref, thread_id=stays, patient_id=stays, contact_id=pair.number.contact_id) for ref in mine]
    same = pair.old.contact_id == pair.number.contact_id
    marks = stricter_marks(pair.stays, pair.ends)
    known = tuple(ref for ref in pair.number.patients if ref.patient_id != ends)
    people = tuple(ref_of(marks, ref.role, known) if ref.patient_id == stays else ref for ref in known)
    if len(people) == 1 and people[0].role == "shared":
        people = (replace(people[0], role="self"),)
    others = tuple(ref for ref in pair.number.incidents if ref.thread_id != ends)
    incidents = worst_first((*others, *mine))
    fields: dict[str, object] = {"patients": people, "incidents": incidents, "version": pair.number.version + 1}
    asked = pair.number.prompt
    if any(move_visits.asks_about(pair.number, each) for each in (ends, stays)):
        fields["prompt"] = None  # its visits are moving: a late "1" is words for a person
    elif asked is not None and asked.patient_id == ends:
        fields["prompt"] = replace(asked, patient_id=stays)
    number = Update(Contact, (pair.number.contact_id,), set=fields, expect={"version": pair.number.version or ABSENT})
    return [number, *moved] if same else [number, without_person(pair.old, ends, now), *moved]

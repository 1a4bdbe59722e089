"""A wrong merge taken back: each text that came with it goes home, what was written since stays, and both are looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.messages import Direction
from ..core.moving import as_careful, stricter
from ..core.people import ref_of
from ..core.records import ABSENT, Change, Contact, Message, Move, Patient, Put, Thread, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import consent_lines, legal_hold, move_thread, trail
from .merge_patients import Merged, NotMerged, Pair, read_pair
from .patient_rows import changed_hands
from .read_thread import open_profile
from .roster import Entry, roster_with

ATTEMPTS = 5
NO_LATE_RUN = timedelta(minutes=1)  # a run of the merge that still clears old rows is over by then
LOOK = 200  # rows looked through for the newest that came along


def undo(world: World, who: Staff, merge_id: str, form_id: str) -> Merged | NotMerged:
    """Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`."""
    for _ in range(ATTEMPTS):
        if world.store.get(Move, form_id) is not None:
            return Merged(form_id, True)
        merge = world.store.get(Move, merge_id)
        if merge is None or merge.kind != "merge":
            raise NotFound(merge_id)
        pair = read_pair(world, who, merge.source, merge.target)
        wrong = _wrong(world, merge, pair) if pair else "nobody"
        if pair is None or wrong:
            return NotMerged(wrong)
        try:
            world.store.commit(*_changes(world, who, merge, pair, form_id))
        except (Conflict, Rejected):
            continue
        move_thread.begin(world, who, form_id)
        return Merged(form_id)
    raise Conflict(merge_id)


def _wrong(world: World, merge: Move, pair: Pair) -> str:
    if merge.undone_by or pair.ends.merged_into != pair.stays.patient_id:
        return "gone"
    if merge.state != "done" or pair.ends.moving or pair.stays.moving:
        return "moving"
    if pair.stays.program != merge.program:
        return "program"
    return "early" if merge.done_at is None or world.clock() - merge.done_at < NO_LATE_RUN else ""


def _changes(world: World, who: Staff, merge: Move, pair: Pair, form_id: str) -> list[Change]:
    now, ends, stays = world.clock(), as_careful(pair.ends, pair.stays), pair.stays
    profile = open_profile(world, who, ends)
    back = Move(
        form_id, "unmerge", stays.patient_id, ends.patient_id, ends.program, ends.patient_id, now, who.staff_id, stays.program,
        undoes=merge.move_id,
    )
    as_before = _as_before(merge, ends, stays, form_id)
    given_back = sorted({*as_before.set.get("consent", ())} - {*stays.consent})
    opened: dict[str, object] = {"merged_into": None, "moving": form_id, "version": ends.version + 1}
    mark, held = legal_hold.shared(world, who, stays.patient_id, ends.patient_id, now)
    opened |= {"held_at": ends.held_at, "quiet_until": ends.quiet_until, **mark}
    return [
        Put(back),
        Put(move_thread.due_for(back)),
        *held,
        Update(Move, (merge.move_id,), set={"undone_by": form_id}, expect={"undone_by": ABSENT}),
        Update(Patient, (ends.patient_id,), set=opened, expect={"version": ends.version}),
        as_before,
        *consent_lines.lines(world, who, stays.patient_id, given_back, "granted", "merge_undone", now),
        roster_with(world, who, pair.roster, ends.program, ends.patient_id, Entry(profile.name, profile.tags)),
        trail.entry(world, who, ends.patient_id, "undo_merge", "care", now),
        trail.entry(world, who, stays.patient_id, "undo_merge", "care", now),
        *_threads(world, merge, pair),
        _number(pair.old, ends, now),
    ]


def _as_before(merge: Move, ends: Patient, stays: Patient, form_id: str) -> Update:
    """What the merge took from the record that stayed comes back, unless somebody decided anew since."""
    fields: dict[str, object] = {"moving": form_id, "last_merge": None, "version": stays.version + 1}
    before = Patient("", "", "", b"", content_level=merge.level_before, consent=merge.consent_before)
    if stricter(before, ends) == (stays.content_level, stays.consent):
        fields |= {"content_level": merge.level_before, "consent": merge.consent_before}
    return Update(Patient, (stays.patient_id,), set=fields, expect={"version": stays.version})


def _threads(world: World, merge: Move, pair: Pair) -> list[Change]:
    """Whoever waits goes on waiting where their texts stand now."""
    rows, target = world.store.newest(pair.target.thread_id, LOOK), pair.target
    came = [row for row in rows if row.came_by == merge.move_id]
    place: dict[str, object] = {"program": pair.ends.program, "patient_id": pair.ends.patient_id}
    place |= {"contact_id": pair.ends.contact_id, "last_at": came[0].at if came else merge.at, "note": "merge_undone"}
    rest = [row for row in rows if row.came_by != merge.move_id]
    still = {"last_at": target.last_at or ABSENT}
    return [
        Update(Thread, (pair.ends.patient_id,), set=place | _waiting(came, target), create=True),
        Update(Thread, (target.thread_id,), set={"note": "merge_undone", **_waiting(rest, target)}, expect=still),
    ]


def _waiting(rows: list[Message], before: Thread) -> dict[str, object]:
    """What of the waiting is these rows', newest first."""
    owed = [row for row in rows if before.waiting_since and row.direction == Direction.IN and row.at >= before.waiting_since]
    if not owed:
        return {"waiting_since": None, "reply_by": None, "unanswered": 0}
    return {
        "waiting_since": owed[-1].at, "reply_by": before.reply_by, "unanswered": len(owed), "last_inbound_id": owed[0].message_id,
    }  # fmt: skip


def _number(contact: Contact, ends: Patient, now: datetime) -> Update:
    """Their number knows them again, beside whoever has it now."""
    role = "shared" if contact.patients else "self"
    people = (*contact.patients, ref_of(ends, role))
    fields: dict[str, object] = {"patients": people, "version": contact.version + 1} | changed_hands(contact, now)
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version or ABSENT})

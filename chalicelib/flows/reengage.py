"""Begin a re-engagement and end one: its row, its one due row, and the trail. What leaves is decided in `send_reengagement`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from ..core.appointments import Appointment
from ..core.consent import Scope, allowed, standing_of
from ..core.quiet import last_visit
from ..core.records import Change, Contact, Due, Patient, Quiet, Thread, Update
from ..core.reengagement import MISSED, QUIET, Back, Reengagement, ended, next_at, owes_a_call, planned, why_stop
from ..core.return_sequences import choose
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from ..texts import reengagement as texts
from . import call_first, trail
from .outbox import SHARD, gone, keep_due
from .plan_touches import zone_of
from .read_thread import admit

KIND = "reengage"  # of the due rows
ATTEMPTS = 4
PURPOSE = "care"
NOT_NOW = {"on_hold", "deceased", "merged"}


def due_of(row: Reengagement) -> Due | None:
    at = next_at(row)
    return Due(SHARD, at, f"{KIND}#{row.ref}", KIND, row.ref) if at is not None else None


def row_of(was: Reengagement, row: Reengagement) -> list[Change]:
    """Only the fields that moved, as it was read, and its due row with it."""
    names = [each.name for each in fields(Reengagement) if each.name not in (*Reengagement.key, "version")]
    moved = {name: getattr(row, name) for name in names if getattr(row, name) != getattr(was, name)}
    key = (was.patient_id, was.reengagement_id)
    change = Update(Reengagement, key, set={**moved, "version": was.version + 1}, expect={"version": was.version})
    old, new = due_of(was), due_of(row)
    return [change, *([gone(old)] if old and old != new else []), *([keep_due(new)] if new and old != new else [])]


def stopped(row: Reengagement, why: str, by: str, now: datetime) -> list[Change]:
    return row_of(row, ended(row, why, by, now)) if row.state == "on" else []


def begun(
    world: World, patient: Patient, why: str, by: str, now: datetime, visit: Appointment | None, row_id: str = ""
) -> list[Change]:
    """The changes that begin it; none where no sequence is for this program. By field: a job may change rows and put none."""
    sequence = choose(texts.sequences(), why, patient.program)
    if sequence is None:
        return []
    missed_at = visit.start_at if visit is not None and why == MISSED else None
    row = Reengagement(
        patient.patient_id, row_id or world.ids(now), patient.program, sequence.sequence_id, why, now, by,
        visit.appointment_id if visit else "",
        planned(sequence, zone_of(world, patient), patient.safe_hours, now, missed_at),
    )  # fmt: skip
    held = {each.name: getattr(row, each.name) for each in fields(Reengagement) if each.name not in Reengagement.key}
    due = due_of(row)
    key = (row.patient_id, row.reengagement_id)
    return [Update(Reengagement, key, set=held, create=True), *([keep_due(due)] if due else [])]


def start(world: World, who: Staff, patient_id: str) -> str:
    """A person begins the sequence for who has gone quiet: "begun"; "call" where a clinician calls first; or a word of
    `core.reengagement.WHY` for why it does not begin. Raises `NotFound`, `Conflict`, `StoreError`."""
    for _ in range(ATTEMPTS):
        thread, patient = admit(world, who, patient_id, "start_reengagement", PURPOSE)
        if patient is None or not who.may_see(patient.program):
            raise NotFound(patient_id)
        word, changes = begin_quiet(world, patient, thread, who.staff_id)
        if not changes:
            return word
        now = world.clock()
        try:
            entry = trail.entry(world, who, patient_id, "start_reengagement", PURPOSE, now)
            world.store.commit(*changes, *_noted(world, patient, now), entry)
        except (Rejected, Conflict):
            continue
        return word
    raise Conflict(patient_id)


def begin_quiet(world: World, patient: Patient, thread: Thread | None, by: str) -> tuple[str, list[Change]]:
    """What begins for somebody who has gone quiet, and its changes; none where nothing may. Raises `StoreError`."""
    now = world.clock()
    if word := _not_now(patient):
        return word, []
    if why := owes_a_call(patient, thread, now):
        return "call", call_first.asked(world, patient, by, now, why)
    contact = world.store.get(Contact, patient.contact_id) if patient.contact_id else None
    if word := wants_yes(patient, contact):
        return word, []
    known = world.store.reengagements_of(patient.patient_id)
    if any(each.state == "on" for each in known):
        return "on", []
    visits = world.store.appointments_of(patient.patient_id)
    sketch = Reengagement(patient.patient_id, "", patient.program, "", QUIET, now, by)
    if word := why_stop(Back(sketch, thread, visits), patient, "", now):
        return word, []
    rows = begun(world, patient, QUIET, by, now, last_visit(visits, now))
    return ("begun", rows) if rows else ("sequence_changed", [])


def wants_yes(patient: Patient, contact: Contact | None) -> str:
    """Why the ledgers would keep what comes days later here (CTIA-6: it needs a yes of its own), or ""."""
    word = allowed(standing_of(Scope.RE_ENGAGEMENT, contact, patient)) if contact else "no_number"
    return "" if word == "unsure_stop" else word


def _noted(world: World, patient: Patient, now: datetime) -> list[Change]:
    """On the list of who has gone quiet, where they stand on it, for whoever looks there next."""
    entry = world.store.get(Quiet, patient.program, patient.patient_id)
    key = (patient.program, patient.patient_id)
    return [Update(Quiet, key, set={"begun_at": now}, expect={"found_at": entry.found_at})] if entry else []


def _not_now(patient: Patient) -> str:
    if patient.merged_into:
        return "merged"
    return {"active": "", "deceased": "deceased"}.get(patient.status, "on_hold")


def stop(world: World, who: Staff, patient_id: str, reengagement_id: str) -> bool:
    """One click: nothing more of it leaves, not even what is queued. Whether it was on. Raises as `start`."""
    for _ in range(ATTEMPTS):
        _, patient = admit(world, who, patient_id, "stop_reengagement", PURPOSE)
        row = world.store.get(Reengagement, patient_id, reengagement_id)
        if patient is None or row is None or not who.may_see(patient.program):
            raise NotFound(patient_id)
        if row.state != "on":
            return False
        now = world.clock()
        changes = stopped(row, "by_staff", who.staff_id, now)
        try:
            world.store.commit(*changes, trail.entry(world, who, patient_id, "stop_reengagement", PURPOSE, now))
        except (Rejected, Conflict):
            continue
        return True
    raise Conflict(patient_id)


def with_visit(rows: list[Reengagement], visit_id: str) -> list[Reengagement]:
    """Those that are on about one visit."""
    return [each for each in rows if each.state == "on" and each.visit_id == visit_id and each.why == MISSED]


def as_it_stands(
    row: Reengagement, patient: Patient, thread: Thread | None, visits: Sequence[Appointment], now: datetime
) -> Reengagement:
    """As the page shows it: what has ended it shows at once, before its next text comes due."""
    if row.state != "on":
        return row
    touch = row.next.name if row.next else ""
    word = _not_now(patient) or why_stop(Back(row, thread, visits), patient, touch, now)
    return replace(row, state="stopped", stopped_why=word) if word else row

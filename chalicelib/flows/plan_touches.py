"""After any change of a visit: its texts planned anew, and those of the visits near it where that changes something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from ..core.appointments import NEAR, Appointment, Details, Touch, rhythm_of
from ..core.records import Change, Contact, Due, Patient, Setting, Update
from ..core.sealed_json import read, written
from ..core.sequence_overlay import laid_over
from ..core.sequences import Sequence, choose
from ..core.settings import SEQUENCE
from ..core.touches import Shape, plan, planned
from ..ports import SealContext, World
from ..texts import approval
from ..texts import visits as visit_texts
from .outbox import SHARD, gone, keep_due

KIND = "touch"  # of the due rows
MOST = 80  # changes besides the caller's own: what does not fit is planned by the next change, and told right all the same


@dataclass(frozen=True, slots=True)
class Around:
    """Whose visits, on which number, and what else is in their calendar."""

    patient: Patient
    contact: Contact | None
    visits: tuple[Appointment, ...]
    sequences: tuple[Sequence, ...]  # of their program, as they stand


def read_around(world: World, patient: Patient) -> Around:
    """One batch read and one query. Raises `StoreError`."""
    number = patient.contact_id or "none"
    contact, known = world.store.get_many([(Contact, (number,)), (Setting, (SEQUENCE, patient.program))])
    assert contact is None or isinstance(contact, Contact)
    assert known is None or isinstance(known, Setting)
    return Around(patient, contact, tuple(world.store.appointments_of(patient.patient_id)), sequences_as(known))


def sequences_as(known: Setting | None) -> tuple[Sequence, ...]:
    """The released sequences with a program's own laid over."""
    released = visit_texts.sequences()
    return laid_over(released, known.value, approval.purposes()) if known else released


def replan(
    world: World, around: Around, visit: Appointment, was: Appointment | None, now: datetime
) -> tuple[Appointment, list[Change]]:
    """The visit with its touches, and every change but the one of its own row. The same state again changes nothing."""
    others = tuple(each for each in around.visits if each.appointment_id != visit.appointment_id)
    done = with_touches(world, around, visit, others, now)
    changes: list[Change] = list(due_changes(was, done))
    calendar = {each.appointment_id: each for each in (*others, done)}
    for each in sorted(others, key=lambda other: (other.start_at, other.appointment_id)):
        if not each.ahead or each.start_at <= now or not _near(each, visit, was):
            continue
        again = with_touches(world, around, each, tuple(calendar.values()), now)
        more = [] if again == each else [_row(each, again), *due_changes(each, again)]
        if len(changes) + len(more) <= MOST:
            changes += more
            calendar[each.appointment_id] = again
    return done, changes


def with_touches(
    world: World, around: Around, visit: Appointment, others: Iterable[Appointment], now: datetime
) -> Appointment:
    """The visit as it would be planned at this moment: what the preview shows."""
    rest = tuple(each for each in others if each.appointment_id != visit.appointment_id)
    sequence = choose(around.sequences, visit, rhythm_of(visit, rest))
    touches = plan(visit, sequence, shape(world, around, rest), now)
    return replace(visit, sequence=sequence.tag if sequence else "", touches=touches)


def shape(world: World, around: Around, others: tuple[Appointment, ...]) -> Shape:
    sent = around.contact.auto_sent if around.contact else ()
    return Shape(zone_of(world, around.patient), around.patient.safe_hours, sent, others, barred(around.patient.content_level))


def barred(level: int) -> dict[str, str]:
    """Templates that nobody approved, or that have no words for who allows no more than this."""
    offered = visit_texts.offered()
    above = {each: "content_level" for each in offered if approval.approved(each) and approval.least_level(each) > level}
    return {each: "not_approved" for each in offered if not approval.approved(each)} | above


def zone_of(world: World, patient: Patient) -> ZoneInfo:
    """TCPA-13: the patient's own, else the clinic's."""
    try:
        return ZoneInfo(patient.zone) if patient.zone else world.clinic.zone
    except (KeyError, ValueError, OSError):
        return world.clinic.zone


def touch_due(visit: Appointment, touch: Touch) -> Due:
    return Due(SHARD, touch.at, f"{KIND}#{visit.ref}#{touch.name}", KIND, visit.ref, about=touch.name)


def due_changes(was: Appointment | None, visit: Appointment) -> list[Change]:
    """The due rows that go, and those that come."""
    old = {touch_due(was, touch) for touch in planned(was)} if was else set()
    new = {touch_due(visit, touch) for touch in planned(visit)} if visit.ahead else set()
    order = sorted(old - new, key=lambda due: (due.at, due.due_id)), sorted(new - old, key=lambda due: (due.at, due.due_id))
    return [*map(gone, order[0]), *map(keep_due, order[1])]


def _near(other: Appointment, visit: Appointment, was: Appointment | None) -> bool:
    starts = (visit.start_at, was.start_at) if was else (visit.start_at,)
    return any(abs(other.start_at - start) <= NEAR for start in starts)


def _row(was: Appointment, visit: Appointment) -> Update:
    fields = {"touches": visit.touches, "sequence": visit.sequence}
    return changed(was, **fields)


def changed(was: Appointment, **fields: object) -> Update:
    """One visit's row, as it was read."""
    key = (was.patient_id, was.appointment_id)
    return Update(Appointment, key, set={**fields, "version": was.version + 1}, expect={"version": was.version})


def details_context(visit: Appointment) -> SealContext:
    return SealContext(visit.patient_id, visit.program, "appointment")


def seal_details(world: World, visit: Appointment, details: Details) -> bytes:
    """Raises `SealFailed`."""
    return world.vault.seal(details_context(visit), visit.ref, written(details))


def open_details(world: World, visit: Appointment, reader: str) -> Details:
    """Raises `OpenFailed`."""
    if not visit.sealed_details:
        return Details()
    said, later = read(Details, world.vault.open(details_context(visit), visit.ref, visit.sealed_details, reader))
    return Details(**said, **later)

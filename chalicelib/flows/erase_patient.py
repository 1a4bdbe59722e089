"""Two people decide that a record is deleted whole; a legal hold, an open urgent item or the table of years says no.

The first may be the compliance officer, who opens nothing. The second is a records person of the program: with their key the
name leaves the program's list, in the transaction that decides. What follows is `erase_rows`, counted row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ..core.erasures import ASKED, CONFIRMED, DROPPED, GONE, LISTED, WHY, Erasure
from ..core.holds import Hold
from ..core.records import ABSENT, Change, Contact, Due, Patient, Put, Roster, Thread, Update
from ..core.retention import StateRule, kept_until
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from ..texts import retention
from . import trail
from .legal_hold import PURPOSE, known, nobody_holds, settled
from .open_rows import open_profile
from .outbox import SHARD
from .roster import roster_with

KIND = "erase"


def current_rule() -> StateRule | None:
    return retention.table().rule


@dataclass(frozen=True, slots=True)
class Wish:
    """`agreed`: that counsel was asked, for "request"."""

    why: str
    agreed: bool = False


def ask(world: World, who: Staff, patient_id: str, wish: Wish, form_id: str) -> str:
    """asked, or why not: why, agreed, status, open, held, moving. Raises `NotFound`, `StoreError`."""
    patient = known(world, who, patient_id, "erase_asked")
    if (made := world.store.get(Erasure, form_id)) is not None:
        return "asked" if made.patient_id == patient_id else "moved"
    wrong = _wrong_wish(wish) or blocked(world, patient, wish.why)
    if wrong:
        return wrong
    now = world.clock()
    made = Erasure(form_id, patient_id, patient.program, now, wish.why, ASKED, asked_by=who.staff_id, asked_at=now)
    return settled(world, [
        Put(made),
        Update(Patient, (patient_id,), set={"erasing": form_id}, expect={"erasing": ABSENT}),
        nobody_holds(patient_id),
        trail.entry(world, who, patient_id, "erase_asked", PURPOSE, now, wish.why),
    ], "asked")  # fmt: skip


def agree(world: World, who: Staff, erasure_id: str) -> str:
    """The first of two, to what the table of years listed: asked, or why not. Raises `NotFound`, `StoreError`."""
    made, patient = _of(world, who, erasure_id, "erase_asked")
    wrong = "already" if made.state != LISTED else blocked(world, patient, made.why)
    if wrong:
        return wrong
    now = world.clock()
    return settled(world, [
        _to(made, state=ASKED, asked_by=who.staff_id, asked_at=now),
        nobody_holds(patient.patient_id),
        trail.entry(world, who, patient.patient_id, "erase_asked", PURPOSE, now, made.why),
    ], "asked")  # fmt: skip


def drop(world: World, who: Staff, erasure_id: str) -> str:
    """Kept after all: dropped, or already. Raises `NotFound`, `StoreError`."""
    made, patient = _of(world, who, erasure_id, "erase_dropped")
    if made.state not in (LISTED, ASKED):
        return "already"
    now = world.clock()
    return settled(world, [
        _to(made, state=DROPPED, ended_at=now, ended_by=who.staff_id),
        Update(Patient, (patient.patient_id,), set={"erasing": None}, expect={"erasing": erasure_id}),
        trail.entry(world, who, patient.patient_id, "erase_dropped", PURPOSE, now, made.why),
    ], "dropped")  # fmt: skip


def confirm(world: World, who: Staff, erasure_id: str, rule: Callable[[], StateRule | None] = current_rule) -> str:
    """The second person: confirmed, or why not: already, same, role, years, and as `ask`. `rule`: what the table says today.
    Raises `NotFound`, `StoreError`, `VaultError`."""
    made, patient = _of(world, who, erasure_id, "erase_confirmed")
    around = read_around(world, patient)
    wrong = _wrong_second(made, who, patient) or blocked(world, patient, made.why, around)
    wrong = wrong or (_too_young(world, who, made, patient, rule()) if made.why == "retention" else "")
    if wrong:
        return wrong
    now = world.clock()
    return settled(world, [*_confirmed(world, who, made, patient, around, now), nobody_holds(patient.patient_id)], "confirmed")


@dataclass(frozen=True, slots=True)
class Around:
    """Thread and number as they were looked at: what decides asks that they still are so, or a text in danger came between."""

    thread: Thread | None
    contact: Contact | None


def read_around(world: World, patient: Patient) -> Around:
    """Raises `StoreError`."""
    return Around(world.store.get(Thread, patient.patient_id), world.store.get(Contact, patient.contact_id))


def blocked(world: World, patient: Patient, why: str, around: Around | None = None) -> str:
    """What keeps a record from being deleted at this moment: held, moving, open, status, or "". Raises `StoreError`."""
    hold, around = world.store.get(Hold, patient.patient_id), around or read_around(world, patient)
    thread, contact = around.thread, around.contact
    mine = [ref for ref in (contact.incidents if contact else ()) if ref.thread_id == patient.patient_id]
    if hold is not None and hold.placed_at is not None:
        return "held"
    if patient.moving or patient.merged_into:
        return "moving"
    if mine or patient.call_first or (thread is not None and thread.waiting_since is not None):
        return "open"
    return "status" if why != "mistake" and patient.status not in GONE else ""


def last_contact(world: World, patient: Patient) -> datetime:
    """The newest of: a text, a visit, the day they left, the day they were registered. Raises `StoreError`."""
    thread = world.store.get(Thread, patient.patient_id)
    visits = [each.start_at for each in world.store.appointments_of(patient.patient_id, 1000)]
    known_at = [thread.last_at if thread else None, patient.discharged_at, patient.created_at, patient.called_at, *visits]
    return max((at for at in known_at if at is not None), default=world.clock())


def _too_young(world: World, who: Staff, made: Erasure, patient: Patient, rule: StateRule | None) -> str:
    """The table's years, now with the birth date, which no job may open. No row any more: kept."""
    today = world.clock().astimezone(UTC).date()
    world.store.commit(trail.entry(world, who, patient.patient_id, "read_patient", PURPOSE, world.clock()))
    born: date | None = open_profile(world, who, patient).birth_date
    if rule is None or rule.name != made.law or born is None:
        return "years"
    return "" if kept_until(rule, last_contact(world, patient).date(), born) <= today else "years"


def _confirmed(world: World, who: Staff, made: Erasure, patient: Patient, around: Around, now: datetime) -> list[Change]:
    thread, contact = around.thread, around.contact
    roster = world.store.get(Roster, patient.program)
    gone: dict[str, object] = {"moving": made.erasure_id, "version": patient.version + 1}
    gone |= {} if patient.status in GONE else {"status": "discharged"}
    return [
        _to(made, state=CONFIRMED, confirmed_by=who.staff_id, confirmed_at=now, program=patient.program),
        Update(Patient, (patient.patient_id,), set=gone, expect={"version": patient.version, "erasing": made.erasure_id}),
        roster_with(world, who, roster, patient.program, patient.patient_id, None),
        *([_off_the_number(contact, patient.patient_id, now)] if contact else []),
        _as_it_was(thread, patient.patient_id),
        Put(Due(SHARD, now, f"{KIND}#{made.erasure_id}", KIND, made.erasure_id)),
        trail.entry(world, who, patient.patient_id, "erase_confirmed", PURPOSE, now, made.why),
        trail.entry(world, who, f"roster#{patient.program}", "read_names", PURPOSE, now),
    ]


def _off_the_number(contact: Contact, patient_id: str, now: datetime) -> Update:
    """From then on its texts are nobody's or the others' on this phone. Its STOP stays."""
    left = tuple(ref for ref in contact.patients if ref.patient_id != patient_id)
    fields: dict[str, object] = {"patients": left, "owner_at": now, "version": contact.version + 1}
    if contact.prompt is not None and contact.prompt.patient_id == patient_id:
        fields["prompt"] = None
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})


def _as_it_was(thread: Thread | None, patient_id: str) -> Update:
    """No text came since, and no first one."""
    last = thread.last_inbound_id if thread else ""
    return Update(Thread, (patient_id,), expect={"last_inbound_id": last or ABSENT}, create=thread is None)


def _of(world: World, who: Staff, erasure_id: str, action: str) -> tuple[Erasure, Patient]:
    made = world.store.get(Erasure, erasure_id)
    return_to = made.patient_id if made else ""
    patient = known(world, who, return_to, action)
    if made is None:
        raise NotFound(erasure_id)
    return made, patient


def _to(made: Erasure, **fields: object) -> Update:
    return Update(Erasure, (made.erasure_id,), set={**fields, "version": made.version + 1}, expect={"version": made.version})


def _wrong_wish(wish: Wish) -> str:
    if wish.why not in WHY or wish.why == "retention":
        return "why"
    return "agreed" if wish.why == "request" and not wish.agreed else ""


def _wrong_second(made: Erasure, who: Staff, patient: Patient) -> str:
    if made.state != ASKED:
        return "already"
    if made.asked_by == who.staff_id:
        return "same"
    return "" if who.may(Action.RECORDS) and who.may_see(patient.program) else "role"

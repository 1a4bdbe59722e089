"""Everything a clinician needs for one urgent item, in one look: whose it is, what was said, what is known for a crisis."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from ..core.incident_clock import when
from ..core.messages import Direction, Kind
from ..core.not_safe import leave_alone
from ..core.own_keys import AFTERWARDS
from ..core.records import Contact, Incident, Message, Patient, Profile, Record, StaffPhone, Task, Tasks, Thread
from ..core.safe_phone import SafePhone
from ..core.said_by_phone import stricter
from ..core.staff import Staff
from ..errors import KeyRefused, KeyUnavailable, NotFound, PassOver
from ..ports import World
from . import trail
from .admission import by_key, by_page, let_in
from .handle_incident import was_paged
from .plan_rows import read_opened
from .read_thread import Opened, one_request, open_all, open_number, open_profile
from .sign_off import closed_by

T = TypeVar("T")
SHOWN = 20  # texts of the incident; the thread has them all
SAID = ("detected", "raised", "not_safe_word", "text", "reaction", "asks_for_texts")  # steps that name a message


@dataclass(frozen=True, slots=True)
class Workspace:
    """`said`: the texts of the incident, oldest first, and our crisis answers among them. `cut`: there are more."""

    incident: Incident
    thread: Thread
    patient: Patient | None
    profile: Profile | None
    number: str
    said: tuple[Opened, ...]
    cut: bool
    tasks: tuple[Task, ...]  # what is left to do about it
    shared: bool  # somebody else may answer this phone
    phone: StaffPhone | None = None  # the reader's own, for a call through the clinic
    plan: SafePhone | None = None  # how this phone is used without harm
    alone: bool = False  # nobody may call or text this phone: neither its number nor another contact's is here
    silent: bool = False  # the service of keys did not answer: what stands here needed none

    @property
    def unread(self) -> bool:
        """A safe-phone plan was agreed, and is not on this page."""
        return self.patient is not None and self.patient.plan > 0 and self.plan is None

    @property
    def answered(self) -> bool:
        """Whether the automatic answer, which names 988, was sent to them."""
        return any(each.row.kind == Kind.CRISIS_ANSWER for each in self.said)


class Openings:
    """What is opened for one page, and what stands there instead where the service of keys is silent: the item, its clocks and
    its buttons need no key (N2)."""

    def __init__(self) -> None:
        self.silent = False

    def of(self, opening: Callable[[], T], nothing: T) -> T:
        try:
            return opening()
        except KeyUnavailable:
            self.silent = True
            return nothing


def read_incident(world: World, who: Staff, incident_id: str) -> Workspace:
    """Four reads and at most one KMS call per data key; nothing is shown that is not in the trail.

    Raises `NotFound` (also for another program's, which leaves an audit entry), `OpenFailed`, `StoreError`.
    """
    world, opening = one_request(world), Openings()
    incident = admit_to(world, who, incident_id, "read_incident")
    world.store.commit(trail.entry(world, who, incident.thread_id, "read_incident", "crisis", world.clock()))
    with ThreadPoolExecutor(4) as pool:
        texts = pool.submit(_texts_of, world, incident)
        thread, patient, contact, tasks, phone = world.store.get_many(_around(incident, who))
        assert thread is None or isinstance(thread, Thread)
        assert patient is None or isinstance(patient, Patient)
        assert contact is None or isinstance(contact, Contact)
        assert tasks is None or isinstance(tasks, Tasks)
        assert phone is None or isinstance(phone, StaffPhone)
        patient = stricter(patient, contact) if patient else None
        profile = pool.submit(opening.of, partial(_profile_of, world, who, patient, incident), None) if patient else None
        plan = pool.submit(opening.of, partial(read_opened, world, patient, who.staff_id), None) if patient else None
        rows, cut = texts.result()
        said = opening.of(partial(open_all, world, who, rows), tuple(Opened(row, None) for row in rows))
        known = profile.result() if profile else None
        agreed = plan.result() if plan else None
    place = thread or Thread(incident.thread_id, incident.program, incident.contact_id, incident.patient_id)
    mine = tuple(each for each in tasks.items if each.incident_id == incident_id) if tasks else ()
    number = known.number if known else opening.of(partial(open_number, world, who, contact), "")
    shared = contact is not None and len(contact.patients) > 1
    space = Workspace(incident, place, patient, known, number, said, cut, mine, shared, phone, agreed, silent=opening.silent)
    return _left_alone(space) if leave_alone(patient, incident.categories) else space


def _profile_of(world: World, who: Staff, patient: Patient, incident: Incident) -> Profile | None:
    """None where AWS does not let them yet whom it called: their grant may be moments behind the page, and the item, its clocks
    and the number must not wait for a name (N2)."""
    try:
        return open_profile(world, who, patient)
    except PassOver:
        raise
    except KeyRefused:
        if not was_paged(world, incident, who):
            raise
        world.journal.event("open_failed", thread_id=patient.patient_id)
        return None


def _around(incident: Incident, who: Staff) -> list[tuple[type[Record], tuple[str, ...]]]:
    return [
        (Thread, (incident.thread_id,)),
        (Patient, (incident.thread_id,)),
        (Contact, (incident.contact_id,)),
        (Tasks, (incident.program,)),
        (StaffPhone, (who.staff_id,)),
    ]


def _left_alone(space: Workspace) -> Workspace:
    """SAFE-4: what nobody may call or text is not on the page; who else is written down as a contact may be whom they fear."""
    known = replace(space.profile, number="", emergency="", answers="") if space.profile else None
    return replace(space, profile=known, number="", alone=True)


def admit_to(world: World, who: Staff, incident_id: str, action: str) -> Incident:
    """The incident, for a person of its program, or whom it called: while it is open and a day after. Raises `NotFound`."""
    incident = world.store.get(Incident, incident_id)
    if incident is None:
        raise NotFound(incident_id)
    by = "" if who.may_see(incident.program) else _still_theirs(world, who, incident)
    let_in(who, by, incident.thread_id, incident.patient_id, incident.contact_id)
    if not by and not who.may_see(incident.program):
        trail.refuse(world, who, incident.thread_id, action, "crisis")
        raise NotFound(incident_id)
    return incident


def _still_theirs(world: World, who: Staff, incident: Incident) -> str:
    """By what it still is; "" where it is not."""
    over = when(incident, "resolved") or when(incident, "dismissed")
    if by := by_key(world, who, incident.patient_id or incident.contact_id):
        return by
    if over is not None and world.clock() - over > AFTERWARDS:
        return ""
    theirs = was_paged(world, incident, who) or closed_by(incident) == who.staff_id
    return by_page(incident.incident_id) if theirs else ""


def _texts_of(world: World, incident: Incident) -> tuple[list[Message], bool]:
    """The first text and the newest ones that its history names, and our crisis answers."""
    named = list(dict.fromkeys(step.detail for step in incident.steps if step.what in SAID and step.detail))
    wanted = named if len(named) <= SHOWN else [named[0], *named[1 - SHOWN :]]
    theirs = world.store.get_many([(Message, (incident.thread_id, each)) for each in wanted]) if wanted else []
    found = {row.message_id: row for row in theirs if isinstance(row, Message)}
    for row in world.store.newest(incident.thread_id):
        if row.incident_id == incident.incident_id and row.direction == Direction.OUT:
            found[row.message_id] = row
    return sorted(found.values(), key=lambda row: (row.at, row.message_id)), len(named) > SHOWN

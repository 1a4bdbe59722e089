"""Who may come in to one patient: by their programs, by a page, or by a key that was lent them. Whoever may not leaves a line."""

from __future__ import annotations

from ..core.audit import JOB
from ..core.incidents import called
from ..core.own_keys import GLASS
from ..core.records import Incident, LentKey, Patient, Thread
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from . import trail


def admit(world: World, who: Staff, thread_id: str, action: str, purpose: str) -> tuple[Thread, Patient | None]:
    """The thread and its patient, for a person of its program, or whom its open incident paged.

    Anybody else reads "not found", as if it were not there, and leaves an audit entry (T21). Raises `NotFound`.
    """
    thread, patient = world.store.get_many([(Thread, (thread_id,)), (Patient, (thread_id,))])
    assert thread is None or isinstance(thread, Thread)
    assert patient is None or isinstance(patient, Patient)
    if thread is None and patient is not None:
        thread = Thread(thread_id, patient.program, patient.contact_id, patient.patient_id)
    if thread is None:
        raise NotFound(thread_id)
    subject = thread.patient_id or thread.contact_id
    by = "" if who.may_see(thread.program) or not _called(who) else _besides(world, who, thread, subject)
    let_in(who, by, thread.thread_id, subject, thread.contact_id)
    if not by and not who.may_see(thread.program):
        trail.refuse(world, who, thread_id, action, purpose)
        raise NotFound(thread_id)
    return thread, patient


def let_in(who: Staff, by: str, *subjects: str) -> None:
    """From here on this request's lines about them say by what somebody of another program came in. `by` "": by their own."""
    for subject in subjects:
        who.let_in.pop(subject, None)
        if subject and by:
            who.let_in[subject] = by


def _besides(world: World, who: Staff, thread: Thread, subject: str) -> str:
    """By what, besides their programs: "page:<item>", "break_glass:<lending>"; "" where nothing lets them in."""
    return by_page(thread.incident_id) if _was_paged(world, who, thread) else by_key(world, who, subject)


def by_page(incident_id: str) -> str:
    return f"page:{incident_id}"


def by_key(world: World, who: Staff, subject: str) -> str:
    """"" where none was lent them that is open still."""
    row = world.store.get(LentKey, who.staff_id, subject)
    if row is None or not row.open_at(world.clock()):
        return ""
    return f"break_glass:{row.about}" if row.why == GLASS else by_page(row.about)


def _called(who: Staff) -> bool:
    """Whether they could have been: a machine is never paged nor lent a key, and its role may not look for either."""
    return not who.staff_id.startswith(JOB)


def lent(world: World, who: Staff, subject: str) -> bool:
    """Whether a page opened this one record to them, for a while."""
    return bool(by_key(world, who, subject))


def _was_paged(world: World, who: Staff, thread: Thread) -> bool:
    incident = world.store.get(Incident, thread.incident_id) if thread.incident_id else None
    return incident is not None and paged_to(world, incident, who)


def paged_to(world: World, incident: Incident, who: Staff) -> bool:
    """Whether this open incident called this person: their door to a patient of another program."""
    return incident.state != "resolved" and called(incident, who.staff_id, world.clinic.on_rota(who.staff_id))

"""What is left to do after a crisis: added with what asks for it, shown in the inbox, gone when somebody says it is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..core import tasks
from ..core.records import Change, Incident, Patient, Task, Tasks, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import trail

ATTEMPTS = 4


def of_incident(
    world: World, incident: Incident, by: str, kinds: Iterable[str], now: datetime, owner: str = ""
) -> list[Change]:
    """The change that adds these, for the caller's transaction; none where the list is full (the board still counts them).

    A follow-up is whoever's who adds it, for the next day the program is open; `owner`: somebody else.
    """
    wanted = list(kinds)
    known = world.store.get(Tasks, incident.program) if wanted else None
    if known is not None and len(known.items) + len(wanted) > tasks.MOST:
        world.journal.event("tasks_full", incident_id=incident.incident_id)
        return []
    later = tasks.next_day(world.clinic, incident.program, now)
    rows = tuple(
        Task(
            task_id=world.ids(now),
            kind=kind,
            thread_id=incident.thread_id,
            by=by,
            at=now,
            due_at=now if kind in ("urgent_visit", "sign_off") else later,
            incident_id=incident.incident_id,
            patient_id=incident.patient_id,
            owner=owner or (by if kind == "follow_up" else ""),
        )
        for kind in wanted
    )
    return [add(incident.program, *rows)] if rows else []


def add(program: str, *rows: Task) -> Update:
    return Update(Tasks, (program,), append={"items": rows}, add={"version": 1}, create=True)


def once(world: World, program: str, task: Task) -> list[Change]:
    """The change that puts it on the list; none where one of the kind about the same of this patient stands there, or where the
    list is full. Raises `StoreError`."""
    known = world.store.get(Tasks, program)
    if known is None:
        return [add(program, task)]
    if len(known.items) >= tasks.MOST or any(_same(each, task) for each in known.items):
        return []
    return [Update(Tasks, (program,), append={"items": (task,)}, add={"version": 1}, expect={"version": known.version})]


def _same(one: Task, other: Task) -> bool:
    return (one.kind, one.patient_id, one.about) == (other.kind, other.patient_id, other.about)


def ask(world: World, who: Staff, incident: Incident, kind: str, owner: str = "") -> bool:
    """A person asks for it, once per incident and kind; whether it is on the list now. Raises `KeyError`, `StoreError`."""
    if not tasks.KINDS[kind].by_hand:
        raise KeyError(kind)
    now, known = world.clock(), world.store.get(Tasks, incident.program)
    if known and any((each.incident_id, each.kind) == (incident.incident_id, kind) for each in known.items):
        return True
    changes = of_incident(world, incident, who.staff_id, [kind], now, owner)
    if changes:
        world.store.commit(*changes, trail.entry(world, who, incident.thread_id, f"ask_{kind}", "crisis", now))
    return bool(changes)


def end(world: World, who: Staff, program: str, task_id: str) -> None:
    """It is done. What somebody else ended already stays so. Raises `NotFound` when it is not theirs to end, `Conflict`."""
    if not who.may_see(program):
        known_as = f"tasks#{program}" if program in world.clinic.programs else "tasks"
        trail.refuse(world, who, known_as, "end_task", "crisis")
        raise NotFound("tasks")  # what a form sent stays out of an error's words (N5)
    for _ in range(ATTEMPTS):
        known = world.store.get(Tasks, program)
        task = next((each for each in known.items if each.task_id == task_id), None) if known else None
        if known is None or task is None:
            return
        if not tasks.may_end(task, who):
            trail.refuse(world, who, task.thread_id or task.task_id, f"end_{task.kind}", "crisis")
            raise NotFound(task_id)
        now = world.clock()
        entry = trail.entry(world, who, task.thread_id or task.task_id, f"end_{task.kind}", "crisis", now)
        try:
            return world.store.commit(without(known, task_id), *_texts_again(world, task, now), entry)
        except (Rejected, Conflict):
            continue
    raise Conflict(task_id)


def _texts_again(world: World, task: Task, now: datetime) -> list[Change]:
    """A clinician has called: what waited for it may leave (`flows.call_first`). Raises `StoreError`."""
    patient = world.store.get(Patient, task.patient_id) if task.kind == tasks.CALL_FIRST else None
    if patient is None or patient.call_first != task.task_id:
        return []
    fields = {"call_first": None, "called_at": now}
    return [Update(Patient, (patient.patient_id,), set=fields, expect={"call_first": task.task_id})]


def taken_along(here: Tasks | None, there: Tasks | None, patient_id: str, program: str) -> list[Change]:
    """What is left to do for a patient goes to another program's list. One that is full leaves it where it is."""
    mine = [each for each in here.items if tasks.travels(each, patient_id)] if here else []
    held = len(there.items) if there else 0
    if here is None or not mine or held + len(mine) > tasks.MOST:
        return []
    return [without(here, *(each.task_id for each in mine)), add(program, *map(tasks.as_arrived, mine))]


def without(known: Tasks, *task_ids: str) -> Update:
    """The list without these."""
    rest = tuple(each for each in known.items if each.task_id not in task_ids)
    return Update(Tasks, (known.program,), set={"items": rest}, add={"version": 1}, expect={"version": known.version})

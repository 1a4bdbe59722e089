"""A clinician calls before anything automatic leaves: the task and the patient's mark.

Closing the task is `desk_tasks.end`. While `Patient.call_first` names an open task, N3 holds every text that we begin ourselves
(`Rule.after_call`).
"""

from __future__ import annotations

from datetime import datetime

from ..core.records import ABSENT, Change, Patient, Task, Tasks, Update
from ..core.tasks import CALL_FIRST
from ..ports import World
from . import desk_tasks


def asked(world: World, patient: Patient, by: str, now: datetime, why: str, visit_id: str = "") -> list[Change]:
    """The same-day task and the mark, for the caller's own transaction; one at a time. A full list does not stop it: a mark
    without a task would hold everything for ever. `why`: incident, item9, discharge."""
    if patient.call_first:
        return []
    about = f"{why}.{visit_id}" if visit_id else why
    task = Task(
        world.ids(now), CALL_FIRST, patient.patient_id, by, now, _today(world, patient.program, now),
        patient_id=patient.patient_id, about=about,
    )  # fmt: skip
    mark = Update(Patient, (patient.patient_id,), set={"call_first": task.task_id}, expect={"call_first": ABSENT})
    return [desk_tasks.add(patient.program, task), mark]


def _today(world: World, program: str, now: datetime) -> datetime:
    """The end of the open hours, or at once where the program is closed."""
    window = world.clinic.open_window(program, now)
    return window[1] if window and window[0] <= now else now


def taken_back(world: World, patient: Patient, visit_id: str) -> list[Change]:
    """The visit was not missed: its call is nothing to do. One for another reason stays. Raises `StoreError`."""
    known = world.store.get(Tasks, patient.program) if patient.call_first else None
    tasks = [each for each in known.items if each.task_id == patient.call_first] if known else []
    if known is None or not tasks or not tasks[0].about.endswith(f".{visit_id}"):
        return []
    mark = Update(Patient, (patient.patient_id,), set={"call_first": None}, expect={"call_first": patient.call_first})
    return [desk_tasks.without(known, patient.call_first), mark]

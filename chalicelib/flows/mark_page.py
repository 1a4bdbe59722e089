"""Was the page right? A person says true, false or unsure, and the screen is measured by it (PG-7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ..core.crisis_figures import page_load
from ..core.incidents import month_of
from ..core.records import Change, Incident, Step, Task, Tasks, Update
from ..core.staff import Staff
from ..ports import World
from . import desk_tasks, trail
from .handle_incident import read_to_act

WEEK = timedelta(days=7)
MARKS = ("true", "false", "unsure")


def mark_page(world: World, who: Staff, incident_id: str, mark: str) -> Incident:
    """The newest mark counts; each stands in the history. At any time, also once it is over.

    It changes nothing of the incident's road: a mark never closes anything, and closing never waits for one.
    Raises `KeyError` for another word, `NotFound`, `StoreError`.
    """
    if mark not in MARKS:
        raise KeyError(mark)
    incident, now = read_to_act(world, who, incident_id), world.clock()
    if incident.mark == mark:
        return incident
    change = Update(
        Incident, (incident_id,), set={"mark": mark}, append={"steps": (Step(now, who.staff_id, "marked", mark),)}
    )
    reviews = _reviews(world, replace(incident, mark=mark), who) if mark == "false" else []
    world.store.commit(change, *reviews, trail.entry(world, who, incident.thread_id, f"mark_page_{mark}", "quality", now))
    return read_to_act(world, who, incident_id)


def _reviews(world: World, incident: Incident, who: Staff) -> list[Change]:
    """Somebody was woken by more than two false pages in a week: their supervisor is asked to look, once."""
    began, now, program = incident.detected_at, world.clock(), incident.program
    months = {month_of(began - WEEK), month_of(began), month_of(min(began + WEEK, now))}
    rows = [each for month in sorted(months) for each in world.store.incidents_of(program, month)]
    others = [each for each in rows if each.incident_id != incident.incident_id]
    known = world.store.get(Tasks, program)
    asked = {each.about for each in known.items} if known else set()
    called = {step.detail for step in incident.steps if step.what == "paged"}
    loads = [load for load in page_load([*others, incident], world.clinic.zone) if load.review and load.person in called]
    wanted = [f"{load.person} {load.week}" for load in loads]
    tasks = tuple(
        Task(world.ids(now), "page_review", "", who.staff_id, now, now, incident.incident_id, about=about)
        for about in wanted
        if about not in asked
    )
    return [desk_tasks.add(program, *tasks)] if tasks else []

"""A day, a week and a month after a campaign began: what became of everybody of both groups. No text is opened for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core.campaign_figures import outcome_of, reply_of, tally, visits_of
from ..core.campaigns import Campaign, Recipient, split_ref
from ..core.records import Due, Message, Update
from ..errors import Conflict, Rejected
from ..ports import World
from .campaign_rows import MEASURE, changed, due_of
from .outbox import gone, keep_due

SLICE, ROWS = 25, 40
WORK = timedelta(seconds=8)
FOUND = ("outcome", "reply", "opted_out", "booked", "kept")


def measure(world: World, due: Due) -> None:
    """Goes on where it stopped (`due.about`: the last patient looked at). Raises `StoreError`: the due row then stays."""
    campaign, began, after = world.store.get(Campaign, *split_ref(due.target)), world.clock(), due.about
    if campaign is None or campaign.started_at is None:
        return world.store.commit(gone(due))
    while True:
        people = world.store.recipients(campaign.campaign_id, SLICE, after)
        for each in people:
            _look(world, each, campaign.started_at)
        if len(people) < SLICE:
            break
        after = people[-1].patient_id
        if world.clock() - began > WORK:
            later = due_of(campaign, MEASURE, began + timedelta(seconds=1), about=after)
            return world.store.commit(gone(due), keep_due(later))
    _sum(world, campaign, due, began)


def _look(world: World, person: Recipient, started_at: datetime) -> None:
    """One query; two reads more for who was written to. Writes what is new."""
    if not person.arm:
        return
    booked, kept = visits_of(world.store.appointments_of(person.patient_id), started_at)
    found = replace(person, booked=booked, kept=kept)
    if person.state == "written" and person.written_at is not None:
        message = world.store.get(Message, person.patient_id, person.message_id)
        reply, stops = reply_of(world.store.newest(person.patient_id, ROWS), person.written_at)
        found = replace(found, outcome=outcome_of(message), reply=reply, opted_out=stops)
    fields = {name: getattr(found, name) for name in FOUND if getattr(found, name) != getattr(person, name)}
    if fields:
        world.store.commit(Update(Recipient, (person.campaign_id, person.patient_id), set=fields))


def _sum(world: World, campaign: Campaign, due: Due, now: datetime) -> None:
    people: list[Recipient] = []
    while more := world.store.recipients(campaign.campaign_id, 1000, people[-1].patient_id if people else ""):
        people += more
    fresh = world.store.get(Campaign, campaign.program, campaign.campaign_id) or campaign
    try:
        world.store.commit(gone(due), changed(fresh, figures=tally(people), measured_at=now))
    except (Rejected, Conflict):
        world.journal.count("campaign_contended")  # a person changed it: the next tick sums again

"""The dry run: page by page through the program's index, everybody is put into an arm or left out with a word why, before anybody
has approved anything. It sends nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from ..core.campaigns import Campaign, Recipient, held_out, jitter, split_ref
from ..core.permission import Refuse
from ..core.records import Change, Due, Patient, Put
from ..errors import Conflict, Rejected
from ..ports import World
from . import campaign_words
from .campaign_people import Person, read_people, verdict_on
from .campaign_rows import COUNT, changed, due_of
from .outbox import gone, keep_due

SLICE = 90  # people of one transaction
MOST_SLICES = 20  # of one go
WORK = timedelta(seconds=12)


def count_due(world: World, due: Due) -> None:
    """Raises `StoreError`: the due row then stays."""
    campaign, began = world.store.get(Campaign, *split_ref(due.target)), world.clock()
    for _ in range(MOST_SLICES):
        if campaign is None or campaign.state != "counting" or world.clock() - began > WORK:
            break
        try:
            campaign = one_slice(world, campaign, began)
        except (Rejected, Conflict):
            return world.journal.count("campaign_contended")  # somebody stopped it, or another tick counts: look again
    on = campaign is not None and campaign.state == "counting"
    more = [keep_due(due_of(campaign, COUNT, began + timedelta(minutes=1)))] if on and campaign else []
    world.store.commit(gone(due), *more)


def one_slice(world: World, campaign: Campaign, now: datetime) -> Campaign:
    """The next people and the campaign as it then stands, in one transaction. Raises `StoreError`."""
    patients, last = _next(world, campaign, now)
    known = [each for each in patients if not each.merged_into]
    rows = [_counted(world, campaign, each, now) for each in read_people(world, campaign, known, now)] if known else []
    fields: dict[str, object] = {
        "cursor": patients[-1].patient_id if patients else campaign.cursor,
        "counts": dict(Counter(campaign.counts) + Counter(each.arm or each.why for each in rows)),
        "parts": campaign.parts + sum(each.parts for each in rows if each.arm == "text"),
        "state": "ready" if last else "counting",
    }
    changes: list[Change] = [changed(campaign, **fields), *map(Put, rows)]
    world.store.commit(*changes)
    found = world.store.get(Campaign, campaign.program, campaign.campaign_id)
    assert found is not None  # nothing takes one away
    return found


def _next(world: World, campaign: Campaign, now: datetime) -> tuple[list[Patient], bool]:
    """The next people of the index that the campaign asks, and whether they are the last."""
    if campaign.audience != "gone_quiet":
        patients = world.store.patients_of(campaign.program, SLICE, campaign.cursor)
        return patients, len(patients) < SLICE
    asked = [each for each in world.store.quiet(campaign.program) if each.left_until is None or each.left_until <= now]
    behind = [each for each in asked if each.patient_id > campaign.cursor]
    found = world.store.get_many([(Patient, (each.patient_id,)) for each in behind[:SLICE]]) if behind else []
    return [each for each in found if isinstance(each, Patient)], len(behind) <= SLICE


def _counted(world: World, campaign: Campaign, person: Person, now: datetime) -> Recipient:
    patient: Patient = person.patient
    verdict = verdict_on(world, campaign, person, now, running=False)
    if isinstance(verdict, Refuse):
        return Recipient(campaign.campaign_id, patient.patient_id, why=verdict.why)
    chance = world.hasher.text_hash(f"{campaign.campaign_id} {patient.patient_id}")
    if held_out(chance, campaign.hold_out):
        return Recipient(campaign.campaign_id, patient.patient_id, "hold_out", "held_out")
    parts = campaign_words.parts_of(world, campaign, patient.language)
    return Recipient(
        campaign.campaign_id, patient.patient_id, "text", "waiting", parts=parts, turn_in=campaign.campaign_id,
        turn_at=campaign.made_at - jitter(chance),
    )  # fmt: skip

"""A campaign's slice of this minute: whoever has the turn is read again; the text is written, put off, or left out with a reason.

One transaction a person, on the campaign's own state: a stop or a pause that came first wins (N3, N4).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.campaigns import PERMISSION, TEXT_HOLDS, Campaign, Recipient, split_ref
from ..core.messages import Kind
from ..core.permission import Refuse, Wait
from ..core.records import Change, Due, Patient, Update
from ..core.throughput import TICK, Lane
from ..errors import Conflict, Rejected
from ..ports import World
from . import another_way, campaign_words
from .campaign_people import Person, read_people, verdict_on, way_of
from .campaign_rows import RELEASE, changed, due_of, turn_over, while_running
from .outbox import Letter, gone, keep_due
from .sender import of_patient

SLICE = 40  # turns read at once
WORK = timedelta(seconds=20)  # of one tick
AGAIN = timedelta(hours=1)  # when nobody's turn has come yet: those who wait for their hours or for the cap


def release(world: World, due: Due) -> None:
    """Raises `StoreError`, `VaultError`: the due row then stays, and what was written stays written."""
    campaign, now = world.store.get(Campaign, *split_ref(due.target)), world.clock()
    if campaign is None or campaign.state != "running":
        return world.store.commit(gone(due))  # resumed, it comes again
    if campaign.template not in campaign_words.approved():
        return world.store.commit(gone(due), changed(campaign, state="paused"))  # its words are approved no more
    more = campaign.until is None or now < campaign.until
    while more and world.clock() - now < WORK:
        more = _slice(world, campaign, now)
    _next(world, due, campaign, now)


def _slice(world: World, campaign: Campaign, now: datetime) -> bool:
    """Whether there is more to do in this minute."""
    turns = world.store.turns(campaign.campaign_id, now, SLICE)
    rows = world.store.get_many([(Patient, (each.patient_id,)) for each in turns]) if turns else []
    patients = [each for each in rows if isinstance(each, Patient)]
    people = {each.patient.patient_id: each for each in read_people(world, campaign, patients, now)} if patients else {}
    done = 0
    for turn in turns:
        if world.pace is not None and not world.pace.room(Lane.CAMPAIGNS):
            return False
        done += _one(world, campaign, turn, people.get(turn.patient_id), now)
    return done > 0 and len(turns) == SLICE


def _one(world: World, campaign: Campaign, turn: Recipient, person: Person | None, now: datetime) -> bool:
    try:
        world.store.commit(*_changes(world, campaign, turn, person, now))
    except (Rejected, Conflict):  # their turn was over, or somebody has just stopped it
        if world.pace is not None:
            world.pace.forget()
        world.journal.count("campaign_contended")
        return False
    return True


def _changes(world: World, campaign: Campaign, turn: Recipient, person: Person | None, now: datetime) -> list[Change]:
    verdict = verdict_on(world, campaign, person, now, running=True) if person else Refuse("no_patient")
    if isinstance(verdict, Wait) and campaign.until is not None and verdict.until >= campaign.until:
        verdict = Refuse(verdict.why)
    if isinstance(verdict, Wait):
        fields = {"turn_at": verdict.until}
        return [Update(Recipient, (turn.campaign_id, turn.patient_id), set=fields, expect={"state": "waiting"})]
    if isinstance(verdict, Refuse) or person is None:
        why = verdict.why if isinstance(verdict, Refuse) else "no_patient"
        return [turn_over(turn, state="left_out", why=why), while_running(campaign, dropped=1)]
    letter = _letter(world, campaign, person, now)
    purpose, scope = way_of(campaign), PERMISSION.get(campaign.purpose, "")
    queued = another_way.queue(world, person.patient, letter, purpose, now, person.contact, scope)
    written = turn_over(turn, state="written", message_id=letter.message_id, written_at=now)
    return [written, while_running(campaign, written=1), *queued]


def _letter(world: World, campaign: Campaign, person: Person, now: datetime) -> Letter:
    patient, text = person.patient, campaign_words.approved()[campaign.template]
    return Letter(
        thread_id=patient.patient_id,
        program=campaign.program,
        contact_id=patient.contact_id,
        kind=Kind.CAMPAIGN,
        text=campaign_words.said(world, campaign, patient.language, of_patient(world, patient)),
        patient_id=patient.patient_id,
        language=patient.language if patient.language in text.bodies else "en",
        template=campaign.template,
        content_level=text.level,
        expires_at=now + TEXT_HOLDS,
        message_id=world.ids(now),
        campaign=campaign.campaign_id,
    )


def _next(world: World, due: Due, was: Campaign, now: datetime) -> None:
    """When to look again. Done when nobody waits any more, or its days are over, and its last texts have had their second: until
    then it can be stopped."""
    campaign = world.store.get(Campaign, *split_ref(due.target))
    if campaign is None or campaign.state != "running":
        return world.store.commit(gone(due))
    over = campaign.until is not None and now >= campaign.until
    wrote = campaign.written > was.written
    if (campaign.waiting == 0 or over) and not wrote:
        try:
            return world.store.commit(gone(due), changed(campaign, state="done"))
        except Rejected:
            return world.journal.count("campaign_contended")
    waits = world.store.turns(campaign.campaign_id, now, 1)
    world.store.commit(gone(due), keep_due(due_of(campaign, RELEASE, now + (TICK if waits or wrote else AGAIN))))

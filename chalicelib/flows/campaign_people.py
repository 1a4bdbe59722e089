"""Whom a campaign is about, read together: numbers, stages, visits, urgent items and what a person is to do first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.campaign_rules import Beside, needs_visits, stands_in_the_way
from ..core.campaigns import PERMISSION, Campaign
from ..core.consent import Scope
from ..core.messages import Direction, Kind, Status
from ..core.permission import Refuse, Verdict, may_leave
from ..core.records import Contact, Message, Patient, Stage, Tasks
from ..core.rounds import CAMPAIGN, STAGE
from ..core.stage import HOLDS
from ..ports import World
from ..texts import campaigns as texts
from . import another_way


@dataclass(frozen=True, slots=True)
class Person:
    patient: Patient
    contact: Contact | None
    beside: Beside


def read_people(world: World, campaign: Campaign, patients: Sequence[Patient], now: datetime) -> list[Person]:
    """At most 90 at once. One batch read for all; where visits decide, a query each; for stages the program's urgent items of
    two months besides. Raises `StoreError`."""
    wanted: list[tuple[type, tuple[str, ...]]] = [(Tasks, (campaign.program,))]
    wanted += [(Contact, (each,)) for each in dict.fromkeys(patient.contact_id for patient in patients) if each]
    found = world.store.get_many(wanted)
    contacts = {each.contact_id: each for each in found if isinstance(each, Contact)}
    tasks = next((each for each in found if isinstance(each, Tasks)), None)
    stages = _stages(world, campaign, patients)
    crises = _crises(world, campaign, now) if campaign.purpose == "stage" else {}
    people = []
    for patient in patients:
        visits = tuple(world.store.appointments_of(patient.patient_id)) if _asks(campaign, patient, stages) else ()
        beside = Beside(campaign, tasks, stages.get(patient.patient_id), visits, tuple(crises.get(patient.patient_id, ())))
        people.append(Person(patient, contacts.get(patient.contact_id), beside))
    return people


def _asks(campaign: Campaign, patient: Patient, stages: dict[str, Stage]) -> bool:
    return needs_visits(campaign) and (campaign.purpose != "stage" or patient.patient_id in stages)


def _stages(world: World, campaign: Campaign, patients: Sequence[Patient]) -> dict[str, Stage]:
    if campaign.purpose != "stage" or not patients:
        return {}
    found = world.store.get_many([(Stage, (each.patient_id,)) for each in patients])
    return {each.patient_id: each for each in found if isinstance(each, Stage)}


def _crises(world: World, campaign: Campaign, now: datetime) -> dict[str, list[datetime]]:
    """When urgent items of the program began, by patient, as far back as a stage holds."""
    months = dict.fromkeys(f"{now - back:%Y-%m}" for back in (timedelta(), HOLDS / 2, HOLDS))
    found: dict[str, list[datetime]] = {}
    for month in months:
        for incident in world.store.incidents_of(campaign.program, month):
            found.setdefault(incident.patient_id, []).append(incident.detected_at)
    return found


def verdict_on(world: World, campaign: Campaign, person: Person, now: datetime, *, running: bool) -> Verdict:
    """N3 for one person. `running`: the campaign must be; the dry run asks as if it were."""
    patient, contact = person.patient, person.contact
    if patient.program != campaign.program:
        return Refuse("other_program")
    level = texts.templates()[campaign.template].level if campaign.template in texts.templates() else 2
    text = Message(
        patient.patient_id, "", Direction.OUT, Kind.CAMPAIGN, Status.QUEUED, now, campaign.program, patient.contact_id, b"",
        patient_id=patient.patient_id, content_level=level, campaign=campaign.campaign_id,
    )  # fmt: skip
    beside = person.beside if running else replace(person.beside, campaign=replace(campaign, state="running"))
    verdict = may_leave(text, contact, patient, world.clinic.zone, now, beside=beside)
    scope = PERMISSION.get(campaign.purpose, Scope.RE_ENGAGEMENT)
    whole = another_way.otherwise(verdict, Kind.CAMPAIGN, way_of(campaign), patient, contact, scope, now)
    if whole == verdict or contact is None or isinstance(whole, Refuse):
        return whole
    why = stands_in_the_way(campaign, contact, patient, beside, now)  # not asked yet: the text's own no came first
    return Refuse(why) if why else whole


def way_of(campaign: Campaign) -> str:
    """Its row of `texts/rounds.toml`."""
    return STAGE if campaign.purpose == "stage" else CAMPAIGN

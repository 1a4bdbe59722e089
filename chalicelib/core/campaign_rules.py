"""What stands between one person and a campaign's text besides permission itself: read for the dry run, again when it is written,
and again when it leaves (N3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from . import stage as stages
from .campaigns import LIVE, PERMISSION, Campaign
from .desk_rows import Tasks
from .stage import Stage

if TYPE_CHECKING:
    from .appointments import Appointment
    from .people import Contact, Patient

PAUSED = "campaign_paused"
LOOK_AGAIN = timedelta(minutes=10)  # whether a campaign that rests goes on
A_PERSON_FIRST = frozenset({"urgent_visit", "follow_up", "caring_text"})  # tasks: no automatic text before

# Why somebody gets no text, in words that staff read.
WHY: dict[str, str] = {
    "no_consent": "They have not agreed to texts we begin",
    "no_consent_kind": "They have not agreed to this kind of text",
    "opted_out": "They sent STOP",
    "unsure_stop": "They wrote what may be STOP: a person decides first",
    "declined": "They want none of this kind",
    "guardian": "Somebody else answers this phone",
    "no_safe_hours": "No hour of their week is safe",
    "unreadable_hours": "Their hours cannot be read: look at their page",
    "frequency_cap": "They had automatic texts enough this week",
    "safe_hours": "Their safe hours came too late",
    "content_level": "It says more than they allow",
    "on_hold": "On hold, in hospital, in custody or discharged",
    "deceased": "They died: nothing leaves",
    "merged": "This record is part of another one now",
    "no_number": "There is no number",
    "number_changed": "The number has changed",
    "no_patient": "The record is gone",
    "other_program": "They are in another program now",
    "language": "Another language",
    "not_in_plan": "No channel of theirs is for this, by what they said",
    "no_phone": "No number of theirs is known",
    "number_in_doubt": "The number may be somebody else's",
    "number_silent": "Nothing was heard from the number for half a year",
    "open_incident": "There is an open urgent item",
    "call_first": "A clinician is to call them first",
    "person_first": "Something is left to do for them after a crisis",
    "visit_ahead": "They have a visit ahead",
    "stage_none": "No stage of change is set, or another one",
    "stage_old": "Their stage was set more than 60 days ago",
    "stage_missed": "A visit was missed since their stage was set",
    "stage_incident": "There was an urgent item since their stage was set",
    "campaign_stopped": "The campaign was stopped",
    "campaign_gone": "There is no such campaign for them any more",
    "too_late": "It could not leave in time",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What a campaign's text depends on besides number and patient. `crises`: when urgent items of theirs began."""

    campaign: Campaign | None
    tasks: Tasks | None = None
    stage: Stage | None = None
    visits: tuple[Appointment, ...] = ()
    crises: tuple[datetime, ...] = field(default=())


def scope_of(beside: Beside | None, otherwise: str) -> str:
    """The permission that its purpose needs; the strictest where nobody knows the purpose."""
    return PERMISSION.get(beside.campaign.purpose, otherwise) if beside and beside.campaign else otherwise


def campaign_allows(contact: Contact, patient: Patient | None, beside: Beside | None, now: datetime) -> str:
    """Why not, or "". `PAUSED` is no refusal: it waits."""
    campaign = beside.campaign if beside else None
    if beside is None or campaign is None or patient is None or patient.program != campaign.program:
        return "campaign_gone"
    if campaign.state == "paused":
        return PAUSED
    if campaign.state not in ("running", "done"):
        return "campaign_stopped"
    return stands_in_the_way(campaign, contact, patient, beside, now)


def stands_in_the_way(campaign: Campaign, contact: Contact, patient: Patient, beside: Beside, now: datetime) -> str:
    """The same for the dry run, when it does not run yet."""
    if contact.incidents:
        return "open_incident"
    if patient.call_first:
        return "call_first"
    if beside.tasks and any(each.kind in A_PERSON_FIRST and each.patient_id == patient.patient_id for each in beside.tasks.items):
        return "person_first"
    if campaign.language and patient.language != campaign.language:
        return "language"
    if campaign.audience == "no_visit" and any(each.ahead and each.start_at > now for each in beside.visits):
        return "visit_ahead"
    return _stage(campaign, beside, now)


def _stage(campaign: Campaign, beside: Beside, now: datetime) -> str:
    """RULES 4.4: the clinician's own word, young enough, and nothing has happened since. Its sentences are of level 2."""
    if campaign.purpose != "stage":
        return ""
    why = stages.void(beside.stage, beside.visits, beside.crises, now)
    if why or beside.stage is None or beside.stage.stage != campaign.audience:
        return f"stage_{why or 'none'}"
    return ""


def needs_visits(campaign: Campaign) -> bool:
    """Whether the visits of each person must be read."""
    return campaign.audience == "no_visit" or campaign.purpose == "stage"


def live(campaigns: Iterable[Campaign]) -> list[Campaign]:
    return [each for each in campaigns if each.state in LIVE]

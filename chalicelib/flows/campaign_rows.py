"""The rows of campaigns: one changes by its version, its due rows are one of each kind."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.records import Campaign, Due, Recipient, Update
from .outbox import SHARD

COUNT, RELEASE, MEASURE = "campaign_count", "campaign", "campaign_measure"  # kinds of due rows
MEASURES = (timedelta(days=1), timedelta(days=7), timedelta(days=31))  # after the start


def due_of(campaign: Campaign, kind: str, at: datetime, about: str = "") -> Due:
    return Due(SHARD, at, f"{kind}#{campaign.ref}", kind, campaign.ref, about)


def changed(was: Campaign, **fields: object) -> Update:
    """One campaign's row, as it was read."""
    key = (was.program, was.campaign_id)
    return Update(Campaign, key, set={**fields, "version": was.version + 1}, expect={"version": was.version})


def while_running(campaign: Campaign, **counts: int) -> Update:
    """Counted on, and only while it runs: a stop that came first stops this very text."""
    key = (campaign.program, campaign.campaign_id)
    return Update(Campaign, key, add=counts, expect={"state": "running"})


def turn_over(person: Recipient, **fields: object) -> Update:
    """Their turn is over, once: whoever comes second finds them not waiting."""
    key = (person.campaign_id, person.patient_id)
    over = {"turn_in": "", "turn_at": None, **fields}
    return Update(Recipient, key, set=over, expect={"state": "waiting"})

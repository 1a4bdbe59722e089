"""Campaigns for tests: Gina, a supervisor, makes one; Henry, the clinical lead, approves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core.campaigns import Campaign
from chalicelib.core.records import Message, Recipient
from chalicelib.core.staff import Staff
from chalicelib.flows import campaign_desk as desk
from chalicelib.flows.campaign_desk import CampaignWish
from chalicelib.flows.deliver import deliver
from chalicelib.flows.tick import tick
from chalicelib.ports import World

GINA = Staff("gina", "supervisor", ("adult",))
HENRY = Staff("henry", "clinical_lead", ("adult", "harbor"))


def a_wish(template: str = "open_place", audience: str = "everyone", **fields: Any) -> CampaignWish:
    return CampaignWish(template, audience, **{"hold_out": 0, **fields})


def made(world: World, campaign_id: str = "k1", **fields: Any) -> Campaign:
    """Counted, and waiting for approval."""
    done = desk.make(world, GINA, "adult", campaign_id, a_wish(**fields))
    assert isinstance(done, Campaign), done
    return done


def running(world: World, campaign_id: str = "k1", **fields: Any) -> Campaign:
    made(world, campaign_id, **fields)
    for what in ("approve", "start"):
        assert desk.move(world, HENRY, "adult", campaign_id, what) == ""
    return now(world, campaign_id)


def now(world: World, campaign_id: str = "k1") -> Campaign:
    found = world.store.get(Campaign, "adult", campaign_id)
    assert found is not None
    return found


def people(world: World, campaign_id: str = "k1") -> dict[str, Recipient]:
    return {each.patient_id: each for each in world.store.recipients(campaign_id)}


def texts(world: World) -> list[Message]:
    """Every text of a campaign, whatever became of it."""
    rows: list[Message] = world.store.rows(Message)  # type: ignore[attr-defined]
    return [row for row in rows if row.kind == "campaign"]


def minutes(world: World, count: int = 1) -> None:
    """Ticks, and each text in its second."""
    clock: Any = world.clock
    for _ in range(count):
        tick(world)
        began = clock.now
        for row in sorted(texts(world), key=lambda row: row.not_before or began):
            if row.status == "queued":
                clock.now = max(row.not_before or clock.now, clock.now)
                deliver(world, row.thread_id, row.message_id)
        clock.now = max(began + timedelta(minutes=1), clock.now)

"""Look at a program's campaigns: how they stand, what one says, who is in it by name, and everybody as a file without names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..core.records import Campaign, Recipient
from ..core.staff import Staff
from ..ports import World
from . import campaign_words, trail
from .campaign_desk import PURPOSE, admit_desk, read
from .plan_ahead import done_by
from .roster import open_roster

PAGE, MOST_ROWS = 100, 20_000


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """`says`: its words by language, "" where they are not approved any more. `done_by`: the day it would be through."""

    campaign: Campaign
    says: Mapping[str, str]
    parts: Mapping[str, int]
    done_by: date | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`more`: the last one's id where there are others behind."""

    campaign: Campaign
    people: tuple[Recipient, ...]
    names: Mapping[str, str]
    more: str


def read_list(world: World, who: Staff, program: str) -> list[Campaign]:
    """Newest first; counts alone. Raises `NotFound`, `StoreError`."""
    admit_desk(world, who, program, "read_campaigns")
    return world.store.campaigns(program)


def read_page(world: World, who: Staff, program: str, campaign_id: str) -> CampaignPage:
    """Nobody's name. Raises `NotFound`, `StoreError`."""
    admit_desk(world, who, program, "read_campaigns")
    campaign = read(world, program, campaign_id)
    known = campaign.template in campaign_words.approved()
    says = {each: campaign_words.said(world, campaign, each) if known else "" for each in ("en", "es")}
    parts = {each: campaign_words.parts_of(world, campaign, each) if known else 0 for each in says}
    return CampaignPage(campaign, says, parts, done_by(world, campaign, world.clock()) if known else None)


def read_people(world: World, who: Staff, program: str, campaign_id: str, after: str) -> PeoplePage:
    """A page of people by name, with the audit entry of this look. Raises `NotFound`, `StoreError`, `VaultError`."""
    admit_desk(world, who, program, "read_campaign_people")
    campaign = read(world, program, campaign_id)
    people = tuple(world.store.recipients(campaign_id, PAGE, after))
    names = {each: entry.name for each, entry in open_roster(world, who, program, PURPOSE).items()}
    return PeoplePage(campaign, people, names, people[-1].patient_id if len(people) == PAGE else "")


def read_file(world: World, who: Staff, program: str, campaign_id: str) -> list[Recipient]:
    """Everybody, ids and words of ours alone. Raises `NotFound`, `StoreError`."""
    admit_desk(world, who, program, "campaign_file")
    read(world, program, campaign_id)
    world.store.commit(trail.entry(world, who, f"campaign#{program}.{campaign_id}", "campaign_file", PURPOSE, world.clock()))
    found: list[Recipient] = []
    while more := world.store.recipients(campaign_id, 1000, found[-1].patient_id if found else ""):
        found += more
        if len(found) >= MOST_ROWS:
            break
    return found

"""What one person is sent by a campaign: an approved sentence, in their language (N8)."""

from __future__ import annotations

from ..core.campaigns import Campaign
from ..core.segments import count
from ..ports import World
from ..texts import approval
from ..texts import campaigns as texts
from .visit_words import phone_of


def approved() -> dict[str, texts.CampaignText]:
    """Sentences whose present words somebody has approved."""
    return {name: text for name, text in texts.templates().items() if approval.approved(name)}


def said(world: World, campaign: Campaign, language: str, sender: str = "") -> str:
    """Raises KeyError for a sentence that is not approved any more."""
    body = approved()[campaign.template].body(language)
    phone = phone_of(world, campaign.program)
    return body.format(sender=sender or world.clinic.sender, clinic=world.clinic.display_name, phone=phone)


def parts_of(world: World, campaign: Campaign, language: str) -> int:
    return count(said(world, campaign, language)).parts

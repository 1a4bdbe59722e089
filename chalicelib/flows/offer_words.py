"""The sentences about open times, filled: from reviewed templates alone (N8), at level 0."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from .. import texts
from ..core.appointments import Appointment
from ..core.records import Patient, Slot
from ..ports import World
from ..texts import offers
from ..texts import visits as visit_texts
from .plan_touches import zone_of
from .sender import of_patient
from .visit_words import Said, phone_of

NUMBERED = ("one", "two", "three")


def offer_text(
    world: World, patient: Patient, slots: Sequence[Slot], visit: Appointment | None, until: datetime, move: bool
) -> Said:
    """One time, or up to three to choose from. `visit`: what they have."""
    name = f"{'moves' if visit else 'back'}_{len(slots)}" if move else "offer_sooner" if visit else "offer_new"
    template = offers.choose(name, patient.language)
    zones = [ZoneInfo(spoken_zone(world, patient, slot)) for slot in slots]
    said = [spoken(slot.start_at, zone, template.language) for slot, zone in zip(slots, zones, strict=True)]
    named = dict(zip(NUMBERED, said, strict=False))
    fields = {"until": texts.spoken_time(until.astimezone(zones[0]), template.language), "when": said[0], **named}
    return _filled(world, template, slots[0].program, visit, fields, of_patient(world, patient))


def answer_text(
    world: World, name: str, language: str, slot: Slot | None, zone: str, visit: Appointment | None, program: str,
    sender: str,
) -> Said:  # fmt: skip
    """A line in answer to what they wrote. `zone`: on whose clock the time was told; `visit`: what they have, or had."""
    template = offers.choose(name, language)
    fields = {"when": spoken(slot.start_at, ZoneInfo(zone or slot.zone), template.language)} if slot else {}
    return _filled(world, template, program, visit, fields, sender)


def spoken_zone(world: World, patient: Patient, slot: Slot) -> str:
    """On the wall where the visit is; of a visit by video, on theirs."""
    return zone_of(world, patient).key if slot.remote else slot.zone


def spoken(at: datetime, zone: ZoneInfo, language: str) -> str:
    return visit_texts.spoken_when([at], zone, language)


def _filled(
    world: World, template: texts.Template, program: str, visit: Appointment | None, fields: dict[str, str], sender: str
) -> Said:
    old = spoken(visit.start_at, ZoneInfo(visit.spoken_zone or visit.zone), template.language) if visit else ""
    return Said(template.body.format(sender=sender, phone=phone_of(world, program), old=old, **fields), template)

"""What a page says to whoever showed who they are, in words and in their own zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..core.appointments import Appointment
from ..core.page_links import CHOICES, VISITS
from ..core.records import Slot
from ..flows import offer_words, read_page, visit_words
from ..flows.page_identity import Door
from ..ports import World
from ..texts import spoken_number, spoken_time


def view(world: World, door: Door, where: str, language: str) -> dict[str, Any] | None:
    """What the template of the link's purpose needs. None where nothing is there to show. Raises `StoreError`, `OpenFailed`."""
    now = world.clock()
    shown = read_page.read(world, door, where, now)
    if shown is None or door.session is None:
        return None
    zone = ZoneInfo(door.patient.zone or world.clinic.zone.key)
    common = {
        "csrf": door.session.csrf,
        "form_id": world.ids(now),
        "phone": visit_words.phone_of(world, door.patient.program),
    }
    if door.link.purpose == VISITS:
        return common | _visits(world, door, shown, language)
    if door.link.purpose == CHOICES:
        return common | {"choices": shown.choices, "level": shown.level, "stopped": shown.stopped}
    opening = world.clinic.opens_later(door.patient.program, now)
    return common | {
        "text": shown.text,
        "clinic": world.clinic.display_name,
        "when": _when(shown.at or now, zone, language),
        "answered": [_when(each, zone, language) for each in door.link.answered],
        "opens": spoken_time(opening.astimezone(zone), language) if opening else "",
    }


def _when(at: datetime, zone: ZoneInfo, language: str) -> str:
    return offer_words.spoken(at, zone, language)


def _visits(world: World, door: Door, shown: read_page.Shown, language: str) -> dict[str, Any]:
    rows = [_visit(world, door, each, language) for each in shown.visits]
    times = [(each.slot_id, _of_slot(each, language)) for each in shown.times]
    moving = next((each["id"] for each in rows if each["said"] == "wants_move"), "")
    until = min((offer.until for slot in shown.times for offer in slot.offers if offer.patient_id == door.patient.patient_id
                 and offer.state == "offered"), default=None)  # fmt: skip
    zone = ZoneInfo(door.patient.zone or world.clinic.zone.key)
    return {"visits": rows, "times": times if moving else [], "moving": moving,
            "until": spoken_time(until.astimezone(zone), language) if until else ""}  # fmt: skip


def _visit(world: World, door: Door, visit: Appointment, language: str) -> dict[str, Any]:
    said = visit.confirmation if visit.confirmation in ("confirmed", "wants_move", "cannot_come") else "none"
    return {
        "id": visit.appointment_id,
        "when": visit_words.when(world, door.patient, (visit,), language),
        "remote": visit.remote,
        "minutes": visit.minutes,
        "said": said,
        "off": not visit.ahead,
    }


def _of_slot(slot: Slot, language: str) -> str:
    return offer_words.spoken(slot.start_at, ZoneInfo(slot.zone), language)


def phone_of_all(world: World) -> str:
    """The clinic's own number, where it cannot be known which program it is."""
    return spoken_number(world.clinic.phone or world.clinic.number)


def took(world: World, door: Door, slot_id: str) -> bool:
    """Whether this time is theirs now. Raises `StoreError`."""
    slot = world.store.get(Slot, door.patient.program, slot_id)
    return slot is not None and slot.state == "taken" and slot.taken_by.startswith(f"{door.patient.patient_id}.")

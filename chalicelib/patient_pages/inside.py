"""What a page says to whoever showed who they are, in words and in their own zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..core.appointments import Appointment
from ..core.page_links import CHOICES, PLAN, VISITS
from ..core.records import Slot
from ..core.waitlist import held
from ..core.waitlist_rules import WHERE
from ..core.windows import DAYS
from ..flows import offer_words, page_waitlist, read_page, visit_words
from ..flows.page_identity import Door
from ..flows.plan_touches import zone_of
from ..ports import World
from ..texts import pages, spoken_time
from . import plan_view, sent_view


def view(world: World, door: Door, where: str, language: str) -> dict[str, Any] | None:
    """What the template of the link's purpose needs. None where nothing is there to show. Raises `StoreError`, `OpenFailed`."""
    now = world.clock()
    shown = read_page.read(world, door, where, now)
    if shown is None or door.session is None:
        return None
    zone = zone_of(world, door.patient)
    common = {
        "csrf": door.session.csrf,
        "form_id": world.ids(now),
        "phone": visit_words.phone_of(world, door.patient.program),
    }
    if door.link.purpose == VISITS:
        return common | _visits(world, door, shown, zone, language, now)
    if door.link.purpose == PLAN:
        return common | plan_view.view(world, door, language)
    if door.link.purpose == CHOICES:
        speaks = door.patient.language if door.patient.language in pages.LANGUAGES else "en"
        return common | {"choices": shown.choices, "level": shown.level, "stopped": shown.stopped, "speaks": speaks}
    opening = world.clinic.opens_later(door.patient.program, now)
    if more := sent_view.view(world, door, shown, language, now):
        common |= more
    return common | {
        "text": shown.text,
        "clinic": world.clinic.display_name,
        "when": offer_words.spoken(shown.at or now, zone, language),
        "answered": [offer_words.spoken(each, zone, language) for each in door.link.answered],
        "opens": spoken_time(opening.astimezone(zone), language) if opening else "",
    }


def _visits(world: World, door: Door, shown: read_page.Shown, zone: ZoneInfo, language: str, now: datetime) -> dict[str, Any]:
    rows = [_visit(world, door, each, language) for each in shown.visits]
    times = [(each.slot_id, _time(world, door, each, language)) for each in shown.times]
    moving = next((each["id"] for each in rows if each["said"] == "wants_move"), "")
    offers = (held(each, door.patient.patient_id, now) for each in shown.times)
    until = min((offer.until for offer in offers if offer is not None), default=None)
    return {"visits": rows, "times": times if moving else [], "moving": moving,
            "until": spoken_time(until.astimezone(zone), language) if until else "", **_waitlist(world, door)}  # fmt: skip


def _waitlist(world: World, door: Door) -> dict[str, Any]:
    """Whether they wait for a sooner time, and what suits them."""
    entry = page_waitlist.entry_of(world, door)
    when = next((name for name, hours in page_waitlist.TIMES.items() if entry and hours == entry.hours), "any")
    return {
        "waiting": entry, "may_wait": page_waitlist.may_join(door), "week": DAYS, "when": when,
        "spans": tuple(page_waitlist.TIMES), "places": tuple(WHERE),
    }  # fmt: skip


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


def _time(world: World, door: Door, slot: Slot, language: str) -> str:
    return offer_words.spoken(slot.start_at, ZoneInfo(offer_words.spoken_zone(world, door.patient, slot)), language)


def took(world: World, door: Door, slot_id: str) -> bool:
    """Whether this time is theirs now. Raises `StoreError`."""
    slot = world.store.get(Slot, door.patient.program, slot_id)
    return slot is not None and slot.state == "taken" and slot.taken_by.startswith(f"{door.patient.patient_id}.")

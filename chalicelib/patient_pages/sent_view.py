"""What a page shows of what was sent to it besides words: a form, the room of a visit by video, what the clinic shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..core.appointments import Appointment
from ..core.page_links import FORM, RESOURCES, ROOM
from ..flows import read_page, visit_words
from ..flows.page_identity import Door
from ..ports import World
from ..texts import shared
from ..texts.forms import forms


def view(world: World, door: Door, shown: read_page.Shown, language: str, now: datetime) -> dict[str, Any]:
    """Nothing more for a message. Raises `StoreError`."""
    link = door.link
    if link.purpose == FORM:
        return {"form": forms().get(link.about) or next(iter(forms().values()))}
    if link.purpose == RESOURCES:
        today = now.astimezone(world.clinic.zone).date()
        return {"shared": shared.current(today, shown.text.split())}
    return _room(world, door, shown, language, now) if link.purpose == ROOM else {}


def _room(world: World, door: Door, shown: read_page.Shown, language: str, now: datetime) -> dict[str, Any]:
    """The way in, as long as the visit stands and is not over; a visit that moved is told at its new time."""
    visit = world.store.get(Appointment, door.patient.patient_id, door.link.about) if door.link.about else None
    if visit is None or not visit.ahead or not visit.remote or visit.ends_at <= now or not shown.text:
        return {"over": True, "room": "", "visit_when": "", "minutes": 0}
    when = visit_words.when(world, door.patient, (visit,), language)
    return {"over": False, "room": shown.text, "visit_when": when, "minutes": visit.minutes}

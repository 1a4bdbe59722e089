"""How we reach somebody, as their own page shows it: what stands in their row. What staff wrote down is not for this page."""

from __future__ import annotations

from datetime import time
from typing import Any

from ..core.crisis_answers import SAFE, UNSAFE
from ..core.safe_hours import HOUSE
from ..core.windows import DAYS, read_window
from ..flows.page_identity import Door
from ..flows.page_plan import ABOUT, QUIET_DAYS
from ..ports import World
from ..texts import spoken_time
from ..texts.safe_phone import PLAIN, labels, spoken_label

CALLS = {SAFE: "safe", UNSAFE: "unsafe"}


def view(world: World, door: Door, language: str) -> dict[str, Any]:
    patient, now = door.patient, world.clock()
    hours = patient.safe_hours or HOUSE
    until = patient.quiet_until if patient.quiet_until and patient.quiet_until > now else None
    return {
        "hours": [(day, _window(hours[day])) for day in DAYS if day in hours],
        "clocks": [(hour, _clock(time(hour % 24))) for hour in range(6, 23)],
        "quiet": spoken_time(until.astimezone(world.clinic.zone), language) if until else "",
        "spans": QUIET_DAYS,
        "calls": CALLS.get(patient.safe_phone, "not_asked"),
        "no_voicemail": patient.no_voicemail,
        "level": patient.content_level,
        "label": patient.label or PLAIN,
        "labels": [(each, spoken_label(each, language, world.clinic.sender)) for each in labels()],
        "word": bool(patient.word),
        "about": ABOUT,
    }


def _window(hours: str) -> tuple[str, str]:
    start, end = read_window(hours)
    return _clock(start), _clock(end)


def _clock(at: time) -> str:
    if at == time.max:
        return "12:00 AM"
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"

"""The form of a visit: filled from the schedule, read back with what is wrong beside the field."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ..core.appointment_rules import Wish, wrong_with
from ..core.appointments import Appointment, Details
from ..core.segments import transliterate
from ..flows.send_later import read_local
from ..ports import World
from .registration_form import Errors
from .web import Form, whole

WHEN = "Enter a day and a time."
WITH = "Choose with whom."
PAST = "This is in the past. A visit that has taken place is imported or marked, not booked."


def blank(world: World, clinician: str) -> dict[str, str]:
    return {
        "clinician": clinician, "kind": "individual", "start": "", "zone": world.clinic.zone.key, "minutes": "50", "place": "",
        "link": "", "rhythm": "",
    }  # fmt: skip


def filled(visit: Appointment, details: Details) -> dict[str, str]:
    """The fields as the visit has them, on the clock of its place."""
    return {
        "clinician": visit.clinician,
        "kind": visit.kind,
        "start": visit.start_at.astimezone(ZoneInfo(visit.zone)).strftime("%Y-%m-%dT%H:%M"),
        "zone": visit.zone,
        "minutes": str(visit.minutes),
        "place": details.place,
        "link": details.link,
        "rhythm": visit.rhythm,
        "version": str(visit.version),
        "tell": "on",
    }


def read(world: World, form: Form, was: Appointment | None = None) -> tuple[Wish | None, Errors]:
    """The wish, or what is wrong, by field. A beginning in the past is taken only where it is the visit's own."""
    now, zone = world.clock(), form.get("zone", "")
    start = _start(form.get("start", ""), zone)
    wish = Wish(
        clinician=form.get("clinician", "").strip(),
        kind=form.get("kind", ""),
        start_at=start or now,
        zone=zone,
        minutes=whole(form.get("minutes", "").strip(), 0, digits=4),
        place=" ".join(transliterate(form.get("place", "")).split()),
        link=form.get("link", "").strip(),
        rhythm=form.get("rhythm", ""),
        status=was.status if was else "booked",
    )
    errors = dict(wrong_with(wish, now))
    if not wish.clinician:
        errors["clinician"] = WITH
    if start is None:
        errors["start"] = WHEN
    elif start < now and (was is None or start != was.start_at):
        errors["start"] = PAST
    return (None if errors else wish), errors


def _start(text: str, zone: str) -> datetime | None:
    try:
        return read_local(text, ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        return None

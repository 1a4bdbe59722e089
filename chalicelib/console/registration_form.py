"""The form that registers a patient: read it, say what is wrong beside the field, lose nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from ..core.clinic import DAYS
from ..core.tags import read_tags, wrong_tags
from ..flows.register_patient import Registration
from ..flows.write_reply import form_is_ours
from ..phone_number import read_number
from ..ports import World
from . import words
from .web import Form

LONGEST_NAME, LONGEST_SIGNED, LONGEST_ANSWERS, OLDEST = 80, 20, 60, 1900
HOW = {"verbal": "They said yes, in person or by phone", "paper": "They signed a paper form"}
Errors = dict[str, str]


def blank(world: World, program: str, number: str = "") -> dict[str, str]:
    """The fields of a new form; its id becomes the patient's."""
    return {
        "form_id": world.ids(world.clock()),
        "program": program,
        "number": words.phone(number),
        "language": "en",
        "content_level": "0",
        "zone": world.clinic.zone.key,
        "hours": "house",
        "from": "09:00",
        "until": "17:00",
        **dict.fromkeys(DAYS[:5], "on"),
    }


def read(world: World, form: Form) -> tuple[Registration | None, Errors]:
    """The registration, or what is wrong, by field."""
    errors: Errors = {}
    agreed, how = form.get("consent") == "on", form.get("consent_by", "")
    wish = Registration(
        patient_id=form.get("form_id", ""),
        program=form.get("program", ""),
        name=_short(form, "name", LONGEST_NAME, errors),
        number=read_number(form.get("number", "")),
        birth_date=_birth_date(form.get("birth_date", ""), world.clock(), errors),
        language="es" if form.get("language") == "es" else "en",
        content_level=read_level(form.get("content_level", "0")),
        zone=_zone(form.get("zone", ""), world, errors),
        safe_hours=_safe_hours(form, errors),
        consent_by=how if agreed else "",
        signed=_short(form, "signed", LONGEST_SIGNED, errors),
        shared_known=form.get("shared_known") == "on",
        tags=read_tags(form.get("tags", "")),
        answers=_short(form, "answers", LONGEST_ANSWERS, errors),
    )
    wish = replace(wish, no_phone=form.get("no_phone") == "on")
    _check(world, wish, agreed, errors)
    return (None, errors) if errors else (wish, {})


def _check(world: World, wish: Registration, agreed: bool, errors: Errors) -> None:
    if not wish.name:
        errors["name"] = "Enter their name, as the front desk knows them."
    if wish.no_phone and (wish.number or agreed):
        errors["number"] = "They have no phone, and here is a number, or a yes to texts. Leave one of them out."
    elif not wish.number and not wish.no_phone:
        errors["number"] = "Enter a phone number with ten digits, such as (303) 555-0100."
    if wrong := wrong_tags(wish.tags):
        errors["tags"] = wrong
    if agreed and wish.consent_by not in HOW:
        errors["consent_by"] = "Say how they agreed."
    if wish.program not in world.clinic.programs:
        errors["program"] = "Choose a program."
    if not form_is_ours(world, wish.patient_id, world.clock()):
        errors["form"] = "This page was open for long. Check it and send it again."


def _short(form: Form, field: str, longest: int, errors: Errors) -> str:
    text = " ".join(form.get(field, "").split())
    if len(text) > longest:
        errors[field] = f"Shorten this to {longest} characters."
    return text


def _birth_date(text: str, now: datetime, errors: Errors) -> date | None:
    if not text.strip():
        return None
    month_first = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip())
    if month_first:
        text = f"{month_first[3]}-{month_first[1]:0>2}-{month_first[2]:0>2}"
    try:
        born = date.fromisoformat(text.strip())
    except ValueError:
        born = date.max
    if born.year >= OLDEST and born <= now.date():
        return born
    errors["birth_date"] = "Enter a date in the past, such as 03/27/1985."
    return None


def _zone(text: str, world: World, errors: Errors) -> str:
    if text in words.ZONES or text == world.clinic.zone.key:
        return ZoneInfo(text).key
    errors["zone"] = "Choose a time zone."
    return ""


def _safe_hours(form: Mapping[str, str], errors: Errors) -> dict[str, str]:
    """No map means the house's hours: the patient named none."""
    if form.get("hours") != "own":
        return {}
    days = [day for day in DAYS if form.get(day) == "on"]
    start, end = read_time(form.get("from", "")), read_time(form.get("until", ""))
    if not days or start is None or end is None or start >= end:
        errors["hours"] = "Choose at least one day, and an end that is later than the start."
        return {}
    return dict.fromkeys(days, f"{start:%H:%M}-{end:%H:%M}")


def read_time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def read_level(text: str) -> int:
    return int(text) if text in ("0", "1", "2") else 0

"""The clinic's file with what administrators changed laid over it. A change that cannot be read leaves the file's word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .clinic import DAYS, Clinic, Program, read_window
from .rota_overlay import rota_overlaid
from .settings import PROGRAM, Setting

HOURS = {f"hours_{day}": day for day in DAYS}
LEAST_MINUTES, MOST_MINUTES = 15, 2700  # a quarter of an hour; five days of nine hours
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
TEXTS = ("name", "response", "phone", "team", "duty")
QUIET_TEXTS = ("yes", "no")  # whether texts to who has gone quiet begin by themselves
MOST_QUIET = 365  # days; 0 keeps no list of who has gone quiet
FIELDS = (*TEXTS, "response_minutes", "quiet_days", "quiet_texts", *HOURS)


def fields_of(program: Program) -> dict[str, str]:
    """A program as the texts that a form shows and a setting keeps; a closed day is ""."""
    hours = {field: program.hours.get(day, "") for field, day in HOURS.items()}
    quiet = {"quiet_days": str(program.quiet_days), "quiet_texts": "yes" if program.quiet_texts else "no"}
    texts = {name: getattr(program, name) for name in TEXTS}
    return {**texts, "response_minutes": str(program.response_minutes), **quiet, **hours}


def problem(field: str, text: str) -> str:
    """What is wrong with a value, as a word: missing, number, minutes, hours, days, choice, or "" for nothing."""
    if field in HOURS:
        return "" if not text or _readable(text) else "hours"
    if field == "response_minutes":
        return "" if _whole(text) and LEAST_MINUTES <= int(text) <= MOST_MINUTES else "minutes"
    if field == "quiet_days":
        return "" if _whole(text) and int(text) <= MOST_QUIET else "days"
    if field == "quiet_texts":
        return "" if text in QUIET_TEXTS else "choice"
    if field == "phone":
        return "" if NUMBER.fullmatch(text) else "number"
    return "missing" if field in ("name", "response") and not text.strip() else ""


def with_fields(program: Program, value: Mapping[str, str]) -> Program:
    """The program with these fields instead of its own. A field that is unknown or wrong is passed over."""
    sound = {name: text for name, text in value.items() if name in FIELDS and not problem(name, text)}
    hours = {day: window for day in DAYS if (window := sound.get(f"hours_{day}", program.hours.get(day, "")))}
    texts: dict[str, Any] = {name: sound[name] for name in TEXTS if name in sound}
    return replace(
        program,
        hours=hours,
        response_minutes=int(sound.get("response_minutes", program.response_minutes)),
        quiet_days=int(sound.get("quiet_days", program.quiet_days)),
        quiet_texts=sound["quiet_texts"] == "yes" if "quiet_texts" in sound else program.quiet_texts,
        **texts,
    )


def overlaid(clinic: Clinic, settings: Iterable[Setting]) -> Clinic:
    """The clinic as it stands now. A setting about a program that the file no longer has is passed over."""
    rows = tuple(settings)
    changed = {each.setting_id: each.value for each in rows if each.kind == PROGRAM}
    rota = rota_overlaid(clinic.rota, rows, clinic.zone, clinic.programs)
    if not changed and rota is clinic.rota:
        return clinic
    programs = {name: with_fields(known, changed.get(name, {})) for name, known in clinic.programs.items()}
    return replace(clinic, programs=programs, rota=rota)


def _readable(window: str) -> bool:
    try:
        start, end = read_window(window)
    except ValueError:
        return False
    return start != end


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10

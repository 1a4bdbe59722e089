"""Every sentence a patient can receive, as data, and the words we read from patients."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ..core.escalation import Policy, read_policies
from ..core.keywords import Keywords, read_keywords
from ..core.quick import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence in one language. `level`: the content level it needs (0–2)."""

    template_id: str
    language: str
    level: int
    body: str


@dataclass(frozen=True, slots=True)
class Disposition:
    """One way an incident ends. `without_contact`: allowed before anybody reached the patient. `sign_off`: a supervisor
    or the clinical lead looks too. `follow_up`: somebody does the next day. `emergency`: others were told (P2-6)."""

    disposition_id: str
    label: str
    without_contact: bool = False
    sign_off: bool = False
    follow_up: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the call script: what to say, and why. {name} and {clinician} are filled by the page."""

    line_id: str
    say: str
    why: str


@dataclass(frozen=True, slots=True)
class Resource:
    """Somewhere a person can turn."""

    resource_id: str
    name: str
    contact: str
    verified_on: date


def _read(name: str) -> dict[str, Any]:
    import tomllib  # a page after a cold start does not wait for it

    with Path(__file__).with_name(name).open("rb") as file:
        return tomllib.load(file)


@cache
def templates() -> dict[tuple[str, str], Template]:
    """Every template by (id, language)."""
    rows = _read("patient.toml")["template"]
    return {(r["id"], r["language"]): Template(r["id"], r["language"], r["level"], r["body"]) for r in rows}


def render(template_id: str, language: str, **fields: str) -> str:
    """The sentence, filled. A language we do not have is answered in English. Raises KeyError for an unknown id or field."""
    known = templates()
    template = known.get((template_id, language)) or known[(template_id, "en")]
    return template.body.format(**fields)


@cache
def keywords() -> Keywords:
    return read_keywords(_read("keywords.toml"))


@cache
def dispositions() -> dict[str, Disposition]:
    """Every disposition by id, in the order a person should read them."""
    rows = _read("dispositions.toml")["disposition"]
    flags = ("without_contact", "sign_off", "follow_up", "emergency")
    return {r["id"]: Disposition(r["id"], r["label"], **{flag: r.get(flag, False) for flag in flags}) for r in rows}


@cache
def call_script() -> tuple[Line, ...]:
    """What to say on the call, in order."""
    return tuple(Line(r["id"], r["say"], r["why"]) for r in _read("call_script.toml")["line"])


@cache
def attempts() -> dict[str, str]:
    """What can come of a call that did not reach them: labels by id."""
    return {r["id"]: r["label"] for r in _read("call_script.toml")["attempt"]}


@cache
def reasons_to_call() -> dict[str, str]:
    """Why a person calls a phone where a call is not safe: labels by id (CR-3: imminent danger is a human decision)."""
    return {r["id"]: r["label"] for r in _read("call_script.toml")["reason"]}


@cache
def lines_to_turn_to() -> tuple[Resource, ...]:
    """Where a person can turn, each with the day somebody last checked it."""
    return tuple(Resource(r["id"], r["name"], r["contact"], r["verified_on"]) for r in _read("resources.toml")["resource"])


@cache
def policies() -> dict[int, Policy]:
    """Whom a page goes to, step by step, by tier."""
    return read_policies(_read("escalation.toml")["policy"])


DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("el lunes", "el martes", "el miercoles", "el jueves", "el viernes", "el sabado", "el domingo"),
}


def spoken_time(at: datetime, language: str) -> str:
    """"Mon 8:00 AM" or "el lunes a las 8:00 AM", in the zone that `at` is given in (ACC-3)."""
    clock = f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"
    day = DAYS.get(language, DAYS["en"])[at.weekday()]
    return f"{day} a las {clock}" if language == "es" else f"{day} {clock}"


def spoken_number(number: str) -> str:
    """+13035550100 as 303-555-0100; anything else as it is."""
    return f"{number[2:5]}-{number[5:8]}-{number[8:]}" if len(number) == 12 and number.startswith("+1") else number

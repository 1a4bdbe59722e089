"""The form of a program's settings: what each field does to patients, what is wrong beside it, and what patients will read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .. import texts
from ..core.clinic import DAYS, Clinic, Program, read_window
from ..core.crisis_answers import Choice
from ..core.segments import Encoding, count, encoding_of
from ..core.settings_overlay import LEAST_MINUTES, MOST_MINUTES, MOST_QUIET, TEXTS, problem, with_fields
from ..flows.register_patient import first_text
from ..phone_number import read_number
from ..texts import crisis
from ..texts.hours import hours_words, promised_minutes
from . import words
from .times import window
from .web import Form

LONGEST = {"name": 40, "response": 40, "team": 20}
LABELS = {
    "name": "Name of the program",
    "response": "Promise of an answer",
    "response_minutes": "Open hours until we are late",
    "phone": "Phone answered by people",
    "team": "Who signs the first text",
    "duty": "Told first when a text waits too long",
    "quiet_days": "Days without contact until somebody has gone quiet",
    "quiet_texts": "Texts to who has gone quiet begin by themselves",
    **{f"hours_{day}": f"Open {label}" for day, label in words.WEEK},
}
WRONG = {
    "missing": "Enter something here.",
    "number": "Enter a phone number with ten digits, such as (303) 555-0100.",
    "minutes": f"Enter open hours between {LEAST_MINUTES / 60:g} and {MOST_MINUTES / 60:g}, such as 9 or 0.5.",
    "hours": "Enter a start and an end, or leave both empty for a closed day.",
    "days": f"Enter a number of days up to {MOST_QUIET}, or 0 to keep no such list.",
    "choice": "Choose yes or no.",
    "gsm": "Use plain letters: this goes into a text, and one special character makes it twice as dear.",
}
Errors = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One text as a patient would get it."""

    what: str
    language: str
    body: str
    parts: int


@dataclass(frozen=True, slots=True)
class Move:
    """One field that changes, in words."""

    label: str
    before: str
    after: str


def blank(program: Program) -> dict[str, str]:
    """The form as the program stands."""
    form = {name: getattr(program, name) for name in TEXTS}
    form |= {"phone": words.phone(program.phone), "response_hours": f"{program.response_minutes / 60:g}"}
    form |= {"quiet_days": str(program.quiet_days), "quiet_texts": "yes" if program.quiet_texts else "no"}
    for day in DAYS:
        start, _, end = program.hours.get(day, "").partition("-")
        form |= {f"from_{day}": start.strip(), f"until_{day}": end.strip().replace("24:00", "00:00")}
    return form


def read(form: Form) -> tuple[dict[str, str], Errors]:
    """The fields of the setting, and what is wrong by field."""
    fields = {name: " ".join(form.get(name, "").split()) for name in ("name", "response", "team", "duty")}
    fields["phone"] = read_number(form.get("phone", ""))
    fields |= {name: form[name].strip() for name in ("quiet_days", "quiet_texts") if name in form}
    fields["response_minutes"] = _minutes(form.get("response_hours", ""))
    fields |= {f"hours_{day}": _window(form.get(f"from_{day}", ""), form.get(f"until_{day}", "")) for day in DAYS}
    errors = {name: WRONG[wrong] for name, text in fields.items() if (wrong := problem(name, text))}
    for name, longest in LONGEST.items():
        if len(fields[name]) > longest:
            errors[name] = f"Shorten this to {longest} characters."
        elif name != "name" and encoding_of(fields[name]) is not Encoding.GSM7:
            errors[name] = WRONG["gsm"]
    return fields, errors


def moves(before: Mapping[str, str], after: Mapping[str, str]) -> list[Move]:
    """What changes, in the order of the form."""
    return [
        Move(LABELS[name], said(name, before.get(name, "")), said(name, after[name]))
        for name in LABELS
        if name in after and before.get(name, "") != after[name]
    ]


def said(name: str, text: str) -> str:
    """A field's value as staff read it."""
    if name.startswith("hours_"):
        return window(text.replace("-00:00", "-24:00")) if text else "closed"
    if name == "response_minutes":
        return f"{int(text) / 60:g} h" if text.isdigit() else text
    if name == "duty":
        return words.person(text) if text else "nobody"
    return words.phone(text) if name == "phone" else text or "our team"


def samples(clinic: Clinic, program_id: str, fields: Mapping[str, str], now: datetime) -> list[Sample]:
    """What patients of this program would read with these fields. A field that is wrong shows the value before."""
    program = with_fields(clinic.programs[program_id], fields)
    then = replace(clinic, programs={**clinic.programs, program_id: program})
    found = []
    for language in words.LANGUAGES:
        found.append(_sample("First text to a new patient", language, first_text(then, program_id, language, "")))
        phone = texts.spoken_number(program.phone)
        found.append(_sample("Answer to HELP", language, texts.render("help", language, sender=clinic.sender, phone=phone)))
        opens = then.next_open(program_id, _closed(then, program_id, now))
        if opens:
            body = crisis.answer(Choice("self", 1, "crisis_unstaffed"), language, opens=texts.spoken_time(opens, language))
            found.append(_sample("Answer to a crisis when nobody is on call and we are closed", language, body))
    return found


def warnings(fields: Mapping[str, str]) -> list[str]:
    """What is allowed and may surprise."""
    found = []
    minutes, promised = fields.get("response_minutes", ""), promised_minutes(fields.get("response", ""))
    if promised and minutes.isdigit() and int(minutes) > promised:
        found.append(
            f"Patients are promised an answer sooner ({promised / 60:g} open hours) "
            f"than we hold ourselves late ({int(minutes) / 60:g})."
        )
    response = fields.get("response", "")
    if response and response not in hours_words("es").soon_words:
        found.append("Nobody has translated this promise: patients who read Spanish will get it in English.")
    if not any(fields.get(f"hours_{day}") for day in DAYS):
        found.append("No day is open: the first text says “by appointment”, and the reply clock runs day and night.")
    if fields.get("quiet_texts") == "yes":
        found.append("Texts to who has gone quiet begin by themselves, for those who agreed to them.")
    nights = [day for day in DAYS if (hours := fields.get(f"hours_{day}")) and _past_midnight(hours)]
    if nights:
        found.append(f"Past midnight into the next day: {', '.join(dict(words.WEEK)[day] for day in nights)}.")
    return found


def _sample(what: str, language: str, body: str) -> Sample:
    return Sample(what, language, body, count(body).parts)


def _closed(clinic: Clinic, program_id: str, now: datetime) -> datetime:
    """An instant when the program is closed: the end of the hours around `now`."""
    window_now = clinic.open_window(program_id, now)
    return window_now[1] if window_now and window_now[0] <= now else now


def _minutes(text: str) -> str:
    """"1.5" hours as "90"; what is no number as itself, for the check to refuse."""
    try:
        minutes = float(text.strip().replace(",", ".")) * 60
    except ValueError:
        return "?"
    return str(round(minutes)) if 0 <= minutes < 1e6 else "?"


def _window(start: str, end: str) -> str:
    start, end = start.strip()[:5], end.strip()[:5]
    return f"{start}-{'24:00' if end == '00:00' else end}" if start or end else ""


def _past_midnight(hours: str) -> bool:
    try:
        start, end = read_window(hours)
    except ValueError:
        return False
    return end < start

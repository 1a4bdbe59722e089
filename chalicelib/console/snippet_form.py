"""The form of a text that staff begin with: what is wrong beside the field, and how it looks filled."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.clinic import Clinic
from ..core.segments import Encoding, Segments, count
from ..core.snippet_rules import LONGEST_BODY, LONGEST_TITLE, PLACES, problems
from ..texts import spoken_number
from ..texts.staff import Snippet
from . import words
from .program_form import Move
from .web import Form

LABELS = {"title": "Title", "level": "What it says", "body": "Words", "owner": "Who answers for it", "off": "In use"}
WRONG = {
    "missing": "Enter something here.",
    "level": "Choose what it says.",
    "clinic": "It names the clinic, so it says at least the clinic's name (1).",
    "place": f"Only these may stand in braces: {', '.join(PLACES)}.",
    "brace": "A brace is open or left over: write a field as {name}.",
}
LONG = {"title": LONGEST_TITLE, "body": LONGEST_BODY}
Errors = dict[str, str]


def read(form: Form, owners: list[str]) -> tuple[dict[str, str], Errors]:
    """The fields, and what is wrong by field. An owner who is not one of ours is left out."""
    fields = {
        "title": " ".join(form.get("title", "").split()),
        "level": form.get("level", ""),
        "body": "\n".join(line.strip() for line in form.get("body", "").strip().splitlines()),
        "owner": form.get("owner", "") if form.get("owner", "") in owners else "",
        "off": "yes" if form.get("off") == "yes" else "",
    }
    return fields, {name: _wrong(name, wrong) for name, wrong in problems(fields).items()}


def filled(clinic: Clinic, fields: Mapping[str, str], language: str) -> str:
    """As a patient might get it, with a made-up name."""
    phone = next((spoken_number(program.phone) for program in clinic.programs.values()), "")
    known = {
        "name": "Sam", "clinician": "Jo", "clinic": clinic.display_name, "phone": phone, "hours": "Mon-Fri 8 AM-5 PM",
    }  # fmt: skip
    return Snippet("", language, 0, "", fields.get("body", "")).filled(known)


def counted(clinic: Clinic, fields: Mapping[str, str], language: str) -> Segments:
    return count(filled(clinic, fields, language))


def warnings(clinic: Clinic, fields: Mapping[str, str], language: str) -> list[str]:
    """What is allowed and may surprise."""
    found, part = [], counted(clinic, fields, language)
    if part.encoding is not Encoding.GSM7:
        found.append(f"These characters make a text about twice as dear: {' '.join(part.offenders[:5])}")
    if part.parts > 2:
        found.append(f"It takes {part.parts} parts with a short name. Two or fewer arrive better.")
    return found


def moves(before: Mapping[str, str], after: Mapping[str, str]) -> list[Move]:
    return [
        Move(LABELS[name], said(name, before.get(name, "")), said(name, after[name]))
        for name in LABELS
        if name in after and before.get(name, "") != after[name]
    ]


def said(name: str, text: str) -> str:
    """A field's value as staff read it."""
    if name == "level":
        return words.LEVELS.get(int(text), text) if text.isdigit() else "nothing yet"
    if name == "off":
        return "switched off" if text else "in use"
    if name == "owner":
        return words.person(text) if text else "nobody"
    return text or "nothing yet"


def _wrong(name: str, wrong: str) -> str:
    return f"Shorten this to {LONG[name]} characters." if wrong == "long" else WRONG[wrong]

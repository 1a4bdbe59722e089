"""The form of how somebody can be reached: filled from the sheet, read back with what is wrong beside the field."""

from __future__ import annotations

import re
from typing import Any

from ..core.channels import CHANNELS
from ..core.reach import Reach
from ..core.sealed_json import names
from ..phone_number import read_number
from . import words
from .registration_form import Errors
from .web import Form

NOT_ASKED = "Not asked yet"
YES_NO = {"": NOT_ASKED, "yes": "Yes", "no": "No"}
# Each question with its answers, in the order in which they are asked.
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "phone": (
        "Whose is the mobile phone?",
        {"": NOT_ASKED, "own": "Their own", "shared": "Shared", "others": "Somebody else's", "none": "There is none"},
    ),
    "prepaid": ("Is it prepaid, so that minutes and texts run out?", YES_NO),
    "data": ("Is there internet on it?", YES_NO),
    "reading": ("How do they read?", {"": NOT_ASKED, "easy": "Easily", "slow": "Slowly, short words", "no": "Not, or with help"}),
    "hearing": (
        "How do they hear a phone call?",
        {"": NOT_ASKED, "fine": "Well", "relay": "With a TTY or a relay operator (711)", "none": "Not"},
    ),
    "vision": ("How do they see a text?", {"": NOT_ASKED, "fine": "Well", "large": "Large letters", "none": "It is read aloud"}),
}
WHOSE = {"": NOT_ASKED, "self": "Theirs alone", "shared": "Others read it too", "guardian": "A parent's or guardian's"}
FIRST = {"": "As it comes out", **{name: about.label for name, about in CHANNELS.items()}}
ALSO = {"": "No: one way at a time", **{name: about.label for name, about in CHANNELS.items() if not about.by_hand}}
LONGEST_LINE, LONGEST_LETTER = 120, 300
EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
NAMES = {
    "phone": "mobile phone", "prepaid": "prepaid", "data": "internet", "landline": "landline", "email": "e-mail",
    "email_whose": "whose e-mail", "letter": "postal address", "reading": "reading", "language": "language", "hearing": "hearing",
    "vision": "sight", "first": "what they want first", "also": "a second way at once",
}  # fmt: skip


def filled(reach: Reach, version: int) -> dict[str, str]:
    """The fields as the sheet has them."""
    said = {name: getattr(reach, name) for name in names(Reach)}
    return said | {"landline": words.phone(reach.landline), "version": str(version)}


def read(form: Form) -> tuple[Reach | None, Errors]:
    """The sheet, or what is wrong, by field."""
    errors: Errors = {}
    said: dict[str, Any] = {name: _chosen(form, name, answers) for name, (_, answers) in QUESTIONS.items()}
    said |= {"email_whose": _chosen(form, "email_whose", WHOSE), "first": _chosen(form, "first", FIRST)}
    said["also"] = _chosen(form, "also", ALSO)
    said |= {name: " ".join(form.get(name, "").split()) for name in ("email", "language")}
    said["letter"] = "\n".join(line.strip() for line in form.get("letter", "").splitlines() if line.strip())
    landline = form.get("landline", "").strip()
    said["landline"] = read_number(landline) if landline else ""
    if landline and not said["landline"]:
        errors["landline"] = "Enter a phone number with ten digits, such as (303) 555-0100."
    if said["email"] and (len(said["email"]) > 254 or not EMAIL.fullmatch(said["email"])):
        errors["email"] = "Enter an address such as name@example.org."
    if len(said["language"]) > LONGEST_LINE:
        errors["language"] = f"Shorten this to {LONGEST_LINE} characters."
    if len(said["letter"]) > LONGEST_LETTER:
        errors["letter"] = f"Shorten this to {LONGEST_LETTER} characters."
    if not said["email"]:
        said["email_whose"] = ""
    return (None, errors) if errors else (Reach(**said), {})


def _chosen(form: Form, name: str, answers: dict[str, str]) -> str:
    return form.get(name, "") if form.get(name, "") in answers else ""

"""What a text for staff to begin with may be: its fields, its level, its length. An administrator's words go through here."""

from __future__ import annotations

import re
from collections.abc import Mapping

FIELDS = ("title", "level", "body", "owner", "off")
PLACES = ("name", "clinician", "clinic", "phone", "hours")  # what {…} may say; filled by the composer
LONGEST_TITLE, LONGEST_BODY = 40, 459  # three parts of GSM-7
SNIPPET_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_ID = 32
_PLACE = re.compile(r"\{(\w*)\}")
CLINIC_LEVEL = 1  # a text that names the clinic says as much


def problem(field: str, text: str) -> str:
    """What is wrong with a value, as a word: missing, long, level, place, brace, or "" for nothing."""
    if field == "level":
        return "" if text in ("0", "1", "2") else "level"
    if field in ("owner", "off"):
        return ""
    if not text.strip():
        return "missing"
    if len(text) > (LONGEST_TITLE if field == "title" else LONGEST_BODY):
        return "long"
    return _in_braces(text) if field == "body" else ""


def problems(fields: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field. A text that fills in the clinic's name is at least level 1 (CR-6 and the content levels)."""
    found = {name: wrong for name in FIELDS if (wrong := problem(name, fields.get(name, "")))}
    if "level" not in found and "{clinic}" in fields.get("body", "") and int(fields["level"]) < CLINIC_LEVEL:
        found["level"] = "clinic"
    return found


def _in_braces(body: str) -> str:
    if any(place not in PLACES for place in _PLACE.findall(body)):
        return "place"
    return "brace" if set(_PLACE.sub("", body)) & set("{}") else ""

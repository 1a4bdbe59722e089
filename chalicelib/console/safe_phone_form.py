"""The form of a safe-phone plan: filled from the plan, read back with what is wrong beside the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.clinic import DAYS
from ..core.safe_hours import HOUSE
from ..core.safe_phone import CHECKED, SafePhone
from ..flows.safe_phone import Outcome
from ..texts.safe_phone import labels
from .patient_form import LONGEST_LINE, PHONES
from .registration_form import Errors, read_level, read_time
from .web import Form

LINES = ("others", "way", "avoid")
AGREED = 500
VOICEMAIL = {"": "Not asked yet", "yes": "Yes", "no": "No, never"}
NAMES = {
    "hours": "safe hours", "level": "what a text may say", "phone": "whether calls are safe", "voicemail": "voicemail",
    "label": "how we name ourselves", "others": "who else uses the phone", "word": "their word", "duress": "the “not safe” word",
    "needs_word": "known by their word alone", "way": "another safe way", "avoid": "whom never to call or tell",
    "agreed": "what we do when it is not safe",
}  # fmt: skip
WORDS = {
    "short": "Choose a word of at least four letters.",
    "long": "Three words, 40 characters at most.",
    "digits": "Choose a word, not a number.",
    "same": "Their word and the “not safe” word must not be the same.",
    "taken": "This word means something else in a text, such as stop, yes or thanks. Choose another.",
    "pages": "This word pages somebody by itself. Choose one that looks ordinary.",
}


def filled(plan: SafePhone, version: int) -> dict[str, str]:
    """The fields as the plan has them."""
    form = {name: str(getattr(plan, name)) for name in (*LINES, "agreed", "word", "duress", "voicemail", "label", "phone")}
    form |= {"level": str(plan.level), "needs_word": "on" if plan.needs_word else "", "version": str(version)}
    form["hours"] = "own" if plan.hours else "house"
    for day in DAYS:
        start, _, end = (plan.hours or HOUSE).get(day, "").partition("-")
        form |= {f"{day}_from": start, f"{day}_until": end}
        form[day] = "on" if day in (plan.hours or HOUSE) else ""
    return form


def read(form: Form) -> tuple[SafePhone | None, Errors]:
    """The plan, or what is wrong, by field."""
    errors: Errors = {}
    said: dict[str, Any] = {name: " ".join(form.get(name, "").split()) for name in (*LINES, "word", "duress")}
    for name in LINES:
        if len(said[name]) > LONGEST_LINE:
            errors[name] = f"Shorten this to {LONGEST_LINE} characters."
    agreed = form.get("agreed", "").strip()
    if len(agreed) > AGREED:
        errors["agreed"] = f"Shorten this to {AGREED} characters."
    hours = _hours(form, errors) if form.get("hours") == "own" else {}
    if errors:
        return None, errors
    return SafePhone(
        hours=hours,
        level=read_level(form.get("level", "0")),
        phone=form.get("phone", "") if form.get("phone", "") in PHONES else "",
        voicemail=form.get("voicemail", "") if form.get("voicemail", "") in VOICEMAIL else "",
        label=form.get("label", "") if form.get("label", "") in labels() else "",
        needs_word=form.get("needs_word") == "on",
        agreed=agreed,
        **said,
    ), {}


def _hours(form: Mapping[str, str], errors: Errors) -> dict[str, str]:
    """Each weekday by itself; one that is not ticked is never safe."""
    found = {}
    for day in DAYS:
        if form.get(day) != "on":
            continue
        start, end = read_time(form.get(f"{day}_from", "")), read_time(form.get(f"{day}_until", ""))
        if start is None or end is None or start >= end:
            errors["hours"] = "Each day that is ticked needs an end that is later than its start."
            return {}
        found[day] = f"{start:%H:%M}-{end:%H:%M}"
    if not found:
        errors["hours"] = "Tick at least one day, or choose the house hours."
    return found


def told(outcome: Outcome) -> Errors:
    """What kept a plan from being saved, beside its field."""
    if outcome.why in ("word", "duress"):
        return {outcome.why: WORDS[outcome.about[0]]}
    about = ", ".join(NAMES[name] for name in outcome.about)
    return {"how": f"Say how you know that it is them. This lets more through than before: {about}."}


def checked(form: Form) -> str:
    return form.get("how", "") if form.get("how", "") in CHECKED else ""

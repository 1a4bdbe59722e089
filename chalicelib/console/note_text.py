"""An urgent item as a note that can go into a chart: who, when, what was done. None of the patient's own words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from .. import texts
from ..core.incident_note import OFFERED, NoteForm
from ..core.records import Incident, Step
from . import call_words, words
from .times import Place

ROUTING = "The screen that read the text routes texts to people. It is no screening instrument."
TIMELINE = (
    "paged", "acknowledged", "unable", "called_through", "contacted", "transferred", "lapsed", "resolved", "dismissed", "signed",
)  # fmt: skip


def note_text(incident: Incident, form: NoteForm, writer: str, place: Place) -> str:
    """Lines of plain text. Times are the clinic's, with the day and the zone."""
    return "\n".join(_lines(incident, form, writer, place))


def _lines(incident: Incident, form: NoteForm, writer: str, place: Place) -> Iterator[str]:
    kinds = ", ".join(words.category(each) for each in incident.categories)
    yield f"Crisis note, item {incident.code}"
    yield f"Text received: {_when(incident.detected_at, place)}"
    yield f"Read as: {words.TIERS.get(incident.tier, '')}{f' ({kinds})' if kinds else ''}. {ROUTING}"
    for step in incident.steps:
        if step.what in TIMELINE:
            yield f"{_when(step.at, place)}: {_happened(step)}"
    yield f"988 offered: {OFFERED[form.offered_988]}"
    yield f"Found and done: {form.done.strip()}"
    ended = texts.dispositions().get(incident.disposition)
    yield f"Ended: {ended.label}" if ended else "Ended: still open when this was written"
    if any(said for _, said in form.emergency):
        yield "Told without consent in a medical emergency (42 CFR 2.51):"
        yield f"  to {form.recipient}, by {form.discloser}, {form.told_at}"
        yield f"  nature of the emergency: {form.nature}"
    yield f"Written by {words.person(writer)}, {_when(place.now, place)}"


def _when(at: datetime, place: Place) -> str:
    local = at.astimezone(place.zone)
    return f"{local:%b} {local.day}, {local.year}, {place.clock(local)} {local.tzname()}"


def _happened(step: Step) -> str:
    what = words.STEPS.get(step.what) or call_words.STEPS.get(step.what, step.what)
    if step.what in ("paged", "transferred", "lapsed"):
        return f"{what} {words.person(step.detail)}"
    if step.what == "unable" and step.detail in texts.attempts():
        what = f"{what} ({texts.attempts()[step.detail].lower()})"
    if step.what == "called_through":
        what = f"{what} ({call_words.CALL_ENDED.get(step.detail, step.detail)})"
    return f"{what}, {words.person(step.who)}"

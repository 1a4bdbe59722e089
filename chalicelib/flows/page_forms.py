"""A form that was filled in on a page, and a room that does not work: each becomes a text in the patient's own voice, looked at
as any text is. An answer that says self-harm marks the patient as item 9 of a PHQ-9 does."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.records import Patient, Update
from ..errors import StoreError
from ..ports import World
from ..texts import pages
from ..texts.forms import as_text, forms, marks
from .page_identity import Door

BROKEN = ("camera", "microphone", "sound", "link", "other")


def filled(fields: Mapping[str, str], language: str) -> str:
    """What the form says, "" for an empty one, or one that there is not."""
    form = forms().get(fields.get("about", ""))
    return as_text(form, fields, language) if form else ""


def broken(fields: Mapping[str, str], language: str) -> str:
    """That the video does not work, and their own words."""
    what = fields.get("what", "") if fields.get("what", "") in BROKEN else "other"
    own = fields.get("text", "").replace("\r\n", "\n").strip()
    said = pages.words(language)
    return "\n".join([f"{said['post_broken']} {said[f'broken_{what}']}.", *([own] if own else [])])


def remember(world: World, door: Door | None, fields: Mapping[str, str]) -> None:
    """The newest answer about self-harm: what we begin after a missed visit waits for a clinician (issue 5, part 4). Its item is
    open already; losing this loses nothing of that."""
    form = forms().get(fields.get("about", ""))
    if form is None or door is None or not marks(form, fields):
        return
    try:
        fresh = {"item9_at": world.clock()}
        world.store.commit(Update(Patient, (door.patient.patient_id,), set=fresh, add={"version": 1}))
    except StoreError as failure:
        world.journal.event("item9_not_marked", error=type(failure).__name__)

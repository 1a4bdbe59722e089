"""A person sends a page instead of a text: what leaves by the carrier is a neutral line with a link, and its words are sealed for
the page alone. The line says nothing, so it may go to who allows nothing (level 0)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from ..core.page_links import MESSAGE, MOST_LETTERS, PURPOSES
from ..core.people import Patient
from ..core.records import Change, Put
from ..core.staff import Staff
from ..ports import World
from ..texts import approval
from . import outbox, page_link
from .read_thread import open_profile
from .reply_outcomes import Draft
from .text_level import Level

NEUTRAL = Level(0, 0, "", True, "", 0)


def wrong(draft: Draft) -> str:
    """empty, too_long, or ""."""
    if draft.page not in PURPOSES:
        return "empty"
    if draft.page == MESSAGE and not draft.text.strip():
        return "empty"
    return "too_long" if len(draft.text) > MOST_LETTERS else ""


def birth_date(world: World, who: Staff, patient: Patient | None) -> date | None:
    """What their page may ask them. Raises `OpenFailed`: nothing is sent then, and pressing again is safe."""
    return open_profile(world, who, patient).birth_date if patient else None


def letter(
    world: World, who: Staff, patient: Patient, born: date | None, draft: Draft, plain: outbox.Letter, now: datetime
) -> tuple[outbox.Letter, list[Change]]:
    """The same letter with its line instead of its words, and the link's row. Raises `SealFailed`, `SecretUnavailable`."""
    carried = page_link.make(world, who, patient, born, draft.page, plain.message_id, plain.not_before or now)
    if approval.why_not(carried.template):
        raise ValueError(carried.template)
    context = outbox.page_context(patient.patient_id, patient.program)
    row = outbox.page_row(plain.thread_id, plain.message_id)
    sealed = world.vault.seal(context, row, draft.text) if draft.page == MESSAGE else b""
    sent = replace(
        plain, text=carried.line, template=carried.template, content_level=0, above_level="", level_then=0,
        page=draft.page, link=carried.link.token_hash, sealed_page=sealed,
    )  # fmt: skip
    return sent, [Put(carried.link)]

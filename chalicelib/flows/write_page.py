"""A person sends a page instead of a text: what leaves by the carrier is a neutral line with a link, and its words are sealed for
the page alone. The line says nothing, so it may go to who allows nothing (level 0)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from ..core.appointments import Appointment
from ..core.page_links import FORM, MESSAGE, MOST_LETTERS, PURPOSES, RESOURCES, ROOM
from ..core.people import Patient
from ..core.records import Change, Put
from ..core.staff import Staff
from ..ports import World
from ..texts import approval, channels, shared
from ..texts.forms import forms
from . import outbox, page_link
from .plan_touches import open_details
from .read_thread import open_profile
from .reply_outcomes import Draft
from .sender import of_patient
from .text_level import Level

NEUTRAL = Level(0, 0, "", True, "", 0)


def wrong(draft: Draft, today: date) -> str:
    """empty, too_long, nothing_chosen, or ""."""
    if draft.page not in PURPOSES:
        return "empty"
    if draft.page == MESSAGE and not draft.text.strip():
        return "empty"
    if draft.page == FORM and draft.about not in forms():
        return "nothing_chosen"
    if draft.page == RESOURCES and not shared.current(today, draft.about.split()):
        return "nothing_chosen"
    return "too_long" if len(draft.text) > MOST_LETTERS else ""


def room_of(world: World, patient: Patient | None, now: datetime) -> Appointment | None:
    """Their next visit by video; None where none is ahead."""
    theirs = world.store.appointments_of(patient.patient_id) if patient else []
    ahead = [each for each in theirs if each.remote and each.ahead and each.ends_at > now]
    return min(ahead, key=lambda each: each.start_at, default=None)


def birth_date(world: World, who: Staff, patient: Patient | None) -> date | None:
    """What their page may ask them. Raises `OpenFailed`: nothing is sent then, and pressing again is safe."""
    return open_profile(world, who, patient).birth_date if patient else None


def letter(
    world: World, who: Staff, patient: Patient, born: date | None, draft: Draft, plain: outbox.Letter, now: datetime,
    channel: str = "",
) -> tuple[outbox.Letter, list[Change]]:  # fmt: skip
    """The same letter with its line instead of its words, and the link's row. `channel`: email, where it goes by one.
    Raises `SealFailed`, `SecretUnavailable`."""
    about, words = _inside(world, who, patient, draft, now)
    leaves = plain.not_before or now
    carried = page_link.make(world, who, patient, born, draft.page, plain.message_id, leaves, channel, about=about)
    if channel:
        mail = channels.say("email_page", patient.language, sender=of_patient(world, patient), link=carried.address)
        carried = replace(carried, line=mail.body, template=mail.template_id)
    if approval.why_not(carried.template):
        raise ValueError(carried.template)
    context = outbox.page_context(patient.patient_id, patient.program)
    row = outbox.page_row(plain.thread_id, plain.message_id)
    sealed = world.vault.seal(context, row, words) if words else b""
    sent = replace(
        plain, text=carried.line, template=carried.template, content_level=0, above_level="", level_then=0,
        page=draft.page, link=carried.link.token_hash, sealed_page=sealed, subject=about, channel=channel,
    )  # fmt: skip
    return sent, [Put(carried.link)]


def _inside(world: World, who: Staff, patient: Patient, draft: Draft, now: datetime) -> tuple[str, str]:
    """What the page is about, and what is sealed for it alone: words, what is shared, or the room's own address. Raises
    `OpenFailed`, `StoreError`."""
    if draft.page == ROOM:
        visit = room_of(world, patient, now)
        return (visit.appointment_id, open_details(world, visit, who.staff_id).link) if visit else ("", "")
    if draft.page == RESOURCES:
        today = now.astimezone(world.clinic.zone).date()
        return "", " ".join(each.shared_id for each in shared.current(today, draft.about.split()))
    return (draft.about if draft.page == FORM else ""), (draft.text if draft.page == MESSAGE else "")

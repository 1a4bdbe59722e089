"""The forms of the waitlist, read: who wants sooner, a time that is open, what a clinician wants of offers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from ..core.clinic import DAYS
from ..core.records import WaitlistEntry
from ..core.segments import transliterate
from ..core.waitlist_rules import EntryWish, SlotWish
from ..flows.send_later import read_local
from ..ports import World
from .web import Form, whole


def entry_fields(entry: WaitlistEntry | None) -> dict[str, str]:
    """The form as the entry has it, or blank."""
    if entry is None:
        return {"kind": "individual", "visit_id": "", "start": "", "end": "", "clinician": "", "where": "", "notice": "24"}
    start, _, end = entry.hours.partition("-")
    return {
        "kind": entry.kind, "visit_id": entry.visit_id, "start": start, "end": end, "clinician": entry.clinician,
        "where": entry.where, "notice": str(entry.notice_hours), "by_phone": "yes" if entry.by_phone else "",
        **{f"day_{day}": "yes" for day in entry.days},
    }  # fmt: skip


def read_entry_form(form: Form) -> EntryWish:
    start, end = form.get("start", "").strip(), form.get("end", "").strip()
    priority = form.get("priority", "0")
    return EntryWish(
        kind=form.get("kind", "individual"),
        visit_id=form.get("visit_id", ""),
        days=tuple(day for day in DAYS if form.get(f"day_{day}")),
        hours=f"{start}-{end}" if start or end else "",
        clinician=form.get("clinician", ""),
        where=form.get("where", ""),
        notice_hours=number(form.get("notice", "")),
        by_phone=bool(form.get("by_phone")),
        priority_days=-1 if priority == "-1" else number(priority, 0),
    )


def read_slot_form(world: World, form: Form) -> SlotWish:
    """A beginning that cannot be read is now: the rules refuse it beside its field."""
    zone = form.get("zone", "")
    try:
        start = read_local(form.get("start", ""), ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        start = None
    return SlotWish(
        form.get("clinician", "").strip(),
        form.get("kind", ""),
        start or world.clock(),
        zone,
        number(form.get("minutes", "")),
        " ".join(transliterate(form.get("place", "")).split()),
        bool(form.get("remote")),
    )


def number(text: str, otherwise: int = 0) -> int:
    return whole(text.strip(), otherwise, digits=4)

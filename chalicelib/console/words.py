"""Statuses, reasons, people and numbers in the words of a clinic. Tables first; nothing here decides anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..core.messages import Kind, Status
from ..core.records import Message
from ..flows.own_thread import WHY_CLOSED
from .reasons import NOTES as NOTES
from .reasons import REFUSALS as REFUSALS
from .times import Place, iso, window

SOON = timedelta(seconds=15)

# status: (label, tone, what to do). Tones: quiet, good, wait, bad.
DELIVERY: dict[Status, tuple[str, str, str]] = {
    Status.QUEUED: ("Leaving now", "wait", ""),
    Status.CLAIMED: ("Leaving now", "wait", ""),
    Status.UNKNOWN: ("Not known yet", "wait", "The carrier did not answer. We are checking; do not send it again."),
    Status.QUEUED_AT_CARRIER: ("With the carrier", "wait", ""),
    Status.HANDED_TO_CARRIER: ("Handed to the phone network", "quiet", ""),
    Status.DELIVERED: ("Delivered to the phone", "good", ""),
    Status.FAILED_NUMBER: ("Not delivered", "bad", "This number cannot receive texts now. Call, and ask for another number."),
    Status.FAILED_BLOCKED: ("Blocked", "bad", "The carrier refused it. Call instead."),
    Status.FAILED_OTHER: ("Not delivered", "bad", "The carrier could not deliver it. Call, or try again later."),
    Status.EXPIRED: ("Not delivered in time", "bad", "The phone was not reached in time. Call if it matters."),
    Status.REFUSED: ("Not sent", "bad", ""),
    Status.WITHDRAWN: ("Taken back, never sent", "quiet", ""),
    Status.NOT_SENT: ("Not sent", "bad", "The carrier has no record of it. You can write it again."),
}

# why somebody put a thread away (flows.own_thread.WHY_CLOSED)
CLOSED = {"": "Closed", **{why: f"Closed: {says[0].lower()}{says[1:]}" for why, says in WHY_CLOSED.items()}}

TIERS = {0: "Danger now", 1: "Crisis", 2: "Distress", 3: "Ordinary"}
STATES = {
    "detected": "Nobody has it",
    "paged": "Paged, nobody has it yet",
    "acknowledged": "Taken",
    "contacted": "Patient reached",
    "unable": "Not reached yet",
    "resolved": "Closed",
}
NEXT = {
    "detected": "Acknowledge it, then call.",
    "paged": "Acknowledge it, then call.",
    "acknowledged": "Call the patient. Then say whether you reached them.",
    "contacted": "Choose how it ended.",
    "unable": "Keep trying, or choose how it ended.",
    "resolved": "",
}
STEPS = {
    "detected": "Screen fired",
    "raised": "Raised by hand",
    "not_safe_word": "Their “not safe” word came",
    "paged": "Paged",
    "page_failed": "Page failed",
    "texted": "Texted directly",
    "lapsed": "Taken, but no contact logged: open again, first held by",
    "unable_reminded": "Reminded: not reached yet",
    "reply_undelivered": "The crisis answer did not arrive",
    "text": "Patient wrote again",
    "asks_for_texts": "Patient asked for texts, not a call",
    "read_this": "Told the patient that a person read it",
    "reaction": "Patient reacted to the crisis answer",
    "acknowledged": "Acknowledged",
    "contacted": "Reached the patient",
    "unable": "Could not reach the patient",
    "resolved": "Closed",
    "dismissed": "Closed",
    "marked": "Page marked",
    "transferred": "Handed to",
    "held": "Now with",
    "signed": "Looked at and signed",
    "noted": "Note for the chart written",
    "drill_started": "Drill started",
    "left_out": "From here on, further calls to people who were called before are not listed one by one",
}
MARKS = {"true": "true", "false": "a false alarm", "unsure": "unsure"}
CATEGORIES = {
    "suicide": "suicide",
    "self_harm": "self-harm",
    "overdose": "overdose or something swallowed",
    "harm_to_others": "harm to others",
    "danger_from_someone": "danger from someone",
    "child_or_elder_abuse": "a child or elder hurt",
    "psychosis": "psychosis",
    "withdrawal": "withdrawal",
    "relapse": "relapse",
    "medical_emergency": "medical emergency",
    "someone_else_in_danger": "someone else in danger",
    "unknown_language": "a language that the screen cannot read",
    "second_look": "the second look alone",
    "screen_failed": "the screen failed",
    "words_gone": "its words were gone from the carrier's log: ask what they wrote",
    "by_hand": "raised by a person",
    "no_contact": "do not call or text this phone",
}
KINDS = {
    Kind.CRISIS_ANSWER: "Crisis answer",
    Kind.STOP_CONFIRMATION: "Stop confirmed",
    Kind.START_CONFIRMATION: "Start confirmed",
    Kind.HELP: "Help",
    Kind.REMINDER: "Reminder",
    Kind.CAMPAIGN: "Campaign",
    Kind.VISIT_NEWS: "Visit changed",
    Kind.ACCESS: "How to get in",
    Kind.VISIT_ANSWER: "About the visit",
    Kind.PHONE_ANSWER: "About their phone",
    Kind.CODE: "Code for a page",
    Kind.ASK_BACK: "Asked back",
    Kind.NOTICE: "Notice",
    Kind.CLOSED_NOTICE: "Closed now",
    Kind.WELCOME: "First text",
    Kind.NOTE: "Note for staff, never sent",
}
PATIENT_STATUS = {
    "active": "Active",
    "hold": "On hold",
    "hospital": "In hospital",
    "custody": "In custody",
    "discharged": "Discharged",
    "deceased": "Deceased",
}
NOT_STAFF = {
    "": "Automatic",
    "auto": "Automatic",
    "everyone": "everyone on call",
    "pager": "Pager",
    "patient": "Patient",
    "screen": "Screen",
}
LEVELS = {0: "0 · nothing about care", 1: "1 · clinic name", 2: "2 · clinical content"}
LANGUAGES = {"en": "English", "es": "Spanish"}
WEEK = (("mon", "Mon"), ("tue", "Tue"), ("wed", "Wed"), ("thu", "Thu"), ("fri", "Fri"), ("sat", "Sat"), ("sun", "Sun"))
ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an outgoing text: a label, its tone, and what to do."""

    label: str
    tone: str
    advice: str = ""
    undo: str = ""  # what taking it back is called, while it can be


def delivery(message: Message, now: datetime, zone: ZoneInfo) -> Delivery:
    """The truth about one outgoing row."""
    status = Status(message.status)
    label, tone, advice = DELIVERY[status]
    if status is Status.QUEUED and message.not_before and message.not_before > now:
        if not message.scheduled and message.not_before - now <= SOON:
            return Delivery("Leaves in a few seconds", "wait", undo=_undo(message, "Undo"))
        why = "Planned" if message.scheduled else "Waits for safe hours" if message.kind == Kind.STAFF else "Waits"
        return Delivery(f"{why}: leaves {Place(zone, now).stamp(message.not_before)}", "wait", undo=_undo(message, "Cancel it"))
    if status in (Status.REFUSED, Status.FAILED_BLOCKED, Status.FAILED_OTHER) and message.status_reason in REFUSALS:
        reason, to_do = REFUSALS[message.status_reason]
        return Delivery(label, tone, f"{reason} {to_do}".strip())
    return Delivery(label, tone, advice)


def _undo(message: Message, says: str) -> str:
    """Only a text that a person wrote is taken back."""
    return says if message.author not in ("", "auto") else ""


def program_name(clinic: object, program: str) -> str:
    programs = getattr(clinic, "programs", {})
    known = programs.get(program)
    return known.name if known else "Unknown numbers" if program == "unmatched" else program


def person(staff_id: str, me: str = "") -> str:
    """Who did it, as staff say it."""
    if staff_id == me and me:
        return "You"
    if staff_id.startswith("page:"):
        return f"Whoever opened page {staff_id.removeprefix('page:')[:6]}"
    return NOT_STAFF.get(staff_id) or staff_id.replace(".", " ").replace("_", " ").title()


def initials(name: str) -> str:
    parts = [part for part in re.split(r"[\s\-]+", name) if part]
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def phone(number: str) -> str:
    """+13035550100 as (303) 555-0100."""
    if re.fullmatch(r"\+1\d{10}", number):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def zone_name(zone: str) -> str:
    return ZONES.get(zone, zone.partition("/")[2].replace("_", " ") or zone)


def category(name: str) -> str:
    return CATEGORIES.get(name, name.replace("_", " ").replace("-", " "))


def fours(text: str) -> str:
    """A key to type, in groups that the eye can hold."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def month(named: str) -> str:
    """"2026-11" as "Nov 2026"."""
    return f"{date.fromisoformat(f'{named}-01'):%b %Y}"


FILTERS: dict[str, Callable[..., str]] = {
    "month": month,
    "initials": initials,
    "phone": phone,
    "zone_name": zone_name,
    "category": category,
    "iso": iso,
    "window": window,
    "person": person,
    "fours": fours,
}

"""The real decision (`core.permission.may_leave`) for one kind under one combination of circumstances."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.core.campaign_rules import Beside
from chalicelib.core.people import Contact, Patient, PatientRef
from chalicelib.core.permission import RULES, Leave, Verdict, Wait, may_leave
from chalicelib.core.records import AboutVisit, Message, Offer
from tests.appointments import an_appointment
from tests.core.test_permission import BACK, CAMPAIGN
from tests.waitlist import a_slot

from .table import PAGE, channel_of, kind_of

DENVER = ZoneInfo("America/Denver")
NOON = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)  # Tuesday 12:00 in Denver
NIGHT = datetime(2026, 3, 4, 4, 30, tzinfo=UTC)  # Tuesday 21:30 in Denver
DAY = timedelta(days=1)
VISIT, SLOT = an_appointment(), a_slot(state="offered")


@cache
def outcome(kind: str, consent: str, hour: str, level: str, state: str, phone: str) -> tuple[str, str]:
    """g, w or n, and why."""
    now = NIGHT if hour == "night" else NOON
    found: Verdict = may_leave(
        _message(kind, level, now), _contact(consent, phone, now), _patient(kind, consent, state, phone, now), DENVER, now, (VISIT,), (_held(now),),
        BACK, Beside(replace(CAMPAIGN, purpose="back")),
    )
    if isinstance(found, Leave):
        return "g", ""
    return ("w" if isinstance(found, Wait) else "n"), found.why


def _contact(consent: str, phone: str, now: datetime) -> Contact:
    role = "guardian" if consent in ("guardian", "granted") else "self"
    contact = Contact("c1", 1, patients=(PatientRef("alice", "adult", role),))
    contact = replace(contact, doubt="wrong_number") if phone == "doubt" else contact
    if consent in ("stopped", "kept"):
        contact = replace(contact, stopped_at=now - DAY)
    if consent == "kept":
        contact = replace(contact, kept=("appointments",), kept_at=now - DAY / 2)
    return replace(contact, unsure_at=now + DAY / 24) if consent == "unsure" else contact


def _patient(kind: str, consent: str, state: str, phone: str, now: datetime) -> Patient:
    scope = RULES[kind_of(kind)].consent
    agreed = {"conversation"} if consent == "unasked" else set() if consent == "none" else {"conversation", scope or "conversation"}
    return Patient(
        "alice", "adult", "c1", b"", zone="America/Denver", status=state, consent=dict.fromkeys(sorted(agreed), now - 9 * DAY),
        declined=(scope or "appointments",) if consent == "declined" else (),
        agreed={channel_of(kind): now - 9 * DAY} if channel_of(kind) and consent != "none" else {},
        guarded=(channel_of(kind),) if consent in ("guardian", "granted") and channel_of(kind) else (),
        proxy=(scope,) if consent == "granted" and scope else (),
        held_at=now - DAY if phone == "unsafe" else None, quiet_until=now + DAY if phone == "quiet" else None,
    )  # fmt: skip


def _message(kind: str, level: str, now: datetime) -> Message:
    rule, above = RULES[kind_of(kind)], level == "above" and not kind.endswith(PAGE)
    return Message(
        "alice", "m1", "out", kind_of(kind), "claimed", now, "adult", "c1", b"", patient_id="alice", content_level=int(above),
        channel=channel_of(kind),
        reengagement=("r1", "same day") if rule.of_return else (),
        slots=(SLOT.slot_id,) if rule.of_slots else (),
        visits=(AboutVisit(VISIT.appointment_id, VISIT.start_at),) if rule.of_visits else (),
    )  # fmt: skip


def _held(now: datetime):
    return replace(SLOT, offers=(Offer("alice", "v1", now, now + timedelta(hours=1)),))

"""What patients change of how we reach them, on a page of their own (TXT-1, SAFE-1): what tightens holds at once, for who showed
who they are; what lets more through, a new number or a new word only asks a person to call back, since whoever holds the phone
could ask. No reason is asked. The plan is sealed for staff: this door changes what stands beside it, and cannot open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core import tasks
from ..core.crisis_answers import UNSAFE
from ..core.people import Contact, Patient
from ..core.records import Change, Task
from ..core.safe_hours import HOUSE, both_allow, next_safe
from ..core.safe_phone import OFTEN
from ..core.windows import DAYS
from ..errors import Conflict, Rejected
from ..ports import World
from ..texts.safe_phone import labels
from . import desk_tasks, outbox, page_choices
from .page_identity import Door, trace
from .plan_rows import review_due

QUIET_DAYS = (1, 3, 7, 14, 31)
ASKED = "plan_asked"  # the task of a call back
ABOUT = ("hours", "more", "calls", "number", "word", "other")
ATTEMPTS = 4


def quiet(world: World, door: Door, days: int, where: str) -> bool:
    """Nothing that we begin for some days; never sooner than they asked before. Raises `StoreError`."""
    zone, now = world.clinic.zone, world.clock()
    morning = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
    until = next_safe(morning, zone, {}) or morning

    def make(patient: Patient, contact: Contact | None) -> list[Change]:
        later = max(until, patient.quiet_until or until)
        return page_choices.both(patient, contact, {"quiet_until": later})

    return days in QUIET_DAYS and page_choices.changed(world, door, "page_quiet", where, make)


def narrow(world: World, door: Door, start: int, end: int, not_on: tuple[str, ...], where: str) -> bool:
    """Only between these hours (of 24), and not on these days; inside what held before. False where no hour would be left: no
    hours at all would mean the house's. Raises `StoreError`."""
    if not 0 <= start < end <= 24:
        return False
    wish = {day: f"{start:02d}:00-{end:02d}:00" for day in DAYS if day not in not_on}
    left: list[dict[str, str]] = []

    def make(patient: Patient, contact: Contact | None) -> list[Change]:
        kept = both_allow(patient.safe_hours or HOUSE, wish)
        left[:] = [kept] if kept else []
        return page_choices.both(patient, contact, {"safe_hours": kept}) if kept else []

    return bool(wish) and page_choices.changed(world, door, "page_hours", where, make) and bool(left)


def no_calls(world: World, door: Door, where: str) -> bool:
    """Calls are not safe on this phone. A person looks at the plan, which is asked about more often from now on (SAFE-3)."""
    now = world.clock()

    def make(patient: Patient, contact: Contact | None) -> list[Change]:
        fields: dict[str, object] = {"safe_phone": UNSAFE, "safe_phone_at": now}
        if patient.safe_phone == UNSAFE:
            return []
        review = _review(patient, now)
        fields |= {"plan_due": now + OFTEN} if review else {}
        said = _task(world, replace(patient, safe_phone=UNSAFE), tasks.NOT_SAFE, now)
        return [*page_choices.both(patient, contact, fields), *review, *said]

    return page_choices.changed(world, door, "page_no_calls", where, make)


def _review(patient: Patient, now: datetime) -> list[Change]:
    """The plan's next look, where it would have come later than for a phone that is not safe. The later row asks nothing then."""
    soon = patient.plan_due is not None and patient.plan_due <= now + OFTEN
    return [outbox.keep_due(review_due(patient.patient_id, now + OFTEN))] if patient.plan and not soon else []


def no_voicemail(world: World, door: Door, where: str) -> bool:
    """No message is ever left on this phone. Raises `StoreError`."""
    def make(patient: Patient, phone: Contact | None) -> list[Change]:
        return page_choices.both(patient, phone, {"no_voicemail": True})

    return page_choices.changed(world, door, "page_no_voicemail", where, make)


def name_us(world: World, door: Door, label: str, where: str) -> bool:
    """How we name ourselves to who asks: each choice is neutral. Raises `StoreError`."""
    def make(patient: Patient, phone: Contact | None) -> list[Change]:
        return page_choices.both(patient, phone, {"label": label})

    return label in labels() and page_choices.changed(world, door, "page_label", where, make)


def ask(world: World, door: Door, about: str, where: str) -> bool:
    """Somebody calls back before anything changes. False for what cannot be asked for. Raises `StoreError`."""
    if about not in ABOUT:
        return False
    for _ in range(ATTEMPTS):
        now = world.clock()
        try:
            changes = _task(world, door.patient, about, now)
            world.store.commit(*changes, trace(world, door.link, f"page_ask_{about}", now, where))
        except (Conflict, Rejected):
            continue
        return True
    raise Conflict(door.link.name)


def _task(world: World, patient: Patient, about: str, now: datetime) -> list[Change]:
    """Once, however often it is pressed. On a phone that is not safe it says so (SAFE-3)."""
    unsafe = patient.safe_phone == UNSAFE or patient.held_at is not None
    said = f"{about}.{tasks.NOT_SAFE}" if unsafe and about != tasks.NOT_SAFE else about
    own = patient.patient_id
    task = Task(world.ids(now), ASKED, own, "patient", now, now, patient_id=own, about=said)
    return desk_tasks.once(world, patient.program, task)

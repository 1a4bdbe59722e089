"""What is left to do, by kind: who may say that it is done, and when it is due.

`who`: "owner" (the person named, or a supervisor), "program" (anybody who works there), or the action a role needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .clinic import Clinic
from .desk_rows import Task, Tasks
from .roles import Action
from .staff import Staff

CALL_FIRST = "missed_call"  # while one is open, nothing automatic that we begin leaves
NOT_SAFE = "not_safe"  # what a call is about whose phone is not safe
WARNING = "DO NOT CALL THIS PHONE. Reach them as their safe-phone plan says"
MOST = 500  # of one program: a row has a size, and a list nobody clears must not stop what comes next


@dataclass(frozen=True, slots=True)
class Kind:
    """`label` names the row, `done` the button. `by_hand`: a person may add it."""

    label: str
    done: str
    who: str
    by_hand: bool = False


KINDS: dict[str, Kind] = {
    "urgent_visit": Kind("Urgent visit: book it now", "Booked", "program", by_hand=True),
    "follow_up": Kind("Follow up after a crisis", "Done", "program"),
    "caring_text": Kind("Caring text: read it, change it, send it", "Done", "owner", by_hand=True),
    "missed_call": Kind("Missed a visit: call today, texts wait until you have", "Called", Action.CALL_FIRST),
    "quiet_call": Kind("Gone quiet: call them", "Called", "program"),
    "barrier": Kind("Stands in the way of a visit", "Done", "program"),
    "stop_after_crisis": Kind("Sent STOP soon after a crisis: reach them another way", "Reached", "program"),
    "page_closed": Kind("Three wrong tries at their page: see their safe-phone plan, then call", "Reached", "program"),
    "offer_call": Kind("A time is held for them: call now", "Called", "program"),
    "visit_link": Kind("A visit by video needs its link", "Done", "program"),
    "drop_report": Kind("A file of visits had lines that are wrong: see the report beside it", "Looked at", "program"),
    "plan_full": Kind("Tomorrow's texts will not all fit: look at the plan", "Looked at", Action.CAMPAIGNS),
    "number_doubt": Kind("May be somebody else's number now: find out, and say it on their safe-phone page", "", "program"),
    "misdirected": Kind("Texts went to a number that was not theirs: is it a breach? (TXT-6)", "Looked at", "program"),
    "plan_review": Kind("Safe-phone plan: ask them again", "Asked", "program"),
    "asked_by_call": Kind("On an automated call they asked for another time, or for a person: call them", "Called", "program"),
    "tell_them": Kind("A visit: nothing automatic reached them. Call, or send a letter", "Told", "program"),
    "proxy_end": Kind("A guardian's grant ended: ask the patient themselves, and note what they say", "Asked", "program"),
    "reach_review": Kind("How they can be reached: ask them again", "Asked", "program"),
    "plan_asked": Kind("Asked on their page: call them back, and check that it is them", "Called back", "program"),
    "sign_off": Kind("How a crisis ended: look and sign", "", Action.SIGN_OFF),
    "stale_words": Kind("What patients are told grows old: look at it again", "Looked at", Action.WORDS),
    "page_review": Kind("Too many false pages at night: look at it", "Looked at", Action.CRISIS_BOARD),
}


# Others are of an item, of a week.
OF_THE_PATIENT = frozenset(
    {
        "urgent_visit", "follow_up", "caring_text", "barrier", CALL_FIRST, "quiet_call", "stop_after_crisis", "plan_review",
        "page_closed", "number_doubt", "misdirected", "reach_review", "plan_asked", "tell_them",
        "asked_by_call", "proxy_end",
    }
)  # fmt: skip


def travels(task: Task, patient_id: str) -> bool:
    """Whether it goes along when this patient changes the program. A signature stays with the item, where it ended."""
    return task.kind in OF_THE_PATIENT and patient_id in (task.patient_id, task.thread_id)


def as_arrived(task: Task) -> Task:
    """In the new program it is anybody's: whose it was works elsewhere. A text that one person would write is a follow-up."""
    return replace(task, owner="", kind="follow_up" if task.kind == "caring_text" else task.kind)


def shows(task: Task, who: Staff) -> bool:
    """Whether this person's list has it: what is somebody's own is theirs, what a role must do is that role's."""
    kind = KINDS.get(task.kind)
    if kind is None:
        return False
    if kind.who == "program":
        return True
    return task.owner == who.staff_id if kind.who == "owner" else who.may(kind.who)


def may_end(task: Task, who: Staff) -> bool:
    """Whether a press on "done" is theirs. What needs a signature ends by signing."""
    kind = KINDS.get(task.kind)
    return kind is not None and bool(kind.done) and shows(task, who)


def open_ones(tasks: Tasks | None, who: Staff) -> tuple[Task, ...]:
    """What this person's list shows, the earliest due first."""
    mine = [task for task in tasks.items if shows(task, who)] if tasks else []
    return tuple(sorted(mine, key=lambda task: (task.due_at, task.at)))


def next_day(clinic: Clinic, program: str, now: datetime) -> datetime:
    """When the program opens next on another day than today; 24 hours from now where it has no hours."""
    local = now.astimezone(clinic.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return clinic.next_open(program, midnight) or now + timedelta(days=1)

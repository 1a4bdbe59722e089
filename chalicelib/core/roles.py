"""Who may do what beside the work with patients, which follows the programs: one table, role by action.

A role that is not in the table may nothing here. The page of what one may not do does not exist (404).
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What a page or a change asks for."""

    QUEUE_HEALTH = "queue_health"  # counts of who waits: no names
    CRISIS_BOARD = "crisis_board"  # times, marks and page load of urgent items: ids, no names
    SCREEN = "screen"  # how right the screen is, and proposals to change its rules: rule ids and the project's own sentences
    DRILL = "drill"  # start one, see how they went
    CALL_FIRST = "call_first"  # call somebody who missed a visit after a crisis or a discharge, and say that it was done
    SIGN_OFF = "sign_off"  # a second look at how a crisis ended
    PROGRAMS = "programs"  # change hours, promises, numbers
    STAFF = "staff"  # accounts, roles, programs of people
    ROTA = "rota"  # change who is on call when
    GO_LIVE = "go_live"  # see papers, pilots and the checklist; who may change programs changes them
    TRAIL = "trail"  # who did what to whom: ids and words of the trail, no content
    TEXTS = "texts"  # see every template, change the staff's own
    CAMPAIGNS = "campaigns"  # make one, approve somebody else's, start and stop it; what the number carries each day
    BREAK_GLASS = "break_glass"  # open one record of another program for a while, with a reason: announced and reviewed
    REVIEW_KEYS = "review_keys"  # say of each key that was lent whether it was right to
    WORDS = "words"  # which texts go before which visit; what is approved, and what grows old
    HOLD = "hold"  # put a legal hold on a record and lift it; say that one is to be deleted, and somebody of RECORDS decides
    RECORDS = "records"  # release a patient's record, decide on corrections, have it deleted: whoever may see that patient


ADMINISTRATOR = "administrator"
ROLES: dict[str, str] = {
    "front_desk": "Front desk",
    "clinician": "Clinician",
    "supervisor": "Supervisor",
    "clinical_lead": "Clinical lead",
    "records": "Records",
    "compliance": "Compliance officer",
    ADMINISTRATOR: "Administrator",
}
NOT_THEIRS = frozenset(
    {
        Action.CRISIS_BOARD, Action.SCREEN, Action.SIGN_OFF, Action.DRILL, Action.WORDS, Action.CALL_FIRST, Action.TRAIL,
        Action.CAMPAIGNS, Action.RECORDS, Action.HOLD, Action.BREAK_GLASS, Action.REVIEW_KEYS,
    }
)  # fmt: skip
MAY: dict[str, frozenset[Action]] = {
    "front_desk": frozenset(),
    "clinician": frozenset({Action.CALL_FIRST, Action.BREAK_GLASS}),
    "supervisor": frozenset(
        {
            Action.QUEUE_HEALTH, Action.ROTA, Action.CRISIS_BOARD, Action.SCREEN, Action.SIGN_OFF, Action.DRILL, Action.WORDS,
            Action.CALL_FIRST, Action.CAMPAIGNS, Action.BREAK_GLASS,
        }
    ),
    "clinical_lead": frozenset(
        {
            Action.ROTA, Action.CRISIS_BOARD, Action.SCREEN, Action.SIGN_OFF, Action.DRILL, Action.WORDS, Action.CALL_FIRST,
            Action.CAMPAIGNS, Action.BREAK_GLASS, Action.REVIEW_KEYS,
        }
    ),
    "records": frozenset({Action.RECORDS, Action.HOLD}),
    "compliance": frozenset({Action.GO_LIVE, Action.TRAIL, Action.REVIEW_KEYS, Action.HOLD}),
    # clinical work is not theirs
    ADMINISTRATOR: frozenset(Action) - NOT_THEIRS,
}
SEES_NO_PATIENTS = frozenset({"compliance"})  # AWS says so too (infra/people.yaml)
DOES: dict[str, str] = {
    "front_desk": "Reads and answers texts, registers patients, in the programs below.",
    "clinician": "Reads and answers texts, registers patients, takes urgent items, in the programs below.",
    "supervisor": "What a clinician does, sees how long people wait, signs how a crisis ended, plans the rota, starts drills, "
    "decides which texts go before which visit.",
    "clinical_lead": "As a supervisor, but for queues. Answers for the words that patients are sent.",
    "records": "What the front desk does, and alone releases what a record holds, in the programs below.",
    "compliance": "Reviews the trail: who did what, never content, whatever programs are given. "
    "Somebody who also treats needs a second account.",
    ADMINISTRATOR: "Changes programs, people and texts. Sees patients only in programs given below.",
}


def may(role: str, action: Action | str) -> bool:
    return action in MAY.get(role, frozenset())


def administers(role: str) -> bool:
    """Whether anything under Settings is open to this role."""
    return any(may(role, action) for action in (Action.PROGRAMS, Action.STAFF, Action.TEXTS))

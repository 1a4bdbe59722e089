"""N3's table: one row a kind of text, what must hold for it, and why. The exceptions are the rows with `when_stopped` or without
`consent`, each with its reason. `core.permission` asks it when a text leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

from .consent import Scope
from .messages import Kind


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold for one kind. `consent`: the permission that must stand (`core.consent.SCOPES`), "" for none."""

    consent: str
    when_stopped: bool
    quiet_hours: bool  # waits for the patient's safe hours
    capped: bool
    while_inactive: bool  # on hold, in hospital, in custody, discharged
    why: str
    of_slots: bool = False  # offers openings: each must still be held for them; and who declines these texts gets none
    of_return: bool = False  # one of a re-engagement: everything that ends it is asked (`core.reengagement`)
    after_call: bool = False  # stays here while a clinician is to call them first
    of_visits: bool = False  # tells of visits: each must still be on, as told; and a patient may decline these alone
    answers: bool = False  # an automatic line in answer to a text: also to a phone that is not safe, which must not see that
    neutral: bool = False  # says nothing of anybody: may also go to a number that may be somebody else's now
    alone: bool = False  # to one person, not in danger (`asked.why_not`), and while no other question is open there
    of_campaign: bool = False  # it must be running, and nothing may have come up that a person must see to first


RULES: dict[Kind, Rule] = {
    Kind.REPLY: Rule("", False, False, False, True, "CTIA-1: who writes to us agrees to an answer; T27: no quiet hours"),
    Kind.STAFF: Rule(Scope.CONVERSATION, False, True, False, True, "a person begins: consent and safe hours"),
    Kind.WELCOME: Rule(Scope.CONVERSATION, False, True, True, False, "CTIA-3: the first text, once", after_call=True),
    Kind.NOTICE: Rule(
        "", False, False, True, True, "an automatic line in answer to a text, at most once a day", answers=True, neutral=True,
    ),
    Kind.CLOSED_NOTICE: Rule(
        "", False, False, False, True, "CR-5: in answer to a text, once per closed time and no oftener",
        answers=True, neutral=True,
    ),
    Kind.REMINDER: Rule(
        Scope.APPOINTMENTS, False, True, True, False, "the words they agreed to name visits; TCPA-11 as our budget",
        of_visits=True, after_call=True,
    ),
    Kind.VISIT_NEWS: Rule(
        Scope.APPOINTMENTS, False, True, False, False, "who is not told comes in vain: no cap, but their hours", of_visits=True
    ),
    Kind.ACCESS: Rule(
        Scope.APPOINTMENTS, False, True, False, False,
        "how to get in, minutes before: no visit by video without it, also while a call is owed",
        of_visits=True,
    ),
    Kind.OFFER: Rule(
        Scope.WAITLIST, False, True, False, False, "they asked for sooner; its own cap (`core.waitlist_rank`)",
        of_slots=True, after_call=True,
    ),
    Kind.CAMPAIGN: Rule(
        Scope.RE_ENGAGEMENT, False, True, True, False, "CTIA-6: its purpose says which permission it needs; never promotion",
        of_campaign=True,
    ),
    Kind.MOVES: Rule(
        "", False, False, False, True, "CTIA-1, T27: they just wrote that they need another time", of_slots=True, answers=True,
    ),
    Kind.TIMES: Rule(
        Scope.APPOINTMENTS, False, True, False, False, "they told a person that they need another time", of_slots=True
    ),
    Kind.MISSED: Rule(
        Scope.APPOINTMENTS, False, True, True, False, "news of a visit of theirs; TCPA-11 as our budget",
        of_return=True, after_call=True,
    ),
    Kind.REENGAGE: Rule(
        Scope.RE_ENGAGEMENT, False, True, True, False, "CTIA-6: a yes of its own; TCPA-11 as our budget",
        of_return=True, after_call=True,
    ),
    Kind.VISIT_ANSWER: Rule("", False, False, False, True, "CTIA-1, T27: a line in answer to what they just wrote", answers=True),
    Kind.PHONE_ANSWER: Rule(
        "", False, False, False, True, "CTIA-1, TXT-1: what they just asked of this phone", answers=True, neutral=True,
    ),
    Kind.CODE: Rule(
        Scope.CONVERSATION, False, True, False, True,
        "ID-2: asked for at a page by whoever has its link: so it needs a yes, and their hours, as what we begin does",
    ),
    Kind.ASK_BACK: Rule(
        "", False, True, False, False,
        "CTIA-3: asked for on our web page, so asked back once a week at most (`core.asked`); its own cap, so that nobody's form "
        "keeps a reminder here; level 0 and their hours, whoever typed the number",
        after_call=True, alone=True,
    ),
    Kind.CRISIS_ANSWER: Rule("", True, False, False, True, "N2; TCPA-1: emergency purposes", answers=True, neutral=True),
    Kind.STOP_CONFIRMATION: Rule("", True, False, False, True, "TCPA-7: one, within five minutes", answers=True, neutral=True),
    Kind.START_CONFIRMATION: Rule(
        "", False, False, False, True, "CTIA-3: confirms an opt-in just received", answers=True, neutral=True,
    ),
    Kind.KEEP_CONFIRMATION: Rule(
        Scope.APPOINTMENTS, False, False, False, True, "TCPA-8: confirms what they just kept", answers=True,
    ),
    Kind.HELP: Rule("", True, False, False, True, "CTIA-4: HELP is always answered", answers=True, neutral=True),
}
# Why a person may let one text of theirs say more than the patient's level. Nothing automatic ever may.
ABOVE_LEVEL: dict[str, str] = {
    "patient_asked": "The patient asked for this in their text",
    "agreed_now": "The patient agreed to it just now, by phone or in person",
    "safety": "Their safety needs it",
}

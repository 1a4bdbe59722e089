"""A text that reached somebody else: the case, its four factors filled in as far as rows can say, and its clocks (TXT-6).

It is presumed to be a breach until a person has written down why not (45 CFR 164.402(2)). Notice to the person without delay, 60
days at most after it was found (164.404(b)); to HHS with the year's others by 60 days after its end, or at once from 500 people
on (164.408). Part 2 records carry the same duty. No content: counts, levels, words of ours. No lawyer has read this yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

TELL_WITHIN = timedelta(days=60)
OPEN, LOW, BREACH = "open", "low", "breach"
DECISIONS: dict[str, str] = {
    LOW: "Low probability that it was compromised: no notice. The four factors say why",
    BREACH: "A breach: the person is told, and HHS with the year's others",
}
FACTORS: dict[str, str] = {
    "nature": "What was in it, and how easily it names somebody",
    "who": "Who got it",
    "seen": "Whether it was really seen",
    "mitigated": "What was done to lessen the harm",
}
RISKS: dict[str, str] = {"low": "Low", "some": "Some", "high": "High"}
DONE: dict[str, str] = {
    "person": "The person was told, by letter or as they agreed",
    "hhs": "HHS was told (the breach portal)",
    "media": "The media were told: 500 or more people of one state",
}
LEVELS = {0: "nothing about care", 1: "the clinic's name", 2: "clinical content"}


@dataclass(frozen=True, slots=True)
class Sent:
    """What rows say of the texts, unopened. `level`: the highest. `answered`: somebody on that phone wrote back."""

    texts: int
    delivered: int
    level: int
    above: bool  # a person let one say more than the patient's level
    pages: int  # of them, with a link to a page
    answered: bool
    part2: bool
    stopped: bool  # the number gets nothing of this patient any more
    shared: bool  # others are behind this number too


@dataclass(frozen=True, slots=True)
class BreachCase:
    """`found_at`: from when the clocks run. `source`: number, message. `facts`: factor to what was filled in; `risks`: factor to
    a word of RISKS, a person's. `done`: a word of DONE to when."""

    key: ClassVar[tuple[str, ...]] = ("case_id",)
    case_id: str
    patient_id: str
    program: str
    found_at: datetime
    found_by: str
    source: str
    message_id: str = ""
    texts: int = 0
    part2: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    risks: dict[str, str] = field(default_factory=dict)
    state: str = OPEN
    version: int = 1
    decided_at: datetime | None = None
    decided_by: str = ""
    done: dict[str, datetime] = field(default_factory=dict)

    @property
    def tell_by(self) -> datetime:
        return self.found_at + TELL_WITHIN

    @property
    def hhs_by(self) -> datetime:
        """Of fewer than 500 people: 60 days after the end of the year in which it was found."""
        return self.found_at.replace(year=self.found_at.year + 1, month=1, day=1, hour=0, minute=0) + TELL_WITHIN


def facts(sent: Sent, why: str) -> dict[str, str]:
    """The four factors in words, as far as rows know. `why`: how it was found."""
    many = "1 text" if sent.texts == 1 else f"{sent.texts} texts"
    nature = f"{many}; the most that any was meant to say: {LEVELS.get(sent.level, 'not known')}"
    nature += "; one was let say more than the patient's level" if sent.above else ""
    nature += f"; {sent.pages} with a link to a page, which asks who is there" if sent.pages else ""
    nature += "; 42 CFR part 2 covers it" if sent.part2 else ""
    seen = f"{sent.delivered} of {sent.texts} delivered to the phone, by the carrier's word"
    seen += "; somebody on it wrote back" if sent.answered else "; nobody wrote back"
    return {
        "nature": nature,
        "who": f"{why}; not known to be bound by HIPAA" + ("; others of the clinic have this number too" if sent.shared else ""),
        "seen": seen,
        "mitigated": "the number gets nothing of this patient any more" if sent.stopped else "nothing yet: look at the number",
    }


def undecided(case: BreachCase, risks: dict[str, str], decision: str) -> str:
    """Why it cannot be decided so: factors (each needs a person's word), decision, low (a high risk is none); "" when it can."""
    if decision not in DECISIONS:
        return "decision"
    if any(risks.get(each) not in RISKS for each in FACTORS):
        return "factors"
    return "low" if decision == LOW and "high" in risks.values() else ""

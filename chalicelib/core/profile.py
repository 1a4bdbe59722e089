"""What is sealed of a patient: who they are, and what is needed to reach them in a crisis."""

from __future__ import annotations

from datetime import date

from .quick import Later, carried, dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """What `Patient.sealed_profile` holds once opened."""

    name: str
    number: str
    birth_date: date | None = None
    tags: tuple[str, ...] = ()  # words of the clinic's own to find them by
    answers: str = ""  # who else answers this phone, as staff wrote it: "Rosa, mother"
    emergency: str = ""  # whom to call in an emergency, as staff wrote it: name, whose, number
    place: str = ""  # where they were last known to be, as staff wrote it
    plan: str = ""  # where their safety plan is kept; never its words (SCR-3)
    plan_on: date | None = None  # the plan's own day
    later: Later = carried()

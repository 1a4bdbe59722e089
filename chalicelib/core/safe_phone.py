"""How a patient is reached without harm: the plan agreed with them, and what the rows must know of it (SAFE-1, SAFE-3, SAFE-4).

The plan itself is sealed, a row a version, and never changed. What N3, the door and the patients' pages must know without opening
anything stands in `Patient`: hours, level, marks, instants, and keyed hashes of the two words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from .clinic import DAYS, read_window
from .crisis_answers import NOT_ASKED, SAFE, UNSAFE
from .keywords import fold
from .quick import Later, carried
from .safe_hours import HOUSE
from .sealed_json import names

if TYPE_CHECKING:
    from .people import Contact, Patient

YEARLY, OFTEN = timedelta(days=365), timedelta(days=90)  # looked at again; the second for a phone that is unsafe or shared
MOST_WORDS, SHORTEST, LONGEST = 3, 4, 40  # of a word that they choose: words in it, characters
CHECKED: dict[str, str] = {
    "in_person": "In person, and alone",
    "call_back": "We called them back, and they said their word or what only they know",
}


@dataclass(frozen=True, slots=True)
class SafePlan:
    """One version of a plan. `how`: how staff knew who they spoke to, a word of CHECKED; "" for what only tightened. `changed`:
    names of what did. `program`: under which it is sealed."""

    key: ClassVar[tuple[str, ...]] = ("patient_id", "version")
    patient_id: str
    version: int
    program: str
    sealed: bytes
    at: datetime
    by: str
    how: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SafePhone:
    """What a plan says, once opened. `hours`: weekday to "HH:MM-HH:MM", empty for the house's. `level`: 0 until they chose."""

    hours: Mapping[str, str] = field(default_factory=dict)
    level: int = 0
    phone: str = NOT_ASKED  # whether calls are private and safe there: safe, unsafe, "" for not asked
    voicemail: str = ""  # whether a message may be left: yes, no, "" for not asked
    label: str = ""  # how we name ourselves to who asks: a word of `texts/safe_phone.toml`
    others: str = ""  # who else uses or may look at the phone
    word: str = ""  # staff ask for it before they say anything
    duress: str = ""  # sent by them, it means: not safe
    needs_word: bool = False  # nothing else shows that it is them: somebody near knows the rest
    way: str = ""  # another way to reach them that they call safe
    avoid: str = ""  # whom never to call or tell
    agreed: str = ""  # what we do when the phone is not safe
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class OwnWord:
    """Whether somebody is to be known by the word they chose alone (ID-1), and its keyed hash, "" where none was chosen: then a
    person must call."""

    needed: bool
    hashed: str


def own_word(patient: Patient, contact: Contact | None) -> OwnWord:
    """What whoever checks an identity must ask: flagged people are at risk from somebody who knows their birth date, and whoever
    shares or answers their phone, a parent above all, mostly does (N7, MIN-2)."""
    flagged = patient.needs_word or patient.safe_phone == UNSAFE or patient.held_at is not None
    return OwnWord(flagged or not alone(contact, patient.patient_id), patient.word)


def alone(contact: Contact | None, patient_id: str) -> bool:
    """Whether nobody else is known to answer this number for them: no other patient, no guardian, nobody who shares it."""
    people = contact.patients if contact else ()
    return len(people) < 2 and all(ref.role == "self" for ref in people if ref.patient_id == patient_id)


def known_as(plan: SafePhone) -> SafePhone:
    """Whoever else uses the phone knows their birth date: then only their word shows that it is them (ID-1)."""
    return replace(plan, needs_word=True) if plan.others else plan


def plain(word: str) -> str:
    """A word as it is compared: no case, accents, signs or emoji."""
    return fold(word)


def wrong_word(word: str, other: str) -> str:
    """Why a word cannot be one of theirs: short, long, digits, same; "" when it can."""
    said = plain(word)
    if len(said.replace(" ", "")) < SHORTEST:
        return "short"
    if len(said) > LONGEST or len(said.split()) > MOST_WORDS:
        return "long"
    if not any(sign.isalpha() for sign in said):
        return "digits"
    return "same" if said == plain(other) else ""


def review_after(plan: SafePhone, shared: bool) -> timedelta:
    """How long a plan is believed (SAFE-1, SAFE-3)."""
    return OFTEN if shared or plan.phone == UNSAFE or plan.others or plan.needs_word else YEARLY


def differs(before: SafePhone, after: SafePhone) -> tuple[str, ...]:
    """Names of what is not the same."""
    return tuple(name for name in names(SafePhone) if getattr(before, name) != getattr(after, name))


def loosens(before: SafePhone, after: SafePhone) -> tuple[str, ...]:
    """What lets more through than before, or would let somebody else through: only for who was checked to be the patient, since
    whoever holds the phone could ask."""
    looser = {
        "hours": not _within(after.hours, before.hours),
        "level": after.level > before.level,
        "phone": (before.phone == UNSAFE and after.phone != UNSAFE) or (after.phone == SAFE and before.phone != SAFE),
        "voicemail": after.voicemail == "yes" and before.voicemail != "yes",
        "word": plain(after.word) != plain(before.word),
        "duress": plain(after.duress) != plain(before.duress),
        "needs_word": before.needs_word and not after.needs_word,
        "way": after.way != before.way and bool(after.way),
        "avoid": before.avoid not in after.avoid,
        "agreed": bool(before.agreed) and after.agreed != before.agreed,
    }
    return tuple(name for name, is_so in looser.items() if is_so)


def _within(hours: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether each hour was one before. No hours mean the house's."""
    mine, theirs = hours or HOUSE, known or HOUSE
    return all(day in theirs and _inside(mine[day], theirs[day]) for day in DAYS if day in mine)


def _inside(window: str, other: str) -> bool:
    (start, end), (begins, ends) = read_window(window), read_window(other)
    return begins <= start and end <= ends

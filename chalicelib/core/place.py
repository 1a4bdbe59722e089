"""Whose thread a text belongs to: asked before a page, so it stands apart from what a text means."""

from __future__ import annotations

from datetime import datetime

from .people import UNMATCHED, Contact, PatientRef, Prompt
from .quick import dataclass
from .triage import FirstLook


@dataclass(frozen=True, slots=True)
class Place:
    """The thread a text belongs to. `among`: everybody behind the number when it cannot be told who wrote (T11)."""

    thread_id: str
    program: str
    patient_id: str
    language: str
    among: tuple[PatientRef, ...] = ()


def place(contact: Contact, at: datetime, look: FirstLook) -> Place:
    """Never "the first patient with this phone": one, or the one the open question was put to, or nobody yet.

    `at`: when the text came to the carrier or to us. One that comes late answers no question put since."""
    people = contact.patients
    asked = open_prompt(contact, at)
    if len(people) > 1 and asked:
        people = tuple(person for person in people if person.patient_id == asked.patient_id)
    if len(people) == 1:
        person = people[0]
        return Place(person.patient_id, person.program, person.patient_id, person.language)
    language = _common_language(contact.patients) or _language_of(look)
    return Place(contact.contact_id, UNMATCHED, "", language, contact.patients)


def threads_of(contact: Contact) -> tuple[str, ...]:
    """Where texts of this number stand: its own thread, and one for each person behind it."""
    return (contact.contact_id, *(ref.patient_id for ref in contact.patients))


def _common_language(people: tuple[PatientRef, ...]) -> str:
    languages = {person.language for person in people}
    return languages.pop() if len(languages) == 1 else ""


def _language_of(look: FirstLook) -> str:
    """The language of the gravest rule that fired, which comes first; some words belong to both languages."""
    return "es" if look.rules and look.rules[0].startswith("es.") else "en"


def written_in(look: FirstLook, recorded: str) -> str:
    """The language of an answer in danger: Spanish where most rules that fired are Spanish and so is the gravest, whatever was
    recorded (ACC-4). Who asked for Spanish has it, whatever they write."""
    spanish = sum(rule.startswith("es.") for rule in look.rules)
    return "es" if _language_of(look) == "es" and 2 * spanish > len(look.rules) else recorded


def open_prompt(contact: Contact, at: datetime) -> Prompt | None:
    """The question that was open at this moment."""
    asked = contact.prompt
    return asked if asked and asked.opened_at <= at < asked.expires_at else None

"""A word that looks ordinary and says: not safe (SAFE-4). What it makes of the text that holds it, for those who are paged.

The text itself stays what it was: it means what it means and gets the answer that any text gets. Only who is paged sees more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from .people import Contact, Patient, PatientRef
from .place import Place, place
from .triage import FirstLook

NO_CONTACT = "no_contact"  # the category of an item whose phone must be left alone
RULE = "not_safe_word"
WARNING = "DO NOT CALL OR TEXT THIS PHONE."
OPEN_IT = "Open the console."
LONGEST = 3  # words in one such word
MOST = 400  # words of a text that are looked at: a text of any length is hashed within milliseconds


def whose_word(contact: Contact | None, body: str, hashed: Callable[[str, str], str]) -> tuple[PatientRef, ...]:
    """The people of this number whose word is in this text. `hashed`: of a patient's id and folded words. Nothing is hashed where
    nobody has such a word. Raises what `hashed` raises."""
    known = [ref for ref in (contact.patients if contact else ()) if ref.duress]
    if not known:
        return ()
    said = set(phrases(body))
    return tuple(ref for ref in known if any(hashed(ref.patient_id, each) == ref.duress for each in said))


def phrases(body: str) -> Iterator[str]:
    """Every run of up to three words, folded as the word was."""
    from .keywords import fold  # whose number has no such word waits for no more than before

    words = fold(body).split()[:MOST]
    for size in range(1, LONGEST + 1):
        for at in range(len(words) - size + 1):
            yield " ".join(words[at : at + size])


def alarmed(look: FirstLook, silent: tuple[PatientRef, ...], contact: Contact | None) -> FirstLook:
    """The look that pages: the text's own, with the word where it was said, and with the warning where it was said before."""
    held = any(ref.held_at for ref in contact.patients) if contact else False
    if not silent and not (held and look.pages):
        return look
    rules = (*look.rules, RULE) if silent else look.rules
    return replace(look, tier=min(look.tier, 1), categories=(*look.categories, NO_CONTACT), rules=rules)


def whose(contact: Contact, at: datetime, look: FirstLook, silent: tuple[PatientRef, ...]) -> Place:
    """Whose item it is: a word is one person's own, also on a phone that several answer. Two with the same word stay unknown."""
    if len(silent) != 1:
        return place(contact, at, look)
    ref = silent[0]
    return Place(ref.patient_id, ref.program, ref.patient_id, ref.language)


def tightened(contact: Contact, silent: tuple[PatientRef, ...], now: datetime) -> tuple[PatientRef, ...]:
    """What the number knows of them from then on: neutral words, and nothing that we begin."""
    mine = {ref.patient_id for ref in silent}
    return tuple(replace(ref, content_level=0, held_at=now) if ref.patient_id in mine else ref for ref in contact.patients)


def leave_alone(patient: Patient | None, categories: tuple[str, ...] = (), contact: Contact | None = None) -> bool:
    """Whether nobody may call or text this phone: until a person has found it safe. Where it is not known who of several wrote:
    when any of them said so. `categories`: of an item whose patient is not known."""
    if patient:
        return patient.held_at is not None
    return NO_CONTACT in categories or any(ref.held_at for ref in (contact.patients if contact else ()))


def warned(text: str, categories: tuple[str, ...]) -> str:
    """A page, with the warning where the phone must be left alone. No word of whose it is (PG-5)."""
    return text.replace(OPEN_IT, f"{WARNING} {OPEN_IT}") if NO_CONTACT in categories else text

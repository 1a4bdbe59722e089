"""How a text names who writes: as its patient chose (SAFE-3), else the clinic's own sender. What the law asks of a name (STOP,
START and HELP: CTIA-4, CTIA-5) keeps the clinic's, and so does an answer to danger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ports import World

if TYPE_CHECKING:
    from ..core.people import Contact, Patient
    from ..core.place import Place


def of_patient(world: World, patient: Patient) -> str:
    """At the beginning of a text to this person."""
    return _named(world, patient.label, patient.language)


def of_phone(world: World, contact: Contact, where: Place) -> str:
    """At the beginning of an answer to this phone; of several people who chose otherwise, the clinic's sender."""
    mine = {ref.label for ref in contact.patients if not where.patient_id or ref.patient_id == where.patient_id}
    return _named(world, mine.pop() if len(mine) == 1 else "", where.language)


def _named(world: World, label: str, language: str) -> str:
    if not label:
        return world.clinic.sender
    from ..texts.safe_phone import spoken_label  # nobody's page waits for it

    said = spoken_label(label, language, world.clinic.sender)
    return said[:1].upper() + said[1:]

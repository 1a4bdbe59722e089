"""The synthetic patient of an exercise: a number that is nobody's, and what is behind it."""

from __future__ import annotations

from ..core.people import PatientRef
from ..core.records import ABSENT, Contact, Update
from ..errors import Conflict, Rejected
from ..ports import SealContext, World

ATTEMPTS = 4


def introduce(world: World, number: str, thread_id: str, program: str) -> Contact:
    """The contact of a synthetic patient, made when it is not there. There is no patient's row: no list shows one.

    Raises `StoreError`, `SealFailed`, `SecretUnavailable`.
    """
    contact_id = world.hasher.contact_id(number)
    for _ in range(ATTEMPTS):
        known = world.store.get(Contact, contact_id)
        if known is not None:
            return known
        try:
            world.store.commit(_made(world, contact_id, number, PatientRef(thread_id, program)))
        except (Rejected, Conflict):  # somebody else makes it at this moment
            continue
    raise Conflict(contact_id)


def _made(world: World, contact_id: str, number: str, patient: PatientRef) -> Update:
    sealed = world.vault.seal(SealContext(contact_id, "numbers", "number"), contact_id, number)
    fields = {
        "sealed_number": sealed, "patients": (patient,), "created_at": world.clock(), "carrier": world.clinic.carrier,
        "version": 1,
    }  # fmt: skip
    return Update(Contact, (contact_id,), set=fields, expect={"version": ABSENT}, create=True)

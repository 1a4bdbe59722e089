"""The cast and its builders: everybody means the same in every test.

Alice is a patient of the adult program; Bob shares her phone and belongs to Harbor; Carol is Alice's clinician; Dan is
a clinician of Harbor and must see nothing of Alice; Erin is on call; Frank is the compliance officer; Rita keeps records.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from chalicelib.core.messages import InboundSms
from chalicelib.core.people import ref_of
from chalicelib.core.records import Contact, Patient, PatientRef, Put, Roster, Thread
from chalicelib.core.staff import Staff
from chalicelib.ports import SealContext, World

ALICE_NUMBER = "+13035550101"
STRANGER_NUMBER = "+13035550150"
CLINIC_NUMBER = "+13035550199"

CAROL = Staff("carol", "clinician", ("adult",))
DAN = Staff("dan", "clinician", ("harbor",))
ERIN = Staff("erin", "clinician", ("adult", "harbor", "unmatched"))
FRANK = Staff("frank", "compliance", ())
RITA = Staff("rita", "records", ("adult",))

_sids = count(1)


def an_sms(body: str, sender: str = ALICE_NUMBER, at: datetime | None = None, **fields: Any) -> InboundSms:
    """One text to the clinic, with a carrier id of its own."""
    from .fakes.world import TUESDAY_NOON

    built = InboundSms(
        carrier="twilio", carrier_id=f"SM{next(_sids):032x}", sender=sender, our_number=CLINIC_NUMBER, body=body,
        received_at=at or TUESDAY_NOON,
    )
    return replace(built, **fields)


def a_patient(
    world: World, patient_id: str = "alice", number: str = ALICE_NUMBER, program: str = "adult", **fields: Any
) -> Patient:
    """A registered patient who agreed to texts; the contact gains her, the roster her name."""
    now = world.clock()
    contact_id = world.hasher.contact_id(number)
    profile = json.dumps({"name": patient_id.title(), "number": number, "birth_date": "1990-05-05"})
    patient = Patient(
        patient_id=patient_id,
        program=program,
        contact_id=contact_id,
        sealed_profile=world.vault.seal(SealContext(patient_id, program, "profile"), patient_id, profile),
        zone="America/Denver",
        consent={"conversation": now},
        created_at=now,
        visits=(),
    )
    patient = replace(patient, **fields)
    ref = ref_of(patient)
    world.store.commit(Put(patient))
    world.store.commit(*_contact(world, contact_id, number, ref))
    world.store.commit(Put(Thread(patient_id, program, contact_id, patient_id)))
    world.store.commit(*_roster(world, program, patient_id))
    return patient


def _contact(world: World, contact_id: str, number: str, ref: PatientRef) -> list[Any]:
    from chalicelib.core.records import Update

    known = world.store.get(Contact, contact_id)
    if known is not None:
        people = (*known.patients, replace(ref, role="shared"))
        fields = {"patients": people, "version": known.version + 1}
        return [Update(Contact, (contact_id,), set=fields, expect={"version": known.version})]
    sealed = world.vault.seal(SealContext(contact_id, "numbers", "number"), contact_id, number)
    return [Put(Contact(contact_id, 1, sealed, (ref,), carrier="twilio", created_at=world.clock()))]


def _roster(world: World, program: str, patient_id: str) -> list[Any]:
    from chalicelib.core.records import Update

    context = SealContext("roster", program, "roster")
    known = world.store.get(Roster, program)
    names = {} if known is None else json.loads(world.vault.open(context, program, known.sealed_names, "test"))
    sealed = world.vault.seal(context, program, json.dumps({**names, patient_id: patient_id.title()}))
    if known is None:
        return [Put(Roster(program, 1, sealed))]
    fields = {"sealed_names": sealed, "version": known.version + 1}
    return [Update(Roster, (program,), set=fields, expect={"version": known.version})]

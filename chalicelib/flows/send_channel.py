"""One row that goes by another channel than a text: opened and handed over. Claim, N3 and record are `deliver`'s."""

from __future__ import annotations

from ..core.calls import KEPT, OutboundCall, Why
from ..core.channels import CALLS, Channel
from ..core.mail import OutboundMail
from ..core.messages import Kind, Reason
from ..core.records import Address, Contact, Message, Patient, PhoneCall, Update
from ..errors import CarrierRefused, OpenFailed
from ..ports import SealContext, World
from ..texts import approval, channels
from . import outbox, reassigned
from .reach_rows import open_address
from .sender import of_patient

READER = "job:deliver"


def send(world: World, message: Message, patient: Patient | None, contact: Contact) -> str:
    """The carrier's id. Raises `OpenFailed`, `StoreError`, `CarrierRefused` (nothing left), `CarrierUnknown`."""
    if message.channel == Channel.EMAIL:
        return _mail(world, message, patient)
    if message.channel in CALLS and patient is not None:
        return _call(world, message, patient, contact)
    raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="no_channel")


def _mail(world: World, message: Message, patient: Patient | None) -> str:
    row = world.store.get(Address, message.patient_id, message.channel)
    if row is None or patient is None or world.mailer is None or not world.clinic.mail or approval.why_not("email_subject"):
        raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="no_address")
    to = open_address(world, row, READER).get("to", "")
    if not to:
        raise OpenFailed(f"address of {message.patient_id}")
    subject = channels.say("email_subject", message.language, sender=of_patient(world, patient)).body
    words = outbox.words_of(world, message, READER)
    return world.mailer.send(OutboundMail(world.clinic.mail, to, subject, words, message.row))


def _call(world: World, message: Message, patient: Patient, contact: Contact) -> str:
    """Its row first: the carrier asks about it as soon as somebody answers. Its words travel sealed: this function opens none."""
    if not world.clinic.voice or not message.sealed_spoken:
        raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="no_voice")
    number = _number(world, message, contact)
    call_id, now = f"{message.message_id}.call", world.clock()
    code = message.kind == Kind.CODE  # on a box it is nobody's, and somebody's who should not have it
    may = message.channel == Channel.VOICE and patient.voicemail and not patient.no_voicemail and not code  # for this phone alone
    fields: dict[str, object] = {
        "why": Why.OPENS if code else Why.TOLD,
        "at": now,
        "expires_at": now + KEPT,
        "for_program": message.program,
        "patient_id": message.patient_id,
        "row": message.row,
        "spoken": message.sealed_spoken,
        "spoken_row": f"{message.row}.spoken",
        "language": message.language,
        "label": patient.label or None,
        "voicemail": may,
    }
    world.store.commit(Update(PhoneCall, (call_id,), set=fields, set_once={"version": 1}, create=True))
    return world.caller.call(OutboundCall(world.clinic.voice, number, call_id, listens="beep" if may else "first"))


def _number(world: World, message: Message, contact: Contact) -> str:
    if message.channel == Channel.VOICE:
        context = SealContext(contact.contact_id, "numbers", "number")
        number = world.vault.open(context, contact.contact_id, contact.sealed_number, READER)
        if reassigned.has_another_owner(world, message, contact, number, world.clock()):  # RND-2: as for a text to it
            raise CarrierRefused(Reason.BAD_NUMBER, permanent=True, code="reassigned")
        return number
    row = world.store.get(Address, message.patient_id, message.channel)
    to = open_address(world, row, READER).get("to", "") if row else ""
    if not to:
        raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="no_address")
    return to

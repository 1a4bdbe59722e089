"""One row that goes by another channel than a text: opened and handed over. Claim, N3 and record are `deliver`'s."""

from __future__ import annotations

from ..core.channels import Channel
from ..core.mail import OutboundMail
from ..core.messages import Reason
from ..core.records import Address, Message, Patient
from ..errors import CarrierRefused, OpenFailed
from ..ports import World
from ..texts import approval, channels
from . import outbox
from .reach_rows import open_address

READER = "job:deliver"


def send(world: World, message: Message, patient: Patient | None) -> str:
    """The carrier's id. Raises `OpenFailed`, `StoreError`, `CarrierRefused` (nothing left), `CarrierUnknown`."""
    if message.channel == Channel.EMAIL:
        return _mail(world, message)
    raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="no_channel")


def _mail(world: World, message: Message) -> str:
    row = world.store.get(Address, message.patient_id, message.channel)
    if row is None or world.mailer is None or not world.clinic.mail or approval.why_not("email_subject"):
        raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="no_address")
    to = open_address(world, row, READER).get("to", "")
    if not to:
        raise OpenFailed(f"address of {message.patient_id}")
    subject = channels.say("email_subject", message.language, sender=world.clinic.sender).body
    return world.mailer.send(OutboundMail(world.clinic.mail, to, subject, outbox.words_of(world, message, READER)))

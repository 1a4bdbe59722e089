"""The row of a text that came, its words sealed."""

from __future__ import annotations

from datetime import timedelta

from ..core.meaning import Meaning, Place
from ..core.messages import Direction, Kind, Status
from ..core.records import Contact, Message
from ..ports import SealContext, World
from .arrival import Arrived

CAME_LATE = timedelta(minutes=2)  # from then on the thread says when a text was written


def row(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, message_id: str, incident_id: str
) -> Message:
    """Raises `SealFailed`."""
    sms, look = arrived.sms, arrived.look
    context = SealContext(where.patient_id or contact.contact_id, where.program, "inbound_text")
    return Message(
        thread_id=where.thread_id,
        message_id=message_id,
        direction=Direction.IN,
        kind=Kind.REACTION if meant.name == "reaction" else Kind.TEXT,
        status=Status.RECEIVED,
        at=arrived.now,
        program=where.program,
        contact_id=contact.contact_id,
        sealed_body=world.vault.seal(context, f"{where.thread_id}.{message_id}", sms.body),
        patient_id=where.patient_id,
        our_number=sms.our_number,
        carrier=sms.carrier,
        carrier_id=sms.carrier_id,
        language=where.language,
        tier=look.tier,
        categories=look.categories,
        rules=look.rules,
        meaning=meant.name,
        guess=meant.guess,
        media=sms.media,
        written_at=sms.received_at if arrived.now - sms.received_at >= CAME_LATE else None,
        incident_id=incident_id,
    )

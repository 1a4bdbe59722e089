"""What a carrier says of a number itself by what became of one text: kept in the transaction that keeps the text's status."""

from __future__ import annotations

from datetime import datetime

from ..core.records import Change, Message
from . import carrier_stop, number_doubt

GONE, OPTED_OUT = "gone", "opted_out"  # words of a `DeliveryEvent`; that somebody opted out is no doubt whose number it is


def changes(message: Message, said: str, now: datetime) -> list[Change]:
    """`said`: a word of a `DeliveryEvent`, "" where it says nothing, as does what goes another way than by text."""
    if not said or not message.by_text:
        return []
    return [carrier_stop.refused(message, now) if said == OPTED_OUT else number_doubt.doubted(message, said, now)]

"""The channels by which one patient can be reached. A text and a page go to the number that texts go to; so does a call to it.
E-mail and a landline have addresses of their own (`core.reach.Address`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from .quick import dataclass

if TYPE_CHECKING:
    from .people import Contact, Patient


class Channel(StrEnum):
    TEXT = "text"
    PAGE = "page"  # a text that holds nothing but a link
    EMAIL = "email"
    VOICE = "voice"  # an automated call to the number that texts go to
    LANDLINE = "landline"  # one to another number
    PERSON = "person"  # somebody of the clinic calls
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class About:
    """`label`: for staff. `asked`: they agree to this one by itself, in words of its own. `own_address`: not the phone's number.
    `by_hand`: a person does it."""

    label: str
    asked: bool = False
    own_address: bool = False
    by_hand: bool = False


CHANNELS: dict[str, About] = {
    Channel.TEXT: About("Text"),
    Channel.PAGE: About("Secure page, by a text with a link"),
    Channel.EMAIL: About("E-mail", asked=True, own_address=True),
    Channel.VOICE: About("Automated call to their phone", asked=True),
    Channel.LANDLINE: About("Automated call to their landline", asked=True, own_address=True),
    Channel.PERSON: About("Somebody calls", by_hand=True),
    Channel.LETTER: About("Letter", by_hand=True),
}
ASKED = tuple(name for name, about in CHANNELS.items() if about.asked)
CALLS = (Channel.VOICE, Channel.LANDLINE)


def agreed_since_stop(channel: str, patient: Patient, contact: Contact) -> bool:
    """A STOP from the phone ends every automatic channel; one they agreed to afterwards, to a person, stands (TCPA-3). START
    brings texts back and nothing else."""
    at = patient.agreed.get(channel)
    return at is not None and (contact.stopped_at is None or at > contact.stopped_at)


def came_back(channel: str, patient: Patient) -> bool:
    """Its address is known not to exist, and they have not agreed to it anew since, to a person."""
    at = patient.bounced.get(channel)
    return at is not None and patient.agreed.get(channel, at) <= at


def unsafe_call(channel: str, patient: Patient) -> bool:
    """Calls to their phone are not safe. Whoever makes them so may be at home: a landline is rung only where they agreed to that,
    to a person, after they had said it (SAFE-1)."""
    if channel not in CALLS or patient.safe_phone != "unsafe":
        return False
    agreed, said = patient.agreed.get(channel), patient.safe_phone_at
    return channel == Channel.VOICE or agreed is None or said is None or agreed <= said

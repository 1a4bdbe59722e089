"""An e-mail as a carrier is asked to send it: a neutral subject, and a body with nothing in it but a link."""

from __future__ import annotations

from .quick import dataclass

CARRIED_BY: dict[str, tuple[str, str]] = {  # channel to whose papers must cover what (TW-6): the vendor and its feature
    "email": ("aws", "email"),
    "voice": ("twilio", "voice"),
    "landline": ("twilio", "voice"),
}


@dataclass(frozen=True, slots=True)
class OutboundMail:
    sender: str
    recipient: str
    subject: str
    body: str
    row: str = ""  # "<thread_id>.<message_id>": comes back with what becomes of it


BOUNCED, RETURNED, COMPLAINED = "bounced", "returned", "complained"


@dataclass(frozen=True, slots=True)
class MailEvent:
    """A carrier's later word on an e-mail of ours. `what`: bounced (there is no such address), returned (this mail did not get
    there), complained (whoever got it wants no more)."""

    row: str
    what: str

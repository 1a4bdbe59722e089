"""A telephone call as the carrier keeps it, and what the phone remembers of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree

from .webhooks import API_VERSION, Answer

OVER = ("completed", "busy", "no-answer", "failed", "canceled")


@dataclass
class Call:
    """One call, or the other leg of one. `status` in Twilio's words; `heard`: what was said on it so far."""

    sid: str
    caller: str
    callee: str
    created: datetime
    url: str = ""
    callback: str = ""
    amd_callback: str = ""
    listens: str = ""  # what answered is found out before the script is asked: "Enable", or "DetectMessageEnd"
    rings: float = 60.0
    direction: str = "outbound-api"
    parent: str = ""
    status: str = "queued"
    heard: list[str] = field(default_factory=list)
    keys: str = ""
    asks: bool = False  # waits for keys
    with_number: str = ""  # put through to
    machine: bool = False
    answered_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def over(self) -> bool:
        return self.status in OVER

    @property
    def seconds(self) -> int:
        """How long somebody was on it."""
        return round((self.ended_at - self.answered_at).total_seconds()) if self.ended_at and self.answered_at else 0

    @property
    def remembered(self) -> str:
        """What the phone keeps of it."""
        if self.machine:
            return "Voicemail: " + " ".join(self.heard)
        if self.answered_at is None:
            return "Declined call" if self.status == "busy" else "Missed call"
        return "Call" if self.direction == "outbound-dial" else "Call: " + " ".join(self.heard)

    def fields(self, account: str) -> dict[str, str]:
        """What Twilio says of it in each request."""
        return {
            "AccountSid": account,
            "ApiVersion": API_VERSION,
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Direction": self.direction,
            "From": self.caller,
            "Caller": self.caller,
            "To": self.callee,
            "Called": self.callee,
        }


def verbs_of(answer: Answer) -> list[ElementTree.Element] | None:
    """The verbs of a document; None when it cannot be played."""
    if not answer.taken or "xml" not in answer.content_type:
        return None
    try:
        return list(ElementTree.fromstring(answer.body))
    except ElementTree.ParseError:
        return None


def new_call_sid() -> str:
    return "CA" + secrets.token_hex(16)

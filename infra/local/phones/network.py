"""The carrier's memory: phones, what travelled, and the switches that make it misbehave. No I/O."""

from __future__ import annotations

import itertools
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

E164 = re.compile(r"\+[1-9]\d{6,14}\Z")
CARRIER_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})  # TW-3: whole message only
CARRIER_START = frozenset({"START", "YES", "UNSTOP"})


@dataclass(frozen=True, slots=True)
class Text:
    """One line of the carrier's message log. `direction` and `status` are Twilio's own words."""

    sid: str
    sender: str
    recipient: str
    body: str
    direction: str  # inbound, outbound-api, outbound-reply
    status: str
    created: datetime
    sent: datetime | None = None
    updated: datetime | None = None
    error_code: int | None = None
    callback: str = ""
    service_sid: str | None = None
    media: int = 0
    deleted_media: frozenset[str] = frozenset()

    @property
    def media_sids(self) -> list[str]:
        """Of the pictures that are still there."""
        every = (f"ME{self.sid[2:32]}{at:02d}" for at in range(self.media))
        return [each for each in every if each not in self.deleted_media]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phone shows: one text, page or remark of the carrier. `kind`: sms, page, mail, carrier."""

    sender: str
    recipient: str
    body: str
    at: datetime
    kind: str
    sid: str = ""
    status: str = ""

    def as_json(self) -> dict[str, str]:
        row = {"from": self.sender, "to": self.recipient, "body": self.body, "at": stamp(self.at), "kind": self.kind}
        return row | {key: value for key, value in (("sid", self.sid), ("status", self.status)) if value}


@dataclass(slots=True)
class Phone:
    """A simulated phone. `owner`: patient, clinician, or other (a number nobody knows)."""

    number: str
    name: str
    owner: str = "other"
    about: str = ""
    off: bool = False  # switched off: nothing reaches it
    carrier_stop: bool = False  # the carrier itself acts on STOP (TW-3); off, since the clinic manages opt-outs
    stopped: bool = False  # and has done so
    log: list[Entry] = field(default_factory=list)
    changed: int = 0


@dataclass(slots=True)
class Switches:
    """What the carrier does wrong, for everyone."""

    lose_callbacks: bool = False
    double_webhooks: bool = False
    door_shut: bool = False  # the clinic's webhook cannot be reached: the carrier goes to the fallback address


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def real_instant() -> datetime:
    """The machine's own time: for what is stamped outside of a network."""
    return datetime.now(UTC)


def new_sid() -> str:
    return "SM" + secrets.token_hex(16)


class Network:
    """Every phone and every text. Methods are safe to call from any thread."""

    def __init__(self, number: str, now: Callable[[], datetime], second: str = ""):
        """`second`: another number of the clinic's account, which leads nowhere."""
        self.number, self.now = number, now
        self.own = (number, second) if second else (number,)
        self.switches = Switches()
        self._phones: dict[str, Phone] = {}
        self._texts: dict[str, Text] = {}
        self._count = itertools.count(1)
        self.version = 0
        self._change = threading.Condition(threading.RLock())

    def add(self, phone: Phone) -> None:
        with self._change:
            self._phones.setdefault(phone.number, phone)

    def phone(self, number: str) -> Phone:
        """The phone with this number; one that nobody knows appears on first use."""
        with self._change:
            return self._phones.setdefault(number, Phone(number, number))

    def phones(self, *owners: str) -> list[Phone]:
        with self._change:
            return [phone for phone in self._phones.values() if not owners or phone.owner in owners]

    def knows(self, number: str) -> bool:
        with self._change:
            return number in self._phones

    def show(self, number: str, entry: Entry) -> None:
        """Put an entry on a phone and wake whoever watches."""
        with self._change:
            phone = self.phone(number)
            phone.log.append(entry)
            self._touch(phone)

    def switch(self, number: str, **switches: bool) -> None:
        """Set `off`, `carrier_stop` or `stopped` of one phone."""
        with self._change:
            phone = self.phone(number)
            for name, value in switches.items():
                setattr(phone, name, value)
            self._touch(phone)

    def record(self, text: Text) -> Text:
        with self._change:
            self._texts[text.sid] = text
            return text

    def move(self, sid: str, status: str, error_code: int | None = None) -> Text:
        """The text's next status. Raises KeyError for one that was deleted."""
        with self._change:
            at, text = self.now(), self._texts[sid]
            sent = text.sent or (at if status == "sent" else None)
            moved = replace(text, status=status, error_code=error_code, updated=at, sent=sent)
            self._mark(moved)
            return self.record(moved)

    def redact(self, sid: str) -> Text:
        with self._change:
            return self.record(replace(self._texts[sid], body="", updated=self.now()))

    def delete_media(self, sid: str, media: str) -> Text:
        with self._change:
            text = self._texts[sid]
            return self.record(replace(text, deleted_media=text.deleted_media | {media}))

    def forget(self, sid: str) -> bool:
        with self._change:
            return self._texts.pop(sid, None) is not None

    def text(self, sid: str) -> Text | None:
        with self._change:
            return self._texts.get(sid)

    def texts(self) -> list[Text]:
        """The carrier's log, newest first, as Twilio lists it."""
        with self._change:
            return list(reversed(self._texts.values()))

    def log_in_short(self) -> dict[str, int]:
        """How many lines the log has, and how many of them have no words any more."""
        with self._change:
            return {"texts": len(self._texts), "without_words": sum(not each.body for each in self._texts.values())}

    def wait(self, seen: int, seconds: float) -> int:
        """The version, as soon as it is not `seen`, or when the time is over."""
        with self._change:
            self._change.wait_for(lambda: self.version != seen, seconds)
            return self.version

    def touch(self) -> None:
        """Something that the page shows has changed."""
        with self._change:
            self._touch(None)

    def clear(self) -> None:
        """Forget every text; the phones stay."""
        with self._change:
            self._texts.clear()
            for phone in self._phones.values():
                phone.log.clear()
            self._touch(None)

    def snapshot(self, number: str) -> list[dict[str, Any]]:
        """What a phone received and sent, in order."""
        with self._change:
            phone = self._phones.get(number)
            return [entry.as_json() for entry in phone.log] if phone else []

    def _mark(self, text: Text) -> None:
        """Show the new status at the text's entry."""
        phone = self._phones.get(text.recipient)
        for at, entry in enumerate(phone.log if phone else ()):
            if entry.sid == text.sid and phone is not None:
                phone.log[at] = replace(entry, status=text.status)
                self._touch(phone)

    def _touch(self, phone: Phone | None) -> None:
        self.version = next(self._count)
        if phone is not None:
            phone.changed = self.version
        self._change.notify_all()


def segments(body: str) -> int:
    """How many parts a text travels in: GSM-7 160/153, UCS-2 70/67 (NumSegments)."""
    gsm = all(char in GSM_BASIC or char in GSM_EXTENDED for char in body)
    units = sum(1 + (char in GSM_EXTENDED) for char in body) if gsm else len(body.encode("utf-16-be")) // 2
    one, many = (160, 153) if gsm else (70, 67)
    return 1 if units <= one else -(-units // many)


GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€")

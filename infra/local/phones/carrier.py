"""What the carrier does with a text: delivers it, calls back, hands ours to the clinic, and falls back when it must."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from .exchange import Exchange
from .network import CARRIER_START, CARRIER_STOP, Entry, Network, Phone, Text, new_sid
from .webhooks import Answer, Poster, Reply, inbound_fields, read_twiml, status_fields

A_MOMENT = 0.1  # seconds between two steps of a delivery
UNREACHABLE, OPTED_OUT, NO_ANSWER, BAD_TWIML = 30003, 21610, 11200, 12100


@dataclass(frozen=True, slots=True)
class Account:
    """The clinic's account at the carrier, and the addresses it configured there."""

    account_sid: str
    auth_token: str
    inbound_url: str
    fallback_url: str = ""


class Carrier:
    """Twilio as far as a clinic can tell. `pause` is how long a step of a delivery takes."""

    def __init__(self, network: Network, account: Account, pause: Callable[[], None] | None = None):
        self.network, self.account, self.fallback_url = network, account, account.fallback_url
        self.services: dict[str, bool] = {}  # the number's messaging services: whether each leaves texts to it
        self.hurry = False  # while a history is made up: no pauses, and only the last word on each text
        self._poster = Poster(account.auth_token)
        self.exchange = Exchange(network, account.account_sid, self._poster)
        self.exchange.hurry = lambda: self.hurry
        self._pause = pause or (_a_moment)
        self._work = ThreadPoolExecutor(12, "carrier")
        self._busy, self._idle = 0, threading.Condition()

    def close(self) -> None:
        self._work.shutdown(wait=False, cancel_futures=True)

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is under way; False when the time ran out."""
        with self._idle:
            return self._idle.wait_for(lambda: self._busy == 0, seconds)

    def accept(self, text: Text) -> Text:
        """Take an outgoing text: it is queued when this returns, and goes its way behind us."""
        self.network.record(text)
        self._later(self._deliver, text.sid)
        return text

    def type(self, number: str, body: str, media: int = 0) -> str:
        """Somebody typed on a phone. Returns the text's id; the clinic hears of it behind us."""
        at = self.network.now()
        text = Text(new_sid(), number, self.network.number, body, "inbound", "received", at, at, at, media=media)
        self.network.record(text)
        shown = body + " 🖼" * media
        self.network.show(number, Entry(number, text.recipient, shown.strip(), at, "sms", text.sid))
        self._opt_out_at_carrier(self.network.phone(number), body)
        self._later(self._hand_over, text)
        if self.network.switches.double_webhooks:
            self._later(self._hand_over, text)
        return text.sid

    def _later(self, work: Callable[..., None], *args: object) -> None:
        with self._idle:
            self._busy += 1
        self._work.submit(self._run, work, *args)

    def _run(self, work: Callable[..., None], *args: object) -> None:
        try:
            work(*args)
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _opt_out_at_carrier(self, phone: Phone, body: str) -> None:
        word = body.strip().upper()
        if phone.carrier_stop and word in CARRIER_STOP | CARRIER_START:
            self.network.switch(phone.number, stopped=word in CARRIER_STOP)

    def _hand_over(self, text: Text) -> None:
        """The inbound webhook, then the fallback address (a 5xx, a hang or a bad answer is not retried: TW)."""
        url, fields = self.account.inbound_url, inbound_fields(self.account.account_sid, text)
        answer = Answer(0) if self.network.switches.door_shut else self._poster.post(url, fields)
        if self._play(text, url, answer):
            return
        self._remark(text.sender, f"The clinic's address did not take this text ({answer.status or 'no answer'}).")
        if self.fallback_url:
            self._fall_back(text, fields | {"ErrorCode": str(NO_ANSWER), "ErrorUrl": url})

    def _fall_back(self, text: Text, fields: dict[str, str]) -> None:
        url = self.fallback_url
        answer = self._poster.post(url, fields)
        played = self._play(text, url, answer)
        self._remark(text.sender, "The fallback address took it." if played else "The fallback address failed as well.")

    def _play(self, text: Text, url: str, answer: Answer) -> bool:
        """Send what a TwiML answer asks for; False when there was no usable answer."""
        if not answer.taken:
            return False
        try:
            replies = read_twiml(url, answer)
        except ElementTree.ParseError:
            return False
        for reply in replies:
            self._answer(text, reply)
        return True

    def _answer(self, text: Text, reply: Reply) -> None:
        to, at = reply.to or text.sender, self.network.now()
        out = Text(new_sid(), text.recipient, to, reply.body, "outbound-reply", "queued", at, callback=reply.callback)
        self.network.record(out)
        self._deliver(out.sid)

    def _deliver(self, sid: str) -> None:
        text = self.network.text(sid)
        if text is None:
            return
        if text.recipient in self.network.own:
            return self._come_in(text)
        phone = self.network.phone(text.recipient)
        if phone.stopped:
            self._step(sid, "failed", OPTED_OUT)
        elif phone.off:
            self._step(sid, "sent")
            self._step(sid, "undelivered", UNREACHABLE)
            self._remark(phone.number, "A text could not reach this phone: it is off.")
        else:
            self._arrive(text)

    def _come_in(self, text: Text) -> None:
        """From one number of the account to another: the log has a line of each side, and the clinic's own leads to its door."""
        self._step(text.sid, "sent")
        at = self.network.now()
        there = Text(new_sid(), text.sender, text.recipient, text.body, "inbound", "received", at, at, at)
        self.network.record(there)
        self._step(text.sid, "delivered")
        if text.recipient == self.network.number:
            self._hand_over(there)

    def _arrive(self, text: Text) -> None:
        self._step(text.sid, "sent")
        shown = Entry(text.sender, text.recipient, text.body, self.network.now(), "sms", text.sid, "sent")
        self.network.show(text.recipient, shown)
        self._step(text.sid, "delivered")

    def _step(self, sid: str, status: str, error: int | None = None) -> None:
        if not self.hurry:
            self._pause()
        try:
            text = self.network.move(sid, status, error)
        except KeyError:
            return
        silent = self.network.switches.lose_callbacks or (self.hurry and status == "sent")
        if text.callback and not silent:
            self._call_back(text)

    def _call_back(self, text: Text) -> None:
        """One retry when nobody answered at all, none for an error: Twilio's default. What the address asks of that is in its
        fragment, which is neither sent nor signed."""
        fields = status_fields(self.account.account_sid, text)
        url, _, said = text.callback.partition("#")
        asked = dict(parse_qsl(said))
        for _ in range(2 if self.network.switches.double_webhooks else 1):
            for _ in range(1 + int(asked.get("rc", "1"))):
                answer = self._poster.post(url, fields)
                if answer.taken or (answer.status and asked.get("rp") != "all"):
                    break

    def _remark(self, number: str, words: str) -> None:
        self.network.show(number, Entry("carrier", number, words, self.network.now(), "carrier"))


def _a_moment() -> None:
    threading.Event().wait(A_MOMENT)

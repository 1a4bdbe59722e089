"""Twilio's side of a telephone call: a signed request becomes our event; our script becomes TwiML.

Sources: https://www.twilio.com/docs/voice/twiml (requests and verbs), https://www.twilio.com/docs/voice/api/call-resource
(statuses), https://www.twilio.com/docs/voice/answering-machine-detection (AnsweredBy).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import parse_qs, quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from chalicelib.core.calls import LONGEST, Ask, CallEvent, Dial, Ended, Script
from chalicelib.errors import BadPayload
from chalicelib.ports import WebhookRequest

from .plain import plain
from .twilio_webhook import CONTENT_TYPE, NAME, need, number_in, verified

PATH = "/voice/twilio"
OURS = re.compile(r"[A-Za-z0-9._@-]{1,200}")
# CallStatus and DialCallStatus. The others (queued, initiated, ringing, in-progress) say that it goes on.
ENDED: dict[str, Ended] = {
    "completed": Ended.ANSWERED,
    "answered": Ended.ANSWERED,
    "no-answer": Ended.NO_ANSWER,
    "busy": Ended.BUSY,
    "failed": Ended.FAILED,
    "canceled": Ended.CANCELED,
}
MACHINES, UNSURE = ("machine", "fax"), "unknown"  # machine_start, machine_end_beep, …; "human" is a person


class TwilioVoice:
    """`ports.VoiceWebhook`. `tokens` is called for each request, so that a rotation needs no restart."""

    def __init__(self, public_url: str, tokens: Callable[[], Sequence[str]]):
        self._public_url = public_url.rstrip("/")
        self._tokens = tokens

    def read(self, request: WebhookRequest, now: datetime) -> CallEvent:
        fields = verified(self._public_url, request, self._tokens)
        query = parse_qs(request.query)
        return CallEvent(
            carrier=NAME,
            carrier_id=need(fields, "CallSid"),
            row=_row(query.get("call", [""])[0]),
            at=now,
            moment=query.get("at", [""])[0],
            keys=plain(fields.get("Digits", "")).strip()[:20],
            ended=ENDED.get(fields.get("CallStatus", ""), ""),
            other_ended=ENDED.get(fields.get("DialCallStatus", ""), ""),
            seconds=number_in(fields.get("DialCallDuration", "") or fields.get("CallDuration", "")),
            machine=fields.get("AnsweredBy", "").startswith(MACHINES),
            unsure=fields.get("AnsweredBy", "") == UNSURE,
        )

    def answer(self, script: Script, row: str) -> tuple[str, str]:
        response = Element("Response")
        if script.says:
            _say(response, script.says, language=script.language)
        if script.says_es:
            SubElement(response, "Say", {"language": "es-MX"}).text = plain(script.says_es)
        if script.ask is not None:
            self._gather(response, script.ask, row, script.language)
        if script.dial is not None:
            self._dial(response, script.dial, row)
        if script.after:
            _say(response, script.after, language=script.language)
        if script.dial is None:
            SubElement(response, "Hangup")
        return CONTENT_TYPE, '<?xml version="1.0" encoding="UTF-8"?>' + ElementTree.tostring(response, "unicode")

    def _gather(self, response: Element, ask: Ask, row: str, language: str) -> None:
        """Without a key it goes on to what comes after."""
        action = address(self._public_url, "script", row, ask.moment)
        asked = {"input": "dtmf", "numDigits": str(ask.digits), "timeout": str(ask.seconds), "action": action, "method": "POST"}
        _say(SubElement(response, "Gather", asked), ask.says, ask.times, language)

    def _dial(self, response: Element, dial: Dial, row: str) -> None:
        """The caller hears it ring; `action` is asked when the other call is over, however it ended."""
        action = address(self._public_url, "script", row, dial.moment)
        put_through = {
            **({"callerId": dial.caller_id} if dial.caller_id else {}),
            "timeout": str(dial.rings),
            "timeLimit": str(LONGEST),
            "answerOnBridge": "true",
            "action": action,
            "method": "POST",
        }
        SubElement(SubElement(response, "Dial", put_through), "Number").text = plain(dial.number)


def address(public_url: str, page: str, row: str, moment: str = "") -> str:
    """Where Twilio asks what comes next ("script") or says how it ended ("status"); `row` is opaque (N5)."""
    asked = [f"{name}={quote(value, safe='')}" for name, value in (("call", row), ("at", moment)) if value]
    return f"{public_url}{PATH}/{page}{'?' if asked else ''}{'&'.join(asked)}"


def _row(given: str) -> str:
    """An id as we write them: it becomes a key, and nothing else may (N5)."""
    if given and not OURS.fullmatch(given):
        raise BadPayload("call")
    return given


def _say(where: Element, words: str, times: int = 1, language: str = "") -> None:
    spoken = {"language": "es-MX"} if language == "es" else {}
    SubElement(where, "Say", ({"loop": str(times)} if times > 1 else {}) | spoken).text = plain(words)

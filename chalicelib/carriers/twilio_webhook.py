"""Twilio's incoming side: a signed request becomes our event; our answer becomes TwiML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from json import JSONDecodeError, loads
from urllib.parse import parse_qs, quote
from xml.etree import ElementTree

from chalicelib.core.messages import DeliveryEvent, InboundSms
from chalicelib.errors import BadPayload
from chalicelib.ports import WebhookRequest

from . import twilio_signature, twilio_words
from .plain import plain

NAME = "twilio"
STATUS_PATH = "/sms/twilio/status"
CONTENT_TYPE = "text/xml; charset=utf-8"
# Twilio says a status once, whatever we answer: a failure that our store could not take would never be known. So it is asked to
# say it up to three times more, all within its fifteen seconds. It calls us without such a fragment; whether it signs with it is
# written nowhere, so both are its signature.
AGAIN = "#rc=3&rp=all"  # https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
MARKS = frozenset({"STOP", "START", "HELP"})  # TW-4: the carrier has answered these itself


class TwilioWebhook:
    """`ports.Webhook`. `tokens` is called for each request, so that a rotation needs no restart."""

    def __init__(self, public_url: str, tokens: Callable[[], Sequence[str]]):
        self._public_url = public_url.rstrip("/")
        self._tokens = tokens

    def read_inbound(self, request: WebhookRequest, now: datetime) -> InboundSms:
        """A text. A sender that is no E.164 number (short code, name) stays as Twilio wrote it."""
        fields = self._verified(request)
        return InboundSms(
            carrier=NAME,
            carrier_id=need(fields, "MessageSid"),
            sender=need(fields, "From"),
            our_number=need(fields, "To"),
            body=plain(fields.get("Body", "")),
            received_at=now,
            media=number_in(fields.get("NumMedia", "")),
            opt_out_type=_mark(fields.get("OptOutType", "")),
        )

    def read_status(self, request: WebhookRequest, now: datetime) -> DeliveryEvent:
        """Twilio's word on one of our texts. `at` is our clock: the callback says no time we could trust."""
        fields = self._verified(request, AGAIN)
        code = _code(fields.get("ErrorCode", ""))
        return DeliveryEvent(
            carrier=NAME,
            carrier_id=need(fields, "MessageSid"),
            status=twilio_words.status(need(fields, "MessageStatus"), code),
            at=now,
            row=parse_qs(request.query).get("row", [""])[0],
            error_code=code,
            number=twilio_words.OF_NUMBER.get(code, ""),
            ours=code in twilio_words.OF_US,
        )

    def answer(self, body: str, row: str) -> tuple[str, str]:
        """TwiML that carries `body` to the sender; an empty `<Response>` for none."""
        response = ElementTree.Element("Response")
        text = plain(body)
        if text.strip():
            ElementTree.SubElement(response, "Message", self._callbacks(row)).text = text
        return CONTENT_TYPE, '<?xml version="1.0" encoding="UTF-8"?>' + ElementTree.tostring(response, "unicode")

    def _callbacks(self, row: str) -> dict[str, str]:
        """Twilio reads `action` on some accounts and `statusCallback` on others, and advises to set both alike."""
        if not row:
            return {}
        address = callback(self._public_url, row)
        return {"action": address, "statusCallback": address}

    def _verified(self, request: WebhookRequest, fragment: str = "") -> dict[str, str]:
        return verified(self._public_url, request, self._tokens, fragment)


def verified(public_url: str, request: WebhookRequest, tokens: Callable[[], Sequence[str]], fragment: str = "") -> dict[str, str]:
    """The fields of a request that Twilio signed. Raises `BadSignature`, `SecretUnavailable`, `BadPayload`."""
    twilio_signature.verify(public_url, request, tokens, fragment)
    return _form(request) if twilio_signature.is_form(request) else _json(request)


def callback(public_url: str, row: str) -> str:
    """Where Twilio reports what became of a text; `row` is opaque (N5)."""
    return f"{public_url}{STATUS_PATH}?row={quote(row, safe='')}"


def _form(request: WebhookRequest) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in twilio_signature.pairs(request.body):
        fields.setdefault(name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))
    return fields


def _json(request: WebhookRequest) -> dict[str, str]:
    try:
        fields = loads(request.body)
    except (JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise BadPayload("body") from None
    if not isinstance(fields, dict):
        raise BadPayload("body")
    return {name: str(value) for name, value in fields.items() if isinstance(value, str | int)}


def need(fields: dict[str, str], name: str) -> str:
    """A field without which there is no event. Raises `BadPayload`."""
    value = plain(fields.get(name, "")).strip()
    if not value:
        raise BadPayload(name)
    return value


def number_in(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _code(text: str) -> str:
    return text if text.isascii() and text.isdigit() and text != "0" else ""


def _mark(text: str) -> str:
    return text.upper() if text.upper() in MARKS else ""

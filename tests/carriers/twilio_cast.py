"""Requests as Twilio makes them, signed by Twilio's own library: the oracle of these tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import RequestValidator

from chalicelib.carriers.twilio_webhook import TwilioWebhook
from chalicelib.errors import SecretUnavailable
from chalicelib.ports import WebhookRequest

PUBLIC_URL = "https://sms.porchlight.example"
TOKEN, SECOND_TOKEN = "0" * 32, "1" * 32
NOW = datetime(2026, 11, 23, 3, 4, 5, tzinfo=UTC)
INBOUND, STATUS = "/sms/twilio/inbound", "/sms/twilio/status"
ROW = "01JD8Q3V5N8Z0T7C4R2M6K9WXE.01JD8Q3V5P1H6S3B9F2D4G7J8K"
PAYLOADS = Path(__file__).parent / "payloads" / "twilio"


class Fields:
    """Repeated fields, as the oracle wants to be shown them."""

    def __init__(self, pairs: Sequence[tuple[str, str]]):
        self.pairs = list(pairs)

    def __iter__(self) -> Any:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(self.pairs)

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]


def webhook(*tokens: str, public_url: str = PUBLIC_URL) -> TwilioWebhook:
    return TwilioWebhook(public_url, lambda: tokens or (TOKEN,))


def unreadable() -> Sequence[str]:
    raise SecretUnavailable("twilio")


def signed(
    pairs: Sequence[tuple[str, str]],
    path: str = INBOUND,
    query: str = "",
    token: str = TOKEN,
    public_url: str = PUBLIC_URL,
) -> WebhookRequest:
    address = public_url + path + (f"?{query}" if query else "")
    signature = RequestValidator(token).compute_signature(address, Fields(pairs))
    return form(urlencode(pairs).encode(), signature, path, query)


def form(body: bytes, signature: str, path: str = INBOUND, query: str = "") -> WebhookRequest:
    headers = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8", "x-twilio-signature": signature}
    return WebhookRequest(path, query, headers, body)


def signed_json(body: str, path: str = INBOUND, query: str = "", token: str = TOKEN) -> WebhookRequest:
    hashed = sha256(body.encode()).hexdigest()
    query = f"{query}&bodySHA256={hashed}" if query else f"bodySHA256={hashed}"
    signature = RequestValidator(token).compute_signature(f"{PUBLIC_URL}{path}?{query}", {})
    return WebhookRequest(
        path, query, {"content-type": "application/json", "x-twilio-signature": signature}, body.encode()
    )


def recorded(case: str) -> list[tuple[str, str]]:
    """A payload file: a form body; lines that start with # say where its shape is from."""
    lines = (PAYLOADS / f"{case}.form").read_text("utf-8").splitlines()
    body = "".join(line for line in lines if not line.startswith("#"))
    return parse_qsl(body, keep_blank_values=True)


def with_field(pairs: Sequence[tuple[str, str]], name: str, value: str) -> list[tuple[str, str]]:
    return [pair for pair in pairs if pair[0] != name] + [(name, value)]


def without(pairs: Sequence[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    return [pair for pair in pairs if pair[0] != name]


Tokens = Callable[[], Sequence[str]]

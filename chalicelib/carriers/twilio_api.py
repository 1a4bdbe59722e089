"""Twilio's REST side: send one text, read the message log (2010-04-01 API)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from json import loads
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError, NewConnectionError, SSLError

from chalicelib.core.messages import CarrierRecord, OutboundSms, Reason
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnknown, SecretUnavailable

from . import twilio_log, twilio_words
from .twilio_webhook import NAME, callback

LONGEST_VALIDITY = 36_000  # seconds: https://www.twilio.com/docs/api/errors/21624
MOST_PAGES = 1000  # a million messages: a log that goes on longer is not a log
NOTHING_LEFT = (NewConnectionError, ConnectTimeoutError, LocationValueError)  # DNS, refusal, no route, no address

Account = Callable[[], tuple[str, str]]


class TwilioApi:
    """`ports.Carrier`. Times in seconds; `account` gives (account sid, auth token).

    Each call opens its own connection: one kept while the process was frozen is dead without a word, and a text sent
    into it would be `unknown`. Looking up the host's name is bounded by the caller's deadline only.
    """

    name = NAME
    answers_in_response = True

    def __init__(
        self,
        api_url: str,
        account: Account,
        public_url: str,
        clock: Callable[[], datetime],
        connect: float = 1.0,
        read: float = 2.0,
    ):
        self._api_url, self._public_url = api_url.rstrip("/"), public_url.rstrip("/")
        self._account, self._clock = account, clock
        self._timeout = urllib3.Timeout(connect=connect, read=read)

    def send(self, sms: OutboundSms) -> str:
        """The message sid. Raises `CarrierRefused` (nothing left), `CarrierUnknown`; never tries twice (N4)."""
        fields = self._fields(sms)
        account = self._signed_in()
        try:
            with self._pool() as pool:
                answer = self._call(pool, "POST", twilio_log.messages_path(account[0]), account, fields)
        except HTTPError as error:
            raise _not_sent(error) from None
        return _sid_of(answer)

    def log_since(self, since: datetime) -> Iterator[CarrierRecord]:
        """Every message of the account since then, both directions. Raises `CarrierError` while it is read.

        Twilio filters by day (GMT); we by instant.
        """
        account = self._signed_in()
        path, pages = twilio_log.first_page(account[0], since), 0
        with self._pool() as pool:
            while path and pages < MOST_PAGES:
                page = self._page(pool, path, account)
                yield from twilio_log.records(page, since)
                path, pages = twilio_log.next_page(page, account[0]), pages + 1

    def _page(self, pool: urllib3.PoolManager, path: str, account: tuple[str, str]) -> dict[str, Any]:
        try:
            answer = self._call(pool, "GET", path, account)
        except HTTPError as error:
            raise CarrierError(Reason.CARRIER_DOWN, permanent=False, code=type(error).__name__) from None
        page = _object(answer.data)
        if answer.status != 200 or "messages" not in page:
            refusal = twilio_words.refusal(answer.status, str(page.get("code") or ""))
            reason = refusal.reason if refusal and answer.status >= 400 else Reason.CARRIER_DOWN
            raise CarrierError(reason, permanent=False, code=f"http_{answer.status}")
        return page

    def _signed_in(self) -> tuple[str, str]:
        try:
            return self._account()
        except SecretUnavailable:
            raise CarrierRefused(Reason.UNAUTHORISED, permanent=False, code="secret") from None

    def _fields(self, sms: OutboundSms) -> dict[str, str]:
        fields = {"To": sms.recipient, "Body": sms.body, _sender_field(sms.sender): sms.sender}
        if self._public_url and sms.row:
            fields["StatusCallback"] = callback(self._public_url, sms.row)
        if sms.expires_at:
            fields["ValidityPeriod"] = str(self._validity(sms.expires_at))
        return fields

    def _validity(self, expires_at: datetime) -> int:
        left = int((expires_at - self._clock()).total_seconds())
        if left < 1:
            raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="expired")
        return min(left, LONGEST_VALIDITY)

    def _pool(self) -> urllib3.PoolManager:
        tls = self._tls if self._api_url.startswith("https:") else None
        return urllib3.PoolManager(timeout=self._timeout, retries=False, ssl_context=tls)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _call(
        self,
        pool: urllib3.PoolManager,
        method: str,
        path: str,
        account: tuple[str, str],
        fields: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        headers = urllib3.make_headers(basic_auth=":".join(account))
        headers |= {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode() if fields is not None else None
        return pool.request(method, self._api_url + path, body=body, headers=headers, redirect=False)


def _sender_field(sender: str) -> str:
    return "MessagingServiceSid" if sender.startswith("MG") else "From"


def _sid_of(answer: urllib3.BaseHTTPResponse) -> str:
    told = _object(answer.data)
    if 200 <= answer.status < 300:
        if isinstance(sid := told.get("sid"), str) and sid:
            return sid
        raise CarrierUnknown(f"http_{answer.status}")
    code = str(told.get("code") or "")
    refusal = twilio_words.refusal(answer.status, code)
    if refusal is None:
        raise CarrierUnknown(code or f"http_{answer.status}")
    raise CarrierRefused(refusal.reason, permanent=refusal.permanent, code=code or f"http_{answer.status}")


def _not_sent(error: HTTPError) -> CarrierError:
    """Only where not a byte of the request can have left is it a refusal; every doubt is `CarrierUnknown`."""
    untrusted = isinstance(error, SSLError) and isinstance(error.args[0], ssl.SSLCertVerificationError)
    if isinstance(error, NOTHING_LEFT) or untrusted:
        return CarrierRefused(Reason.CARRIER_DOWN, permanent=False, code=type(error).__name__)
    return CarrierUnknown(type(error).__name__)


def _object(data: bytes) -> dict[str, Any]:
    try:
        told = loads(data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}

"""Twilio's REST API of one account: each request once, on a connection of its own, and what its answer means."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from functools import cached_property
from json import loads
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError, NewConnectionError, SSLError

from chalicelib.core.messages import Reason
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnknown, SecretUnavailable

from . import twilio_words

NOTHING_LEFT = (NewConnectionError, ConnectTimeoutError, LocationValueError)  # DNS, refusal, no route, no address

Account = Callable[[], tuple[str, str]]
Fields = Mapping[str, str]


class TwilioHttp:
    """Times in seconds; `account` gives (account sid, auth token).

    Each call opens its own connection: one kept while the process was frozen is dead without a word, and a text sent
    into it would be `unknown`. Looking up the host's name is bounded by the caller's deadline only.
    """

    def __init__(self, api_url: str, account: Account, connect: float, read: float):
        self._api_url, self._account = api_url.rstrip("/"), account
        self._timeout = urllib3.Timeout(connect=connect, read=read)

    def create(self, resource: str, fields: Fields) -> str:
        """Make one of the account's resources ("Messages"), or change one ("Calls/CA…"); its sid. Never tries twice (N4).

        Raises `CarrierRefused` (nothing left), `CarrierUnknown`.
        """
        account = self.signed_in()
        try:
            with self.pool() as pool:
                answer = self.call(pool, "POST", path_of(account[0], resource), account, fields)
        except HTTPError as error:
            raise _not_sent(error) from None
        return _sid_of(answer)

    def signed_in(self) -> tuple[str, str]:
        try:
            return self._account()
        except SecretUnavailable:
            raise CarrierRefused(Reason.UNAUTHORISED, permanent=False, code="secret") from None

    def pool(self) -> urllib3.PoolManager:
        tls = self._tls if self._api_url.startswith("https:") else None
        return urllib3.PoolManager(timeout=self._timeout, retries=False, ssl_context=tls)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def call(
        self,
        pool: urllib3.PoolManager,
        method: str,
        path: str,
        account: tuple[str, str],
        fields: Fields | None = None,
    ) -> urllib3.BaseHTTPResponse:
        headers = urllib3.make_headers(basic_auth=":".join(account))
        headers |= {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode() if fields is not None else None
        return pool.request(method, self._api_url + path, body=body, headers=headers, redirect=False)


def path_of(account_sid: str, resource: str) -> str:
    return f"/2010-04-01/Accounts/{account_sid}/{resource}.json"


def read_object(data: bytes) -> dict[str, Any]:
    """What an answer says; nothing when it is no JSON object."""
    try:
        told = loads(data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _sid_of(answer: urllib3.BaseHTTPResponse) -> str:
    told = read_object(answer.data)
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

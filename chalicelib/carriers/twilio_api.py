"""Twilio's REST side for texts: send one, read the message log (2010-04-01 API)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.core.carrier_stops import OptedOut
from chalicelib.core.messages import CarrierRecord, OutboundSms, Reason
from chalicelib.errors import CarrierError, CarrierRefused, NoStopList

from . import twilio_log, twilio_words
from .twilio_http import Account, TwilioHttp, read_object
from .twilio_webhook import AGAIN, NAME, callback

LONGEST_VALIDITY = 36_000  # seconds: https://www.twilio.com/docs/api/errors/21624
MOST_PAGES = 1000  # a million messages: a log that goes on longer is not a log


class TwilioApi:
    """`ports.Carrier`. Times in seconds; `account` gives (account sid, auth token)."""

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
        self._public_url, self._clock = public_url.rstrip("/"), clock
        self._http = TwilioHttp(api_url, account, connect, read)

    def send(self, sms: OutboundSms) -> str:
        """The message sid. Raises `CarrierRefused` (nothing left), `CarrierUnknown`; never tries twice (N4)."""
        return self._http.create("Messages", self._fields(sms))

    def log_since(self, since: datetime, until: datetime | None = None) -> Iterator[CarrierRecord]:
        """Every message of the account since then, both directions. Raises `CarrierError` while it is read.

        Twilio filters by day (GMT); we by instant. Some of the day after `until` may come along.
        """
        account = self._http.signed_in()
        path, pages = twilio_log.first_page(account[0], since, until), 0
        with self._http.pool() as pool:
            while path and pages < MOST_PAGES:
                page = self._page(pool, path, account)
                yield from twilio_log.records(page, since)
                path, pages = twilio_log.next_page(page, account[0]), pages + 1

    def redact(self, carrier_id: str) -> bool:
        """Whether its words and pictures were seen to be gone from Twilio's log. Raises `CarrierError`."""
        from . import twilio_redact  # whatever sends or receives a text never asks for it

        return twilio_redact.redact(self._http, carrier_id)

    def stops(self) -> Iterable[OptedOut]:
        """Twilio shows nobody its list. Its Consent Management API is a pilot, writes and does not list, and "is not a HIPAA
        Eligible Service" (twilio.com/docs/messaging/features/consent-api): what is known is what it refuses (21610)."""
        raise NoStopList(self.name)

    def let_back(self, number: str) -> None:
        """START from the phone alone does (TW-3)."""
        raise NoStopList(self.name)

    def _page(self, pool: urllib3.PoolManager, path: str, account: tuple[str, str]) -> dict[str, Any]:
        try:
            answer = self._http.call(pool, "GET", path, account)
        except HTTPError as error:
            raise CarrierError(Reason.CARRIER_DOWN, permanent=False, code=type(error).__name__) from None
        page = read_object(answer.data)
        if answer.status != 200 or "messages" not in page:
            refusal = twilio_words.refusal(answer.status, str(page.get("code") or ""))
            reason = refusal.reason if refusal and answer.status >= 400 else Reason.CARRIER_DOWN
            raise CarrierError(reason, permanent=False, code=f"http_{answer.status}")
        return page

    def _fields(self, sms: OutboundSms) -> dict[str, str]:
        fields = {"To": sms.recipient, "Body": sms.body, _sender_field(sms.sender): sms.sender}
        if self._public_url and sms.row:
            fields["StatusCallback"] = callback(self._public_url, sms.row) + AGAIN
        if sms.expires_at:
            fields["ValidityPeriod"] = str(self._validity(sms.expires_at))
        return fields

    def _validity(self, expires_at: datetime) -> int:
        left = int((expires_at - self._clock()).total_seconds())
        if left < 1:
            raise CarrierRefused(Reason.BAD_REQUEST, permanent=True, code="expired")
        return min(left, LONGEST_VALIDITY)


def _sender_field(sender: str) -> str:
    return "MessagingServiceSid" if sender.startswith("MG") else "From"

"""Take the words and pictures of one text out of Twilio's own log, then ask for it again (2010-04-01 API).

A message is redacted by an update with an empty `Body`, once it is final; its media are resources of their own and are deleted
one by one. Its numbers, instants and status stay: twilio.com/docs/messaging/api/message-resource, …/media-resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.core.messages import FINAL, Reason, Status
from chalicelib.errors import CarrierError

from . import twilio_log, twilio_words
from .twilio_http import TwilioHttp, path_of, read_object

NOT_THERE = 404
BEFORE_IT_IS_FINAL = "20009"  # twilio.com/docs/api/errors/20009: "in rare cases up to 14 days"
OVER = FINAL | {Status.HANDED_TO_CARRIER}  # "sent" is redacted in Twilio's own example: some networks never say more


def redact(http: TwilioHttp, sid: str) -> bool:
    """Whether it was seen to be empty afterwards; so is one that is not there any more. Raises `CarrierError`; its code is
    "not_final" for one that may still be on its way, of which nothing is changed."""
    account = http.signed_in()
    with http.pool() as pool:
        asked = _Account(http, pool, account)
        message = f"Messages/{quote(sid, safe='')}"
        there = asked.of("GET", message)
        if there is None:
            return True
        if twilio_log.status_of(there) not in OVER:
            raise CarrierError(Reason.BAD_REQUEST, permanent=False, code="not_final")
        asked.of("POST", message, {"Body": ""})
        if there.get("num_media") not in ("0", 0, None):
            for each in asked.media(message):
                asked.of("DELETE", f"{message}/Media/{quote(each, safe='')}")
        again = asked.of("GET", message)
        return again is None or (again.get("body") == "" and not asked.media(message))


class _Account:
    """What is asked of one account on one connection's pool."""

    def __init__(self, http: TwilioHttp, pool: urllib3.PoolManager, account: tuple[str, str]):
        self._http, self._pool, self._account = http, pool, account

    def of(self, method: str, resource: str, fields: Mapping[str, str] | None = None) -> dict[str, Any] | None:
        """What the answer says; None where there is no such thing."""
        try:
            answer = self._http.call(self._pool, method, path_of(self._account[0], resource), self._account, fields)
        except HTTPError as error:
            raise CarrierError(Reason.CARRIER_DOWN, permanent=False, code=type(error).__name__) from None
        if answer.status == NOT_THERE:
            return None
        told = read_object(answer.data)
        if not 200 <= answer.status < 300:
            raise _refused(answer.status, str(told.get("code") or ""))
        return told

    def media(self, message: str) -> list[str]:
        """The ids of its pictures: ten at most, so one page."""
        told = self.of("GET", f"{message}/Media") or {}
        found = told.get("media_list")
        listed = found if isinstance(found, list) else []
        return [str(each["sid"]) for each in listed if isinstance(each, dict) and each.get("sid")]


def _refused(status: int, code: str) -> CarrierError:
    refusal = twilio_words.refusal(status, code)
    reason = refusal.reason if refusal else Reason.CARRIER_DOWN
    if code == BEFORE_IT_IS_FINAL:
        return CarrierError(Reason.BAD_REQUEST, permanent=False, code="not_final")
    return CarrierError(reason, permanent=False, code=code or f"http_{status}")

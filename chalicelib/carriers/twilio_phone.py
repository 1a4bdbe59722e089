"""A phone of our own that writes to the carriers' door as Twilio does: the same form, the same signature, the same callback."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.core.messages import Reason
from chalicelib.errors import CarrierError, SecretUnavailable

from . import twilio_signature

INBOUND = "/sms/twilio/inbound"


class TwilioPhone:
    """`ports.SyntheticPhone`. `number`: the clinic's own; `tokens`: as `TwilioWebhook`'s, the first signs. `read`: seconds;
    Twilio hangs up at 15."""

    def __init__(self, public_url: str, number: str, tokens: Callable[[], Sequence[str]], read: float = 15.0):
        self._public_url, self._number, self._tokens = public_url.rstrip("/"), number, tokens
        self._timeout = urllib3.Timeout(connect=2.0, read=read)
        self._callbacks: dict[str, str] = {}

    def write(self, carrier_id: str, sender: str, body: str) -> str:
        fields = {"MessageSid": carrier_id, "From": sender, "To": self._number, "Body": body, "NumMedia": "0"}
        answer = self._post(self._public_url + INBOUND, fields)
        address = _callback(answer)
        if not address.startswith(self._public_url + "/"):  # nobody is told of an answer that is not ours
            return ""
        row = address.partition("row=")[2]
        self._callbacks[row] = address
        return row

    def delivered(self, row: str) -> None:
        address = self._callbacks.pop(row)
        self._post(address, {"MessageSid": f"exercise-{row}", "MessageStatus": "delivered"})

    def _post(self, address: str, fields: Mapping[str, str]) -> bytes:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": self._signature(address, fields),
        }
        try:
            with urllib3.PoolManager(timeout=self._timeout, retries=False) as pool:
                answer = pool.request("POST", address, body=urlencode(fields), headers=headers, redirect=False)
        except HTTPError as failure:
            raise CarrierError(Reason.CARRIER_DOWN, permanent=False, code=type(failure).__name__) from None
        if not 200 <= answer.status < 300:
            raise CarrierError(Reason.CARRIER_DOWN, permanent=False, code=f"http_{answer.status}")
        return answer.data

    def _signature(self, address: str, fields: Mapping[str, str]) -> str:
        """https://www.twilio.com/docs/usage/security: the address, then each field and its value, sorted by field."""
        try:
            tokens = [token for token in self._tokens() if token]
        except SecretUnavailable:
            tokens = []
        if not tokens:
            raise CarrierError(Reason.UNAUTHORISED, permanent=False, code="secret")
        tail = "".join(name + fields[name] for name in sorted(fields))
        return twilio_signature.sign(tokens[0].encode(), (address + tail).encode()).decode()


def _callback(answer: bytes) -> str:
    """Where Twilio would report on the answer, "" for none."""
    found = re.search(r'statusCallback="([^"]+)"', answer.decode("utf-8", "replace"))
    return unescape(found[1]) if found else ""

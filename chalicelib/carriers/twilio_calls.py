"""Twilio's REST side for telephone calls (2010-04-01 API): place one, `POST Calls.json`, and let one ring no more,
`POST Calls/{sid}.json`."""

from __future__ import annotations

from urllib.parse import quote

from chalicelib.core.calls import OutboundCall

from .twilio_http import Account, TwilioHttp
from .twilio_voice import address
from .twilio_webhook import NAME


def _listening(listens: str, status: str) -> dict[str, str]:
    """Whether a machine answers: told beside the call, or, before a word is said, with the first question for the script."""
    if listens:
        return {"MachineDetection": {"first": "Enable", "beep": "DetectMessageEnd"}[listens]}
    told = {"AsyncAmdStatusCallback": status, "AsyncAmdStatusCallbackMethod": "POST"}
    return {"MachineDetection": "Enable", "AsyncAmd": "true", **told}


class TwilioCaller:
    """`ports.Caller`. Times in seconds; `account` gives (account sid, auth token).

    What is said is asked for when somebody answers, so that it is true then. Whether a machine answers is found out while the
    call goes on: nobody who was woken waits for it in silence, and a person whom it takes for a machine can still press a key.
    """

    name = NAME

    def __init__(self, api_url: str, account: Account, public_url: str, connect: float = 1.0, read: float = 2.0):
        self._public_url = public_url.rstrip("/")
        self._http = TwilioHttp(api_url, account, connect, read)

    def call(self, call: OutboundCall) -> str:
        """The call sid. Raises `CarrierRefused` (nothing rings), `CarrierUnknown` (it may)."""
        status = address(self._public_url, "status", call.row)
        fields = {
            "To": call.recipient,
            "From": call.sender,
            "Url": address(self._public_url, "script", call.row),
            "Method": "POST",
            "StatusCallback": status,
            "StatusCallbackEvent": "completed",  # sent for every end: completed, busy, no-answer, failed, canceled
            "StatusCallbackMethod": "POST",
            "Timeout": str(call.rings),
            **_listening(call.listens, status),
        }
        return self._http.create("Calls", fields)

    def hang_up(self, carrier_id: str) -> None:
        """`Status=canceled` ends what is queued or rings, and leaves a call that was answered (Twilio's Call resource)."""
        self._http.create(f"Calls/{quote(carrier_id, safe='')}", {"Status": "canceled"})

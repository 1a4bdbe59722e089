"""A call as Twilio asks about it, signed by Twilio's own library."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from chalicelib.carriers.twilio_voice import TwilioVoice
from chalicelib.ports import WebhookRequest

from . import twilio_cast as cast

SCRIPT, STATUS = "/voice/twilio/script", "/voice/twilio/status"
CALL = "01JD8Q3V5N8Z0T7C4R2M6K9WXE.ring"
SID = "CA" + "0a1b2c3d" * 4


def voice(*tokens: str) -> TwilioVoice:
    return TwilioVoice(cast.PUBLIC_URL, lambda: tokens or (cast.TOKEN,))


def asked(
    pairs: Sequence[tuple[str, str]], call: str = CALL, at: str = "", path: str = SCRIPT, token: str = cast.TOKEN
) -> WebhookRequest:
    query = urlencode({"call": call, "at": at} if at else {"call": call})
    return cast.signed(pairs, path, query, token)

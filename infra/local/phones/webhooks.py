"""What the carrier posts to the clinic: signed as Twilio documents it, within Twilio's fifteen seconds."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin
from xml.etree import ElementTree

import urllib3

from .network import Text, segments

HANGS_UP = urllib3.Timeout(connect=5, read=15)
API_VERSION = "2010-04-01"
# Twilio sends these blank when it does not know them, and signs them so.
PLACES = [f"{side}{part}" for side in ("From", "To") for part in ("City", "State", "Zip", "Country")]


@dataclass(frozen=True, slots=True)
class Answer:
    """A webhook's response; `status` 0: nobody answered in time."""

    status: int
    content_type: str = ""
    body: str = ""

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Reply:
    """One `<Message>` of a TwiML answer."""

    body: str
    to: str = ""
    callback: str = ""


class Poster:
    """Posts forms with the account's signature."""

    def __init__(self, auth_token: str, at_once: int = 16):
        self._token = auth_token
        self._pool = urllib3.PoolManager(maxsize=at_once, timeout=HANGS_UP, retries=False)

    def post(self, url: str, fields: Mapping[str, str]) -> Answer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "X-Twilio-Signature": signature(self._token, url, fields),
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        try:
            answer = self._pool.request("POST", url, body=urlencode(fields), headers=headers)
        except urllib3.exceptions.HTTPError:
            return Answer(0)
        return Answer(answer.status, answer.headers.get("Content-Type", ""), answer.data.decode("utf-8", "replace"))


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """X-Twilio-Signature of a form (RULES 1.8): HMAC-SHA1 over the address and the sorted fields."""
    signed = url + "".join(key + fields[key] for key in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def inbound_fields(account: str, text: Text, opt_out: str = "") -> dict[str, str]:
    """The form of a text that a phone sent."""
    fields = dict.fromkeys(PLACES, "") | {
        "ToCountry": "US",
        "FromCountry": "US",
        "MessageSid": text.sid,
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "From": text.sender,
        "To": text.recipient,
        "Body": text.body,
        "NumMedia": str(text.media),
        "NumSegments": str(segments(text.body)),
    }
    for number in range(text.media):
        fields[f"MediaUrl{number}"] = f"https://api.twilio.com/{API_VERSION}/Accounts/{account}/Media/ME{number:032x}"
        fields[f"MediaContentType{number}"] = "image/jpeg"
    return fields | ({"OptOutType": opt_out} if opt_out else {})


def status_fields(account: str, text: Text) -> dict[str, str]:
    """The form of a status callback."""
    fields = {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageStatus": text.status,
        "SmsStatus": text.status,
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "From": text.sender,
        "To": text.recipient,
    }
    return fields | ({"ErrorCode": str(text.error_code)} if text.error_code else {})


def read_twiml(url: str, answer: Answer) -> list[Reply]:
    """The texts that a webhook's response asks for. Raises ElementTree.ParseError when it is not XML (12100)."""
    if not answer.body.strip() or "xml" not in answer.content_type:
        return []
    return [_reply(url, verb) for verb in _parsed(answer.body).findall("Message")]


def _parsed(body: str) -> ElementTree.Element:
    return ElementTree.fromstring(body)


def _reply(url: str, verb: ElementTree.Element) -> Reply:
    inner = verb.find("Body")
    body = (inner if inner is not None else verb).text or ""
    callback = verb.get("statusCallback", "")
    return Reply(body.strip(), verb.get("to", ""), urljoin(url, callback) if callback else "")

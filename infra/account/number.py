"""`make number STAGE=… PARAMS=… [YES=1]`: where the clinic's number leads at Twilio, and where it should: this stage's doors.

For the first deployment, and for the day on which a region is gone and the stand-by answers (docs/deploy.md). What stands there
now and what it would be is printed; with --yes it is changed, asked for again and compared. The token is read from the stage's
own secret and never shown. Twilio alone: the number of AWS End User Messaging leads to a topic of its own region.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.clinic import read_clinic

from .chosen import Chosen, read_chosen
from .stack import Refused, Stack

API, MESSAGING = "https://api.twilio.com", "https://messaging.twilio.com"
INBOUND, SCRIPT = "/sms/twilio/inbound", "/voice/twilio/script"
# Twilio's names for what we set, and how its answers say them (twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).
SAID = {
    "SmsUrl": "sms_url", "SmsMethod": "sms_method", "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method", "VoiceUrl": "voice_url", "VoiceMethod": "voice_method",
}  # fmt: skip
OWN = "use_inbound_webhook_on_number"  # of a messaging service: off, it has an address of its own, or takes no texts at all
INSTEAD = ("sms_application_sid", "voice_application_sid", "trunk_sid")  # where one is set, Twilio reads no address


def main(asked: list[str] | None = None) -> int:
    """0 when the number leads here, or would with --yes."""
    parser = argparse.ArgumentParser(prog="python -m infra.account.number", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stage", required=True)
    parser.add_argument("--params", type=Path, required=True)
    parser.add_argument("--yes", action="store_true", help="change it")
    parser.add_argument("--endpoint", default="", help="an emulator's address in place of AWS")
    said = parser.parse_args(asked)
    try:
        chosen = read_chosen(said.params, said.stage)
        stack = Stack(chosen.prefix, chosen.region, chosen.account, said.endpoint)
        laptop = os.environ.get("TWILIO_API_URL", "")
        twilio = Twilio(*_account(stack), laptop or API, laptop or MESSAGING)
        return lead(twilio, _number(chosen), wanted(chosen, stack.outputs()), said.yes)
    except (Refused, ValueError, OSError, BotoCoreError, ClientError, urllib3.exceptions.HTTPError) as refused:
        print(f"refused: {refused}")
        return 1


def wanted(chosen: Chosen, outputs: Mapping[str, str]) -> dict[str, str]:
    """Each of `SAID`, for this stage."""
    public = chosen.parameters["PublicUrl"].rstrip("/")
    urls = {"SmsUrl": public + INBOUND, "SmsFallbackUrl": outputs["FallbackUrl"], "VoiceUrl": public + SCRIPT}
    return {name: urls.get(name, "POST") for name in SAID}


class Twilio:
    """The numbers of one account. `api`, `messaging`: where Twilio has its numbers, and its messaging services."""

    def __init__(self, account_sid: str, token: str, api: str, messaging: str) -> None:
        self._services = f"{messaging.rstrip('/')}/v1/Services"
        self._path = f"{api.rstrip('/')}/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers"
        self._signed = f"{account_sid}:{token}"

    def find(self, number: str) -> dict[str, Any]:
        """Raises `Refused` where it is not this account's."""
        found = self._asked("GET", f"{self._path}.json?{urlencode({'PhoneNumber': number})}").get("incoming_phone_numbers") or []
        if len(found) != 1:
            raise Refused(f"{number} is not a number of this account at Twilio")
        return dict(found[0])

    def elsewhere(self, sid: str) -> list[str]:
        """Messaging services that this number is in and that do not leave its texts to its own address."""
        others = [each["sid"] for each in self._all(self._services, "services") if not each.get(OWN)]
        return [name for name in others if sid in self._numbers_of(name)]

    def _numbers_of(self, service: str) -> set[str]:
        return {each["sid"] for each in self._all(f"{self._services}/{service}/PhoneNumbers", "phone_numbers")}

    def _all(self, url: str, what: str) -> Iterator[dict[str, Any]]:
        page = f"{url}?PageSize=100"
        while page:
            told = self._asked("GET", page)
            yield from told.get(what) or []
            page = str((told.get("meta") or {}).get("next_page_url") or "")
            page = page if page.startswith(self._services) else ""  # our password goes with the request

    def change(self, sid: str, fields: Mapping[str, str]) -> None:
        self._asked("POST", f"{self._path}/{sid}.json", urlencode(fields))

    def _asked(self, method: str, url: str, body: str | None = None) -> dict[str, Any]:
        headers = urllib3.make_headers(basic_auth=self._signed) | {"Content-Type": "application/x-www-form-urlencoded"}
        answer = urllib3.request(method, url, body=body, headers=headers, timeout=15, retries=False, redirect=False)
        if answer.status != 200:
            raise Refused(f"Twilio answered {answer.status}")
        return dict(answer.json())


def lead(twilio: Twilio, number: str, fields: Mapping[str, str], yes: bool) -> int:
    """Show, and with `yes` change and look again. Raises `Refused`."""
    now = twilio.find(number)
    if instead := [name for name in INSTEAD if now.get(name)]:
        raise Refused(f"{', '.join(instead)} of the number is set, and Twilio reads no address. Take it off first")
    if services := twilio.elsewhere(now["sid"]):
        raise Refused(f"{', '.join(services)} decides where texts go, not the number: set it to defer to the sender's webhook")
    other = {name: value for name, value in fields.items() if now.get(SAID[name]) != value}
    lines = [f"  {name}: {now.get(SAID[name]) or 'nothing'} -> {value}" for name, value in other.items()]
    print("\n".join(lines) or f"{number} leads here")
    if not other:
        return 0
    if not yes:
        print("nothing was changed; say YES=1 (or --yes) to change it")
        return 0
    twilio.change(now["sid"], other)
    after = twilio.find(number)
    if wrong := [name for name, value in fields.items() if after.get(SAID[name]) != value]:
        raise Refused(f"{', '.join(wrong)} is still another at Twilio")
    print(f"{number} leads here. Text it.")
    return 0


def _account(stack: Stack) -> tuple[str, str]:
    kept = json.loads(stack.client("secretsmanager").get_secret_value(SecretId=f"{stack.prefix}-service")["SecretString"])
    twilio = kept.get("twilio") or {}
    if not twilio.get("auth_tokens"):
        raise Refused("no token is there yet: python -m infra.rotate first")
    return twilio["account_sid"], twilio["auth_tokens"][0]


def _number(chosen: Chosen) -> str:
    clinic = read_clinic(tomllib.loads(chosen.clinic.read_text(encoding="utf-8")))
    if clinic.carrier != "twilio" or not clinic.number.startswith("+"):
        raise Refused(f"the number {clinic.number} of {clinic.carrier} is no number of Twilio's: point it there by hand")
    return clinic.number


if __name__ == "__main__":
    sys.exit(main())

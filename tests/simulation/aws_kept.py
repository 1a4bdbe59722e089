"""What AWS keeps beside the tables and takes at its doors, read and put back past all faults: lent keys, the sealed trail, mail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from chalicelib.core.mail import OutboundMail
from chalicelib.core.messages import OutboundSms
from chalicelib.storage.lender import KmsLender

from .town import Town

ACCOUNT = "123456789012"
STAFF_ROLE = f"arn:aws:iam::{ACCOUNT}:role/porchlight-staff"
EUM, SES = "pinpoint-sms-voice-v2", "sesv2"


class Grants(KmsLender):
    """`ports.Lender`, the real one. `lent`: what KMS itself holds, as the fake tells it."""

    def __init__(self, client: Any, key_arn: str, region: str):
        super().__init__(client, key_arn, STAFF_ROLE)
        self._key = kms_backends[ACCOUNT][region].keys[key_arn.rsplit("/", 1)[1]]

    @property
    def lent(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for grant in self._key.grants.values():
            pair = grant.grantee_principal.rsplit("/", 1)[1], grant.constraints["EncryptionContextSubset"]["patient"]
            found.setdefault(pair, []).append(grant.name)
        return found

    def forget(self) -> None:
        self._key.grants.clear()

    def kept(self) -> dict[str, Any]:
        return dict(self._key.grants)

    def put_back(self, kept: dict[str, Any]) -> None:
        self._key.grants.update(kept)


class Sealed:
    """The bucket of sealed hours. Whoever may empty it is no identity of ours: moto's own memory is."""

    def __init__(self, client: Any, name: str):
        self._client, self._name = client, name
        self._bucket = s3_backends[ACCOUNT]["aws"].buckets[name]

    def forget(self) -> None:
        self._bucket.keys.clear()

    def kept(self) -> dict[str, bytes]:
        return {name: key.value for name, key in self._bucket.keys.items()}

    def put_back(self, kept: dict[str, bytes]) -> None:
        for name, value in kept.items():
            self._client.put_object(Bucket=self._name, Key=name, Body=value)


def taken(town: Town, operation: str, params: dict[str, Any], url: str) -> AWSResponse:
    """AWS End User Messaging and SES: moto does not know the one, and keeps no mail of the other that a town could read."""
    told = json.dumps(ANSWERS[operation](town, params))
    return AWSResponse(url, 200, {"content-type": "application/json"}, MockRawResponse(told))


def _text(town: Town, params: dict[str, Any]) -> dict[str, Any]:
    row = params.get("Context", {}).get("row", "")
    sms = OutboundSms(params["OriginationIdentity"], params["DestinationPhoneNumber"], params["MessageBody"], row)
    return {"MessageId": town.carriers["aws"].send(sms)}


def _mail(town: Town, params: dict[str, Any]) -> dict[str, Any]:
    simple, [to] = params["Content"]["Simple"], params["Destination"]["ToAddresses"]
    row = ".".join(tag["Value"] for tag in params.get("EmailTags", ()))
    mail = OutboundMail(params["FromEmailAddress"], to, simple["Subject"]["Data"], simple["Body"]["Text"]["Data"], row)
    return {"MessageId": town.mailer.send(mail)}


def _list(town: Town, params: dict[str, Any]) -> dict[str, Any]:
    """No list is an empty one."""
    lines = town.carriers["aws"].listed or ()
    told = [{"OptedOutNumber": each.number, "OptedOutTimestamp": each.at.timestamp(), "EndUserOptedOut": each.by_them} for each in lines]
    return {"OptOutListName": params["OptOutListName"], "OptedOutNumbers": told}


def _off_the_list(town: Town, params: dict[str, Any]) -> dict[str, Any]:
    town.carriers["aws"].let_back(params["OptedOutNumber"])
    return {"OptOutListName": params["OptOutListName"], "OptedOutNumber": params["OptedOutNumber"]}


ANSWERS: dict[str, Callable[[Town, dict[str, Any]], dict[str, Any]]] = {
    "SendTextMessage": _text,
    "SendEmail": _mail,
    "DescribeOptedOutNumbers": _list,
    "DeleteOptedOutNumber": _off_the_list,
}

"""A mark of its own put into each place in the way a leak would get there, so that a search that is blind fails."""

from __future__ import annotations

import gzip
import json
import logging
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, quote_plus

import urllib3
from botocore.exceptions import BotoCoreError, ClientError
from chalice import Response
from chalice.test import Client

from chalicelib.console.pdf_out import written
from chalicelib.core.mail import OutboundMail
from chalicelib.core.messages import OutboundSms
from chalicelib.core.sheets import Sheet
from chalicelib.errors import StoreUnavailable
from tests.pdfs import text_of

from .browser import Person
from .clinic import Clinic
from .evidence import triggering
from .marks import Mark

WORDS = "heron&gárdenplant"
PLANT = Mark("plant", (WORDS,))


def plant(clinic: Clinic) -> None:
    """Everywhere at once; `test_canary` asks for it place by place."""
    _in_aws(clinic)
    _in_addresses(clinic)
    _in_pages(clinic)
    _at_carrier(clinic)
    _in_words(clinic)
    clinic.evidence.see("PDF", "planted", text_of(written(Sheet(WORDS, ("a",), ((WORDS,),), WORDS)).encode()))
    for place in ("page's line", "carrier's log", "voice script", "link's token"):
        clinic.evidence.see(place, "planted", WORDS)


def _in_aws(clinic: Clinic) -> None:
    client, made = clinic.cloud.client, clinic.cloud.made
    item = {"pk": {"S": WORDS}, "sk": {"S": "m#1"}, "sealed_body": {"B": WORDS.encode()}, WORDS: {"S": "x"}}
    client("dynamodb").put_item(TableName="porchlight-threads", Item=item)
    client("sqs").send_message(QueueUrl=made["ParkingQueue"], MessageBody=WORDS)
    client("sns").publish(TopicArn=made["PageTopic"], Message=WORDS)
    packed = gzip.compress(json.dumps({"Records": [WORDS]}).encode())
    client("s3").put_object(Bucket=made["CloudTrailBucket"], Key=f"{quote(WORDS)}.json.gz", Body=packed)
    client("kms").generate_data_key(KeyId=made["ContentKey.Arn"], KeySpec="AES_256", EncryptionContext={"patient": WORDS})


def _in_addresses(clinic: Clinic) -> None:
    """S3 has no part in the service: its addresses and headers are the easiest to write into."""
    try:
        clinic.cloud.client("s3").get_object(Bucket="canary", Key=WORDS, IfMatch=quote(WORDS))
    except (ClientError, BotoCoreError):  # there is no such bucket; the request was made
        pass


def _in_pages(clinic: Clinic) -> None:
    api = clinic.app.app

    def planted() -> Response:
        body = f'<p>{WORDS}</p><a href="/x?q={quote_plus(WORDS)}">x</a><a href="tel:{quote(WORDS)}">y</a>'
        return Response(body, {"Content-Type": "text/html", "X-About": quote(WORDS)})

    api.route("/planted/{name}")(lambda name: planted())
    Person("carol", Client(api).http, clinic.evidence).get("planted", f"/planted/{quote(WORDS, safe='')}")
    replace(clinic, app=SimpleNamespace(planted=lambda event, context: {"said": WORDS})).trigger("planted", {})  # type: ignore[arg-type]


def _at_carrier(clinic: Clinic) -> None:
    from chalicelib import wiring

    mailer = wiring.world().mailer
    assert mailer is not None
    mailer.send(OutboundMail("hello@larkspur.example", "somebody@mail.example", WORDS, WORDS))
    wiring.world().carriers["twilio"].send(OutboundSms("+13035550199", "+13035550100", "hello", WORDS))
    urllib3.request("GET", f"{clinic.carrier.url}/{quote(WORDS)}", headers={"X-About": quote(WORDS)})


def _in_words(clinic: Clinic) -> None:
    from chalicelib import wiring

    def escape() -> Any:
        raise ValueError(WORDS)

    logging.getLogger("chalicelib.flows").debug("read %s", WORDS)
    wiring.world().journal.event("planted", reason=WORDS)
    sys.stderr.write(f"{WORDS}\n")
    triggering(clinic.evidence, "planted", escape)
    try:
        raise StoreUnavailable(WORDS)
    except StoreUnavailable:
        pass

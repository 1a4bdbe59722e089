"""From door to page with nothing of ours replaced: API Gateway, the packaged zip, each function's own role, IAM enforced."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from xml.etree import ElementTree

import jwt
import pytest
from botocore.exceptions import ClientError

from chalicelib.flows.park_text import park
from chalicelib.storage.parking import SqsParking
from chalicelib.storage.vault import KmsVault
from tests.cast import an_sms
from tests.fakes.world import a_world

from .stack import Deployed, until

pytestmark = pytest.mark.deployed
CRISIS = "I can't do this anymore, I took all my pills"


def test_a_crisis_text_is_answered_paged_and_kept_sealed(stack: Deployed) -> None:
    assert stack.pages() == []
    answer = stack.text(CRISIS, sid="1")
    assert answer.status == 200
    (said,) = ElementTree.fromstring(answer.body).findall("Message")
    assert "988" in (said.text or "")
    assert "911" in (said.text or "")
    (page,) = until(stack.pages)
    assert page.startswith("Porchlight: urgent item ")
    assert len(stack.rows("incidents")) == 1


def test_the_same_text_again_changes_nothing(stack: Deployed) -> None:
    stack.text("See you on Monday", sid="2")
    before = len(stack.rows("threads"))
    assert stack.text("See you on Monday", sid="2").status == 200
    assert len(stack.rows("threads")) == before


def test_nothing_of_what_was_written_lies_anywhere_in_clear(stack: Deployed) -> None:
    stack.text("canary wordfeather", sender="+13035550142", sid="3")
    kept = json.dumps([stack.rows(table) for table in ("threads", "contacts", "incidents", "due")], default=repr)
    for mark in ("wordfeather", "3035550142"):
        assert mark not in kept
        assert mark not in stack.log("sms-door")


def test_a_wrong_signature_is_refused_and_leaves_nothing(stack: Deployed) -> None:
    before = len(stack.rows("threads"))
    assert stack.text(CRISIS, sid="4", token="guessed").status == 403
    assert len(stack.rows("threads")) == before


def test_the_console_has_its_own_door(stack: Deployed) -> None:
    assert "sign" in stack.request("/console/sign-in").body.lower()
    assert "REPORT" in until(lambda: stack.log("console-door"))


def test_the_carriers_door_cannot_open(stack: Deployed) -> None:
    key = stack.client("kms").encrypt(KeyId=stack.ids["ContentKey"], Plaintext=b"words")["CiphertextBlob"]
    door = stack.as_role("SmsDoor", "kms")
    assert door.generate_data_key(KeyId=stack.ids["ContentKey"], KeySpec="AES_256")
    with pytest.raises(ClientError, match="AccessDenied"):
        door.decrypt(CiphertextBlob=key, KeyId=stack.ids["ContentKey"])


def test_the_consoles_door_opens_nothing_and_a_person_of_this_pool_opens_with_a_key_of_their_own(stack: Deployed) -> None:
    """What ministack can show of it: no session tags and no encryption contexts, so any program's (tests/infra/test_own_keys.py)."""
    sealed = stack.client("kms").encrypt(KeyId=stack.ids["ContentKey"], Plaintext=b"words")["CiphertextBlob"]
    door = stack.as_role("ConsoleDoor", "kms")
    assert door.generate_data_key(KeyId=stack.ids["ContentKey"], KeySpec="AES_256")
    with pytest.raises(ClientError, match="AccessDenied"):
        door.decrypt(CiphertextBlob=sealed, KeyId=stack.ids["ContentKey"])
    token = stack.id_token("carol", "adult,maple")
    claims = jwt.decode(token, options={"verify_signature": False})
    tags = {"staff": ["carol"], "role": ["clinician"], "program1": ["adult"], "program2": ["maple"]}
    assert claims["https://aws.amazon.com/tags"] == {"principal_tags": tags}  # by the function in the template, run by the pool
    assert stack.as_person(token, "carol", "kms").decrypt(CiphertextBlob=sealed, KeyId=stack.ids["ContentKey"])["Plaintext"] == b"words"
    for power in (
        lambda: stack.as_person(token, "carol", "dynamodb").scan(TableName="porchlight-threads"),
        lambda: stack.as_person(token, "carol", "kms").generate_data_key(KeyId=stack.ids["ContentKey"], KeySpec="AES_256"),
        lambda: stack.as_person(token, "carol", "kms").decrypt(
            CiphertextBlob=stack.client("kms").encrypt(KeyId=stack.ids["StorageKey"], Plaintext=b"x")["CiphertextBlob"],
            KeyId=stack.ids["StorageKey"],
        ),
        lambda: stack.as_person(jwt.encode({**claims, "iss": "https://elsewhere.example/pool"}, "x" * 32), "carol", "kms"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            power()


@pytest.mark.parametrize("function", ["SmsDoor", "DeliverQueued", "Tick", "PagesDoor"])
def test_no_job_reads_the_trail(stack: Deployed, function: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.as_role(function, "dynamodb").scan(TableName="porchlight-audit")


def test_a_crisis_through_aws_end_user_messaging_is_paged_and_kept(stack: Deployed) -> None:
    """What the carrier publishes on our topic; no emulator sends its texts, so the page says that a person must call."""
    while stack.pages():
        pass
    said = {"originationNumber": "+13035550143", "destinationNumber": "+13035550199", "messageBody": CRISIS, "inboundMessageId": "in-1"}
    # AWS gives functions a subject and attributes, empty ones too; this emulator leaves them out, and Chalice's event needs both.
    filled = {"carrier": {"DataType": "String", "StringValue": "aws"}}
    stack.client("sns").publish(TopicArn=stack.ids["InboundTopic"], Message=json.dumps(said), Subject="text", MessageAttributes=filled)
    heard: list[str] = []
    until(lambda: heard.extend(stack.pages()) or any("reply not delivered: call" in page for page in heard))
    assert heard[0].startswith("Porchlight: urgent item ")
    assert any(row.get("carrier_id", {}).get("S") == "in-1" for row in stack.rows("threads") if row.get("direction", {}).get("S") == "in")


def test_what_is_queued_wakes_deliver_by_the_tables_stream_and_a_new_text_the_second_look(stack: Deployed) -> None:
    """Nobody carries texts here: an attempt that nobody answered is what can be seen of a delivery."""
    stack.text("hello, is this the clinic", sender="+13035550144", sid="5")

    def out() -> list[str]:
        return [row["status"]["S"] for row in stack.rows("threads") if row.get("direction", {}).get("S") == "out" and "attempts" in row]

    assert until(lambda: any(status != "queued" for status in out())), out()
    assert "REPORT" in until(lambda: stack.log("second-look"))


def test_a_text_that_was_parked_comes_back_by_its_queue(stack: Deployed) -> None:
    """Sealed and parked with the carrier's door's own powers, as it does when the tables cannot be reached."""
    key = stack.client("kms").describe_key(KeyId=stack.ids["ContentKey"])["KeyMetadata"]["Arn"]
    door = KmsVault(stack.as_role("SmsDoor", "kms"), key)
    parking = SqsParking(stack.as_role("SmsDoor", "sqs"), stack.ids["ParkingQueue"], "")
    sid = "SM" + "6".rjust(32, "0")
    park(a_world(vault=door, parking=parking), an_sms("I am back", "+13035550145", datetime.now(UTC), carrier_id=sid), paged=False)
    assert until(lambda: [row for row in stack.rows("threads") if row.get("carrier_id", {}).get("S") == sid])


def test_the_reconciliation_is_woken_by_its_queue_and_says_that_no_log_was_read(stack: Deployed) -> None:
    stack.client("sqs").send_message(QueueUrl=stack.ids["ReconcileQueue"], MessageBody="{}")
    assert "log_not_read" in until(lambda: found if "log_not_read" in (found := stack.log("reconcile-now")) else "")


def test_the_tick_ticks_by_its_schedule(stack: Deployed) -> None:
    """Within a minute of the deployment."""
    assert "REPORT" in until(lambda: stack.log("tick"), tries=360)

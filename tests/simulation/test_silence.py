"""Real servers that take a connection and never say a word: the webhook still ends in time, the page still leaves.

These run against the clock on the wall on purpose: the deadline is the behaviour (DESIGN §3: 10 s, Twilio hangs up at 15).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest

from chalicelib.errors import PorchlightError
from chalicelib.flows.receive_sms import NotKept, receive
from chalicelib.pager import SnsPager
from chalicelib.patience import ThreadPatience
from chalicelib.storage.clients import client
from chalicelib.storage.hasher import KeyedHasher
from chalicelib.storage.parking import SqsParking
from chalicelib.storage.secrets import Secrets
from chalicelib.storage.store import DynamoStore
from chalicelib.storage.vault import KmsVault
from tests.carriers.servers import silent
from tests.cast import an_sms
from tests.fakes.world import FakeCarrier, a_world
from tests.storage.aws import REGION, a_laptop

pytestmark = pytest.mark.slow  # whole runs

CRISIS = "I can't do this anymore, I took all my pills"
WHOLE = 10.5  # seconds, with half a one for a busy machine
SERVICES = ("dynamodb", "kms", "sns", "sqs", "secretsmanager")


class Heard:
    """A queue on a topic: what was really published."""

    def __init__(self, topic: str, name: str):
        sqs, sns = boto3.client("sqs", REGION), boto3.client("sns", REGION)
        self._sqs, self.url = sqs, sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def pages(self) -> int:
        return len(self._sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", []))


@pytest.fixture(scope="module")
def laptop() -> Iterator[Any]:
    with a_laptop() as made, silent() as nowhere:
        with_a_secret(made)
        yield made, nowhere


def a_real_world(made: Any, nowhere: str, mute: set[str], topic: str = "") -> Any:
    """The production adapters, the named services silent. `topic`: where pages go, if not to the clinic's own."""
    at = cache(lambda service: client(service, REGION, nowhere if service in mute else ""))
    secrets = Secrets(at("secretsmanager"), made["ServiceSecret"])
    store_host = nowhere if "dynamodb" in mute else None
    return a_world(
        store=DynamoStore(made["TablePrefix"], REGION, store_host),
        vault=KmsVault(at("kms"), made["ContentKey.Arn"]),
        hasher=KeyedHasher(secrets.number_key),
        pager=SnsPager(at("sns"), topic or made["PageTopic"]),
        parking=SqsParking(at("sqs"), made["ParkingQueue"], made["ReconcileQueue"]),
        patience=ThreadPatience(),
        carriers={"twilio": FakeCarrier()},
        clock=lambda: datetime.now(UTC),
    )


def with_a_secret(made: Any) -> None:
    boto3.client("secretsmanager", REGION).put_secret_value(SecretId=made["ServiceSecret"], SecretString='{"number_key": "k"}')


@dataclass(frozen=True)
class Case:
    """`mute`: who says nothing. `pages`: how many leave. `kept`: whether the text is, or handed back to the carrier."""

    mute: tuple[str, ...]
    pages: int
    kept: bool


CASES = (
    Case((), 1, True),
    Case(("dynamodb",), 1, True),
    Case(("secretsmanager",), 1, True),
    Case(("sns",), 0, True),
    Case(("kms",), 1, False),
    Case(("dynamodb", "sqs"), 1, False),
    Case(SERVICES, 0, False),
)


def test_whatever_is_silent_the_webhook_ends_in_time(laptop):
    """All at once, each with a patient and a topic of its own: most of it is waiting."""
    made, nowhere = laptop

    def played(number: int, case: Case) -> list[str]:
        topic = boto3.client("sns", REGION).create_topic(Name=f"pages-{number}")["TopicArn"]
        heard, world = Heard(topic, f"heard-{number}"), a_real_world(made, nowhere, set(case.mute), topic)
        started = time.monotonic()
        try:
            answer: Any = receive(world, an_sms(CRISIS, f"+1303555016{number}", at=world.clock()), inline=True)
        except NotKept as refusal:
            answer = refusal
        spent, kept, pages = time.monotonic() - started, not isinstance(answer, NotKept), heard.pages()
        wrong = [f"took {spent:.1f} s"] if spent >= WHOLE else []
        wrong += [f"{pages} pages"] if pages != case.pages else []
        wrong += [f"kept: {kept}"] if kept is not case.kept else []
        return wrong + (["no 988 in the answer"] if kept and "988" not in answer.text else [])

    with ThreadPoolExecutor(len(CASES)) as pool:
        told = dict(zip(CASES, pool.map(played, range(len(CASES)), CASES), strict=True))
    assert {case: wrong for case, wrong in told.items() if wrong} == {}


def test_a_page_leaves_within_a_second_and_a_half_of_a_silent_store(laptop):
    made, nowhere = laptop
    world = a_real_world(made, nowhere, {"dynamodb"})
    left: list[float] = []
    real, started = world.pager.page, time.monotonic()

    class Watched:
        def page(self, to: str, text: str) -> None:
            left.append(time.monotonic() - started)
            real(to, text)

    object.__setattr__(world, "pager", Watched())
    try:
        receive(world, an_sms(CRISIS, at=world.clock()), inline=True)
    except PorchlightError:
        pass
    assert left and left[0] < 1.5

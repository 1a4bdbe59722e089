"""The small doors: secret, keyed hashes, parking, pager, and the laptop's resources they stand on."""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import PageFailed, ParkFailed, SecretUnavailable, WakeFailed
from chalicelib.pager import SnsPager
from chalicelib.storage.clients import client
from chalicelib.storage.delay import SqsLater
from chalicelib.storage.hasher import LETTERS, KeyedHasher
from chalicelib.storage.machine import SqsMachine
from chalicelib.storage.parking import SqsParking
from chalicelib.storage.secrets import MAX_AGE, OLD, PATIENCE, WAITS, Secrets
from infra.local.create import Made, environment

from .aws import REGION, a_laptop

ALICE = "+12025550100"
PAGE = "Porchlight: urgent item K7Q2. Open the console."


@pytest.fixture(scope="module")
def made() -> Iterator[Made]:
    with a_laptop() as made:
        yield made


def taken(queue: str) -> list[str]:
    """The bodies in a queue, which is empty then."""
    sqs = client("sqs", REGION)
    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in found]


def subscribed(made: Made, clinician: str) -> str:
    """A queue that gets what a clinician's phone would."""
    sqs, sns = client("sqs", REGION), client("sns", REGION)
    queue: str = sqs.create_queue(QueueName=f"phone-{clinician}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    wanted = {"FilterPolicy": json.dumps({"clinician": [clinician, "everyone"]}), "RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=made["PageTopic"], Protocol="sqs", Endpoint=arn, Attributes=wanted)
    return queue


# ---------------------------------------------------------------- pager


def test_a_page_reaches_whom_it_names_and_everyone_is_everyone(made: Made) -> None:
    pager = SnsPager(client("sns", REGION), made["PageTopic"])
    erin, dan = subscribed(made, "erin"), subscribed(made, "dan")
    pager.page("erin", PAGE)
    assert (taken(erin), taken(dan)) == ([PAGE], [])
    pager.page("everyone", PAGE)
    assert (taken(erin), taken(dan)) == ([PAGE], [PAGE])


def test_an_ordinary_page_does_not_wake_reconciliation_and_the_fallback_does(made: Made) -> None:
    SnsPager(client("sns", REGION), made["PageTopic"]).page("everyone", PAGE)
    assert taken(made["ReconcileQueue"]) == []
    attributes = {
        "clinician": {"DataType": "String", "StringValue": "everyone"},
        "reconcile": {"DataType": "String", "StringValue": "now"},
    }
    client("sns", REGION).publish(TopicArn=made["PageTopic"], Message="unread", MessageAttributes=attributes)
    assert taken(made["ReconcileQueue"]) == ["unread"]


def test_a_page_that_did_not_leave_is_an_error_without_its_text(made: Made) -> None:
    pager = SnsPager(client("sns", REGION), made["PageTopic"] + "-gone")
    with pytest.raises(PageFailed) as caught:
        pager.page("erin", PAGE)
    assert "K7Q2" not in str(caught.value) and caught.value.__cause__ is None


# ---------------------------------------------------------------- parking


def test_what_is_parked_can_be_taken_out(made: Made) -> None:
    parking = SqsParking(client("sqs", REGION), made["ParkingQueue"], made["ReconcileQueue"])
    parking.park('{"sealed": "AAAA"}')
    parking.wake_reconciliation()
    assert taken(made["ParkingQueue"]) == ['{"sealed": "AAAA"}']
    assert taken(made["ReconcileQueue"]) == ["{}"]
    parking.wake_reconciliation("again 1", 120)
    assert taken(made["ReconcileQueue"]) == []  # not yet


def test_what_cannot_be_parked_is_an_error(made: Made) -> None:
    parking = SqsParking(client("sqs", REGION), made["ParkingQueue"] + "-gone", made["ReconcileQueue"])
    with pytest.raises(ParkFailed) as caught:
        parking.park('{"sealed": "AAAA"}')
    assert "AAAA" not in str(caught.value)


# ---------------------------------------------------------------- the delay queue


def test_a_row_comes_back_after_its_seconds_and_not_before(made: Made) -> None:
    SqsLater(client("sqs", REGION), made["OutboxQueue"]).wake("alice.m1", 1)
    assert taken(made["OutboxQueue"]) == []
    SqsLater(client("sqs", REGION), made["OutboxQueue"]).wake("alice.m2", 0)
    assert taken(made["OutboxQueue"]) == ["alice.m2"]


def test_a_queue_that_is_away_is_our_own_error(made: Made) -> None:
    with pytest.raises(WakeFailed) as caught:
        SqsLater(client("sqs", REGION), made["OutboxQueue"] + "-gone").wake("alice.m1", 11)
    assert "alice" not in str(caught.value) and caught.value.__cause__ is None


# ---------------------------------------------------------------- secret


class Answers:
    """A Secrets Manager client that answers what it is told to: a text, or an error to raise."""

    def __init__(self, *answers: Any) -> None:
        self._answers, self.asked = list(answers), 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        self.asked += 1
        answer = self._answers[min(self.asked, len(self._answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return {"SecretString": answer}


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def no_answer() -> Exception:
    from botocore.exceptions import ReadTimeoutError

    error: Exception = ReadTimeoutError(endpoint_url="secretsmanager")
    return error


def test_the_laptops_secret_has_a_number_key_and_a_place_for_tokens(made: Made) -> None:
    secrets = Secrets(client("secretsmanager", REGION), made["ServiceSecret"])
    assert len(secrets.number_key()) == 64
    assert secrets.read()["twilio"] == {"account_sid": "", "auth_tokens": []}


def at_once(work: Callable[[], None]) -> Callable[[float], None]:
    work()
    return lambda _: None


class Aside:
    """Work that waits until somebody waits for it; `hangs`: and then still."""

    def __init__(self, hangs: bool = False) -> None:
        self.hangs, self.left, self.waited = hangs, list[Callable[[], None]](), list[float]()

    def __call__(self, work: Callable[[], None]) -> Callable[[float], None]:
        self.left.append(work)
        return self.wait

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        while self.left and not self.hangs:
            self.left.pop()()


def test_nobody_waits_for_a_secret_that_is_only_to_be_read_again() -> None:
    aside, answers, clock = Aside(), Answers('{"number_key": "one"}', '{"number_key": "two"}'), Clock()
    secrets = Secrets(answers, "s", clock, aside)
    secrets.read()
    clock.seconds += MAX_AGE
    assert [secrets.number_key(), secrets.number_key()] == [b"one", b"one"]
    assert (len(aside.left), aside.waited) == (1, [])  # one fetch, however many ask
    aside.left[0]()
    assert secrets.number_key() == b"two"


def test_who_slept_through_a_rotation_waits_a_moment_for_the_new_token() -> None:
    """Nobody asks for anything while a function stands still between two events: it would refuse the carrier's first text."""
    before, after = (json.dumps({"twilio": {"account_sid": "AC1", "auth_tokens": [token]}}) for token in ("old", "new"))
    aside, clock = Aside(), Clock()
    secrets = Secrets(Answers(before, after), "s", clock, aside)
    secrets.read()
    clock.seconds += OLD
    assert (list(secrets.twilio_tokens()), aside.waited) == (["new"], [WAITS])


def test_n2_a_secret_that_does_not_come_is_waited_for_half_a_second_and_the_old_one_serves() -> None:
    aside, clock = Aside(hangs=True), Clock()
    secrets = Secrets(Answers('{"number_key": "one"}'), "s", clock, aside)
    secrets.read()
    clock.seconds += 3600
    assert (secrets.number_key(), aside.waited) == (b"one", [WAITS])
    assert (secrets.number_key(), aside.waited) == (b"one", [WAITS])  # one text asks for it five times
    assert WAITS <= 0.5


def test_its_age_is_told_by_a_clock_that_goes_on_while_a_function_is_frozen() -> None:
    """https://github.com/hashicorp/vault-lambda-extension/pull/150: Lambda suspends the monotonic one with the function."""
    assert inspect.signature(Secrets).parameters["clock"].default is time.time


def test_a_secret_is_read_again_after_the_clock_was_set_back() -> None:
    answers, clock = Answers('{"number_key": "one"}', '{"number_key": "two"}'), Clock()
    secrets = Secrets(answers, "s", clock, at_once)
    secrets.read()
    clock.seconds -= 500
    assert secrets.number_key() == b"two"


def test_a_secret_is_read_again_when_it_is_old() -> None:
    answers, clock = Answers('{"number_key": "one"}', '{"number_key": "two"}'), Clock()
    secrets = Secrets(answers, "s", clock, aside=at_once)
    assert [secrets.number_key(), secrets.number_key()] == [b"one", b"one"]
    clock.seconds += MAX_AGE
    assert (secrets.number_key(), answers.asked) == (b"two", 2)


def test_an_older_secret_serves_while_there_is_no_answer() -> None:
    answers, clock = Answers('{"number_key": "one"}', no_answer(), '{"number_key": "two"}'), Clock()
    secrets = Secrets(answers, "s", clock, aside=at_once)
    secrets.read()
    clock.seconds += MAX_AGE
    assert [secrets.number_key(), secrets.number_key()] == [b"one", b"one"]
    assert answers.asked == 2  # asked once, then left alone for a while
    clock.seconds += PATIENCE
    assert secrets.number_key() == b"two"


@pytest.mark.parametrize("answer", [no_answer(), "not json", '"a text"', '{"number_key": ""}', "{}"])
def test_a_secret_that_cannot_be_used_is_unavailable(answer: Any) -> None:
    with pytest.raises(SecretUnavailable) as caught:
        Secrets(Answers(answer), "s", Clock()).number_key()
    assert "not json" not in str(caught.value)


def test_a_first_read_that_failed_is_tried_again_at_once() -> None:
    secrets = Secrets(Answers(no_answer(), '{"number_key": "one"}'), "s", Clock())
    with pytest.raises(SecretUnavailable):
        secrets.read()
    assert secrets.number_key() == b"one"


@pytest.mark.parametrize("answer", ["{}", '{"twilio": {}}', '{"twilio": {"account_sid": "", "auth_tokens": []}}'])
def test_before_anybody_put_the_carriers_account_in_there_is_none(answer: str) -> None:
    """A new deployment: a webhook is then 5xx, and a text of ours is refused and tried again, never "unknown" for ever."""
    secrets = Secrets(Answers(answer), "s", Clock())
    assert list(secrets.twilio_tokens()) == []
    with pytest.raises(SecretUnavailable):
        secrets.twilio_account()


def test_during_a_rotation_both_tokens_count_and_the_first_signs_us_in() -> None:
    secrets = Secrets(Answers('{"twilio": {"account_sid": "AC1", "auth_tokens": ["new", "old"]}}'), "s", Clock())
    assert (list(secrets.twilio_tokens()), secrets.twilio_account()) == (["new", "old"], ("AC1", "new"))


# ---------------------------------------------------------------- hashes


def hasher(key: bytes = b"k") -> KeyedHasher:
    return KeyedHasher(lambda: key)


def test_a_number_is_found_again_and_only_with_the_key() -> None:
    found = hasher().contact_id(ALICE)
    assert found == hasher().contact_id(ALICE) != hasher(b"other").contact_id(ALICE)
    assert len(found) == 32 and int(found, 16) >= 0 and ALICE[-4:] not in found


def test_a_text_that_is_a_number_has_another_hash() -> None:
    assert hasher().contact_id(ALICE) != hasher().text_hash(ALICE)


@given(one=st.text(st.characters(exclude_categories=())), other=st.text(st.characters(exclude_categories=())))
def test_other_texts_have_other_hashes(one: str, other: str) -> None:
    assert (hasher().text_hash(one) == hasher().text_hash(other)) == (one == other)


def test_without_the_key_there_is_no_hash() -> None:
    def missing() -> bytes:
        raise SecretUnavailable("no answer")

    with pytest.raises(SecretUnavailable):
        KeyedHasher(missing).contact_id(ALICE)


def test_a_weeks_mark_is_sixteen_letters_that_depend_on_the_key_the_week_and_the_number_and_on_nothing_else() -> None:
    marks = {
        hasher(key).week_mark(week, number)
        for key in (b"k", b"other") for week in ("2026-W49", "2026-W50") for number in (ALICE, ALICE[:-1] + "9")
    }
    assert len(marks) == 8 and all(len(mark) == 16 and mark.isalpha() and mark.islower() for mark in marks)
    assert hasher().week_mark("2026-W49", ALICE) == hasher().week_mark("2026-W49", ALICE)
    assert hasher().text_hash(f"2026-W49 {ALICE}")[:16].translate(LETTERS) not in marks  # a label of its own


# ---------------------------------------------------------------- the laptop


def test_the_laptop_has_everything_of_the_template(made: Made) -> None:
    import yaml

    from infra.local.create import MAKERS, RESOURCES

    wanted = yaml.safe_load(RESOURCES.read_text())["Resources"]
    assert {name for name, entry in wanted.items() if entry["Type"] in MAKERS} <= set(made)


def test_the_laptops_tables_forget_stream_and_have_indexes(made: Made) -> None:
    dynamo = client("dynamodb", REGION)
    threads = dynamo.describe_table(TableName=made["ThreadsTable"])["Table"]
    assert threads["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert {index["IndexName"] for index in threads["GlobalSecondaryIndexes"]} == {"waiting", "recent", "owned"}
    ttl = dynamo.describe_time_to_live(TableName=made["SessionsTable"])["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_the_settings_follow_from_what_was_made(made: Made) -> None:
    found = environment(made)
    assert found["PORCHLIGHT_TABLE_PREFIX"] == "porchlight"
    assert found["PORCHLIGHT_CONTENT_KEY"].startswith("arn:aws:kms:")
    assert "" not in found.values()


# ---------------------------------------------------------------- the machine that a dead man's page goes to


def test_pg_6_a_dead_mans_page_arrives_at_the_machine_once_and_a_page_to_everyone_does_not(made: Made) -> None:
    """The topic, the subscription's filter and the queue as the template says them."""
    pager = SnsPager(client("sns", REGION), made["PageTopic"])
    machine = SqsMachine(client("sqs", REGION), made["MachineQueue"])
    pager.page("everyone", "Porchlight: urgent item AAAA. Open the console.")
    pager.page("erin", "Porchlight: urgent item BBBB. Open the console.")
    pager.page("dead-man", "Porchlight: urgent item CCCC. Open the console.")
    assert machine.pages(0) == ["Porchlight: urgent item CCCC. Open the console."]
    assert machine.pages(0) == []


def test_a_machine_that_is_away_is_an_error(made: Made) -> None:
    with pytest.raises(ParkFailed):
        SqsMachine(client("sqs", REGION), made["MachineQueue"] + "-gone").pages(0)

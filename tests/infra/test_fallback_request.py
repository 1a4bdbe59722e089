"""The fallback's constant request, sent to an SNS that acts: whom it tells, and that an ordinary page wakes nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from chalicelib.pager import SnsPager

from .template import Template

REGION = "us-east-1"
SIGNED = f"AWS4-HMAC-SHA256 Credential=none/20261123/{REGION}/sns/aws4_request, SignedHeaders=host, Signature=none"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


class Clinic:
    """A page topic with Erin's subscription, Dan's, and the reconciliation queue's as the template makes it."""

    def __init__(self, endpoint: str, reconcile: dict[str, Any]) -> None:
        self._endpoint = endpoint
        self.sns, self._sqs = self._client("sns"), self._client("sqs")
        self.topic = self.sns.create_topic(Name="pages")["TopicArn"]
        self.queues = {
            "erin": self._listener("erin", {"clinician": ["erin", "everyone"]}),
            "dan": self._listener("dan", {"clinician": ["dan", "everyone"]}),
            "reconcile": self._listener("reconcile", reconcile),
        }

    def told(self) -> set[str]:
        """Who got something since the last time it was asked."""
        return {name for name, queue in self.queues.items() if self._take(queue)}

    def send(self, form: str) -> int:
        """As API Gateway sends it."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": SIGNED}
        with urlopen(Request(self._endpoint, form.encode(), headers), timeout=5) as answer:
            return int(answer.status)

    def _client(self, service: str) -> Any:
        credentials = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
        return boto3.client(service, region_name=REGION, endpoint_url=self._endpoint, **credentials)

    def _listener(self, name: str, wants: dict[str, Any]) -> str:
        queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = {"FilterPolicy": json.dumps(wants)}
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes=policy)
        return str(queue)

    def _take(self, queue: str) -> list[Any]:
        messages = self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            self._sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return list(messages)


@pytest.fixture(scope="module")
def clinic(endpoint: str, template: Template) -> Clinic:
    return Clinic(endpoint, template.properties("ReconcileNowSubscription")["FilterPolicy"])


def rendered(template: Template, topic: str) -> str:
    """What the mapping template makes: the topic put in by CloudFormation, escaped by API Gateway."""
    templates = template.properties("FallbackMethod")["Integration"]["RequestTemplates"].values()
    (constant,) = {one["Fn::Sub"] for one in templates}
    return str(constant).replace("$util.urlEncode('${PageTopic}')", quote_plus(topic))


def test_it_tells_everybody_on_call_and_wakes_the_reconciliation(template: Template, clinic: Clinic) -> None:
    assert clinic.send(rendered(template, clinic.topic)) == 200
    assert clinic.told() == {"erin", "dan", "reconcile"}


def test_an_ordinary_page_wakes_no_reconciliation(clinic: Clinic) -> None:
    SnsPager(clinic.sns, clinic.topic).page("erin", "Porchlight: urgent item K7Q2. Open the console.")
    assert clinic.told() == {"erin"}


def test_a_page_to_everyone_wakes_none_either(clinic: Clinic) -> None:
    SnsPager(clinic.sns, clinic.topic).page("everyone", "Porchlight: urgent item K7Q2. Open the console.")
    assert clinic.told() == {"erin", "dan"}

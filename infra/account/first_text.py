"""`make first-text`: in a rehearsal, the patient's phone and the clinician's: one text, signed as the carrier signs it.

On AWS this is your own phone: nothing here speaks to anything but an emulator.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from ..local.phones.webhooks import Answer, read_twiml, signature
from .chosen import Chosen, read_chosen
from .stack import Stack

OURS, THEIRS = "+13035550199", "+13035550101"
WORDS = "I took all my pills"
HOOK = "/sms/twilio/inbound"
PATIENCE = 30  # seconds until the page is there


def main(asked: list[str] | None = None) -> int:
    """0 when the phone was answered and somebody was paged."""
    parser = argparse.ArgumentParser(prog="python -m infra.account.first_text")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--params", type=Path, required=True)
    parser.add_argument("--endpoint", required=True, help="the emulator's; on AWS, take your own phone")
    said = parser.parse_args(asked)
    chosen = read_chosen(said.params, said.stage)
    stack = Stack(chosen.prefix, chosen.region, chosen.account, said.endpoint)
    on_call = _on_call(stack)
    print(f"a patient writes:   {WORDS}")
    answer = sent(stack, chosen)
    print(f"their phone says:   {answer}")
    page = _heard(stack, on_call)
    print(f"who is on call:     {page or 'nothing. Stop here: docs/runbooks/page-failed.md'}")
    return 0 if page else 1


def sent(stack: Stack, chosen: Chosen) -> str:
    """Post the carrier's webhook through the API, and what its answer says to the phone; the status where it is refused."""
    kept = stack.client("secretsmanager").get_secret_value(SecretId=f"{stack.prefix}-service")["SecretString"]
    twilio = json.loads(kept).get("twilio") or {}
    if not twilio.get("auth_tokens"):
        return "nothing: no token is there yet (python -m infra.rotate first)"
    fields = {"MessageSid": f"SM{secrets.token_hex(16)}", "AccountSid": twilio["account_sid"], "From": THEIRS, "To": OURS}
    fields["Body"] = WORDS
    signed = signature(twilio["auth_tokens"][0], chosen.parameters["PublicUrl"] + HOOK, fields)
    url = f"{stack.endpoint}/restapis/{stack.outputs()['RestAPIId']}/prod/_user_request_{HOOK}"
    asked = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
    answer = urllib3.request("POST", url, body=urlencode(fields), headers=asked, timeout=60, retries=False)
    said = read_twiml(url, Answer(answer.status, answer.headers.get("Content-Type", ""), answer.data.decode()))
    return " ".join(each.body for each in said) or f"nothing ({answer.status})"


def _on_call(stack: Stack) -> str:
    """A queue that hears what a clinician's phone would, of whomever is paged."""
    queues = stack.client("sqs")
    queue = str(queues.create_queue(QueueName=f"{stack.prefix}-rehearsed-phone")["QueueUrl"])
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = resource(stack, "PageTopic")
    takes = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [takes]})
    queues.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    stack.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return queue


def resource(stack: Stack, name: str) -> str:
    found: Any = stack.client("cloudformation").describe_stack_resource(StackName=stack.prefix, LogicalResourceId=name)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def _heard(stack: Stack, queue: str) -> str:
    """The first page that comes; "" for none in time."""
    queues, end = stack.client("sqs"), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for message in queues.receive_message(QueueUrl=queue, WaitTimeSeconds=2).get("Messages", ()):
            queues.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return str(json.loads(message["Body"])["Message"])
    return ""


if __name__ == "__main__":
    sys.exit(main())

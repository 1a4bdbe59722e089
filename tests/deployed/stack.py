"""The packaged service deployed whole: zip, template, roles. What ministack cannot do is changed in a copy, and said here."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import boto3
from twilio.request_validator import RequestValidator

from infra.account.adapted import for_ministack

Tree = dict[str, Any]
T = TypeVar("T")
REGION, STACK, PUBLIC = "us-east-1", "porchlight", "https://clinic.example"
ACCOUNT_SID, TOKEN = "AC" + "0" * 32, "a-token-of-the-test"
PARAMETERS = {"PublicUrl": PUBLIC, "ConsoleUrl": PUBLIC, "FallbackToken": "f" * 24}


@dataclass
class Answer:
    status: int
    body: str


@dataclass
class Deployed:
    """A stack that runs. `endpoint`: the address of its AWS; `package`: what was deployed."""

    endpoint: str
    package: Path
    ids: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id="test", aws_secret_access_key="test"
        )

    def deploy(self) -> None:
        """Upload and create. Raises RuntimeError with CloudFormation's reasons."""
        storage, stacks = self.client("s3"), self.client("cloudformation")
        package = self.package
        storage.create_bucket(Bucket="code")
        for name in ("deployment.zip", "second-look-layer.zip", "rehearsal-layer.zip"):
            storage.upload_file(str(package / name), "code", name)
        template = json.dumps(for_ministack(json.loads((package / "sam.json").read_text())))
        storage.put_object(Bucket="code", Key="sam.json", Body=template)
        stacks.create_stack(
            StackName=STACK,
            TemplateURL=f"{self.endpoint}/code/sam.json",
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in PARAMETERS.items()],
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        status = until(lambda: self._settled(stacks))
        if status != "CREATE_COMPLETE":
            events = stacks.describe_stack_events(StackName=STACK)["StackEvents"]
            raise RuntimeError([(e["LogicalResourceId"], e.get("ResourceStatusReason")) for e in events if "FAILED" in e["ResourceStatus"]])
        pages = stacks.get_paginator("list_stack_resources").paginate(StackName=STACK)
        self.ids = {r["LogicalResourceId"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]}

    def _settled(self, stacks: Any) -> str:
        status = str(stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])
        return "" if status.endswith("IN_PROGRESS") else status

    def put_in_tokens(self) -> None:
        """What a clinic does by hand after its first deployment."""
        secrets = self.client("secretsmanager")
        kept = json.loads(secrets.get_secret_value(SecretId=self.ids["ServiceSecret"])["SecretString"])
        kept["twilio"] = {"account_sid": ACCOUNT_SID, "auth_tokens": [TOKEN]}
        secrets.put_secret_value(SecretId=self.ids["ServiceSecret"], SecretString=json.dumps(kept))

    def text(self, body: str, sender: str = "+13035550101", sid: str = "1", token: str = TOKEN) -> Answer:
        """A patient texts: Twilio's webhook, signed, through the API."""
        form = {"MessageSid": "SM" + sid.rjust(32, "0"), "AccountSid": ACCOUNT_SID, "From": sender, "To": "+13035550199", "Body": body}
        signature = RequestValidator(token).compute_signature(f"{PUBLIC}/sms/twilio/inbound", form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return self.request("/sms/twilio/inbound", urlencode(form).encode(), headers)

    def request(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Through API Gateway."""
        url = f"{self.endpoint}/restapis/{self.ids['RestAPI']}/prod/_user_request_{path}"
        try:
            with urlopen(Request(url, body, headers or {}), timeout=60) as answer:
                return Answer(answer.status, answer.read().decode())
        except HTTPError as refused:
            return Answer(refused.code, refused.read().decode())

    @cached_property
    def erin(self) -> str:
        """A queue that hears what pages the clinician on call, as her phone would."""
        queues = self.client("sqs")
        queue = queues.create_queue(QueueName="erin")["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        takes = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [takes]})
        queues.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
        self.client("sns").subscribe(
            TopicArn=self.ids["PageTopic"], Protocol="sqs", Endpoint=arn,
            Attributes={"FilterPolicy": json.dumps({"clinician": ["erin", "everyone"]})},
        )
        return str(queue)

    def pages(self) -> list[str]:
        """The words of pages since the last time it was asked."""
        queues = self.client("sqs")
        found = queues.receive_message(QueueUrl=self.erin, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            queues.delete_message(QueueUrl=self.erin, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"])["Message"] for message in found]

    def rows(self, table: str) -> list[Tree]:
        """Every row of a table as it lies there."""
        return list(self.client("dynamodb").scan(TableName=f"porchlight-{table}")["Items"])

    def log(self, function: str) -> str:
        """Everything a function wrote."""
        logs, group = self.client("logs"), f"/aws/lambda/porchlight-{function}"
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        events = [logs.get_log_events(logGroupName=group, logStreamName=s["logStreamName"])["events"] for s in streams]
        return "\n".join(event["message"] for stream in events for event in stream)

    def id_token(self, staff_id: str, programs: str) -> str:
        """Of a person whom the administrator just made, as the console's sign-in gets it."""
        pool, people = self.ids["StaffPool"], self.client("cognito-idp")
        named = {"custom:staff_id": staff_id, "custom:role": "clinician", "custom:programs": programs}
        said = [{"Name": name, "Value": value} for name, value in named.items()]
        people.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OFF")  # a code from an app is another test's
        people.admin_create_user(UserPoolId=pool, Username=staff_id, UserAttributes=said, TemporaryPassword="A-first-Password-9!", MessageAction="SUPPRESS")
        people.admin_set_user_password(UserPoolId=pool, Username=staff_id, Password="A-long-Password-9!", Permanent=True)
        answer = people.initiate_auth(
            ClientId=self.ids["StaffPoolClient"], AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": staff_id, "PASSWORD": "A-long-Password-9!"},
        )
        return str(answer["AuthenticationResult"]["IdToken"])

    def as_person(self, token: str, staff_id: str, service: str) -> Any:
        """A client with a person's own key."""
        role = self.client("iam").get_role(RoleName=self.ids["StaffRole"])["Role"]["Arn"]
        asked = {"RoleArn": role, "RoleSessionName": staff_id, "WebIdentityToken": token, "DurationSeconds": 900}
        given = self.client("sts").assume_role_with_web_identity(**asked)["Credentials"]
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"],
        )

    def as_role(self, function: str, service: str) -> Any:
        """A client with a function's own powers."""
        role = self.client("iam").get_role(RoleName=self.ids[f"{function}Role"])["Role"]["Arn"]
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"],
        )


def until(look: Callable[[], T], tries: int = 240) -> T:
    """What `look` finds, once it finds something; its last word after a minute."""
    pause = threading.Event()
    for _ in range(tries):
        if found := look():
            return found
        pause.wait(0.25)
    return look()

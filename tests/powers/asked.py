"""What a call of a port asks of AWS, and of which resource."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .echo import Echo
from .policies import Use

Asked = Callable[..., set[Use]]
SECRET = Use("secretsmanager:GetSecretValue", "ServiceSecret")
# Which of the four a clinic's number is, only the clinic knows.
TEXT = {Use("sms-voice:SendTextMessage", f"{kind}/*") for kind in ("phone-number", "pool", "sender-id", "configuration-set")}
MAIL = {Use("ses:SendEmail", f"{kind}/*") for kind in ("identity", "configuration-set")}
BY_A_PERSON = "kms:Decrypt for a person"
STOPS = "opt-out-list/${OptOutList}"


def just(*uses: Use) -> Asked:
    return lambda *_, **__: set(uses)


def sealed(context: Any, *_: Any) -> set[Use]:
    return {Use("kms:GenerateDataKey", "ContentKey", context.kind)}


def opened(context: Any, row_id: str, sealed: bytes, reader: str) -> set[Use]:
    """In the console, a person's opening is by a key of their own, not by the function's role."""
    return {Use("kms:Decrypt" if reader.startswith("job:") else BY_A_PERSON, "ContentKey", context.kind)}


# Port and method. The store's are echoed (`echo`).
ASKS: dict[tuple[str, str], Asked] = {
    ("vault", "seal"): sealed,
    ("vault", "open"): opened,
    ("hasher", "contact_id"): just(SECRET),
    ("hasher", "text_hash"): just(SECRET),
    ("hasher", "week_mark"): just(SECRET),
    ("pager", "page"): just(Use("sns:Publish", "PageTopic")),
    ("parking", "park"): just(Use("sqs:SendMessage", "ParkingQueue")),
    ("parking", "wake_reconciliation"): just(Use("sqs:SendMessage", "ReconcileQueue")),
    ("later", "wake"): just(Use("sqs:SendMessage", "OutboxQueue")),
    ("lender", "lend"): just(Use("kms:CreateGrant", "ContentKey")),
    ("lender", "take_back"): just(Use("kms:ListGrants", "ContentKey"), Use("kms:RevokeGrant", "ContentKey")),
    ("lender", "lent_before"): just(Use("kms:ListGrants", "ContentKey")),
    ("archive", "put"): just(Use("s3:PutObject", "SealedTrailBucket/*")),
    ("archive", "get"): just(Use("s3:GetObject", "SealedTrailBucket/*")),
    ("archive", "names"): just(Use("s3:ListBucket", "SealedTrailBucket")),
    ("archive", "sign"): just(Use("kms:Sign", "TrailSigningKey")),
    ("archive", "signed"): just(Use("kms:GetPublicKey", "TrailSigningKey")),
    ("mailer", "send"): just(*MAIL),
    # by whichever carrier the clinic has: one takes the secret, the other a power; one has a log, the other a list of STOPs
    ("carrier", "send"): just(SECRET, *TEXT),
    ("carrier", "log_since"): just(SECRET),
    ("carrier", "redact"): just(SECRET),
    ("carrier", "stops"): just(Use("sms-voice:DescribeOptedOutNumbers", STOPS)),
    ("carrier", "let_back"): just(Use("sms-voice:DeleteOptedOutNumber", STOPS)),
    ("caller", "call"): just(SECRET),
    ("caller", "hang_up"): just(SECRET),
    # by whichever carrier the clinic has: through its webhook, or through its topic
    ("synthetic", "write"): just(SECRET, Use("sns:Publish", "InboundTopic")),
    ("synthetic", "delivered"): just(SECRET),
    ("machine", "pages"): just(Use("sqs:ReceiveMessage", "MachineQueue"), Use("sqs:DeleteMessage", "MachineQueue")),
}
PORTS = ("store", "vault", "hasher", "pager", "parking", "later", "lender", "archive", "mailer", "caller", "synthetic", "machine")
_echo = Echo()


def asked(port: str, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> set[Use]:
    if port == "store":
        return _echo.would(method, args, kwargs) if hasattr(Echo, method) else set()
    found = ASKS.get((port, method))
    return found(*args, **kwargs) if found else set()


# Adapters behind no port of the world (the directory of staff, what CloudTrail wrote, files that were dropped), by service and call.
ALONE = {
    ("s3", "GetObject"): ("s3:GetObject",),
    ("s3", "PutObject"): ("s3:PutObject",),
    ("s3", "ListObjectsV2"): ("s3:ListBucket",),
}


def of_aws(service: str, operation: str, params: Any) -> set[Use]:
    if service == "cognito-idp":
        return {Use(f"cognito-idp:{operation}", "StaffPool")} if "UserPoolId" in params else set()
    versioned = {"s3:GetObjectVersion"} if "VersionId" in params else set()
    return {Use(action, _in_bucket(params)) for action in {*ALONE.get((service, operation), ()), *versioned}}


def _in_bucket(params: Any) -> str:
    """Tests name buckets as they like: whose it is, the names of its files say."""
    key = re.sub(r"AWSLogs/\d+/", "AWSLogs/${AWS::AccountId}/", params.get("Key") or params.get("Prefix", ""))
    bucket = "CloudTrailBucket" if key.startswith("AWSLogs/") else "DropBucket"
    return f"{bucket}/{key}" if "Key" in params else bucket

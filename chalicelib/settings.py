"""The environment, read on first use and never at import (`chalice package` imports us without it).

Every name below is set for each function by `infra/resources.yaml` (`Globals`) or by the laptop.
"""

from __future__ import annotations

import os

from .core.quick import dataclass


class MissingSetting(LookupError):
    """A variable the function cannot do without is not set; the message names it."""


def _need(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise MissingSetting(f"environment variable {name} is not set") from None


@dataclass(frozen=True, slots=True)
class Settings:
    """One attribute a variable, same name in capitals, prefix PORCHLIGHT_."""

    table_prefix: str  # tables are "<prefix>-contacts", "-patients", …
    content_key: str  # KMS key ARN for content
    page_topic: str  # SNS topic ARN
    parking_queue: str  # SQS queue URL
    reconcile_queue: str  # SQS queue URL
    outbox_queue: str  # SQS queue URL
    machine_queue: str  # SQS queue URL
    inbound_topic: str  # SNS topic ARN, where AWS End User Messaging publishes texts
    trail_bucket: str  # where sealed hours of the trail lie
    trail_key: str  # KMS key ARN that signs them
    cloudtrail_bucket: str  # where CloudTrail writes; for the officer's tools
    secret: str  # Secrets Manager id: JSON {"number_key", "twilio": {"account_sid", "auth_tokens"}}
    public_url: str  # "https://…" as configured at the carrier, no trailing slash
    console_url: str  # where staff reach the console
    pages_url: str  # "https://…", a neutral name, where patients' pages are reached, without "/p"; empty: none are sent
    user_pool: str
    user_pool_client: str
    staff_role: str  # ARN of the role that each signed-in person assumes, to open what they may
    twilio_api_url: str
    clinic_file: str  # path of clinic.toml; empty: the packaged one
    eum_configuration_set: str
    eum_opt_out_list: str  # the name of the carrier's opt-out list that our number is on
    mail_configuration_set: str  # SES's: refuses to hand mail over without TLS
    reassigned_table: str  # a file with a copy of the Reassigned Numbers Database; empty: none is asked
    second_look_model: str  # the folder of the second look's model; empty: the one of the source tree
    evaluation: str  # the folder of the evaluation rows that proposals are tried on; empty: worked out from the source tree
    aws_endpoint: str  # only on a laptop; empty on AWS
    region: str


OPTIONAL = {
    "clinic_file": "",
    "eum_configuration_set": "",
    "eum_opt_out_list": "Default",
    "mail_configuration_set": "",
    "reassigned_table": "",
    "second_look_model": "",
    "evaluation": "",
    "twilio_api_url": "https://api.twilio.com",
    "user_pool": "",
    "user_pool_client": "",
    "staff_role": "",
    "console_url": "",
    "pages_url": "",
    "public_url": "",
    "trail_bucket": "",
    "trail_key": "",
    "cloudtrail_bucket": "",
}


def read() -> Settings:
    """The settings of this process. Raises MissingSetting."""
    values = {
        name: os.environ.get(f"PORCHLIGHT_{name.upper()}") or OPTIONAL.get(name) for name in Settings.__slots__
    }
    values["aws_endpoint"] = os.environ.get("AWS_ENDPOINT_URL", "")
    values["region"] = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    for name, value in values.items():
        if value is None:
            values[name] = _need(f"PORCHLIGHT_{name.upper()}")
    return Settings(**values)  # type: ignore[arg-type]

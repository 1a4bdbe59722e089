"""What `demo.json` says of a running demo, for tests and for people: addresses, and the keys that are made up on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import synthetic

SCHEDULE = "laptop"  # the id of the key that the clinic's own schedule signs with


def demo_json(place: Any, made: Mapping[str, str], keys: Mapping[str, Any]) -> dict[str, Any]:
    """`place`: where the laptop listens; `made`: what `infra.local.create` made; `keys`: what `infra.local.keys` keeps."""
    console, phones = place.console, place.phones
    return {
        "console": f"{console}/console",
        "phones": phones,
        "asks_for_texts": f"{console}/p/texts",
        "inbound": {"twilio": f"{console}/sms/twilio/inbound"},
        "status": {"twilio": f"{console}/sms/twilio/status"},
        "page_topic_arn": made["PageTopic"],
        "drop": {"bucket": made["DropBucket"], "folder": "in/<program>/"},
        "schedule": {"url": f"{console}/schedule", "key_id": SCHEDULE, "key": keys["schedule_key"]},
        "twilio": keys["twilio"] | {"number": synthetic.clinic().number},
    }

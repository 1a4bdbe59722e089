"""The door to the clinicians on call: one SNS topic, to which every clinician's phone is subscribed."""

from __future__ import annotations

from typing import Any

from .errors import PageFailed


class SnsPager:
    """`ports.Pager`. `client`: an SNS client with our time-outs (connect 1 s, read 2 s, two attempts)."""

    def __init__(self, client: Any, topic_arn: str) -> None:
        self._client, self._topic = client, topic_arn

    def page(self, to: str, text: str) -> None:
        """`to`: a staff id or "everyone". Raises `PageFailed`."""
        # Subscriptions filter on `clinician`: a page without it would reach nobody, with HTTP 200.
        attributes = {
            "clinician": {"DataType": "String", "StringValue": to},
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        }
        try:
            self._client.publish(TopicArn=self._topic, Message=text, MessageAttributes=attributes)
        except Exception as error:  # noqa: BLE001  an answer that is no XML raises botocore's own parser error
            raise PageFailed(f"{to}: {type(error).__name__}") from None

"""A phone of our own for a clinic on AWS End User Messaging: the topic that its texts come by (EUM-1)."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.messages import Reason
from chalicelib.errors import CarrierError


class AwsPhone:
    """`ports.SyntheticPhone`. `client`: an SNS client; `topic`: where the carrier publishes; `number`: the clinic's own."""

    def __init__(self, client: Any, topic: str, number: str):
        self._client, self._topic, self._number = client, topic, number

    def write(self, carrier_id: str, sender: str, body: str) -> str:
        """Always "": the answer goes its own way, and `send_now` lets none to a number that is nobody's leave."""
        told = {
            "originationNumber": sender, "destinationNumber": self._number, "messageBody": body, "inboundMessageId": carrier_id,
        }  # fmt: skip
        try:
            self._client.publish(TopicArn=self._topic, Message=json.dumps(told))
        except (BotoCoreError, ClientError) as failure:
            raise CarrierError(Reason.CARRIER_DOWN, permanent=False, code=type(failure).__name__) from None
        return ""

    def delivered(self, row: str) -> None:
        """There is no row to speak of."""

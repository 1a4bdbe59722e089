"""The queue of sealed texts that the store could not take, and the bell of the reconciliation."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import ParkFailed


class SqsParking:
    """`ports.Parking`. `client`: an SQS client with our time-outs."""

    def __init__(self, client: Any, parking_url: str, reconcile_url: str) -> None:
        self._client, self._parking, self._reconcile = client, parking_url, reconcile_url

    def park(self, text: str) -> None:
        self._send(self._parking, text)

    def wake_reconciliation(self, word: str = "{}", seconds: int = 0) -> None:
        self._send(self._reconcile, word, seconds)

    def _send(self, queue: str, body: str, seconds: int = 0) -> None:
        try:
            self._client.send_message(QueueUrl=queue, MessageBody=body, DelaySeconds=seconds)
        except (BotoCoreError, ClientError) as error:
            raise ParkFailed(type(error).__name__) from None

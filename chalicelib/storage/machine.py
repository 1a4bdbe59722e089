"""The queue behind the subscription that a dead man's page goes to: it confirms that the page arrived, and wakes nobody."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import ParkFailed


class SqsMachine:
    """`ports.Machine`. `client`: an SQS client; `url`: the queue, subscribed with raw delivery."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def pages(self, seconds: int) -> list[str]:
        """`seconds`: at most one, since our client reads for two."""
        try:
            found = self._client.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=seconds)
            taken = found.get("Messages", [])
            for each in taken:
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=each["ReceiptHandle"])
        except (BotoCoreError, ClientError) as error:
            raise ParkFailed(type(error).__name__) from None
        return [str(each["Body"]) for each in taken]

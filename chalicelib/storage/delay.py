"""The delay queue: a row's id, handed back some seconds later."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import WakeFailed


class SqsLater:
    """`ports.Later`. `client`: an SQS client with our time-outs."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def wake(self, row: str, seconds: int) -> None:
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=row, DelaySeconds=seconds)
        except (BotoCoreError, ClientError) as error:
            raise WakeFailed(type(error).__name__) from None

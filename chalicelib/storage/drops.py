"""The bucket where a clinic's schedule drops files of visits: one version of a file, read once, and a report beside it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import NotFound, StoreUnavailable

LARGEST = 2_000_000  # bytes; five thousand rows are far below it


class S3Drops:
    """`ports.Drops`. `client`: an S3 client with our time-outs."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, bucket: str, key: str, version: str) -> bytes:
        asked = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
        try:
            found = self._client.get_object(**asked)
            return bytes(found["Body"].read(LARGEST + 1))
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion", "404"):
                raise NotFound("drop") from None
            raise StoreUnavailable("GetObject") from None
        except BotoCoreError as error:
            raise StoreUnavailable(type(error).__name__) from None

    def report(self, bucket: str, key: str, text: str) -> None:
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType="text/csv; charset=utf-8")
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable(type(error).__name__) from None

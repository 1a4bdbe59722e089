"""The bucket of dropped files at moto: one version is read, a report put, and the queue is told of what lies under `in/` alone."""

from __future__ import annotations

import json
from urllib.parse import unquote_plus

import pytest

from chalicelib.errors import NotFound
from chalicelib.storage.clients import client
from chalicelib.storage.drops import S3Drops

from .aws import REGION, a_laptop


def test_a_file_is_told_of_and_its_version_read():
    with a_laptop("AWS::KMS::Key", "AWS::SQS::Queue", "AWS::S3::Bucket") as made:
        s3, sqs, bucket = client("s3", REGION), client("sqs", REGION), made["DropBucket"]
        first = s3.put_object(Bucket=bucket, Key="in/adult/a b.csv", Body=b"one")["VersionId"]
        s3.put_object(Bucket=bucket, Key="in/adult/a b.csv", Body=b"two")
        drops = S3Drops(s3)
        drops.report(bucket, "reports/adult/a.csv", "line,column,what\n")
        assert drops.read(bucket, "in/adult/a b.csv", first) == b"one"
        assert s3.get_object(Bucket=bucket, Key="reports/adult/a.csv")["Body"].read() == b"line,column,what\n"
        with pytest.raises(NotFound):
            drops.read(bucket, "in/adult/none.csv", "")
        told = [json.loads(m["Body"]) for m in sqs.receive_message(QueueUrl=made["DropQueue"], MaxNumberOfMessages=10).get("Messages", [])]
        files = [record["s3"]["object"] for each in told for record in each.get("Records", [])]
        assert [unquote_plus(file["key"]) for file in files] == ["in/adult/a b.csv"] * 2  # moto writes %2F where S3 leaves the slash
        assert len({file["eTag"] for file in files}) == 2  # moto names no version in what it tells

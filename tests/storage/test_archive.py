"""Sealed hours on moto's S3 and KMS: written once, signed, and checked with the public half alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from ulid import ULID

from chalicelib.errors import ArchiveUnavailable
from chalicelib.flows import seal_trail, trail
from chalicelib.flows.verify_trail import verify
from chalicelib.storage.archive import S3Archive, verified
from chalicelib.storage.clients import client
from chalicelib.storage.store import DynamoStore

from ..cast import CAROL
from ..fakes.world import FakeClock, a_world
from .aws import REGION, a_laptop


@pytest.fixture(scope="module")
def made() -> Iterator[dict[str, str]]:
    with a_laptop("AWS::KMS::Key", "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::DynamoDB::Table") as there:
        yield there


@pytest.fixture
def archive(made: dict[str, str]) -> S3Archive:
    return S3Archive(client("s3", REGION), client("kms", REGION), made["SealedTrailBucket"], made["TrailSigningKey.Arn"])


def test_a_file_is_written_once(archive: S3Archive) -> None:
    assert archive.put("x/1", b"first") is True
    assert archive.put("x/1", b"second") is False
    assert archive.get("x/1") == b"first" and archive.get("x/2") is None
    assert archive.put("x/2", b"") is True and archive.names("x/") == ["x/1", "x/2"] and archive.names("x/", "x/1") == ["x/2"]


def test_a_locked_file_cannot_be_taken_away(archive: S3Archive, made: dict[str, str]) -> None:
    s3 = client("s3", REGION)
    archive.put("y/1", b"kept")
    [version] = s3.list_object_versions(Bucket=made["SealedTrailBucket"], Prefix="y/")["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=made["SealedTrailBucket"], Key="y/1", VersionId=version["VersionId"])


def test_a_signature_is_checked_with_the_public_half_and_no_other_content_or_key_passes(archive: S3Archive) -> None:
    signature = archive.sign(b"an hour")
    assert archive.signed(b"an hour", signature, archive.key)
    assert not archive.signed(b"another hour", signature, archive.key)
    assert not archive.signed(b"an hour", signature, archive.key + "x")
    assert not archive.signed(b"an hour", "no base64", archive.key) and not archive.signed(b"an hour", "", archive.key)
    public = client("kms", REGION).get_public_key(KeyId=archive.key)["PublicKey"]
    assert verified(public, b"an hour", signature)


def test_a_bucket_that_is_not_there_is_said(made: dict[str, str]) -> None:
    lost = S3Archive(client("s3", REGION), client("kms", REGION), "nowhere", "no-key")
    for work in (lambda: lost.put("a", b""), lambda: lost.names(""), lambda: lost.sign(b"")):
        with pytest.raises(ArchiveUnavailable):
            work()


def test_hours_are_sealed_and_verified_on_the_real_adapters(archive: S3Archive, made: dict[str, str]) -> None:
    clock = FakeClock()
    store = DynamoStore(made["TablePrefix"], REGION)
    world = replace(a_world(store=store, archive=archive, clock=clock), ids=lambda at: str(ULID.from_datetime(at)))
    for _ in range(3):
        world.store.commit(trail.entry(world, CAROL, "alice", "read_thread", "care", clock.now))
        clock.advance(minutes=45)
    clock.advance(hours=2)
    assert seal_trail.seal(world) == 4 and seal_trail.seal(world) == 0
    verdict = verify(world)
    assert (verdict.entries, verdict.wrong) == (3, ())

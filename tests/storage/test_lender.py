"""Grants as KMS lists them: what is ours and old is found, and what is not ours is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.errors import KeyUnavailable
from chalicelib.storage.clients import client
from chalicelib.storage.lender import KmsLender

from .aws import REGION

ROLE = "arn:aws:iam::123456789012:role/porchlight-staff"
SESSIONS = "arn:aws:sts::123456789012:assumed-role/porchlight-staff"
LONG_AGO, SOON = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def kms() -> Iterator[Any]:
    with mock_aws():
        yield client("kms", REGION)


def test_what_was_lent_before_an_instant_is_found_and_taken_back_by_pair(kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["Arn"]
    lender = KmsLender(kms, key, ROLE)
    lender.lend("erin", "alice", "01INCIDENT:1772564400:erin")
    lender.lend("erin", "bob", "01INCIDENT:1772564400:erin:again")
    for name, who in (("01INCIDENT:1:x", "arn:aws:iam::123456789012:role/other"), ("an administrator's own", f"{SESSIONS}/dan")):
        kms.create_grant(
            KeyId=key, GranteePrincipal=who, Operations=["Decrypt"], Name=name, Constraints={"EncryptionContextSubset": {"patient": "alice"}}
        )
    assert lender.lent_before(SOON) == {("erin", "alice"), ("erin", "bob")} and lender.lent_before(LONG_AGO) == set()
    assert lender.take_back("erin", "alice") == 1
    assert lender.lent_before(SOON) == {("erin", "bob")}


def test_a_list_that_does_not_come_is_the_ticks_to_ask_again() -> None:
    nobody = client("kms", REGION, "http://127.0.0.1:9")
    with pytest.raises(KeyUnavailable):
        KmsLender(nobody, "key", ROLE).lent_before(SOON)

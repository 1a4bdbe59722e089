"""The storage contract on Amazon's DynamoDB Local, which enforces what moto lets pass. Run by `make conformance`."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import botocore.session
import pytest

from chalicelib.storage.store import DynamoStore
from infra.local.create import create

from .aws import REGION
from .contract import StoreContract

pytestmark = pytest.mark.local


class TestDynamoDBLocal(StoreContract):
    @pytest.fixture(scope="class")
    @classmethod
    def store(cls) -> DynamoStore:
        address = os.environ.get("DYNAMODB_LOCAL")
        if not address:
            pytest.fail("DynamoDB Local is not there: python -m tests.storage.dynamodb_local")

        @cache
        def client(service: str) -> object:
            return botocore.session.get_session().create_client(service, REGION, endpoint_url=address)

        made = create(client, only={"AWS::DynamoDB::Table"}, region=REGION)
        _forget_nothing(client("dynamodb"))
        return DynamoStore(made["TablePrefix"], REGION, address)


def _forget_nothing(dynamo: Any) -> None:
    """DynamoDB Local forgets by the machine's clock, and the contract's rows lie at an instant that is past: now and then one
    was gone between its writing and its reading."""
    for name in dynamo.list_tables()["TableNames"]:
        ttl = dynamo.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if ttl["TimeToLiveStatus"] == "ENABLED":
            off = {"AttributeName": ttl["AttributeName"], "Enabled": False}
            dynamo.update_time_to_live(TableName=name, TimeToLiveSpecification=off)

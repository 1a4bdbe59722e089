"""The storage contract on the fake and on moto. `make conformance` runs it on DynamoDB Local."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.storage.store import DynamoStore
from tests.fakes.store import FakeStore

from .aws import REGION, a_laptop
from .contract import StoreContract


class TestFake(StoreContract):
    @pytest.fixture
    def store(self) -> FakeStore:
        return FakeStore()


class TestMoto(StoreContract):
    @pytest.fixture(scope="class")
    @classmethod
    def store(cls) -> Iterator[DynamoStore]:
        with a_laptop("AWS::DynamoDB::Table") as made:
            yield DynamoStore(made["TablePrefix"], REGION)

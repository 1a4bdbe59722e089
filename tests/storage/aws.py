"""moto inside the test's own process, filled from `infra/resources.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from moto import mock_aws

from chalicelib.storage.clients import client
from infra.local import atomic
from infra.local.create import Made, create

REGION = "us-east-1"


@contextmanager
def a_laptop(*kinds: str) -> Iterator[Made]:
    """The resources of these types (all, when none is named), gone at the end. moto gives false credentials itself."""
    atomic.install()
    with mock_aws():
        yield create(cache(lambda service: client(service, REGION)), only=kinds)

"""What stands in for a part of the world stands in wherever that part is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib import wiring

from ..fakes.keys import FakeKeys
from ..fakes.world import a_world


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    yield
    wiring.reset()


def test_the_console_opens_with_the_keys_that_were_put_in_their_place() -> None:
    """The laptop writes down what people open (`infra/local/cloudtrail.py`): with other keys it would see none of it."""
    keys = FakeKeys(a_world)
    wiring.use(keys=keys)
    assert wiring.own_keys() is keys

"""The template as `make package` makes it, without the wheels: quick enough for every run."""

from __future__ import annotations

import pytest

from tests.once import packaged

from .template import Template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Packaged by Chalice, merged, expanded."""
    return packaged(tmp_path_factory)

"""The packaged zip in a local AWS, once for all tests here."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from infra.account.emulator import BUILD, running
from infra.package import ROOT, package

from .stack import Deployed


@pytest.fixture(scope="session")
def stack() -> Iterator[Deployed]:
    """Packaged for the Python that runs here, since ministack runs the zip with it."""
    home = BUILD / "deployed"
    home.mkdir(parents=True, exist_ok=True)
    runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"
    package(home / "package", runtime, clinic=ROOT / "infra" / "local" / "clinic.toml")
    with running(home / "ministack.log") as endpoint:
        deployed = Deployed(endpoint, home / "package")
        deployed.deploy()
        deployed.put_in_tokens()
        yield deployed

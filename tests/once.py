"""Work that all of pytest's workers want and one does: whoever comes first, while the others wait."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from infra.package import package
from tests.infra.template import Template


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of the whole run, made by `make`."""
    here = factory.getbasetemp()
    all_workers = here.parent if os.environ.get("PYTEST_XDIST_WORKER") else here
    folder, done = all_workers / name, all_workers / f"{name}.done"
    with (all_workers / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def packaged(factory: pytest.TempPathFactory) -> Template:
    """The template as `make package` makes it, without the wheels: packaged by Chalice, merged, expanded."""
    folder = once(factory, "package", lambda out: package(out, dependencies=False))
    return Template(json.loads((folder / "expanded.json").read_text(encoding="utf-8")))

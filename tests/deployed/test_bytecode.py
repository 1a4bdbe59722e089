"""No module of the packaged zip is compiled at a cold start, of whichever function."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chalicelib.functions import OWN
from infra.package import check_sizes

from .stack import Deployed

pytestmark = pytest.mark.deployed
COMPILED = """
import importlib.machinery, os, sys
from importlib import import_module
compiled, really = [], importlib.machinery.SourceFileLoader.source_to_code
def noted(self, data, path, *rest, **more):
    compiled.append(os.path.relpath(path))
    return really(self, data, path, *rest, **more)
importlib.machinery.SourceFileLoader.source_to_code = noted
sys.dont_write_bytecode = True
from chalicelib import functions, wiring
functions.on_lambda = lambda: False
import app
for name in (*functions.own_modules(), "storage.store", "storage.vault", "storage.secrets", "storage.parking", "pager", "logs", "lexicon"):
    import_module(f"chalicelib.{name}")
print(*[name for name in compiled if not name.startswith("..")])
"""


@pytest.fixture(scope="module")
def task(stack: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip that was deployed, unpacked as Lambda does."""
    folder = tmp_path_factory.mktemp("task")
    check_sizes(stack.package / "deployment.zip")
    with zipfile.ZipFile(stack.package / "deployment.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("function", sorted(OWN))
def test_a_cold_start_compiles_nothing(task: Path, function: str) -> None:
    base = Path(sys.base_prefix) / "bin" / Path(sys.executable).name  # without the packages of this environment
    env = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": f"porchlight{function}"}
    ran = subprocess.run([str(base), "-s", "-c", COMPILED], cwd=task, env=env, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, ""), ran.stderr

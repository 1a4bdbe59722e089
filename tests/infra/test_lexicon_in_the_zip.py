"""What is packaged has the lexicon as a cold start wants it, and believes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.package import _staged


@pytest.mark.slow
def test_the_packaged_code_reads_the_built_lexicon(tmp_path: Path) -> None:
    stage = _staged(tmp_path / "stage", "")
    script = "from chalicelib.lexicon.built import BUILT, built_screen; print(BUILT, built_screen().look('I took all my pills').tier)"
    env = {**os.environ, "PYTHONPATH": str(stage)}
    ran = subprocess.run([sys.executable, "-c", script], cwd=stage, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(stage / "chalicelib" / "lexicon" / "built.json"), "0"]

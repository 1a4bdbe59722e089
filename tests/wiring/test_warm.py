"""Each function reads its own flow early, and no other's; the text-moving ones start without the console."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from chalicelib.functions import OWN

ROOT = Path(__file__).parents[2]
FUNCTIONS = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["prod"]["lambda_functions"]
PAGES = {"api_handler", "console_door", "pages_door"}  # their pages are read with app.py


@pytest.mark.parametrize("function", sorted(set(FUNCTIONS) - PAGES))
def test_every_function_that_moves_texts_knows_what_it_needs(function: str) -> None:
    assert any(f"porchlight-{function.replace('_', '-')}".endswith(end) for end in OWN)


@pytest.mark.parametrize("name", sorted({name for names in OWN.values() for name in names}))
def test_what_is_named_is_there(name: str) -> None:
    assert import_module(f"chalicelib.{name}")


def test_the_app_is_read_without_flows_and_without_the_console_where_it_moves_texts() -> None:
    script = (
        "import os, sys; import chalicelib.functions as f; f.on_lambda = lambda: False\n"
        "os.environ['AWS_LAMBDA_FUNCTION_NAME'] = 'porchlight-deliver-queued'\n"
        "import app; print([n for n in sys.modules if n.startswith(('chalicelib.flows', 'chalicelib.console', 'chalicelib.core'))])"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

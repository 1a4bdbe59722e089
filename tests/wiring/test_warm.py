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
PAGES = {"api_handler", "console_door"}  # their pages are read with app.py


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
        "import app; print([n for n in sys.modules if n.startswith(('chalicelib.flows', 'chalicelib.console', 'chalicelib.core.'))])"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['chalicelib.core.quick']"  # how the settings are made


def test_start_up_looks_for_no_garbage_and_the_first_event_does() -> None:
    script = (
        "import gc, os; os.environ['AWS_LAMBDA_FUNCTION_NAME'] = 'porchlight-sms-door'\n"
        "from chalicelib import functions, wiring; warmed = []\n"
        "wiring.warm = lambda: warmed.append(gc.isenabled())\n"
        "import app; print(warmed, gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[False] True True"


WARMED = """
import os
os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "porchlight-{function}"
from chalicelib import wiring
from tests.fakes.world import a_world
world, asked = a_world(), []
class Hasher:
    def contact_id(self, number): asked.append(number)
wiring.use(**{{field: getattr(world, field) for field in world.__slots__}} | {{"hasher": Hasher()}})
wiring.warm()
print(len(asked))
"""


@pytest.mark.parametrize(("function", "asks"), [("sms-door", 1), ("tick", 1), ("seal-trail", 0), ("eum-event", 0)])
def test_who_may_not_read_the_secret_does_not_ask_for_it(function: str, asks: int) -> None:
    """An attempt that AWS refuses would stand among the denied ones at each start, and there somebody looks for a thief."""
    ran = subprocess.run([sys.executable, "-c", WARMED.format(function=function)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == str(asks), ran.stderr[-500:]


CRISIS_WITHOUT = """
import sys
from tests.cast import a_patient, an_sms
from tests.fakes.world import a_world
for name in {lost!r}:
    sys.modules[f"chalicelib.flows.{{name}}"] = None  # reading it raises ImportError
from chalicelib.flows.receive_sms import NotKept, receive
world = a_world()
a_patient(world)
try:
    receive(world, an_sms("I took all my pills"), inline=True)
    print("answered", end=" ")
except NotKept:
    print("refused", end=" ")
print(len(world.pager.pages), len(world.parking.parked))
"""


@pytest.mark.parametrize(
    ("lost", "came"),
    [
        (("asks_for_texts",), "answered 1 1"),
        (("keep_text",), "answered 1 1"),
        (("keep_text", "park_text"), "refused 1 0"),
        (("crisis_rows",), "answered 1 1"),
    ],
)
def test_n2_a_crisis_pages_though_what_comes_after_the_page_cannot_be_read(lost: tuple[str, ...], came: str) -> None:
    script = CRISIS_WITHOUT.format(lost=lost)
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == came, ran.stderr

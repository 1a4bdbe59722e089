"""What a cold start reads until a crisis text's page has left (DESIGN §5: 1.3 of the floor). Each module more delays every page after a
start: what grows this road changes the figures below, knowingly, with `make bench` beside it (docs/decisions/cold-start.md)."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from chalicelib.settings import OPTIONAL, Settings
from infra.package import packaged_clinic
from tests.bench.cold import SCRIPTS
from tests.carriers.servers import nobody

ROOT = Path(__file__).parents[2]
MOST = 66  # modules of ours, besides the lexicon's
NEVER = {
    "chalicelib.core.records", "chalicelib.console", "chalicelib.storage.vault", "chalicelib.storage.writes", "pynamodb",
    "aws_encryption_sdk", "jinja2", "phonenumbers", "numpy",
}  # fmt: skip
BUILT = "chalicelib.lexicon."  # in the zip the lexicon is built, and what builds it here is not read
PACKAGED = packaged_clinic((ROOT / "infra" / "local" / "clinic.toml").read_text(encoding="utf-8"))
ROAD = f"""
import sys, types
packaged = sys.modules["chalicelib.packaged_clinic"] = types.ModuleType("chalicelib.packaged_clinic")
exec({PACKAGED!r}, vars(packaged))
""" + SCRIPTS["page: app, a crisis text"].replace("    page(to, text)\n", "") + """
import json, os
ours = {name: module for name, module in list(sys.modules.items()) if name.split(".")[0] in ("app", "chalicelib")}
kinds = [each for name, module in ours.items() for each in list(vars(module).values()) if isinstance(each, type) and each.__module__ == name]
standard = [f"{each.__module__}.{each.__name__}" for each in kinds
            if "__dataclass_fields__" in vars(each) and vars(each)["__repr__"].__module__ != "chalicelib.core.quick"]
toml = [name for name, module in ours.items() if "tomllib" in vars(module)]
print(json.dumps([sorted(sys.modules), sorted(ours), sorted(standard), sorted(toml)]), flush=True)
os._exit(0)  # the live clinic's read may still wait"""


@cache
def read() -> tuple[list[str], list[str], list[str], list[str]]:
    """All modules, those of ours, values of ours that the standard library's `dataclass` made, and who of ours reads TOML."""
    arn = "arn:aws:sns:us-east-1:123456789012:nowhere"
    named = {f"PORCHLIGHT_{field.name.upper()}": arn for field in dataclasses.fields(Settings) if field.name not in OPTIONAL}
    aws = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    env = {**named, **aws, "PORCHLIGHT_AWS_ENDPOINT": nobody(), "PATH": os.environ["PATH"]}
    ran = subprocess.run([sys.executable, "-c", ROAD], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    everything, *found = json.loads(ran.stdout.splitlines()[-1])
    return everything, *([each for each in some if not each.startswith(BUILT)] for some in found)  # type: ignore[return-value]


def test_few_modules_of_ours_are_read() -> None:
    assert "chalicelib.flows.page_first" in read()[1]
    assert len(read()[1]) <= MOST, "a page waits for more modules than before; read what it does not need late:\n" + "\n".join(read()[1])


def test_none_of_them_makes_values_the_slow_way() -> None:
    assert read()[2] == [], "core/quick.py makes a frozen value in a third of the time"


def test_none_of_them_reads_toml() -> None:
    assert read()[3] == [], "5 ms: what a page needs of a file is packaged as a module (infra/package.py)"


@pytest.mark.parametrize("library", sorted(NEVER))
def test_a_page_does_not_wait_for(library: str) -> None:
    assert library not in read()[0]


def test_no_other_library_is_read() -> None:
    packaged = {"icalendar", "jwt", "segno", "ulid", "webauthn", "http_message_signatures", "attr"}
    assert packaged & {name.split(".")[0] for name in read()[0]} == set()

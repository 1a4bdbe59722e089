"""The house stands as DESIGN draws it, and each rule notices when somebody breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from . import paper, rules
from .source import ROOT

Rule = Callable[[Path], list[str]]
RULES: list[Rule] = [
    rules.wrong_imports,
    rules.strange_libraries,
    rules.unknown_rooms,
    rules.too_long,
    rules.without_docstring,
    rules.own_clocks,
    rules.environment_at_import,
    rules.patched_tests,
    rules.bad_data,
    paper.machine_paths,
    paper.registry_hosts,
    paper.without_hash,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    broken = rule(ROOT)
    assert not broken, "\n" + "\n".join(broken)


LONG_FUNCTION = "def long() -> None:\n" + "    print()\n" * 31
BROKEN: list[tuple[str, Rule, str, str]] = [
    ("a flow reaches for a table", rules.wrong_imports, "chalicelib/flows/tick.py", "from chalicelib.storage import store"),
    ("relatively", rules.wrong_imports, "chalicelib/flows/tick.py", "from ..storage.store import DynamoStore"),
    ("core knows a port", rules.wrong_imports, "chalicelib/core/staff.py", "from ..ports import World"),
    ("core knows a port as a module", rules.wrong_imports, "chalicelib/core/staff.py", "from .. import ports"),
    ("core knows an error", rules.wrong_imports, "chalicelib/core/staff.py", "import chalicelib.errors"),
    ("a carrier calls a flow", rules.wrong_imports, "chalicelib/carriers/plain.py", "from ..flows import tick"),
    ("inside a function too", rules.wrong_imports, "chalicelib/flows/tick.py", "def f():\n    from .. import wiring"),
    ("wiring loads at import", rules.wrong_imports, "chalicelib/wiring.py", "from .storage.store import DynamoStore"),
    ("app opens a drawer", rules.wrong_imports, "app.py", "from chalicelib.storage import store"),
    ("tests in production", rules.wrong_imports, "app.py", "from tests.cast import ALICE"),
    ("a flow knows boto3", rules.strange_libraries, "chalicelib/flows/tick.py", "import boto3"),
    ("core knows chalice", rules.strange_libraries, "chalicelib/core/staff.py", "import chalice"),
    ("a room nobody drew", rules.unknown_rooms, "chalicelib/utils/__init__.py", '"""Odds and ends."""'),
    ("a long module", rules.too_long, "chalicelib/core/staff.py", "x = 1\n" * 250),
    ("a long function", rules.too_long, "chalicelib/core/staff.py", LONG_FUNCTION),
    ("a silent module", rules.without_docstring, "chalicelib/core/silent.py", "x = 1"),
    ("a clock in core", rules.own_clocks, "chalicelib/core/staff.py", "datetime.now(UTC)"),
    ("a clock by another name", rules.own_clocks, "chalicelib/flows/tick.py", "import datetime as dt\ndt.datetime.utcnow()"),
    ("seconds", rules.own_clocks, "chalicelib/storage/store.py", "import time\ntime.time()"),
    ("the environment in a flow", rules.environment_at_import, "chalicelib/flows/tick.py", "def f():\n    os.environ['A']"),
    ("at import of settings", rules.environment_at_import, "chalicelib/settings.py", "REGION = os.environ['AWS_REGION']"),
    ("as a default", rules.environment_at_import, "chalicelib/settings.py", "def f(x=os.environ.get('A')): ..."),
    ("a patched test", rules.patched_tests, "tests/core/test_x.py", "def test_x(monkeypatch): ..."),
    ("a sleeping test", rules.patched_tests, "tests/core/test_x.py", "import time\ntime.sleep(1)"),
    ("mock", rules.patched_tests, "tests/core/test_x.py", "from unittest.mock import patch"),
    ("data nobody verified", rules.bad_data, "chalicelib/texts/new.toml", 'a = "b"'),
    ("data that does not parse", rules.bad_data, "chalicelib/texts/new.toml", "a ="),
    ("somebody's desk", paper.machine_paths, "docs/new.md", "see " + "/".join(["", "root", "notes.txt"])),
    ("a registry", paper.registry_hosts, "requirements.txt", "# from " + "pypi" + ".org"),
    ("an index", paper.registry_hosts, "requirements.txt", "--index-url somewhere"),
    ("a requirement without hash", paper.without_hash, "requirements.txt", "leftpad==1.0"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source, copied to where it may be broken."""
    there = tmp_path_factory.mktemp("house") / "porchlight"
    there.mkdir()
    shutil.copytree(ROOT / "chalicelib", there / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    for path in [ROOT / "app.py", *ROOT.glob("requirements*")]:
        shutil.copy(path, there)
    return there


@pytest.fixture(scope="module")
def before(copy: Path) -> dict[Rule, int]:
    """How many breaches each rule finds in the unbroken copy."""
    return {rule: len(rule(copy)) for rule in RULES}


@pytest.mark.parametrize(("rule", "file", "text"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_rule_is_noticed(copy: Path, before: dict[Rule, int], rule: Rule, file: str, text: str) -> None:
    path = copy / file
    was = path.read_text() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{was or ''}\n{text}\n")
    after = rule(copy)
    path.unlink() if was is None else path.write_text(was)
    assert len(after) > before[rule]


HEAVY = ("boto3", "botocore", "pynamodb", "aws_encryption_sdk", "aws_lambda_powertools", "jwt")


def test_importing_the_app_needs_no_environment_and_loads_nothing_heavy() -> None:
    script = f"import sys, app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr

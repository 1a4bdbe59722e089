"""docs/threat-model.md and docs/hipaa.md: each threat and each safeguard names a test that exists, or says that there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
PAPERS = {"threat-model.md": "none yet", "hipaa.md": "the clinic"}  # and what a row says that names no test
STRIDE = set("STRIDE")


def rows(text: str) -> list[list[str]]:
    """Cells of each table's rows, without its head."""
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in found if not set(row[0]) <= {"-", ":"} and row[-1] != "test"]


def wrong(text: str, none: str, root: Path = ROOT) -> list[str]:
    """Rows whose last cell names no test and does not say so, and tests that are not there."""
    found = []
    for row in rows(text):
        tests = NAMED.findall(row[-1])
        if not tests and row[-1] != none:
            found.append(f"no test named: {row[0]} {row[1]}")
        for path, test in tests:
            file = root / path
            if not file.is_file() or (test and f"def {test}(" not in file.read_text(encoding="utf-8")):
                found.append(f"not there: {path}::{test}")
    return found


@pytest.mark.parametrize("paper", PAPERS)
def test_every_row_names_a_test_that_exists_or_says_there_is_none(paper: str) -> None:
    text = (ROOT / "docs" / paper).read_text(encoding="utf-8")
    assert len(rows(text)) > 20 and wrong(text, PAPERS[paper]) == []


def test_a_row_without_a_test_and_a_test_that_is_gone_are_named() -> None:
    said = "| S | somebody | nothing | |\n| S | b | c | `tests/infra/test_gone.py::test_x` |\n| S | b | c | `tests/infra/test_waf.py::test_gone` |"
    assert len(wrong(said, "none yet")) == 3


def test_each_door_is_looked_at_by_stride() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    assert {row[0] for row in rows(text)} == STRIDE

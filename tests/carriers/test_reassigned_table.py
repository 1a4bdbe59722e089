"""RND-1: three answers, and no data is not a no."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chalicelib.carriers.reassigned_table import ReassignedTable

TABLE = 'covered = ["+13035550102"]\n[given_up]\n"+13035550101" = 2026-03-03\n'


@pytest.mark.parametrize(("number", "since", "answer"), [
    ("+13035550101", date(2026, 3, 2), "yes"), ("+13035550101", date(2026, 3, 3), "yes"), ("+13035550101", date(2026, 3, 4), "no"),
    ("+13035550102", date(2026, 3, 3), "no"), ("+13035550103", date(2026, 3, 3), "no_data"),
])  # fmt: skip
def test_three_answers(tmp_path: Path, number: str, since: date, answer: str) -> None:
    (tmp_path / "table.toml").write_text(TABLE)
    assert ReassignedTable(str(tmp_path / "table.toml")).owner_changed(number, since) == answer


def test_the_demos_copy_is_one() -> None:
    demo = ReassignedTable(str(Path(__file__).parents[2] / "infra" / "local" / "reassigned.toml"))
    assert [demo.owner_changed(number, date(2026, 11, 1)) for number in ("+12025550129", "+12025550101", "+12025550150")] == ["yes", "no", "no_data"]

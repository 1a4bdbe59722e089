"""Who may what: the file says each word once, and the page is what the file and the console say."""

from __future__ import annotations

import pytest

from chalicelib.core.roles import TABLE, Action

from .__main__ import PAGE
from .page import page


def test_every_action_is_said_once_and_each_role_names_only_those() -> None:
    assert set(TABLE["action"]) == {str(each) for each in Action}
    for row in TABLE["role"]:
        assert len(set(row["may"])) == len(row["may"]) and set(row["may"]) <= set(TABLE["action"]), row["id"]


@pytest.mark.slow
def test_the_page_is_fresh() -> None:
    """Each page of a patient, asked by each role: of her program, of another, paged, after breaking the glass."""
    found = page()
    assert "**x**" not in found, "somebody of another program was shown a patient"
    assert PAGE.read_text(encoding="utf-8") == found, "run python -m tests.roles"

"""What is sealed as one JSON text: an older version's turn at it erases nothing that a newer one wrote, and stumbles over nothing."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.appointments import Details
from chalicelib.core.profile import Profile
from chalicelib.core.proposals import Agreed, agreed_of, agreed_text
from chalicelib.core.reach import Reach
from chalicelib.core.reach import differs as sheets_differ
from chalicelib.core.safe_phone import SafePhone
from chalicelib.core.safe_phone import differs as plans_differ
from chalicelib.core.sealed_json import after, names, of_map, read, told, written
from chalicelib.core.sequence_overlay import read_steps, text_of
from chalicelib.flows.patient_rows import profile_text
from chalicelib.flows.release_record import To
from chalicelib.flows.roster import Entry

FULL: dict[type, Any] = {  # each kind that is written again, with something in every field
    Profile: Profile("Alice", "+13035550101", date(1990, 5, 5), ("blue",), "Rosa", "Rosa, mother", "at home", "in the chart", date(2026, 1, 1)),
    SafePhone: SafePhone({"mon": "09:00-17:00"}, 2, "safe", "yes", "clinic", "Bob", "otter", "heron", True, "work", "Bob", "call twice"),
    Reach: Reach("own", "no", "yes", "+13035550102", "a@example.org", "self", "1 Main St", "easy", "Farsi", "fine", "large", "email"),
    Details: Details("Room 4", "https://visit.example", "chart-1"),
    Entry: Entry("Alice", ("blue",)),
    Agreed: Agreed("frank", "clinical_lead", "2026-11-28T11:00:00+00:00", "because"),
}
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=3), PLAIN, max_size=2)
LATER = st.dictionaries(st.text(max_size=5).map(lambda name: f"later_{name}"), JSON, min_size=1, max_size=3)
DAYS = {"birth_date", "plan_on"}


def kept_by(value: Any) -> str:
    """As its flow writes it."""
    return profile_text(value) if isinstance(value, Profile) else written(value)


@pytest.mark.parametrize("kind", FULL, ids=lambda kind: kind.__name__)
@settings(max_examples=25, deadline=None)
@given(tomorrow=LATER)
def test_what_the_newer_wrote_stands_there_after_the_older_changed_each_field(kind: type, tomorrow: dict[str, Any]) -> None:
    full = FULL[kind]
    text = json.dumps({**json.loads(kept_by(full)), **tomorrow})
    _, later = read(kind, text)
    emptied = [{name: type(getattr(full, name))()} for name in names(kind) if name not in DAYS]
    for value in (replace(full, **later, **change) for change in ({}, *emptied)):
        again = json.loads(kept_by(value))
        assert {name: again.get(name) for name in tomorrow} == tomorrow


@pytest.mark.parametrize("kind", FULL, ids=lambda kind: kind.__name__)
def test_what_is_carried_is_neither_shown_nor_compared_nor_told(kind: type) -> None:
    value = replace(FULL[kind], later=(("sealed", "wordfeather"),))
    assert value == FULL[kind] and hash(type(value)) and "wordfeather" not in repr(value) and "later" not in told(value)


@pytest.mark.parametrize("kind", FULL, ids=lambda kind: kind.__name__)
def test_a_text_of_the_older_without_a_field_added_since_is_read(kind: type) -> None:
    said, later = read(kind, "{}")
    assert (said, later) == ({}, {"later": ()})
    assert after(replace(FULL[kind], later=(("x", 1),)), FULL[kind]).later == (("x", 1),)


def test_what_a_form_made_anew_differs_in_what_somebody_said_alone() -> None:
    assert plans_differ(SafePhone(later=(("x", 1),)), SafePhone()) == ()
    assert sheets_differ(Reach(later=(("x", 1),)), Reach()) == ()


def test_a_list_of_yeses_is_written_again_whole() -> None:
    text = json.dumps([{"who": "frank", "role": "clinical_lead", "at": "x", "signed": {"by": "key"}}])
    again = agreed_text((*agreed_of(text), Agreed("carol", "clinician", "y")))
    assert json.loads(again)[0]["signed"] == {"by": "key"} and len(json.loads(again)) == 2


def test_a_sequence_of_tomorrow_is_read_in_what_today_knows() -> None:
    row = {"before": "2d", "until": "2h", "template": "visit_plain", "rank": 1, "catch_up": True, "tone": "later"}
    (step,) = read_steps(json.dumps([row]), {})
    assert json.loads(text_of([step])) == [{name: value for name, value in row.items() if name != "tone"}]


def test_what_is_read_and_never_written_again_is_read_past() -> None:
    assert of_map(To, {"recipient": "r", "purpose": "p", "since_tomorrow": 1})[0] == {"recipient": "r", "purpose": "p"}


# Where JSON is taken out of a seal: through `core.sealed_json`, or in one of these, which read what they name and rewrite nothing of it.
BY_NAME = {"roster.py": "a map of people, each an Entry", "reach_rows.py": "an address: a copy, made anew", "copy_recent.py": "lives for minutes"}


def test_every_sealed_json_is_read_in_one_way() -> None:
    """A new one that is opened by `json.loads` alone is named here."""
    opened = {path.name for path in Path("chalicelib/flows").glob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8"))) if _opens(node)}
    assert opened == set(BY_NAME)


def _opens(node: ast.AST) -> bool:
    """`json.loads(….open(…))`."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "json.loads" and node.args):
        return False
    inner = node.args[0]
    return isinstance(inner, ast.Call) and ast.unparse(inner.func).endswith("vault.open")

"""What a text for staff to begin with may be."""

from __future__ import annotations

import pytest

from chalicelib.core.snippet_rules import LONGEST_BODY, PLACES, problems
from chalicelib.texts.staff import FIELDS as FILLED
from chalicelib.texts.staff import snippets

GOOD = {"title": "Running late", "level": "0", "body": "Hi {name}, I am running late. {clinician}", "owner": "", "off": ""}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, {}),
        ({"title": " "}, {"title": "missing"}),
        ({"body": ""}, {"body": "missing"}),
        ({"body": "x" * (LONGEST_BODY + 1)}, {"body": "long"}),
        ({"level": "3"}, {"level": "level"}),
        ({"level": ""}, {"level": "level"}),
        ({"body": "Dear {patient}"}, {"body": "place"}),
        ({"body": "Dear {}"}, {"body": "place"}),
        ({"body": "Dear {name"}, {"body": "brace"}),
        ({"body": "Dear {name.__class__}"}, {"body": "brace"}),
        ({"body": "From {clinic}"}, {"level": "clinic"}),
        ({"body": "From {clinic}", "level": "1"}, {}),
    ],
)
def test_what_is_wrong(changed: dict[str, str], wrong: dict[str, str]) -> None:
    assert problems({**GOOD, **changed}) == wrong


def test_the_composer_fills_the_same_fields() -> None:
    assert set(PLACES) == set(FILLED)


def test_the_services_own_texts_keep_the_rules() -> None:
    for each in snippets():
        fields = {"title": each.title, "level": str(each.level), "body": each.body}
        assert problems(fields) == {}, each.snippet_id

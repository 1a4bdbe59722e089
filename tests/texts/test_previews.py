"""SAFE-5: nothing in the first 40 characters names a person together with a service, in any sentence, however its fields are filled."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.word_lint import PREVIEW, Reader
from chalicelib.texts import lint
from chalicelib.texts.every import READ, Sentence, sentences

EVERY = [each for file in READ for each in sentences(file)]
CLINIC = "Larkspur Counseling"
# The shortest that a clinic or a person can have, so that the most stands before the fortieth character.
SHORT = st.sampled_from(["Lark", "Office", "Larkspur", "Porch Street Office"])
NAMES = st.sampled_from(["Al", "Ana R.", "Maria Fernanda R.", "Bo"])
OTHERS = st.sampled_from(["", "9", "Mon 9:00 AM", "303-555-0190", "the office", "within one day"])


@pytest.mark.parametrize("each", EVERY, ids=lambda each: f"{each.template_id}.{each.language}.{each.level}")
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_sentence_however_it_is_filled(each: Sentence, data: st.DataObject) -> None:
    name = data.draw(NAMES)
    said = each.body.format(**_filled(each, name, data))
    reader = Reader(each.language, max(each.level, 2), names=[name], clinic=CLINIC, automatic=True)
    assert [found.what for found in lint.findings(said, reader) if found.rule == "preview"] == [], said[:PREVIEW]


def _filled(each: Sentence, name: str, data: st.DataObject) -> Mapping[str, str]:
    fields = [field for _, field, _, _ in Formatter().parse(each.body) if field]
    people = {"author": name, "name": name, "clinician": name, "sender": data.draw(SHORT), "clinic": CLINIC}
    return {field: people.get(field) or data.draw(OTHERS) for field in fields}


def test_the_check_would_name_one() -> None:
    reader = Reader("en", 2, names=["Maria"], clinic=CLINIC)
    assert any(found.rule == "preview" for found in lint.findings("Maria, your therapy is at 3", reader))
    assert not any(found.rule == "preview" for found in lint.findings("See you at 3. Reply 1 to confirm it please. Maria, your therapy", reader))

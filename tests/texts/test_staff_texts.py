"""What staff begin with: complete in each language, plain letters, short words, and no more than its level says."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from chalicelib.core.segments import Encoding, count
from chalicelib.texts.staff import FIELDS, Snippet, snippets

FILLED = {
    "name": "Maria", "clinician": "Fernanda R.", "clinic": "Larkspur Counseling", "phone": "303-555-0190",
    "hours": "Mon-Thu 8 AM-6 PM, Fri 8 AM-5 PM",
}  # fmt: skip
EACH = snippets()
CLINICAL = re.compile(r"(?i)doctor|refill|receta|blood|sangre|safety|seguridad|therapy|terapia|counsel|clinic|medic|988")


@pytest.mark.parametrize("snippet_id", sorted({each.snippet_id for each in EACH}))
def test_each_is_there_in_both_languages_with_the_same_fields_and_level(snippet_id: str) -> None:
    both = [each for each in EACH if each.snippet_id == snippet_id]
    assert [each.language for each in both] == ["en", "es"]
    fields = [{name for _, name, _, _ in Formatter().parse(each.body) if name} for each in both]
    assert fields[0] == fields[1] <= set(FIELDS) and both[0].level == both[1].level


@pytest.mark.parametrize("each", EACH, ids=lambda each: f"{each.snippet_id}-{each.language}")
def test_t18_plain_letters_in_one_part(each: Snippet) -> None:
    cost = count(each.filled(FILLED))
    assert (cost.encoding, cost.parts) == (Encoding.GSM7, 1)


@pytest.mark.parametrize("each", [each for each in EACH if each.level == 0], ids=lambda each: f"{each.snippet_id}-{each.language}")
def test_level_0_says_nothing_about_care(each: Snippet) -> None:
    assert "clinic" not in re.findall(r"\{(\w+)\}", each.body)
    assert not CLINICAL.search(re.sub(r"\{\w+\}", "", each.body))


@pytest.mark.parametrize("each", EACH, ids=lambda each: f"{each.snippet_id}-{each.language}")
def test_sentences_are_short(each: Snippet) -> None:
    for sentence in re.split(r"[.?!] ", each.filled(FILLED)):
        assert len(sentence.split()) <= 16, sentence


def test_a_name_we_do_not_know_leaves_no_hole_and_another_field_stays_to_be_filled() -> None:
    hello = Snippet("x", "en", 0, "", "Hi {name}, call {phone}. {clinician}")
    assert hello.filled({"clinician": "Erin"}) == "Hi, call {phone}. Erin"

"""Every sentence that the service sends by itself, and every one that staff begin with, passes the one check of words; and each is approved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.word_lint import Reader, needs
from chalicelib.texts import lint
from chalicelib.texts.approval import _wrong, approvals, approved, cards, digest, least_level, main, why_not
from chalicelib.texts.every import READ, Sentence, sentences
from chalicelib.texts.staff import Snippet, snippets

EVERY = [each for file in READ for each in sentences(file)]
CLINIC = "Porch Street Counseling Center"
LONG = {
    "code": "4, 0, 7, 1, 2, 9",
    "sender": "Porch Street Office", "clinic": CLINIC, "phone": "303-555-0190", "open": "Wed 12:30 PM", "author": "Maria Fernanda R.",
    "hours": "Mon-Fri 8 AM-5:30 PM, Sat 9 AM-1 PM", "response": "within two business days", "was": "Wed Sep 30 at 4:30 PM",
    "when": "Wed Sep 30 at 4:30 PM and 5:45 PM", "place": " at 1200 North Sheridan Boulevard, Suite 410, Lakewood",
    "link": " Join: https://video.example.org/room/8f3k2", "until": "Wed 4:30 PM", "old": "Wed Sep 30 at 4:30 PM",
    "label": "the scheduling desk", "kind": "offers of earlier times", "day": "miercoles 30 de septiembre a las 12:30 PM",
    **dict.fromkeys(("one", "two", "three"), "Wed Sep 30 at 4:30 PM"),
}  # fmt: skip
NAMED = pytest.mark.parametrize("each", EVERY, ids=lambda each: f"{each.template_id}.{each.language}.{each.level}")


@NAMED
def test_every_sentence_passes_the_check_filled_and_bare(each: Sentence) -> None:
    """TXT-4, T1, T18, SEG-6, C42, CTIA-7, ACC-3, SAFE-5 and the words of RULES 4.5, in one."""
    reader = Reader(each.language, each.level, names=["Maria Fernanda R."], clinic=CLINIC, automatic=True)
    assert lint.findings(each.body.format(**LONG), reader) == ()
    assert lint.findings(each.body, reader) == ()


@NAMED
def test_no_level_is_higher_than_its_words_need(each: Sentence) -> None:
    """A sentence at level 1 that a level 0 could carry would keep it from who allows less."""
    below = {other.level for other in EVERY if other.template_id == each.template_id} & set(range(each.level))
    assert each.level <= needs(each.body, lint.word_rules())[0] or below or each.template_id == "visit_mood" or _of_a_stage(each)


def _of_a_stage(each: Sentence) -> bool:
    """RULES 4.4: to who allows their care to be named, whatever the words are."""
    return each.file == "campaigns.toml" and each.template_id.startswith("stage_")


@pytest.mark.parametrize("each", snippets(), ids=lambda each: f"{each.snippet_id}.{each.language}")
def test_what_staff_begin_with_passes_the_same_check(each: Snippet) -> None:
    reader = Reader(each.language, each.level, names=["Al Jo", "Maria Fernanda R."], clinic=CLINIC)
    for name in ("Al", "Maria"):
        filled = each.filled({**LONG, "name": name, "clinician": "Jo" if name == "Al" else "Fernanda R."})
        assert lint.findings(filled, reader) == ()


# --- approval ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template_id", sorted({each.template_id for each in EVERY}))
def test_n8_every_template_is_approved_as_it_stands(template_id: str) -> None:
    assert why_not(template_id) == "" and approved(template_id)


def test_each_has_its_row_and_its_card() -> None:
    assert set(approvals()) == {each.template_id for each in EVERY} == {card.approval.template_id for card in cards()}
    for card in cards():
        known = card.approval
        assert known.purpose and known.owner and known.version >= 1 and card.languages == ("en", "es") and card.levels
    assert main() == 0


def test_acc_4_a_letter_a_language_or_a_field_that_changes_takes_the_approval_away() -> None:
    known = approvals()["visit_confirm"]
    own = tuple(each for each in EVERY if each.template_id == "visit_confirm")
    assert _wrong(known, own) == ""
    changed = (replace(own[0], body=own[0].body + " "), *own[1:])
    assert _wrong(known, changed) == "words"
    assert _wrong(replace(known, words=digest(own[1:])), own[1:]) == "language"
    odd = (replace(own[0], body="{sender}: hello"), *own[1:])
    assert _wrong(replace(known, words=digest(odd)), odd) == "fields"
    assert _wrong(replace(known, approved_on=None), own) == _wrong(replace(known, approved_by=""), own) == "nobody"
    assert why_not("no_such_template") == _wrong(known, ()) == "unknown"


def test_a_mood_check_has_no_words_below_level_2() -> None:
    assert (least_level("visit_mood"), least_level("visit_homework"), least_level("visit_forms")) == (2, 1, 0)

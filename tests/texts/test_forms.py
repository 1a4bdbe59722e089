"""Forms and what is shared: whole in both languages, and an answer that says self-harm is danger to the first look; no other is."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from chalicelib.texts import shared
from chalicelib.texts.forms import as_text, forms, marks
from tests.first_look import the_screen


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("form_id", sorted(forms()))
def test_n2_only_a_dangerous_choice_pages_and_each_of_them_does(form_id: str, language: str) -> None:
    form, screen = forms()[form_id], the_screen()
    for question in form.questions:
        for choice in question.choices:
            filled = {f"q_{question.question_id}": choice.choice_id}
            assert screen.look(as_text(form, filled, language)).pages == choice.danger, choice.choice_id
            assert marks(form, filled) == (question.item9 and choice.danger)
    harmless = [[each.choice_id for each in question.choices if not each.danger] for question in form.questions]
    for ids in product(*harmless):
        filled = {f"q_{question.question_id}": chosen for question, chosen in zip(form.questions, ids, strict=True)}
        assert not screen.look(as_text(form, filled, language)).pages, ids


def test_their_own_words_come_last_and_an_empty_form_is_none() -> None:
    form = forms()["homework"]
    assert as_text(form, {"q_tried": "some", "q_helped": "nonsense", "text": " it was hard\r\n "}, "en").splitlines() == [
        "What you tried since last time", "What we planned: some of it.", "it was hard",
    ]  # fmt: skip
    assert as_text(form, {"q_tried": "nonsense", "text": "  "}, "es") == ""


def test_every_label_is_there_in_both_languages_and_what_is_shared_ends() -> None:
    for form in forms().values():
        labels = [form.title, *(q.label for q in form.questions), *(m for q in form.questions for c in q.choices for m in (c.label, c.says))]
        assert all(set(each) == {"en", "es"} and all(each.values()) for each in labels)
    for each in shared.everything().values():
        assert all(each.title.values()) and all(each.body.values()) and each.until > each.verified_on
        assert each in shared.current(each.until) and each not in shared.current(date(each.until.year + 1, 1, 1))
    assert shared.current(date(2026, 12, 1), ["sleep", "nothing"]) == (shared.everything()["sleep"],)
    assert shared.titles(["sleep", "gone"]) == "Shared: Small steps for better sleep"

"""Every answer to somebody in danger that can be put together: short, plain, true, and silent about what kind of house this is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import product

import pytest

from chalicelib import texts
from chalicelib.core.crisis_answers import ANYTHING_ELSE, ENDINGS, LEADS, NOT_KNOWN, Choice
from chalicelib.core.keywords import Word
from chalicelib.core.segments import Encoding, count
from chalicelib.core.triage import Rule
from chalicelib.texts import crisis
from tests.first_look import the_lexicon

from .test_patient_texts import LANGUAGES, SERVICE_WORDS

CLINIC = "Porch Street Behavioral Health and Recovery Center"
TIMES = [datetime(2026, 3, 2 + day, hour, 30) for day in range(7) for hour in (0, 9, 12, 23)]
EACH_LEAD = sorted({(lead, tier) for lead, _, tier in crisis.leads()})
EACH_ENDING = sorted({ending for ending, _, _ in crisis.endings()})
EVERY = [
    Choice(lead, tier, ending, level, veteran)
    for (lead, tier), ending, level, veteran in product(EACH_LEAD, EACH_ENDING, (0, 1), (False, True))
]


def said(choice, language, at=TIMES[8], clinic=CLINIC):
    return crisis.answer(choice, language, opens=texts.spoken_time(at, language), clinic=clinic)


def test_the_table_and_the_words_name_the_same_things():
    asked = {row.lead for row in LEADS} | {row.private for row in LEADS if row.private} | {ANYTHING_ELSE.lead}
    for language in LANGUAGES:
        assert asked == {lead for lead, spoken, _ in crisis.leads() if spoken == language}
        assert {ending for ending, spoken, level in crisis.endings() if (spoken, level) == (language, 0)} == set(EACH_ENDING)
    assert set(ENDINGS.values()) | {NOT_KNOWN} == set(EACH_ENDING) - {"crisis_holiday"}  # which a closed time may ask for


def test_every_category_that_the_screen_pages_for_has_a_row_or_the_plain_answer():
    fired = {entry.rule.category for entry in the_lexicon().entries if isinstance(entry.rule, Rule) and entry.rule.tier <= 1}
    assert fired - {row.category for row in LEADS} <= {"psychosis", "relapse"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_t18_seg_6_every_answer_is_gsm_7_and_two_parts_with_988_and_911_in_the_first(language):
    for choice in EVERY:
        body = said(choice, language)
        cost = count(body)
        assert cost.encoding is Encoding.GSM7 and cost.parts <= 2, (choice.name, cost.units, cost.offenders)
        first = body[:153]
        assert re.search(r"\b911\b", first) and re.search(r"(call|llame al)[^.]*\b988\b", first, re.I), choice.name
        assert "automatic" in body.lower()[:40], choice.name  # CR-2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("at", TIMES)
def test_no_hour_at_which_somebody_reads_makes_an_answer_longer(language, at):
    assert all(count(said(choice, language, at)).parts <= 2 for choice in EVERY if "{open}" in crisis.endings()[choice.ending, language, 0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_cr_4_who_took_something_is_told_911_and_poison_control_in_the_first_part(language):
    first = said(Choice("ingestion", 0, "crisis_unsure"), language)[:153]
    assert "911" in first and "1-800-222-1222" in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_safe_1_only_a_safe_phone_reads_of_violence_or_abuse(language):
    telling = re.compile(r"violen|abus|partner|pareja|hurt by|1-800-799|88788|1-800-422|child|menor|mayor", re.I)
    private = {row.private for row in LEADS if row.private}
    assert {choice.lead for choice in EVERY if telling.search(said(choice, language))} == private


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_answer_that_somebody_covers_promises_a_call(language):
    promise = {"en": "try to call", "es": "intentar llamar"}[language]
    assert {choice.ending for choice in EVERY if promise in said(choice, language)} == {"crisis_staffed"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_answer_that_somebody_covers_asks_for_text_and_the_word_is_read(language):
    word = {"en": "Reply TEXT.", "es": "responda TEXTO."}[language]
    assert {choice.ending for choice in EVERY if word in said(choice, language)} == {"crisis_staffed"}
    assert texts.keywords().read(word.split()[1]) is Word.BY_TEXT  # and no carrier takes it for an opt-out (T1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_reads_a_phone_where_a_call_is_not_safe_learns_of_no_call(language):
    ending = crisis.endings()["crisis_staffed_quiet", language, 0]
    assert not re.search(r"(?<!on-)call|llam|safe|segur", ending, re.I)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_veterans_line_stands_in_the_answer_to_veterans_alone(language):
    assert all(("838255" in said(choice, language)) == choice.veteran for choice in EVERY)


def test_the_spanish_answers_give_the_spanish_line_and_the_english_ones_do_not():
    for choice, language in product(EVERY, LANGUAGES):
        body = said(choice, language)
        assert ("AYUDA" in body and "oprima 2" in body) == (language == "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_txt_4_level_0_says_nothing_of_the_kind_of_care_and_names_nobody(language):
    for choice in EVERY:
        if choice.level == 0:
            body = said(choice, language)
            assert CLINIC not in body and not SERVICE_WORDS.search(body), body


def test_level_1_says_whose_clinician_and_signs_where_it_fits():
    short = said(Choice("self", 1, "crisis_staffed", 1), "en", clinic="Porch Street")
    assert "on-call clinician" in short and short.endswith(" - Porch Street")
    assert not said(Choice("ingestion", 1, "crisis_staffed", 1, veteran=True), "en", clinic="P" * 120).endswith("P")
    assert not said(Choice("self", 1, "crisis_staffed", 1), "en", clinic="Clínica").endswith("nica")  # would cost a third part


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_a_row_or_a_rota_leaves_somebody_without_an_answer(language):
    strange = Choice("nothing we know", 7, "nor this", 7)
    assert said(strange, language, clinic="") == said(Choice("self", 1, "crisis_unsure"), language)
    assert said(strange, "fr") == said(strange, "en")


def test_an_hour_that_nobody_knows_is_not_said():
    closed = crisis.answer(Choice("self", 1, "crisis_unstaffed"), "en")
    assert closed == crisis.answer(Choice("self", 1, "crisis_unsure"), "en") and "{" not in closed


def test_t24_res_1_every_number_stands_in_the_resources_and_none_that_ended():
    known = " ".join(row["contact"] for row in texts._read("resources.toml")["resource"])
    numbers = {number for piece in crisis.pieces() for number in re.findall(r"\d[\d-]{2,}", piece.body)}
    assert numbers and all(number in known for number in numbers)
    assert not any(re.search(r"press 3|741741|http", piece.body) for piece in crisis.pieces())


@pytest.mark.parametrize("piece", [piece for piece in crisis.pieces() if piece.language == "en"], ids=lambda piece: piece.template_id)
def test_acc_3_a_sixth_grader_can_read_it(piece):
    assert grade(piece.body) <= 6


def grade(body):
    """Flesch-Kincaid, with numbers left out: syllables as groups of vowels, a silent e at the end taken off."""
    body = re.sub(r"\{\w+\}", "Ann", body)
    sentences = max(len(re.findall(r"[.?!:](?:\s|$)", body)), 1)
    words = re.findall(r"[A-Za-z']+", body)
    syllables = sum(max(len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower()))), 1) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


# --- "I read it", by a person ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_clinician_can_send_with_one_tap_is_signed_and_short(language):
    offered = crisis.read_this(language)
    assert [each.read_id for each in offered] == ["read_will_call", "read_can_text", "read_soon"]
    for each in offered:
        body = each.body.replace("{name}", "Maria Fernanda R.")
        assert count(body).encoding is Encoding.GSM7 and count(body).parts == 1
        assert "{" not in body and not SERVICE_WORDS.search(body)
        assert each.calls == bool(re.search(r"going to call|voy a llamarle", body))


def test_a_language_we_do_not_have_is_offered_in_english():
    assert crisis.read_this("fr") == crisis.read_this("en")


def test_seven_days_make_seven_answers():
    at = [TIMES[1] + timedelta(days=day) for day in range(7)]
    assert len({said(Choice("self", 1, "crisis_unstaffed"), "en", each) for each in at}) == 7

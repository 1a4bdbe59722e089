"""What patients are told about visits, and the table that reads what they write back: each row with its own examples."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from importlib import resources
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from chalicelib import texts
from chalicelib.core.appointments import CONFIRMATIONS
from chalicelib.core.keywords import LONG, fold
from chalicelib.core.meaning import DIGITS
from chalicelib.core.visit_replies import MEANS, Reading
from chalicelib.flows.appointment_reply import LINES, WITHOUT_ASKING
from chalicelib.flows.visit_news import MOVED, OFF
from chalicelib.flows.visit_words import KNOWN
from chalicelib.texts import previsit, visits

LANGUAGES = ("en", "es")
EACH = sorted(visits.templates())
ASKS_MORE = {"visit_mood", "visit_homework"}  # without words at level 0: who allows less is not asked
DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize("template_id", sorted({each[0] for each in EACH}))
def test_a_language_is_complete_and_asks_for_the_same(template_id):
    for level in {each[2] for each in EACH if each[0] == template_id}:
        wanted = [_fields(visits.templates()[template_id, language, level].body) for language in LANGUAGES]
        assert wanted[0] == wanted[1]
    assert template_id in ASKS_MORE or (template_id, "en", 0) in visits.templates()


def _fields(body):
    return {name for _, name, _, _ in Formatter().parse(body) if name} | set(re.findall(r"\b[1-7]\b", body))


def test_every_template_that_a_flow_can_ask_for_is_here_and_no_other():
    wanted = {step.template for sequence in visits.sequences() for step in sequence.steps}
    before = {each.template for each in previsit.questions().values()} | {previsit.NOTED}
    assert {each[0] for each in EACH} == wanted | before | {KNOWN, WITHOUT_ASKING, MOVED, OFF, *LINES.values(), "back_times", "back_talk"}


def test_t16_what_is_advertised_is_what_is_read():
    assert set(DIGITS) == {"1", "2", "3"} and set(LINES) == set(DIGITS.values()) | {"late"}
    for language in LANGUAGES:
        asked = visits.templates()["visit_off_why", language, 0].body
        assert re.findall(r"\b(\d) ", asked) == list(visits.barriers())


def test_a_time_is_spoken_on_the_wall_of_the_zone():
    start = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)
    assert visits.spoken_when([start], DENVER, "en") == "Fri Mar 6 at 3:00 PM"
    assert visits.spoken_when([start, start + timedelta(hours=2)], DENVER, "es") == "el viernes 6 de marzo a las 3:00 PM y 5:00 PM"


def test_a_level_without_words_of_its_own_speaks_as_the_one_below():
    assert visits.choose("visit_day", "en", 2).level == 0 and visits.choose("visit_confirm", "es", 2).level == 1
    assert visits.choose("visit_day", "fr", 0).language == "en"


# --- what they write back ------------------------------------------------------------------------------------------

DATA = tomllib.loads(resources.files("chalicelib.texts").joinpath("visit_replies.toml").read_text(encoding="utf-8"))
ROWS = list(zip(DATA["reply"], visits.replies().rows, strict=True))
FIRES = [(at, text) for at, (row, _) in enumerate(ROWS) for text in row["fires"]]
QUIET = [(at, text) for at, (row, _) in enumerate(ROWS) for text in row["quiet"]]


@pytest.mark.parametrize(("at", "text"), FIRES)
def test_a_row_reads_its_examples(at, text):
    row, _ = ROWS[at]
    assert visits.replies().read(text) == Reading(row["means"], row["sure"] and "?" not in text and "¿" not in text)


@pytest.mark.parametrize(("at", "text"), QUIET)
def test_a_row_is_quiet_on_its_counter_examples(at, text):
    row, kept = ROWS[at]
    found = visits.replies().read(text)
    assert not (row["sure"] and found.sure and found.means == row["means"])
    assert row["sure"] or not kept.pattern.search(LONG.sub(r"\1", fold(text)))


@pytest.mark.parametrize("row", DATA["reply"], ids=lambda row: row["fires"][0])
def test_a_row_has_examples_of_both_and_a_sure_one_stands_for_the_whole_message(row):
    assert row["fires"] and row["quiet"] and set(row) == {"means", "sure", "pattern", "fires", "quiet"}
    if row["sure"]:
        assert row["pattern"].startswith("^") and row["pattern"].endswith("$")


def test_every_meaning_is_a_word_of_the_schedule():
    assert set(MEANS) <= set(CONFIRMATIONS) and {row["means"] for row in DATA["reply"]} == set(MEANS)


@pytest.mark.parametrize("text", ["👍", "👍🏽", "✅", "Ok 👍"])
def test_a_sign_alone_is_an_answer(text):
    assert visits.replies().read(text) == Reading("confirmed", True)


@pytest.mark.parametrize("text", ["", "   ", "😢", "👍 👎", "thanks", "10", "1 of 3", "I have 10 pills left", "help me", "I quit", "end it", "hello"])
def test_c13_what_is_no_answer_is_none(text):
    assert visits.replies().read(text) == Reading()


@pytest.mark.parametrize("text", ["STOP", "cancel", "Cancelar", "no mas", "unsubscribe", "quit"])
def test_t1_words_that_opt_out_are_read_before_and_are_no_answers_here(text):
    assert texts.keywords().read(text) == "stop" and not visits.replies().read(text).sure


@pytest.mark.parametrize("text", ["can I come at 3?", "is it ok?", "yes?", "¿sí?"])
def test_a_question_is_never_sure(text):
    assert not visits.replies().read(text).sure

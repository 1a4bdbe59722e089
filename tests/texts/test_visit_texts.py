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
from chalicelib.core.segments import Encoding, count
from chalicelib.core.visit_replies import MEANS, Reading
from chalicelib.flows.appointment_reply import LINES, WITHOUT_ASKING
from chalicelib.flows.visit_news import MOVED, OFF
from chalicelib.flows.visit_words import KNOWN
from chalicelib.texts import visits
from tests.texts.test_patient_texts import COMMANDS, NOT_COMMANDS, SERVICE_WORDS

LANGUAGES = ("en", "es")
EACH = sorted(visits.templates())
DENVER = ZoneInfo("America/Denver")
LATEST = [datetime(2026, 9, 30, 22, 30, tzinfo=UTC), datetime(2026, 9, 30, 23, 45, tzinfo=UTC)]  # a Wednesday in September: long in both


def said(template, language):
    fields = {
        "sender": "Porch Street Office", "clinic": "Porch Street Counseling Center", "phone": "303-555-0190",
        "when": visits.spoken_when(LATEST, DENVER, language), "was": visits.spoken_when(LATEST[:1], DENVER, language), "place": " at 1200 North Sheridan Boulevard, Suite 410, Lakewood",
        "link": " Join: https://video.example.org/room/8f3k2",
    }  # fmt: skip
    return template.format(**fields)


BODIES = [(f"{each[0]}.{each[1]}.{each[2]}", each[1], visits.templates()[each].body, each[2]) for each in EACH] + [
    (f"barrier.{barrier.barrier_id}.{language}", language, barrier.answers[language], 0)
    for barrier in visits.barriers().values()
    for language in LANGUAGES
]
NAMED = pytest.mark.parametrize(("name", "language", "body", "level"), BODIES, ids=[name for name, *_ in BODIES])


@NAMED
def test_t18_every_sentence_is_gsm_7_and_two_parts_at_most(name, language, body, level):
    cost = count(said(body, language))
    assert (cost.encoding, cost.offenders) == (Encoding.GSM7, ()) and cost.parts <= 2, said(body, language)


@NAMED
def test_txt_4_level_0_says_nothing_of_the_kind_of_care_and_names_no_place(name, language, body, level):
    if level == 0:
        assert not SERVICE_WORDS.search(body.replace("health plans", "")) and "{clinic}" not in body and "{place}" not in body


@NAMED
def test_t1_no_word_is_advertised_that_a_carrier_takes_for_an_opt_out(name, language, body, level):
    shouted = set(re.findall(r"\b[A-Z]{3,}\b", body))
    assert shouted <= COMMANDS | NOT_COMMANDS
    asked = {word.upper() for word in re.findall(r"(?:reply|responda) ([A-Za-z]+)\b", body, re.I)}
    assert not asked & {word.upper() for word, means in texts.keywords().whole.items() if means == "stop"}


@NAMED
def test_c42_nothing_is_today_or_tomorrow(name, language, body, level):
    assert not re.search(r"\b(today|tonight|tomorrow|hoy|manana|esta noche)\b", body, re.I)


@pytest.mark.parametrize("template_id", sorted({each[0] for each in EACH}))
def test_a_language_is_complete_and_asks_for_the_same(template_id):
    for level in {each[2] for each in EACH if each[0] == template_id}:
        wanted = [_fields(visits.templates()[template_id, language, level].body) for language in LANGUAGES]
        assert wanted[0] == wanted[1]
    assert (template_id, "en", 0) in visits.templates()


def _fields(body):
    return {name for _, name, _, _ in Formatter().parse(body) if name} | set(re.findall(r"\b[1-7]\b", body))


def test_every_template_that_a_flow_can_ask_for_is_here_and_no_other():
    wanted = {step.template for sequence in visits.sequences() for step in sequence.steps}
    assert {each[0] for each in EACH} == wanted | {KNOWN, WITHOUT_ASKING, MOVED, OFF, *LINES.values()}


def test_t16_what_is_advertised_is_what_is_read():
    assert set(DIGITS) == {"1", "2", "3"} and set(LINES) == set(DIGITS.values()) | {"late"}
    for language in LANGUAGES:
        asked = visits.templates()["visit_off_why", language, 0].body
        assert re.findall(r"\b(\d) ", asked) == list(visits.barriers())


def test_ctia_7_no_link_of_ours_is_shortened_and_none_is_in_a_template():
    assert not any("http" in body for _, _, body, _ in BODIES)


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

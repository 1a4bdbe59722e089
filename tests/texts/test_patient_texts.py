"""What the service says by itself, but for visits: complete in each language, and true. Length, level and words: `test_words.py`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from chalicelib import texts
from chalicelib.core.segments import Encoding, count
from chalicelib.texts.hours import hours_words
from chalicelib.texts.visits import spoken_when

LANGUAGES = ("en", "es")
IDS = sorted({template_id for template_id, _ in texts.templates()})
EACH = sorted(texts.templates())
CRISIS = [each for each in EACH if each[0].startswith("crisis_")]
# Longer than what a clinic will have: a text must stay within two parts all the same.
LONG_HOURS = {**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-17:30"), "sat": "09:00-13:00"}
OPEN = [datetime(2026, 3, 2 + day, hour, 30) for day in range(7) for hour in (0, 9, 12, 23)]


def fields(language, **others):
    say = hours_words(language)
    return {
        "sender": "Porch Street Office", "phone": "303-555-0190", "open": texts.spoken_time(OPEN[9], language), "author": "Maria Fernanda R.",
        "label": "the scheduling desk", "kind": "offers of earlier times", "day": spoken_when((OPEN[9].replace(tzinfo=UTC),), ZoneInfo("UTC"), language), "hours": say.week(LONG_HOURS), "response": say.soon("within two business days"), **others,
    }


def said(template_id, language, **others):
    return texts.render(template_id, language, **fields(language, **others))


@pytest.mark.parametrize("template_id", IDS)
def test_a_language_is_complete_or_absent(template_id):
    assert {language for known, language in texts.templates() if known == template_id} == set(LANGUAGES)
    wanted = [{name for _, name, _, _ in Formatter().parse(texts.templates()[template_id, language].body) if name} for language in LANGUAGES]
    assert wanted[0] == wanted[1] <= set(fields("en"))


def test_every_template_that_a_flow_can_ask_for_is_here():
    assert set(IDS) == {
        "crisis_unsure", "stop", "wrong_number", "start", "help", "no_pictures", "greeting", "after_hours", "ask_again", "welcome",
        "stop_keep", "kept", "join", "joined", "who", "private_on", "quiet_on", "kind_off", "initials", "ask_back",
    }


@pytest.mark.parametrize("template", CRISIS)
def test_seg_6_911_and_988_are_in_the_first_part_of_a_crisis_answer(template):
    first = said(*template)[:153]
    assert count(first).units <= 153
    assert re.search(r"\b911\b", first) and re.search(r"\b(call|llame al)( or text)? 988\b", first, re.I)


@pytest.mark.parametrize("template", CRISIS)
def test_cr_2_a_crisis_answer_says_it_is_automatic_names_nobody_and_asks_nothing(template):
    body = texts.templates()[template].body
    assert "automatic" in body.lower()[:40]
    assert "{sender}" not in body and "http" not in body
    assert body.count("?") == (1 if template[1] == "en" else 0)  # "In danger or hurt?" answers itself


def test_the_spanish_crisis_answers_give_the_spanish_line():
    for template_id, language in CRISIS:
        body = texts.templates()[template_id, language].body
        assert ("AYUDA" in body and "oprima 2" in body) == (language == "es")


def test_t24_no_resource_that_ended_is_offered():
    everything = " ".join(template.body for template in texts.templates().values()).lower()
    assert "press 3" not in everything and "741741" not in everything  # RES-1: a voice number and 911 beside any short code


# --- commands ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("language", LANGUAGES)
def test_what_we_tell_people_to_send_means_what_we_say(language):
    keywords = texts.keywords()
    assert [keywords.read(word) for word in ("STOP", "HELP", "START")] == ["stop", "help", "start"]
    assert all("STOP" in texts.templates()[name, language].body for name in ("welcome", "help", "start"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_ctia_4_help_says_who_how_often_what_it_costs_how_to_stop_and_no_emergencies(language):
    body = said("help", language)
    words = {"en": ("a month", "rates may apply", "STOP", "911", "988"), "es": ("al mes", "cargos", "STOP", "911", "988")}[language]
    assert body.startswith("Porch Street Office") and "303-555-0190" in body and all(word in body for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tcpa_7_the_confirmation_only_confirms_and_shows_the_way_back(language):
    body = said("stop", language)
    assert body.startswith("Porch Street Office") and "START" in body
    assert not re.search(r"\$|offer|visit|cita|http|\?", body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_cr_6_the_first_text_says_who_when_how_soon_and_where_to_turn_in_an_emergency(language):
    body, say = said("welcome", language), fields(language)
    assert all(say[name] in body for name in ("sender", "author", "hours", "response"))
    assert "911" in body and "988" in body and "HELP" in body and "STOP" in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_safe_7_a_wrong_number_learns_nothing_of_us(language):
    body = texts.templates()["wrong_number", language].body
    assert "{" not in body and count(body).parts == 1 and not re.search(r"\d", body)


# --- what kind of house this is ------------------------------------------------------------------------------------

SERVICE_WORDS = re.compile(
    r"clinic|counsel(?!or\.)|therap|psych|mental|behavio|recover|addict|substance|detox|rehab|methadone|buprenorphine|sobriety|drug|alcohol"
    r"|treatment|medica|diagnos|depress|anxiety|disorder|patient|terapi|psic|salud|clinica|consejer|adicci|droga|tratamiento|paciente|recuperacion",
    re.I,
)


def test_no_template_can_hold_a_patients_name():
    assert not any("name" in body or "patient" in body for body in (template.body for template in texts.templates().values()))


# --- render, and how things are said -------------------------------------------------------------------------------


def test_a_language_we_do_not_have_is_answered_in_english():
    assert said("wrong_number", "fr") == said("wrong_number", "en")


@pytest.mark.parametrize(("template_id", "others"), [("no_such", {}), ("stop", {"sender": "x"})])
def test_an_unknown_template_or_a_missing_field_is_an_error_and_never_a_text(template_id, others):
    with pytest.raises(KeyError):
        texts.render(template_id, "en", **others)


def test_a_brace_in_a_field_is_only_a_brace():
    assert texts.render("stop", "en", sender="A {phone}", phone="1").startswith("A {phone}: ")


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        (datetime(2026, 3, 2, 8, 0), "Mon 8:00 AM", "el lunes a las 8:00 AM"),
        (datetime(2026, 3, 4, 0, 5), "Wed 12:05 AM", "el miercoles a las 12:05 AM"),
        (datetime(2026, 3, 8, 12, 0), "Sun 12:00 PM", "el domingo a las 12:00 PM"),
        (datetime(2026, 3, 7, 23, 59), "Sat 11:59 PM", "el sabado a las 11:59 PM"),
    ],
)
def test_a_time_as_it_is_said(at, english, spanish):
    assert (texts.spoken_time(at, "en"), texts.spoken_time(at, "es")) == (english, spanish)


def test_seven_days_have_seven_names():
    for language in LANGUAGES:
        assert len({texts.spoken_time(datetime(2026, 3, 2) + timedelta(days=day), language) for day in range(7)}) == 7


@pytest.mark.parametrize(("number", "expected"), [("+13035550100", "303-555-0100"), ("+442079460000", "+442079460000"), ("", ""), ("988", "988")])
def test_a_number_as_it_is_said(number, expected):
    assert texts.spoken_number(number) == expected


@pytest.mark.parametrize(
    ("hours", "english", "spanish"),
    [
        ({"mon": "09:00-17:00", "tue": "09:00-17:00"}, "Mon-Tue 9 AM-5 PM", "lun-mar 9 AM-5 PM"),
        ({"mon": "09:00-17:00", "wed": "09:30-12:00"}, "Mon 9 AM-5 PM, Wed 9:30 AM-12 PM", "lun 9 AM-5 PM, mie 9:30 AM-12 PM"),
        ({"sat": "00:00-24:00"}, "Sat 12 AM-midnight", None),
        ({}, "by appointment", "con cita"),
    ],
)
def test_a_week_as_it_is_said(hours, english, spanish):
    assert hours_words("en").week(hours) == english
    if spanish:
        assert hours_words("es").week(hours) == spanish
    assert count(hours_words("es").week(hours)).encoding is Encoding.GSM7


def test_acc_4_a_promise_that_nobody_translated_is_said_as_it_stands():
    assert hours_words("es").soon("within one business day") == "dentro de un dia laborable"
    assert hours_words("es").soon("by the next full moon") == "by the next full moon"

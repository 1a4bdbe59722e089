"""What patients are told about open times: short, neutral, and never a word of anybody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from chalicelib import texts
from chalicelib.core.segments import Encoding, count
from chalicelib.texts import offers, visits
from tests.texts.test_patient_texts import COMMANDS, NOT_COMMANDS, SERVICE_WORDS

DENVER = ZoneInfo("America/Denver")
LATEST = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)  # a Wednesday in September: long in both languages
# N7: whoever else was asked, has it, or waits.
OTHERS = re.compile(
    r"\b(someone|somebody|anyone|anybody|another person|other(s| people| patients?)|else|taken by|waitlist|wait list|list|first|alguien|otr[ao] persona"
    r"|otros|otras personas|lista|primer[ao]?|pacientes?|patients?)\b",
    re.I,
)
EACH = sorted(offers.templates())
NAMED = pytest.mark.parametrize(("name", "language"), EACH, ids=[".".join(each) for each in EACH])


def said(name: str, language: str) -> str:
    when = visits.spoken_when([LATEST], DENVER, language)
    until = texts.spoken_time(LATEST.astimezone(DENVER), language)
    fields = dict.fromkeys(("when", "old", "one", "two", "three"), when)
    return offers.templates()[name, language].body.format(sender="Porch Street Office", phone="303-555-0190", until=until, **fields)


@NAMED
def test_t18_every_sentence_is_gsm_7_and_two_parts_at_most(name: str, language: str) -> None:
    cost = count(said(name, language))
    assert (cost.encoding, cost.offenders) == (Encoding.GSM7, ()) and cost.parts <= 2, said(name, language)


@NAMED
def test_n7_nobody_learns_of_others(name: str, language: str) -> None:
    assert not OTHERS.search(offers.templates()[name, language].body)


@NAMED
def test_txt_4_level_0_says_nothing_of_the_kind_of_care(name: str, language: str) -> None:
    body = offers.templates()[name, language].body
    assert not SERVICE_WORDS.search(body) and "{clinic}" not in body and "{place}" not in body


@NAMED
def test_t1_and_c42_no_opt_out_word_and_never_today(name: str, language: str) -> None:
    body = offers.templates()[name, language].body
    assert set(re.findall(r"\b[A-Z]{3,}\b", body)) <= COMMANDS | NOT_COMMANDS
    assert not re.search(r"\b(today|tonight|tomorrow|hoy|manana|esta noche)\b", body, re.I)


@pytest.mark.parametrize("name", sorted({name for name, _ in EACH}))
def test_both_languages_ask_for_the_same(name: str) -> None:
    wanted = [{part[1] for part in Formatter().parse(offers.templates()[name, each].body) if part[1]} for each in offers.LANGUAGES]
    assert wanted[0] == wanted[1]


def test_a_language_that_we_do_not_have_is_english() -> None:
    assert offers.choose("offer_no", "fr").language == "en"

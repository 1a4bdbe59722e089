"""What a text means besides danger: whose it is, a consent word, an answer, words for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.keywords import Word
from chalicelib.core.meaning import LAPSE, open_prompt, place, read
from chalicelib.core.messages import Kind
from chalicelib.core.records import Contact, IncidentRef, PatientRef, Prompt
from chalicelib.core.triage import FirstLook
from chalicelib.core.visit_replies import NOTHING, Reading
from tests.cast import an_sms
from tests.fakes.world import TUESDAY_NOON as NOW

CALM, DISTRESS, CRISIS, DYING = (FirstLook(tier, (), ()) for tier in (3, 2, 1, 0))
ALICE, BOB = PatientRef("alice", "adult", language="es"), PatientRef("bob", "harbor", "shared", "en")
ONE, SHARED, NOBODY = Contact("c1", 1, patients=(ALICE,)), Contact("c1", 1, patients=(ALICE, BOB)), Contact("c1")
STOPPED = replace(ONE, stopped_at=NOW - timedelta(days=1))


def a_prompt(patient_id="alice", accepted=("1", "2", "yes"), **fields):
    return replace(Prompt("p1", patient_id, "confirm", accepted, NOW + timedelta(hours=1), NOW - timedelta(hours=1)), **fields)


def meant(body="", word=Word.NONE, look=CALM, contact=ONE, **sms):
    return read(an_sms(body, **sms), look, word, contact)


# --- whose text it is ----------------------------------------------------------------------------------------------


def test_one_person_behind_a_number_is_the_one_who_writes():
    where = place(ONE, NOW, CALM)
    assert (where.thread_id, where.program, where.patient_id, where.language, where.among) == ("alice", "adult", "alice", "es", ())


def test_t11_c45_several_people_are_a_set_never_the_first():
    where = place(SHARED, NOW, CALM)
    assert (where.thread_id, where.program, where.patient_id, where.among) == ("c1", "unmatched", "", (ALICE, BOB))


@pytest.mark.parametrize("asked", ["alice", "bob"])
def test_the_open_question_tells_who_of_several_writes(asked):
    assert place(replace(SHARED, prompt=a_prompt(asked)), NOW, CALM).patient_id == asked


def test_a_question_that_has_lapsed_or_was_put_to_somebody_else_tells_nothing():
    lapsed = a_prompt(expires_at=NOW)
    assert place(replace(SHARED, prompt=lapsed), NOW, CALM).patient_id == ""
    assert place(replace(SHARED, prompt=a_prompt("carla")), NOW, CALM).patient_id == ""
    assert open_prompt(replace(ONE, prompt=lapsed), NOW) is None


def test_t10_a_number_of_nobody_has_a_place_too():
    where = place(NOBODY, NOW, CALM)
    assert (where.thread_id, where.program, where.patient_id, where.among) == ("c1", "unmatched", "", ())


@pytest.mark.parametrize(
    ("contact", "rules", "language"),
    [(NOBODY, ("es.suicide.1",), "es"), (NOBODY, ("en.suicide.1",), "en"), (NOBODY, (), "en"), (SHARED, ("es.x",), "es"), (SHARED, (), "en"),
     (replace(SHARED, patients=(ALICE, replace(BOB, language="es"))), (), "es")],
)
def test_the_language_of_several_or_of_nobody(contact, rules, language):
    assert place(contact, NOW, FirstLook(3, (), rules)).language == language


# --- danger and consent in one text --------------------------------------------------------------------------------


@pytest.mark.parametrize("look", [CALM, DISTRESS, CRISIS, DYING])
def test_stop_as_the_whole_message_is_a_stop_whatever_the_screen_says(look):
    meaning = meant("STOP", Word.STOP, look)
    assert (meaning.consent, meaning.answer, meaning.expires_in) == ("revoked", (Kind.STOP_CONFIRMATION, "stop_keep"), LAPSE)


def test_who_is_nobodys_is_not_asked_what_to_keep():
    assert meant("STOP", Word.STOP, contact=NOBODY).answer == (Kind.STOP_CONFIRMATION, "stop")


@pytest.mark.parametrize("word", [Word.STOP_SENTENCE, Word.WRONG_NUMBER, Word.HELP, Word.START, Word.START_IF_STOPPED, Word.MAYBE_STOP, Word.NONE])
@pytest.mark.parametrize("look", [CRISIS, DYING])
def test_t2_a_text_in_danger_only_means_that(word, look):
    meaning = meant("stop texting me I took them all", word, look, replace(STOPPED, prompt=a_prompt()))
    assert (meaning.name, meaning.consent, meaning.answer, meaning.owed, meaning.closes_prompt) == ("crisis", "", None, True, False)


def test_no_opt_out_is_read_from_a_sentence_with_distress_a_person_looks():
    meaning = meant("stop texting me, today is hard", Word.STOP_SENTENCE, DISTRESS)
    assert (meaning.name, meaning.note, meaning.consent, meaning.owed) == ("words", "maybe_stop", "unsure", True)


@pytest.mark.parametrize("word", [Word.STOP_SENTENCE, Word.MAYBE_STOP])
def test_what_may_be_stop_in_a_text_in_danger_holds_what_is_automatic_and_nothing_more(word):
    meaning = meant("don't text me I took them all", word, CRISIS)
    assert (meaning.name, meaning.consent, meaning.answer) == ("crisis", "unsure", None)


@pytest.mark.parametrize(("days", "open_item", "reach"), [(29, False, True), (31, False, False), (None, True, True), (None, False, False)])
def test_a_stop_within_thirty_days_of_a_crisis_is_honoured_and_asks_for_a_person(days, open_item, reach):
    ref = IncidentRef("i1", "alice", "K7Q2", 0, (), "everyone", (), ())
    contact = replace(ONE, incident_at=NOW - timedelta(days=days) if days else None, incidents=(ref,) if open_item else ())
    meaning = meant("STOP", Word.STOP, contact=contact)
    assert (meaning.consent, meaning.reach, meaning.owed) == ("revoked", reach, reach)
    assert meaning.note == ("stop_after_crisis" if reach else "")


ASKED_TO_KEEP = replace(STOPPED, stopped_at=NOW, keep_asked_at=NOW)


@pytest.mark.parametrize(
    ("contact", "after", "name", "consent"),
    [
        (ASKED_TO_KEEP, timedelta(seconds=40), "keep", "kept"),
        (replace(ASKED_TO_KEEP, stopped_at=NOW + timedelta(seconds=30)), timedelta(seconds=40), "start_after_stop", ""),  # stopped anew since
        (replace(ASKED_TO_KEEP, stopped_at=NOW + timedelta(seconds=30)), timedelta(minutes=5), "keep", "kept"),
        (STOPPED, timedelta(), "keep", "kept"),  # days later, as a way back
        (ONE, timedelta(), "words", ""),  # nothing was stopped
    ],
)
def test_tcpa_8_keep_keeps_texts_about_visits(contact, after, name, consent):
    meaning = meant("KEEP", Word.KEEP, contact=contact, at=NOW + after)
    assert (meaning.name, meaning.consent) == (name, consent)


def test_a_stop_after_keep_ends_that_too_and_is_not_asked_again():
    kept = replace(STOPPED, kept=("appointments",), kept_at=NOW - timedelta(hours=1))
    meaning = meant("STOP", Word.STOP, contact=kept)
    assert (meaning.name, meaning.consent, meaning.answer) == ("stop", "revoked", (Kind.STOP_CONFIRMATION, "stop"))


def test_a_word_from_a_poster_is_asked_back_and_yes_is_for_a_person_to_record():
    asked = meant("JOIN", Word.JOIN, contact=NOBODY)
    assert (asked.answer, asked.asks, asked.consent) == ((Kind.NOTICE, "join"), "join", "")
    prompt = a_prompt("", ("yes",), kind="join")
    said = meant("Yes", Word.START_IF_STOPPED, contact=replace(NOBODY, prompt=prompt))
    assert (said.name, said.consent, said.note, said.owed) == ("joined", "joined", "joined", True)
    assert meant("JOIN", Word.JOIN, contact=STOPPED).consent == "granted"  # a way back like START


def test_tcpa_3_a_sentence_that_means_stop_stops():
    assert meant("please stop texting me", Word.STOP_SENTENCE).consent == "revoked"


# --- stop, start, help, wrong number -------------------------------------------------------------------------------


def test_tcpa_7_one_confirmation_within_five_minutes_and_no_second_one():
    assert timedelta(minutes=5) == LAPSE
    again = meant("STOP", Word.STOP, contact=STOPPED)
    assert (again.name, again.answer, again.consent, again.owed) == ("stop_again", None, "revoked", False)


def test_n1_a_stop_that_was_said_again_counts_from_now_for_the_start_behind_it():
    """Stopped last month; today START, then STOP, handed to us in the wrong order: the STOP is the last word."""
    assert meant("STOP", Word.STOP, contact=STOPPED).consent == "revoked"
    renewed = replace(STOPPED, stopped_at=NOW)
    assert meant("START", Word.START, contact=renewed, at=NOW + timedelta(seconds=5)).name == "start_after_stop"


def test_tw_4_what_the_carrier_took_for_a_stop_is_one_whatever_the_word():
    """A clinic may give the carrier stop words of its own: it blocks us from then on, so our ledger must say so too."""
    meaning = meant("adios", Word.NONE, opt_out_type="STOP")
    assert (meaning.name, meaning.consent, meaning.answer) == ("stop", "revoked", None)


@pytest.mark.parametrize(("mark", "word"), [("STOP", Word.STOP), ("HELP", Word.HELP), ("START", Word.START)])
def test_tw_4_where_the_carrier_has_answered_we_do_not(mark, word):
    contact = STOPPED if mark == "START" else ONE
    assert meant(mark, word, contact=contact, opt_out_type=mark).answer is None


@pytest.mark.parametrize(("body", "prompt", "note"), [("Cancel", a_prompt(), "cancel_word"), ("CANCEL", None, ""), ("Stop", a_prompt(), "")])
def test_cancel_with_an_open_question_stops_and_asks_a_person(body, prompt, note):
    meaning = meant(body, Word.STOP, contact=replace(ONE, prompt=prompt))
    assert (meaning.consent, meaning.note, meaning.owed, meaning.closes_prompt) == ("revoked", note, bool(note), True)


@pytest.mark.parametrize("word", [Word.START, Word.START_IF_STOPPED])
def test_c32_the_way_back(word):
    meaning = meant("START", word, contact=STOPPED)
    assert (meaning.consent, meaning.answer, meaning.owed) == ("granted", (Kind.START_CONFIRMATION, "start"), False)


@pytest.mark.parametrize(
    ("stopped_ago", "started_ago", "consent", "note"),
    [
        (timedelta(seconds=1), None, "", "start_after_stop"),
        (timedelta(minutes=2) - timedelta(seconds=1), None, "", "start_after_stop"),
        (timedelta(minutes=2), None, "granted", ""),
        (timedelta(minutes=1), timedelta(days=3), "", "start_after_stop"),
    ],
)
def test_n1_a_start_that_may_be_older_than_the_stop_changes_nothing(stopped_ago, started_ago, consent, note):
    contact = replace(ONE, stopped_at=NOW - stopped_ago, started_at=NOW - started_ago if started_ago else None)
    meaning = meant("START", Word.START, contact=contact)
    assert (meaning.consent, meaning.note) == (consent, note)


def test_n1_a_start_that_comes_late_is_as_old_as_it_is():
    """Only the carrier's log brought it, an hour after the STOP that was written later."""
    contact = replace(ONE, stopped_at=NOW - timedelta(hours=1))
    meaning = meant("START", Word.START, contact=contact, at=NOW - timedelta(hours=2))
    assert (meaning.consent, meaning.note) == ("", "start_after_stop")


@pytest.mark.parametrize("word", [Word.START, Word.START_IF_STOPPED])
def test_c35_a_start_from_somebody_who_never_stopped_is_words(word):
    meaning = meant("yes", word)
    assert (meaning.name, meaning.consent, meaning.owed) == ("words", "", True)


def test_help_is_answered_and_a_person_sees_it():
    meaning = meant("HELP", Word.HELP, contact=STOPPED)
    assert (meaning.name, meaning.answer, meaning.owed) == ("help", (Kind.HELP, "help"), True)


def test_safe_7_a_wrong_number_stops_and_is_for_a_person():
    meaning = meant("wrong number", Word.WRONG_NUMBER)
    assert (meaning.consent, meaning.note, meaning.answer, meaning.owed) == ("revoked", "wrong_number", (Kind.STOP_CONFIRMATION, "wrong_number"), True)
    assert meant("wrong number", Word.WRONG_NUMBER, contact=STOPPED).answer is None


# --- answers -------------------------------------------------------------------------------------------------------

ASKED = replace(ONE, prompt=a_prompt())


@pytest.mark.parametrize(("body", "answer"), [("1", "1"), (" 2 ", "2"), ("1.", "1"), ("YES!", "yes"), ("\n1\n", "1"), ("1\ufe0f\u20e3", "1"), ("#2", "2"), ("1)", "1"), ("(2)", "2"), ("\u200e1", "1")])
def test_an_answer_is_the_whole_message(body, answer):
    meaning = meant(body, contact=ASKED)
    assert (meaning.name, meaning.owed, meaning.closes_prompt) == (f"answer:confirm:{answer}", False, True)


@pytest.mark.parametrize("body", ["3", "10", "11", "1 2", "I have 1 question", "10 pills left", "1st", "yes but late", "", "-1", "1,5", "1?", "1 \U0001f44e", "#", "1/2", "~1", "\u00bd"])
def test_c13_anything_else_is_words_and_the_question_waits(body):
    meaning = meant(body, contact=ASKED)
    assert not meaning.name.startswith("answer") and meaning.owed and not meaning.closes_prompt


def test_c16_a_digit_without_a_question_or_after_it_lapsed_is_words():
    assert meant("1").name == "words"
    assert meant("1", contact=replace(ONE, prompt=a_prompt(expires_at=NOW))).name == "words"


def test_c16_a_digit_written_before_the_question_answers_nothing():
    """It comes late, from the carrier's log or the parking queue, when another question is open."""
    asked = replace(ONE, prompt=a_prompt(opened_at=NOW - timedelta(minutes=5)))
    assert meant("1", contact=asked, at=NOW - timedelta(minutes=6)).name == "words"
    assert place(replace(SHARED, prompt=asked.prompt), NOW - timedelta(minutes=6), CALM).patient_id == ""


@pytest.mark.parametrize(("seconds", "name"), [(0, "ask_again"), (19, "ask_again"), (20, "answer:confirm:1")])
def test_t16_a_digit_just_after_a_question_was_replaced_is_asked_again(seconds, name):
    prompt = a_prompt(replaced=True, opened_at=NOW - timedelta(seconds=seconds))
    meaning = meant("1", contact=replace(ONE, prompt=prompt))
    assert meaning.name == name and meaning.closes_prompt == (name != "ask_again")


# --- words, pictures, nothing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "media", "contact", "word", "name", "note"),
    [
        ("see you", 0, ONE, Word.NONE, "words", ""),
        ("see you", 0, SHARED, Word.NONE, "words", "shared_number"),
        ("fewer texts", 0, SHARED, Word.MAYBE_STOP, "words", "maybe_stop"),
        ("", 0, ONE, Word.NONE, "empty", "empty"),
        (" \n ", 0, ONE, Word.NONE, "empty", "empty"),
        ("", 2, ONE, Word.NONE, "picture", "picture"),
        ("look", 1, ONE, Word.NONE, "picture", "picture"),
    ],
)
def test_the_rest_is_for_a_person(body, media, contact, word, name, note):
    meaning = meant(body, word, contact=contact, media=media)
    assert (meaning.name, meaning.note, meaning.owed) == (name, note, True)
    assert meaning.consent == ("unsure" if note == "maybe_stop" else "")
    assert (meaning.answer == (Kind.NOTICE, "no_pictures")) == bool(media)


# --- about a visit -------------------------------------------------------------------------------------------------

VISITED = replace(ONE, prompt=a_prompt(kind="visit", accepted=("1", "2", "3"), about=("v1",)))
SURE, GUESS = Reading("cannot_come", True), Reading("cannot_come", False)


def of_visit(body, reply=NOTHING, contact=VISITED, look=CALM, word=Word.NONE, **sms):
    return read(an_sms(body, **sms), look, word, contact, reply)


@pytest.mark.parametrize(
    ("said", "visit", "owed", "closes"),
    [("1", "confirmed", False, False), ("2.", "wants_move", True, False), (" 3 ", "cannot_come", True, True)],
)
def test_t16_a_digit_says_what_was_asked_and_the_question_stays_until_the_visit_is_off(said, visit, owed, closes):
    found = of_visit(said)
    assert (found.name, found.visit, found.owed, found.closes_prompt) == (f"answer:visit:{visit}", visit, owed, closes)


def test_sure_words_are_an_answer_and_a_guess_is_for_a_person():
    assert of_visit("cant make it", SURE).visit == "cannot_come"
    found = of_visit("my son is sick", GUESS)
    assert (found.name, found.visit, found.guess, found.note, found.owed) == ("words", "", "cannot_come", "visit_guess", True)


@pytest.mark.parametrize("parts", [{"look": DISTRESS}, {"look": DISTRESS, "media": 1}], ids=["distress", "with a picture"])
def test_no_machine_takes_words_with_distress_in_them(parts):
    assert of_visit("cant make it", SURE, **parts).visit == ""


@pytest.mark.parametrize(
    ("parts", "name"),
    [({"look": CRISIS}, "crisis"), ({"word": Word.STOP}, "stop"), ({"word": Word.STOP_SENTENCE}, "stop"), ({"word": Word.HELP}, "help"),
     ({"word": Word.WRONG_NUMBER}, "wrong_number"), ({"word": Word.MAYBE_STOP}, "words"), ({"media": 1}, "picture")],
)  # fmt: skip
def test_everything_that_comes_before_an_answer_comes_before_this_one(parts, name):
    found = of_visit("cant make it", SURE, **parts)
    assert found.name == name and not found.visit and not found.guess


@pytest.mark.parametrize("contact", [ONE, replace(ONE, prompt=a_prompt()), replace(VISITED, prompt=replace(VISITED.prompt, expires_at=NOW))])
def test_without_a_question_about_a_visit_the_same_words_are_words(contact):
    assert of_visit("cant make it", SURE, contact).name == "words"


def test_t1_a_bare_cancel_after_a_question_is_an_opt_out_and_asks_a_person():
    found = of_visit("CANCEL", word=Word.STOP)
    assert (found.name, found.note, found.consent, found.owed) == ("stop", "cancel_word", "revoked", True)


def test_what_stands_in_the_way_is_said_by_its_digit():
    contact = replace(ONE, prompt=a_prompt(kind="barrier", accepted=("1", "7"), about=("v1",)))
    found = of_visit("7", contact=contact)
    assert (found.barrier, found.visit, found.closes_prompt) == ("7", "", True)
    assert of_visit("8", contact=contact).name == "words"

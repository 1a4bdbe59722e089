"""The page on which anybody may ask for texts, as a browser gets it: what it says, to whom, and that it says the same of every number."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.core.asked import KINDS, Asked
from chalicelib.core.records import Contact, Due, Incident, Message, Thread, Update
from chalicelib.errors import SealFailed, SecretUnavailable, StoreUnavailable
from chalicelib.flows.read_thread import read_thread
from chalicelib.texts import pages, web_form
from tests.asking import FILLED, NAME, asked_back, form_of, looks, posts
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, ERIN, STRANGER_NUMBER, a_patient
from tests.fakes.vault import FakeVault
from tests.first_look import the_screen
from tests.flows.office import an_open_office
from tests.patient_pages.test_pages import plain, put_behind, text

DANGER = "quiero matarme esta noche"


@pytest.fixture
def world():
    office = an_open_office(screen=the_screen())
    a_patient(office)
    put_behind(office)
    yield office
    wiring.reset()


def sends(language: str = "en", **changed: str):
    return posts(form_of(looks(language)), language, **{**FILLED, **changed})


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_is_small_asks_nobody_for_anything_and_has_no_box_ticked(world, language):
    page, said = looks(language), web_form.words(language)
    assert page.status_code == 200 and len(page.body) < 30 * 1024
    assert "checkbox" in text(page) and not re.search(r'type="checkbox"[^>]*checked', text(page))
    assert len(re.findall(r'type="checkbox"', text(page))) == len(KINDS) + 1
    assert re.findall(r'(?:src|href)="([^"]*)"', text(page)) == ["data:,", f"/p/texts?lang={'es' if language == 'en' else 'en'}"]
    assert "Set-Cookie" not in page.headers and page.headers["Cache-Control"] == "no-store, max-age=0"
    assert f"<title>{said['title']}</title>" in text(page) and f'lang="{language}"' in text(page)
    assert all(said[f"kind_{kind}"] in plain(page) for kind in KINDS)


@pytest.mark.parametrize("language", ["en", "es"])
def test_ctia_2_who_how_often_what_it_costs_how_to_stop_and_that_care_does_not_hang_on_it(world, language):
    page = plain(looks(language))
    wanted = {
        "en": ("Larkspur", "3 a week", "Message and data rates may apply", "answer STOP", "answer HELP", "303-555-0190", "You do not have to agree to be seen here", "988"),
        "es": ("Larkspur", "3 por semana", "cargos por mensajes y datos", "conteste STOP", "conteste HELP", "303-555-0190", "No tiene que aceptar", "988"),
    }[language]  # fmt: skip
    assert [each for each in wanted if each not in page] == []
    assert not re.search(r"behavio|mental|counsel|therap|clinic|patient|substance|terap|salud|clínica|paciente", page, re.IGNORECASE)


def test_the_clinics_own_papers_are_linked_where_there_are_any(world):
    papers = {"terms": "https://office.example/t", "privacy": "http://not.example"}
    wiring.use(clinic=replace(world.clinic, papers=papers))
    assert 'href="https://office.example/t"' in text(looks()) and "not.example" not in text(looks())


def test_a_form_that_is_right_is_kept_and_the_browser_goes_where_reloading_posts_nothing(world):
    answer = sends(speaks="es")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/p/texts?lang=en&done=asked")
    [asked] = world.store.rows(Asked)
    [ask] = asked.asks
    assert (ask.kinds, ask.risk, ask.language, ask.words, ask.at) == (("appointments", "groups"), True, "es", "web-en-1", world.clock.now)
    after = looks(query="&done=asked")
    assert "JOIN" in plain(after) and NAME not in text(after) and "0101" not in text(after)


def test_the_ledger_will_name_the_words_that_were_on_the_page_and_not_those_of_a_release_meanwhile(world):
    newest = re.findall(r'name="words" value="([^"]*)"', text(looks("es")))
    assert newest == [web_form.words("es")["version"]] != ["web-es-1"]
    for said, kept in ((newest[0], newest[0]), ("web-es-1", "web-es-1"), ("", "web-es-1")):  # the first page said none
        assert sends("es", words=said, name=f"N {said}").status_code == 303
        assert world.store.rows(Asked)[0].asks[-1].words == kept
    for other in ("web-en-1", "web-es-99", "nonsense"):
        page = sends("es", words=other)
        assert page.status_code == 403 and NAME in text(page)


def test_n7_the_answer_is_the_same_whoevers_number_it_is(world):
    """Known, nobody's, stopped, shared, in doubt, just asked: the same words, the same calls, the same rows."""
    a_patient(world, "bob", "+13035550102", program="harbor")
    a_patient(world, "beth", "+13035550102", program="harbor")
    for number, fields in (("+13035550103", {"stopped_at": world.clock.now}), ("+13035550104", {"doubt": "new_owner"})):
        contact_id = a_patient(world, f"p{number[-1]}", number).contact_id
        world.store.commit(Update(Contact, (contact_id,), set={**fields, "version": 2}))
    seen = []
    for number in (ALICE_NUMBER, STRANGER_NUMBER, "+13035550102", "+13035550103", "+13035550104"):
        store = Watched(world.store)
        wiring.use(store=store)
        form = form_of(looks())
        store.asked.clear()
        answer = posts(form, **{**FILLED, "number": number})
        seen.append((answer.status_code, sorted(answer.headers.items(), key=str), answer.body, store.asked))
    assert seen[0][3] and all(each == seen[0] for each in seen)


class Watched:
    """A store that says which calls were made of it, and on what kinds of rows."""

    def __init__(self, inner):
        self._inner, self.asked = inner, []

    def __getattr__(self, name):
        def call(*args, **more):
            kinds = [getattr(each, "kind", getattr(each, "record", each)) for each in args[:1] if name == "get"]
            self.asked.append((name, tuple(map(str, kinds)) or tuple(type(each).__name__ for each in args)))
            return getattr(self._inner, name)(*args, **more)

        return call


@pytest.mark.parametrize(("changed", "wrong"), [
    ({"number": "911"}, "number"), ({"number": "call me"}, "number"), ({"number": "876 555 1234"}, "number"), ({"number": "900 555 1234"}, "number"),
    ({"number": CLINIC_NUMBER}, "number"), ({"name": " "}, "name"), ({"name": "x" * 81}, "name"),
    ({"born": "soon"}, "born"), ({"kind_appointments": "", "kind_groups": ""}, "kinds"),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(world, changed, wrong):
    page = sends(**changed)
    assert page.status_code == 400 and web_form.words("en")[f"wrong_{wrong}"] in plain(page)
    assert f'id="{wrong}-wrong"' in text(page) and f'href="#{wrong}"' in text(page)
    assert (NAME in text(page)) == (wrong != "name") and 'name="risk" value="yes" checked' in text(page)
    assert world.store.rows(Asked) == []


def test_markup_that_is_typed_is_text(world):
    page = sends(name='"><script>alert(1)</script>', number="1")
    assert "<script>alert" not in text(page) and "&lt;script&gt;" in text(page)


def test_a_form_of_another_site_or_without_its_token_keeps_nothing(world):
    form = form_of(looks())
    for answer in (
        posts("", **FILLED), posts("0.0", **FILLED), posts(form, headers={"Sec-Fetch-Site": "cross-site"}, **FILLED),
        posts(form, headers={"Origin": "https://evil.example"}, **FILLED),
    ):  # fmt: skip
        assert answer.status_code == 403 and NAME in text(answer) and form_of(answer)
    assert world.store.rows(Asked) == []
    assert posts(form, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"}, **FILLED).status_code == 303
    world.clock.now += timedelta(hours=4)
    assert posts(form, **FILLED).status_code == 403


def test_too_many_are_told_another_way_and_keep_what_they_typed(world):
    answers = [sends(number=f"303555{n:04d}") for n in range(100, 131)]
    assert [each.status_code for each in answers] == [303] * 30 + [429]
    assert "JOIN" in plain(answers[-1]) and NAME in text(answers[-1])


def test_n2_danger_in_any_field_pages_and_is_answered_on_the_page_whatever_else_is_wrong(world):
    for field in ("name", "born", "number"):
        before = len(world.pager.pages)
        page = posts("no form of ours", "es", **{**FILLED, field: DANGER, "kind_groups": ""})
        assert page.status_code == 200 and "988" in plain(page)
        assert len(world.pager.pages) > before or field != "name"  # one address is one item, paged every two minutes at most
    assert world.store.rows(Asked) == [] and world.carriers["twilio"].sent == []
    [incident] = world.store.rows(Incident)
    assert not world.pager.pages[0][1].count("303")
    thread = read_thread(world, ERIN, incident.thread_id)
    words = [each.body for each in thread.messages if each.row.direction == "in"]
    assert len(words) == 3 and all(DANGER in each for each in words) and "+13035550101" in words[0]
    assert thread.behind.patient is None and [row.thread_id for row in world.store.rows(Thread) if row.incident_id] == [incident.thread_id]


def test_n2_danger_at_the_end_of_very_much_is_heard(world):
    """It had been cut at a thousand letters first."""
    page = sends(name="so " * 2000 + DANGER)
    assert page.status_code == 200 and "988" in plain(page) and len(world.pager.pages) == 1


def test_n2_danger_whose_words_cannot_be_sealed_leaves_an_item_that_whoever_is_paged_finds(world):
    class NoSeal(FakeVault):
        def seal(self, *_, **__):
            raise SealFailed("down")

    form = form_of(looks())
    wiring.use(vault=NoSeal())
    page = posts(form, **{**FILLED, "name": DANGER})
    assert page.status_code == 503 and "988" in plain(page) and len(world.pager.pages) == 1
    [incident] = world.store.rows(Incident)
    assert [(row.thread_id, row.note) for row in world.store.rows(Thread) if row.incident_id] == [(incident.thread_id, "not_read_again")]
    assert read_thread(world, ERIN, incident.thread_id).messages == ()


class Down:
    """A port that fails whatever it is asked."""

    def __init__(self, error):
        self._error = error

    def __getattr__(self, name):
        def down(*_, **__):
            raise self._error("down")

        return down


def test_a_store_that_is_silent_is_said_kindly_and_danger_is_heard(world):
    form = form_of(looks())
    wiring.use(store=Down(StoreUnavailable))
    page = posts(form, **FILLED)
    assert page.status_code == 503 and NAME in text(page) and "Try again" in plain(page)
    danger = posts(form, **{**FILLED, "name": DANGER})
    assert "988" in plain(danger) and world.pager.pages


def test_a_key_that_is_silent_is_said_kindly(world):
    form = form_of(looks())
    wiring.use(hasher=Down(SecretUnavailable))
    assert looks().status_code == 200
    assert posts(form, **FILLED).status_code == 503


def test_quick_exit_leaves_and_keeps_nothing(world):
    answer = posts("", do="leave")
    assert (answer.status_code, answer.headers["Location"]) == (303, pages.leave_for())
    assert posts("", do="leave", behind="1").status_code == 204


def test_a_tick_later_the_phone_is_asked(world):
    sends()
    assert [row.kind for row in world.store.rows(Due)] == ["ask_back"] and world.store.rows(Message) == []
    [row] = asked_back(world)
    assert row.thread_id == "alice" and "Larkspur" in world.carriers["twilio"].sent[0].body

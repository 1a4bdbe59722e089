"""The pages as a browser gets them, without one: what they say, to whom, and what never leaves."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

from app import app
from chalicelib import wiring
from chalicelib.core import consent
from chalicelib.core.records import Appointment, Contact, Incident, Message, Patient, Tasks, Update, WaitlistEntry
from chalicelib.errors import StoreUnavailable
from chalicelib.flows.plan_rows import duress_hash
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.replay_parked import replay
from chalicelib.flows.write_reply import BadDraft, Draft, WillNotLeave, write_reply
from chalicelib.ports import World
from chalicelib.texts import pages
from tests.appointments import FRIDAY, again, booked
from tests.cast import CAROL, a_patient, an_sms
from tests.first_look import the_screen
from tests.flows.office import an_open_office, clock, store
from tests.flows.test_waitlist import NUMBERS
from tests.pages import BORN, SECRET, send_page, token_of
from tests.waitlist import opened as an_opening

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAMES = ("Larkspur", "Alice", "sertraline", "adult", "counsel", "clinic", "988", "303-555")


class Phone:
    """A browser of our own: one cookie, no script."""

    def __init__(self, token: str) -> None:
        self.at, self.cookie, self.client = f"/p/{token}", "", Client(app)

    def get(self, query: str = "") -> Any:
        return self._kept(self.client.http.get(self.at + query, headers=self._headers({})))

    def post(self, **form: str) -> Any:
        return self._kept(self.client.http.post(self.at, headers=self._headers(FORM), body=urlencode(form).encode()))

    def fill(self, page: Any, **form: str) -> Any:
        """Post with the hidden fields of a page."""
        hidden = {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(csrf|form_id)" value="([^"]*)"', text(page))}
        return self.post(**hidden, **form)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return more | ({"Cookie": self.cookie} if self.cookie else {})

    def _kept(self, answer: Any) -> Any:
        if said := answer.headers.get("Set-Cookie"):
            self.cookie = said[0].split(";")[0]
        return answer


def text(answer: Any) -> str:
    return answer.body.decode()


def plain(answer: Any) -> str:
    """What a reader sees."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", text(answer), flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture
def world():
    office = an_open_office()
    a_patient(office)
    put_behind(office)
    yield office
    wiring.reset()


def put_behind(world: World) -> None:
    wiring.reset()
    wiring.use(**{each.name: getattr(world, each.name) for each in fields(World) if each.name != "pace"})


def a_phone(world: World, page: str = "message", words: str = SECRET) -> Phone:
    send_page(world, words if page == "message" else "", page)
    return Phone(token_of(world))


def inside(phone: Phone) -> Any:
    assert phone.post(do="open", answer=BORN).status_code == 303
    return phone.get()


def test_before_they_show_who_they_are_it_names_nobody(world) -> None:
    phone = a_phone(world)
    page = phone.get()
    assert page.status_code == 200 and "<title>Message</title>" in text(page)
    assert [name for name in NAMES if name.lower() in plain(page).lower()] == []
    assert phone.cookie == ""


def test_unknown_closed_and_garbled_addresses_are_one_page(world) -> None:
    phone = a_phone(world)
    for _ in range(3):
        phone.post(do="open", answer="rosebud")
    pages_of = [phone.get(), Phone("0" * 32).get(), Phone("nonsense").get(), Phone("0" * 32).post(do="open", answer=BORN)]
    assert {each.status_code for each in pages_of} == {404}
    assert len({plain(each) for each in pages_of}) == 1 and "nonsense" not in text(pages_of[2])
    assert [name for name in NAMES if name.lower() in plain(pages_of[0]).lower()] == []


def test_every_answer_carries_the_same_guards(world) -> None:
    phone = a_phone(world)
    for answer in (phone.get(), phone.post(do="open", answer="x"), phone.post(do="open", answer=BORN), phone.get(), Phone("x").get()):
        said = answer.headers
        assert said["Referrer-Policy"] == "no-referrer" and said["Cache-Control"] == "no-store, max-age=0"
        assert "default-src 'none'" in said["Content-Security-Policy"] and "unsafe" not in said["Content-Security-Policy"]
        assert said["X-Robots-Tag"] == "noindex, nofollow, noarchive" and said["X-Frame-Options"] == "DENY"


def test_the_whole_page_is_small_and_asks_nobody_for_anything(world) -> None:
    phone = a_phone(world)
    page = inside(phone)
    assert len(page.body) < 30 * 1024 - 4 * 4000  # with the longest message of all in four-byte letters
    assert re.findall(r'(?:src|href)="([^"]*)"', text(page)) == ["data:,", f"{phone.at}?lang=es"]
    assert "http" not in re.sub(r'data-to="[^"]*"', "", text(page))


def test_the_cookie_is_out_of_reach(world) -> None:
    phone = a_phone(world)
    said = phone.post(do="open", answer=BORN).headers["Set-Cookie"][0]
    assert said.startswith("__Host-p=") and said.endswith("; Path=/; HttpOnly; SameSite=Strict; Secure")


def test_read_answer_and_see_that_it_was_sent(world) -> None:
    phone = a_phone(world)
    page = inside(phone)
    assert SECRET in plain(page) and "Larkspur Counseling" in plain(page)
    sent = phone.fill(page, do="send", text="Thank you")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{phone.at}?lang=en&done=sent")
    after = phone.get("?done=sent")
    assert "Sent. Somebody will read it." in plain(after) and "You answered" in plain(after)
    assert "Thank you" not in plain(after)  # the door cannot read it back


def test_without_its_form_token_nothing_is_taken(world) -> None:
    phone = a_phone(world)
    inside(phone)
    answer = phone.post(do="send", text="forged", csrf="0" * 32, form_id="f")
    assert answer.status_code == 403 and 'value="forged"' in text(answer)
    assert not [row for row in store(world).rows(Message) if row.direction == "in"]


def test_words_typed_too_long_ago_wait_behind_the_question(world) -> None:
    phone = a_phone(world)
    page = inside(phone)
    clock(world).advance(hours=3)
    answer = phone.fill(page, do="send", text="I typed this slowly & well")
    assert answer.status_code == 403 and "still here" in plain(answer)
    [draft] = re.findall(r'name="draft" value="([^"]*)"', text(answer))
    back = phone.post(do="open", answer=BORN, draft=unescape(draft))
    assert "I typed this slowly & well" in unescape(text(back).split("<textarea")[1])
    assert phone.fill(back, do="send", text="I typed this slowly & well").status_code == 303


def test_danger_is_answered_on_the_page_at_once(world) -> None:
    phone = a_phone(world)
    answer = phone.fill(inside(phone), do="send", text="I took all my pills")
    assert answer.status_code == 200 and "988" in plain(answer) and "tel:911" in text(answer)
    assert len(world.pager.pages) == 1


def test_a_store_that_is_silent_is_said_kindly_and_danger_is_heard(world) -> None:
    phone = a_phone(world)
    page = inside(phone)

    class Down:
        def __getattr__(self, name: str) -> Any:
            def refuse(*asked: Any) -> Any:
                raise StoreUnavailable(name)

            return refuse

    wiring.use(store=Down())
    trouble = phone.get()
    assert trouble.status_code == 503 and "Please try again" in plain(trouble)
    answer = phone.fill(page, do="send", text="I took all my pills")
    assert "988" in plain(answer) and [to for to, _ in world.pager.pages] == ["everyone"]
    world.parking.fails = [StoreUnavailable("park")]
    lost = phone.fill(page, do="send", text="hello again")
    assert lost.status_code == 503 and "hello again" in text(lost) and "Not sent" in plain(lost)


def test_leaving_ends_it_and_goes_elsewhere(world) -> None:
    phone = a_phone(world)
    inside(phone)
    gone = phone.post(do="leave")
    assert (gone.status_code, gone.headers["Location"]) == (303, pages.leave_for())
    assert "Max-Age=0" in gone.headers["Set-Cookie"][0]
    assert "Before you open it" in plain(phone.get())


def test_safe_6_what_the_page_tells_us_as_it_goes_is_sent_nowhere_else(world) -> None:
    phone = a_phone(world)
    inside(phone)
    gone = phone.post(do="leave", behind="1")
    assert (gone.status_code, gone.headers.get("Location")) == (204, None)
    assert "Max-Age=0" in gone.headers["Set-Cookie"][0]
    assert "Before you open it" in plain(phone.get())


def test_acc_4_both_languages_are_whole_and_the_patients_own_comes_first(world) -> None:
    english, spanish = pages.words("en"), pages.words("es")
    assert set(english) == set(spanish)
    fields_of = lambda said: sorted(re.findall(r"\{(\w+)\}", said))  # noqa: E731
    assert [name for name in english if fields_of(english[name]) != fields_of(spanish[name])] == []
    world.store.commit(Update(Patient, ("alice",), set={"language": "es"}))
    phone = a_phone(world)
    assert world.carriers["twilio"].sent[-1].body.startswith("Larkspur: Hay un mensaje para usted.")
    assert '<html lang="es">' in text(phone.get()) and "Antes de abrirlo" in plain(phone.get())
    assert '<html lang="en">' in text(phone.get("?lang=en")) and '<html lang="es">' in text(phone.get("?lang=xx"))


def test_visits_are_confirmed_moved_and_called_off_by_buttons(world) -> None:
    visit = booked(world)
    slot = an_opening(world, FRIDAY.replace(day=9))
    clock(world).advance(minutes=1)
    phone = a_phone(world, "visits")
    page = inside(phone)
    assert "Fri Mar 6 at 3:00 PM" in plain(page) and "Will you come?" in plain(page)
    assert phone.fill(page, do="confirmed", visit=visit.appointment_id).headers["Location"].endswith("done=noted")
    assert "You said that you will come." in plain(phone.get())
    assert phone.fill(phone.get(), do="wants_move", visit=visit.appointment_id).headers["Location"].endswith("done=times")
    page = phone.get("?done=times")
    assert "Take Mon Mar 9 at 3:00 PM" in plain(page)
    taken = phone.fill(page, do="take", visit=visit.appointment_id, slot=slot.slot_id)
    assert taken.headers["Location"].endswith("done=taken")
    assert "Mon Mar 9 at 3:00 PM" in plain(phone.get()) and again(world, visit).start_at == slot.start_at
    phone.fill(phone.get(), do="cannot_come", visit=visit.appointment_id)
    assert "You said that you can't come." in plain(phone.get()) and again(world, visit).status == "cancelled"


def test_a_time_by_video_is_told_on_their_own_clock_before_and_after_it_is_taken(world) -> None:
    world.store.commit(Update(Patient, ("alice",), set={"zone": "America/New_York"}))
    visit = booked(world, link="https://video.example.org/r/7")
    slot = an_opening(world, FRIDAY.replace(day=9), remote=True)
    clock(world).advance(minutes=1)
    phone = a_phone(world, "visits")
    phone.fill(inside(phone), do="wants_move", visit=visit.appointment_id)
    page = phone.get("?done=times")
    assert "Take Mon Mar 9 at 5:00 PM" in plain(page)
    phone.fill(page, do="take", visit=visit.appointment_id, slot=slot.slot_id)
    assert "Mon Mar 9 at 5:00 PM" in plain(phone.get()) and again(world, visit).start_at == slot.start_at


def test_what_they_allow_is_tightened_here_and_loosened_by_staff(world) -> None:
    phone = a_phone(world, "choices")
    page = inside(phone)
    phone.fill(page, do="decline", kind="waitlist")
    assert world.store.get(Patient, "alice").declined == ("waitlist",)
    assert phone.fill(phone.get(), do="more").headers["Location"].endswith("done=asked")
    phone.fill(phone.get(), do="stop")
    assert "You have stopped all texts." in plain(phone.get())


def test_how_we_reach_them_is_tightened_here_and_the_rest_is_asked_of_a_person(world) -> None:
    phone = a_phone(world, "plan")
    page = inside(phone)
    assert "How we reach you" in plain(page) and len(page.body) < 30 * 1024
    phone.fill(page, do="narrow", start="10", end="13", not_sun="yes")
    assert "Monday from 10:00 AM to 1:00 PM" in plain(phone.get()) and "Sunday from" not in plain(phone.get())
    assert "done=nohours" in phone.fill(phone.get(), do="narrow", start="17", end="18").headers["Location"]
    phone.fill(phone.get(), do="quiet", days="7")
    assert "We begin no text before" in plain(phone.get())
    assert phone.fill(phone.get(), do="call_back", about="number").headers["Location"].endswith("done=asked")
    assert [task.about for task in world.store.get(Tasks, "adult").items] == ["number"]
    for act in ("novoicemail", "label", "nocalls"):
        assert phone.fill(phone.get(), do=act, label="office").status_code == 303
    after = phone.get("?done=unsafe")
    assert "We do not call this phone" in plain(after) and "you have none yet" in plain(after)
    assert phone.fill(after, do="decline", kind="waitlist").status_code == 404  # this link is for one thing


def test_their_language_is_chosen_on_the_page_of_what_we_text(world) -> None:
    phone = a_phone(world, "choices")
    phone.fill(inside(phone), do="speak", language="es")
    assert world.store.get(Patient, "alice").language == "es" and phone.fill(phone.get(), do="speak", language="xx").status_code == 303
    assert world.store.get(Patient, "alice").language == "es"


def test_the_waitlist_is_joined_changed_and_left_on_the_page_of_visits(world) -> None:
    visit = booked(world)
    phone = a_phone(world, "visits")
    page = inside(phone)
    assert "Put me on the list" in plain(page) and len(page.body) < 30 * 1024
    assert phone.fill(page, do="wait", visit=visit.appointment_id, on_mon="yes", when="morning", place="video").headers["Location"].endswith("waits")
    entry = world.store.get(WaitlistEntry, "adult", "alice")
    assert (entry.visit_id, entry.days, entry.hours, entry.where) == (visit.appointment_id, ("mon",), "06:00-12:00", "video")
    world.store.commit(Update(WaitlistEntry, ("adult", "alice"), set={"clinician": "carol", "notice_hours": 48}, add={"version": 1}))
    page = phone.get()
    assert "You are on the list" in plain(page)
    assert phone.fill(page, do="wait", visit="not-theirs", when="any", place="").headers["Location"].endswith("waits")
    entry = world.store.get(WaitlistEntry, "adult", "alice")  # what staff know better stays
    assert (entry.visit_id, entry.days, entry.clinician, entry.notice_hours) == (visit.appointment_id, (), "carol", 48)
    assert phone.fill(page, do="wait", visit=visit.appointment_id, when="any", place="moon").headers["Location"].endswith("nolist")
    phone.fill(phone.get(), do="unwait")
    assert world.store.get(WaitlistEntry, "adult", "alice") is None
    world.store.commit(Update(Patient, ("alice",), set={"declined": ("waitlist",)}))
    page = phone.get()
    assert "You said no to offers" in plain(page) and phone.fill(page, do="wait").headers["Location"].endswith("nolist")


def sent_as(world: World, page: str, about: str = "") -> Phone:
    send_page(world, "", page, about=about)
    return Phone(token_of(world))


def test_a_form_is_filled_in_and_stands_in_the_thread_in_their_own_voice(world) -> None:
    phone = sent_as(world, "form", "before_visit")
    page = inside(phone)
    assert "How has your mood been this week?" in plain(page) and len(page.body) < 30 * 1024
    assert "Write something first" in plain(phone.fill(page, do="fill", about="before_visit"))
    sent = phone.fill(page, do="fill", about="before_visit", q_mood="low", q_harm="none", text="It was a long week")
    assert sent.headers["Location"].endswith("done=sent") and "You answered" in plain(phone.get("?done=sent"))
    said = [each.body for each in read_thread(world, CAROL, "alice").messages][-1]
    assert said.splitlines() == ["Before your visit", "My mood: low.", "The last question: not at all.", "It was a long week"]
    assert world.pager.pages == [] and world.store.get(Patient, "alice").item9_at is None


@pytest.mark.parametrize("how", ["open", "away", "expired"])
def test_n2_an_answer_about_self_harm_opens_an_item_as_a_text_does(world, how: str) -> None:
    phone = sent_as(world, "form", "before_visit")
    page = inside(phone)
    wiring.use(screen=the_screen())
    ended(world, phone, how)
    answer = phone.fill(page, do="fill", about="before_visit", q_mood="good", q_harm="some")
    assert answer.status_code == 200 and "988" in plain(answer) and len(world.pager.pages) == 1
    [incident] = store(world).rows(Incident)
    assert incident.patient_id == "alice"
    if how == "open":
        assert world.store.get(Patient, "alice").item9_at == world.clock()


@pytest.mark.parametrize("how", ["open", "away"])
def test_n2_one_word_beside_what_was_chosen_is_danger_or_a_stop_as_it_is_by_itself(world, how: str) -> None:
    phone = sent_as(world, "form", "before_visit")
    page = inside(phone)
    wiring.use(screen=the_screen())
    ended(world, phone, how)
    for do, more in (("fill", {"about": "before_visit", "q_mood": "good"}), ("broken", {"what": "camera"})):
        answer = phone.fill(page, do=do, text="\U0001f198", **more)
        assert answer.status_code == 200 and "988" in plain(answer), do
        assert len(world.pager.pages) >= 1 and [each.patient_id for each in store(world).rows(Incident)] == ["alice"]
    phone.fill(page, do="fill", about="before_visit", q_mood="good", text="STOP")
    assert world.store.get(Contact, world.hasher.contact_id(NUMBERS["alice"])).stopped_at is not None


def test_n2_a_sign_in_the_field_for_the_birth_date_is_danger_too(world) -> None:
    phone = sent_as(world, "form", "before_visit")
    wiring.use(screen=the_screen())
    assert "988" in plain(phone.post(do="open", answer="\U0001f198")) and len(world.pager.pages) == 1


def test_the_room_of_a_visit_by_video_and_what_does_not_work_in_the_thread(world) -> None:
    refused = write_reply(world, CAROL, "alice", Draft("", world.ids(world.clock()), None, page="room"))
    assert refused == WillNotLeave("page_no_room")
    visit = booked(world, link="https://video.example.org/r/7")
    clock(world).advance(minutes=1)
    phone = sent_as(world, "room")
    assert "video.example.org" not in world.carriers["twilio"].sent[-1].body and "video" not in plain(phone.get())
    page = inside(phone)
    assert 'href="https://video.example.org/r/7"' in text(page) and "Fri Mar 6 at 3:00 PM" in plain(page) and len(page.body) < 30 * 1024
    assert "camera=(self)" in page.headers["Permissions-Policy"] and "camera=()" in Phone("x").get().headers["Permissions-Policy"]
    assert phone.fill(page, do="broken", what="microphone", text="it crackles").status_code == 303
    said = [each.body for each in read_thread(world, CAROL, "alice").messages][-1]
    assert said == "The video does not work: They do not hear me.\nit crackles"
    world.store.commit(Update(Appointment, ("alice", visit.appointment_id), set={"status": "cancelled"}))
    after = phone.get()
    assert "video.example.org" not in text(after) and "called off" in plain(after)


def test_what_the_clinic_shares_is_listed_and_ends(world) -> None:
    phone = sent_as(world, "resources", "sleep lifeline_988 nonsense")
    page = inside(phone)
    assert "Small steps for better sleep" in plain(page) and 'href="tel:988"' in text(page)
    assert [each.body for each in read_thread(world, CAROL, "alice").messages] == [
        "Shared: Talk with somebody at any hour; Small steps for better sleep"
    ]
    clock(world).advance(days=31)
    assert phone.get().status_code == 404
    refused = write_reply(world, CAROL, "alice", Draft("", world.ids(world.clock()), None, page="resources", about="nonsense"))
    assert refused == BadDraft("nothing_chosen")


def test_a_link_for_one_thing_does_no_other(world) -> None:
    visit = booked(world)
    phone = a_phone(world)
    page = inside(phone)
    assert phone.fill(page, do="cannot_come", visit=visit.appointment_id).status_code == 404
    assert phone.fill(page, do="less").status_code == 404
    assert again(world, visit).status == "booked"


def test_a_no_that_is_pressed_late_is_a_no_and_shows_nothing(world) -> None:
    phone = a_phone(world, "choices")
    page = inside(phone)
    clock(world).advance(minutes=11)  # the page shows nothing more by itself
    phone.fill(page, do="decline", kind="waitlist")
    assert world.store.get(Patient, "alice").declined == ("waitlist",)
    assert phone.fill(page, do="more").status_code == 403
    phone.fill(page, do="stop")
    assert world.store.get(Contact, world.hasher.contact_id(NUMBERS["alice"])).stopped_at is not None
    assert "waitlist" not in text(phone.get()) and "stopped" not in plain(phone.get())
    assert phone.post(do="stop", csrf="", form_id="f2").status_code == 403


def test_tcpa_8_stop_after_a_start_counts_though_the_form_is_the_same(world) -> None:
    phone = a_phone(world, "choices")
    page, contact_id = inside(phone), world.hasher.contact_id(NUMBERS["alice"])

    def stops(presses: int = 1) -> Any:
        clock(world).advance(minutes=1)
        for _ in range(presses):
            phone.fill(page, do="stop")
        return consent.stopped(world.store.get(Contact, contact_id))

    assert stops(presses=2)
    assert len([row for row in store(world).rows(Message) if row.direction == "in"]) == 1
    clock(world).advance(minutes=5)
    receive(world, an_sms("START", NUMBERS["alice"], at=world.clock()), inline=False)
    assert not consent.stopped(world.store.get(Contact, contact_id))
    assert stops()


@pytest.mark.parametrize("ends", ["closed", "expired", "in doubt", "moved"])
def test_tcpa_8_stop_on_a_page_that_ended_is_heard_and_the_page_says_nothing_of_it(world, ends: str) -> None:
    phone = a_phone(world, "choices")
    page, contact_id = inside(phone), world.hasher.contact_id(NUMBERS["alice"])
    if ends == "closed":
        for _ in range(3):
            phone.post(do="open", answer="no")
    if ends == "expired":
        clock(world).advance(days=3)
    if ends == "in doubt":
        world.store.commit(Update(Contact, (contact_id,), set={"doubt": "wrong_number"}, add={"version": 1}))
    if ends == "moved":
        world.store.commit(Update(Patient, ("alice",), set={"contact_id": "another"}, add={"version": 1}))
    others = [phone.fill(page, do=do, kind="waitlist") for do in ("more", "decline")]
    assert world.store.get(Contact, contact_id).stopped_at is None
    said = phone.fill(page, do="stop")
    assert (said.status_code, text(said)) == (404, text(others[0]))
    assert world.store.get(Contact, contact_id).stopped_at == world.clock()
    nobodys = Phone("0" * 32)
    assert text(nobodys.post(do="stop")).replace("0" * 32, "") == text(said).replace(phone.at[3:], "")


def ended(world: World, phone: Phone, how: str) -> None:
    contact_id = world.hasher.contact_id(NUMBERS["alice"])
    if how == "closed":
        for _ in range(3):
            phone.post(do="open", answer="no")
    if how == "expired":
        clock(world).advance(days=9)
    if how == "in doubt":
        world.store.commit(Update(Contact, (contact_id,), set={"doubt": "wrong_number"}, add={"version": 1}))
    if how == "away":
        clock(world).advance(hours=3)


@pytest.mark.parametrize("how", ["closed", "expired", "in doubt", "away"])
@pytest.mark.parametrize(("said", "field"), [
    ("STOP", "stopped_at"), ("please take me off your list", "stopped_at"), ("no me escriban mas", "stopped_at"),
    ("wrong number", "doubt"), ("you send too many texts", "unsure_at"),
])  # fmt: skip
def test_tcpa_8_an_opt_out_typed_where_the_page_has_ended_is_heard(world, how: str, said: str, field: str) -> None:
    """Whoever types it is known by the link's row alone: as with a text, it only tightens."""
    phone = a_phone(world)
    page, contact_id = inside(phone), world.hasher.contact_id(NUMBERS["alice"])
    ended(world, phone, how)
    before = phone.fill(page, do="send", text="good morning")
    heard = phone.fill(page, do="send", text=said)
    same = lambda answer: re.sub(r'name="(draft|form_id)" value="[^"]*"', "", text(answer))  # noqa: E731
    assert (heard.status_code, same(heard)) == (before.status_code, same(before))  # and the page says nothing of it
    assert "answer any of them with STOP" in plain(heard) and "988" in plain(heard)
    contact = world.store.get(Contact, contact_id)
    assert getattr(contact, field) if field != "doubt" or how != "in doubt" else contact.stopped_at
    assert len([row for row in store(world).rows(Message) if row.direction == "in"]) == 1  # "good morning" is nobody's
    phone.fill(page, do="send", text=said)
    assert len([row for row in store(world).rows(Message) if row.direction == "in"]) == 1  # pressed twice


def test_where_nobody_can_be_known_they_are_told_where_words_are_heard(world) -> None:
    phone = a_phone(world)
    inside(phone)
    nobodys = [Phone("0" * 32).post(do="send", text="STOP"), Phone("nonsense").post(do="send", text="I took all my pills")]
    for answer in nobodys:
        assert answer.status_code == 404 and "answer any of them with STOP" in plain(answer) and "988" in plain(answer)
    assert world.pager.pages == [] and not [row for row in store(world).rows(Message) if row.direction == "in"]
    assert "988" not in plain(Phone("0" * 32).get())  # who only looks is told nothing


def test_what_is_typed_where_a_birth_date_is_asked_is_looked_at_too(world) -> None:
    phone = a_phone(world)
    answer = phone.post(do="open", answer="I took all my pills")
    assert answer.status_code == 200 and "988" in plain(answer) and len(world.pager.pages) == 1
    wrong = phone.post(do="open", answer="stop texting me")
    assert wrong.status_code == 403 and "2 more times" in plain(wrong)
    assert world.store.get(Contact, world.hasher.contact_id(NUMBERS["alice"])).stopped_at is not None


def test_a_silent_store_keeps_a_stop_from_a_page_that_ended(world) -> None:
    phone = a_phone(world)
    page = inside(phone)
    ended(world, phone, "expired")
    phone.cookie = ""

    class Down:
        def __getattr__(self, name: str) -> Any:
            def refuse(*asked: Any) -> Any:
                raise StoreUnavailable(name)

            return refuse

    wiring.use(store=Down())
    answer = phone.fill(page, do="send", text="STOP")
    assert answer.status_code == 200 and "What you sent is kept" in plain(answer)
    [parked] = world.parking.parked
    wiring.use(store=world.store)
    replay(world, parked)
    assert world.store.get(Contact, world.hasher.contact_id(NUMBERS["alice"])).stopped_at is not None


class Down:
    """A store that answers nothing."""

    def __getattr__(self, name: str) -> Any:
        def refuse(*asked: Any) -> Any:
            raise StoreUnavailable(name)

        return refuse


@pytest.mark.parametrize("cookie", ["hers", ""])
def test_tcpa_8_a_stop_that_is_pressed_while_the_store_is_down_waits_as_a_text_does(world, cookie) -> None:
    phone = a_phone(world, "choices")
    page = inside(phone)
    phone.cookie = phone.cookie if cookie else ""
    wiring.use(store=Down())
    answers = [phone.fill(page, do="stop") for _ in range(2)]  # whoever is not sure presses it again
    assert {each.status_code for each in answers} == {200} and "What you sent is kept" in plain(answers[0])
    assert [name for name in NAMES if name != "988" and name.lower() in plain(answers[0]).lower()] == []
    wiring.use(store=world.store)
    for parked in world.parking.parked:
        replay(world, parked)
    contact = world.store.get(Contact, world.hasher.contact_id(NUMBERS["alice"]))
    assert contact.stopped_at is not None
    assert len([row for row in store(world).rows(Message) if row.direction == "in"]) == 1
    world.parking.fails = [StoreUnavailable("park")]
    wiring.use(store=Down())
    lost = phone.fill(page, do="stop")
    assert lost.status_code == 503 and "Please try again" in plain(lost)  # nothing is promised that is not kept


@pytest.mark.parametrize("first_while_down", [False, True])
def test_n1_stop_pressed_again_in_an_old_form_after_start_and_while_the_store_is_down_stops(world, first_while_down) -> None:
    """The page stood open in another tab; a replay took the second STOP for the first one, come twice."""
    phone, contact_id = a_phone(world, "choices"), world.hasher.contact_id(NUMBERS["alice"])
    page = inside(phone)
    wiring.use(store=Down() if first_while_down else world.store)
    phone.fill(page, do="stop")
    wiring.use(store=world.store)
    for parked in world.parking.parked:
        replay(world, parked)
    clock(world).advance(minutes=4)
    receive(world, an_sms("START", sender=NUMBERS["alice"], at=clock(world).now), inline=True)
    assert not consent.stopped(world.store.get(Contact, contact_id))
    for _ in range(2):
        clock(world).advance(minutes=4)
        wiring.use(store=Down())
        assert phone.fill(page, do="stop").status_code == 200
    wiring.use(store=world.store)
    for parked in world.parking.parked:
        replay(world, parked)
    assert consent.stopped(world.store.get(Contact, contact_id))
    told = [row for row in store(world).rows(Message) if row.kind == "stop_confirmation" and row.at > world.store.get(Contact, contact_id).started_at]
    assert len(told) <= 1


def with_her_word(world: World) -> None:
    contact_id, hashed = world.hasher.contact_id(NUMBERS["alice"]), duress_hash(world, "alice", "tia rosa")
    ref = replace(world.store.get(Contact, contact_id).patients[0], duress=hashed)
    world.store.commit(
        Update(Patient, ("alice",), set={"duress": hashed}), Update(Contact, (contact_id,), set={"patients": (ref,)}, add={"version": 1})
    )


def test_safe_4_the_page_after_the_word_is_the_page_after_any_words(world) -> None:
    """Somebody may look over her shoulder: it is not the question for the birth date."""
    with_her_word(world)
    seen = []
    for words in ("thank you, and my love to all", "thank you, and my love to tia rosa"):
        phone = a_phone(world)
        page = phone.fill(inside(phone), do="send", text=words)
        page = phone.get("?" + page.headers["Location"].partition("?")[2]) if page.status_code == 303 else page
        seen.append(plain(page))
    assert world.pager.pages and seen[0] == seen[1] and "sertraline" in seen[0]
    assert "sertraline" not in plain(phone.get())  # and from now on only their own word opens it


@pytest.mark.parametrize("ends", ["typed too long ago", "closed"])
def test_safe_4_the_word_is_heard_where_no_words_are_taken_any_more(world, ends: str) -> None:
    with_her_word(world)
    seen = []
    for words in ("my love to all", "my love to Tía Rosa"):
        phone = a_phone(world)
        page = inside(phone)
        if ends == "closed":
            for _ in range(3):
                phone.post(do="open", answer="no")
        else:
            clock(world).advance(hours=3)
        seen.append(plain(phone.fill(page, do="send", text=words)))
        assert bool(world.pager.pages) == ("Rosa" in words)
    assert seen[0] == seen[1]

"""A page instead of a text: nothing of it crosses the carrier, a link alone shows nothing, and what is written there is a text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from chalicelib.console.times import Place
from chalicelib.console.workspace_view import view_task
from chalicelib.core.messages import Status
from chalicelib.core.page_links import IDLE, KEEPS_TYPING, LIVES, Link, PageSession, read_birth_date
from chalicelib.core.records import Contact, Due, Incident, Message, Patient, RecentText, Slot, Tasks, Thread, Update
from chalicelib.core.safe_hours import HOUSE, both_allow
from chalicelib.core.safe_phone import OFTEN
from chalicelib.errors import OpenFailed, SealFailed, StoreUnavailable
from chalicelib.flows import answer_page, page_choices, page_plan, second_look
from chalicelib.flows.deliver import deliver
from chalicelib.flows.page_identity import Door, Opened, Wrong, find, leave, verify
from chalicelib.flows.page_link import revoke
from chalicelib.flows.page_times import keep_times
from chalicelib.flows.plan_rows import duress_hash, word_hash
from chalicelib.flows.read_page import read
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.replay_parked import replay
from chalicelib.flows.safe_phone import read_plan
from chalicelib.flows.tick import tick
from chalicelib.flows.undo import undo
from chalicelib.flows.write_reply import BadDraft, Draft, WillNotLeave, write_reply
from tests.appointments import FRIDAY, again, booked
from tests.cast import CAROL, a_patient
from tests.fakes.world import TUESDAY_NOON, a_world
from tests.pages import BORN, SECRET, link_of, opened, send_page, token_of
from tests.waitlist import opened as an_opening
from tests.waitlist import slot_now

from .office import an_open_office, clock, store, traces
from .test_waitlist import NUMBERS

NOBODY = lambda door: True  # noqa: E731  a form token that holds


@pytest.fixture
def world():
    office = an_open_office()
    a_patient(office)
    return office


def texts(world):
    return [sms.body for sms in world.carriers["twilio"].sent]


def test_what_a_page_says_never_crosses_the_carrier_and_a_level_2_message_reaches_a_level_0_patient(world) -> None:
    row = send_page(world)
    [line] = texts(world)
    assert line.startswith("Larkspur: There is a message for you. Open it here: https://p.example.org/p/")
    assert "sertraline" not in line and len(line) <= 160
    assert (row.content_level, row.above_level, row.page) == (0, "", "message")
    link = link_of(world, row)
    token = token_of(world)
    assert token not in repr(link) and token not in repr(row)  # only its hash is at rest
    assert link.expires_at - row.at < LIVES["message"] + timedelta(minutes=1)
    assert ("carol", "write_page_message", "done") in traces(world, "alice")
    shown = read_thread(world, CAROL, "alice")
    assert [each.body for each in shown.messages] == [SECRET]  # staff read what the page says, not the way in


def test_the_sender_could_not_send_it_if_it_tried(world) -> None:
    row = send_page(world)
    from chalicelib.flows.outbox import context_of

    with pytest.raises(OpenFailed):
        world.vault.open(context_of(row), row.row, row.sealed_page, "job:deliver")


def test_a_birth_date_opens_it_and_each_look_is_in_the_trail(world) -> None:
    row = send_page(world)
    door, cookie = opened(world, token_of(world))
    assert read(world, door, "203.0.113.7", world.clock()).text == SECRET
    who = door.link.name
    assert traces(world, "alice")[-2:] == [(who, "open_page", "done"), (who, "read_page_message", "done")]
    assert world.store.get(Message, "alice", row.message_id).page_read_at == world.clock()
    assert cookie not in repr(store(world).rows(PageSession))


def test_id_4_a_preview_neither_acts_nor_uses_it_up(world) -> None:
    send_page(world)
    token, before = token_of(world), repr(sorted(map(repr, store(world).rows(Link))))
    for _ in range(20):
        door = find(world, token, "", world.clock())
        assert door is not None and not door.inside and not door.writes
    assert repr(sorted(map(repr, store(world).rows(Link)))) == before
    assert isinstance(verify(world, token, BORN), Opened)


def test_id_1_three_wrong_ones_close_it_and_ask_for_a_call(world) -> None:
    send_page(world)
    token = token_of(world)
    assert [verify(world, token, said) for said in ("05/06/1990", "", "rosebud")] == [Wrong(2), Wrong(1), Wrong(0)]
    assert verify(world, token, BORN) is None and find(world, token, "", world.clock()) is None
    [task] = world.store.get(Tasks, "adult").items
    assert (task.kind, task.patient_id) == ("page_closed", "alice")
    assert [line[2] for line in traces(world, "alice")[-3:]] == ["refused"] * 3


@pytest.mark.parametrize("flag", [{"safe_phone": "unsafe"}, {"held_at": TUESDAY_NOON}, {}])
def test_safe_3_the_call_after_three_wrong_ones_warns_of_a_phone_that_is_not_safe(world, flag) -> None:
    send_page(world)
    world.store.commit(Update(Patient, ("alice",), set=flag, add={"version": 1}))
    for _ in range(3):
        verify(world, token_of(world), "rosebud")
    [task] = world.store.get(Tasks, "adult").items
    label = view_task(task, CAROL, Place(world.clinic.zone, world.clock())).label
    assert ("DO NOT CALL THIS PHONE" in label) == bool(flag) and "safe-phone plan" in label


def test_two_tries_at_one_moment_both_count(world) -> None:
    from .post import MeddledStore, touches

    meddled = MeddledStore()
    world = a_world(store=meddled)
    a_patient(world)
    send_page(world)
    token = token_of(world)
    meddled.about = touches(Link, "tries")
    meddled.meddle = lambda: verify(world, token, "rosebud")
    assert verify(world, token, "05/06/1990") == Wrong(1)


def test_a_right_one_forgives_the_wrong_ones(world) -> None:
    send_page(world)
    token = token_of(world)
    verify(world, token, "nothing")
    opened(world, token)
    assert verify(world, token, "nothing") == Wrong(2)


def with_word(world, word: str) -> None:
    """As a safe-phone plan leaves it."""
    world.store.commit(Update(Patient, ("alice",), set={"word": word_hash(world, "alice", word)}))


@pytest.mark.parametrize("flag", [{"safe_phone": "unsafe"}, {"needs_word": True}])
def test_id_1_who_is_at_risk_at_home_needs_the_word_and_the_words_do_not_say_so(flag) -> None:
    world = an_open_office()
    a_patient(world, **flag)
    refused = write_reply(world, CAROL, "alice", Draft(SECRET, world.ids(world.clock()), None, page="message"))
    assert refused == WillNotLeave("page_needs_word")
    with_word(world, "blue heron")
    send_page(world)
    token = token_of(world)
    assert verify(world, token, BORN) == Wrong(2)  # as if it were any wrong date
    opened(world, token, " Blue Heron ")


def test_a_word_opens_it_too_where_none_is_needed(world) -> None:
    with_word(world, "bluebird")
    send_page(world)
    opened(world, token_of(world), "BlueBird")
    opened(world, token_of(world), BORN)
    world.store.commit(Update(Patient, ("alice",), set={"word": None}))
    assert verify(world, token_of(world), "bluebird") == Wrong(2)


def test_safe_4_the_word_that_says_not_safe_pages_and_looks_like_any_wrong_answer(world) -> None:
    hashed = duress_hash(world, "alice", "aunt rose")
    contact_id = world.hasher.contact_id(NUMBERS["alice"])
    contact = world.store.get(Contact, contact_id)
    ref = replace(contact.patients[0], duress=hashed)
    world.store.commit(
        Update(Patient, ("alice",), set={"duress": hashed}), Update(Contact, (contact_id,), set={"patients": (ref,)}, add={"version": 1})
    )
    send_page(world)
    token, (_, cookie) = token_of(world), opened(world, token_of(world))
    answer_page.overhear(world, token, "rosebud")
    assert world.pager.pages == []
    answer_page.overhear(world, token, "Aunt Rose")
    assert verify(world, token, "Aunt Rose") == Wrong(2)
    [(to, page)] = world.pager.pages
    assert to == "erin" and "DO NOT CALL OR TEXT THIS PHONE" in page
    assert world.store.get(Contact, contact_id).patients[0].held_at is not None  # her row follows with the tick
    assert verify(world, token, BORN) == Wrong(1)  # from now on their own word alone opens a page
    assert not find(world, token, cookie, world.clock()).inside  # and who was in is out


def test_n7_on_a_phone_of_two_people_the_birth_date_opens_nothing(world) -> None:
    send_page(world)  # it was hers alone then
    a_patient(world, "bob", program="harbor")
    assert verify(world, token_of(world), BORN) == Wrong(2)
    seen = world.store.get(Thread, "alice").last_at
    refused = write_reply(world, CAROL, "alice", Draft(SECRET, world.ids(world.clock()), seen, page="message"))
    assert refused == WillNotLeave("page_needs_word")
    with_word(world, "blue heron")
    opened(world, token_of(world), "blue heron")


def test_n7_a_phone_of_two_people_keeps_both_and_hears_the_one_who_wrote(world) -> None:
    a_patient(world, "bob", program="harbor")
    with_word(world, "blue heron")
    send_page(world)
    _, cookie = opened(world, token_of(world), "blue heron")
    answer_page.come_in(world, token_of(world), cookie, NOBODY, "I took all my pills", "f1")
    [row] = [row for row in store(world).rows(Message) if row.direction == "in"]
    assert (row.thread_id, row.patient_id) == ("alice", "alice")
    contact = world.store.get(Contact, world.hasher.contact_id(NUMBERS["alice"]))
    assert [each.patient_id for each in contact.patients] == ["alice", "bob"] and contact.prompt is None


def test_the_answer_is_in_the_thread_once_marked_and_owed(world) -> None:
    send_page(world)
    _, cookie = opened(world, token_of(world))
    for _ in range(2):  # a double press
        came = answer_page.come_in(world, token_of(world), cookie, NOBODY, "Thank you, can I take it at night?", "f1")
        assert (came.kept, came.said) == (True, "")
    rows = [row for row in store(world).rows(Message) if row.direction == "in"]
    assert [(row.carrier, row.meaning, row.patient_id) for row in rows] == [("page", "words", "alice")]
    thread = world.store.get(Thread, "alice")
    assert thread.unanswered == 1 and thread.waiting_since is not None
    assert [each.body for each in read_thread(world, CAROL, "alice").messages][-1] == "Thank you, can I take it at night?"
    with pytest.raises(OpenFailed):  # what is posted is sealed as a text: this door cannot read it back
        world.vault.open(_page_kind(rows[0]), f"{rows[0].row}.page", rows[0].sealed_body, "page")
    assert len(texts(world)) == 1  # and no second channel is used


def _page_kind(row):
    from chalicelib.flows.outbox import page_context

    return page_context(row.patient_id, row.program)


def test_other_words_in_the_same_form_are_another_text(world) -> None:
    send_page(world)
    _, cookie = opened(world, token_of(world))
    for said in ("thank you", "I took all my pills", "thank you"):
        assert answer_page.come_in(world, token_of(world), cookie, NOBODY, said, "f1").kept
    assert len([row for row in store(world).rows(Message) if row.direction == "in"]) == 2
    assert len(store(world).rows(Incident)) == 1


@pytest.mark.parametrize("said", ["QUIET until Friday", "PRIVATE", "no more reminders"])
def test_what_is_asked_of_the_phone_on_a_page_is_confirmed_by_a_text(world, said) -> None:
    send_page(world)
    _, cookie = opened(world, token_of(world))
    assert answer_page.come_in(world, token_of(world), cookie, NOBODY, said, "f1").kept
    [row] = [row for row in store(world).rows(Message) if row.kind == "phone_answer"]
    deliver(world, row.thread_id, row.message_id)
    assert world.store.get(Message, row.thread_id, row.message_id).status == Status.QUEUED_AT_CARRIER  # no carrier is a page
    assert len(texts(world)) == 2


def test_danger_pages_before_it_is_kept_and_is_answered_on_the_page(world) -> None:
    send_page(world)
    _, cookie = opened(world, token_of(world))
    came = answer_page.come_in(world, token_of(world), cookie, NOBODY, "I took all my pills", "f1")
    [(to, page)] = world.pager.pages
    assert to == "erin" and "pills" not in page
    assert "988" in came.said or "911" in came.said
    [incident] = store(world).rows(Incident)
    assert (incident.patient_id, incident.tier) == ("alice", 0)
    [answer] = [row for row in store(world).rows(Message) if row.kind == "crisis_answer"]
    assert answer.status == Status.DELIVERED  # shown
    clock(world).advance(minutes=2)
    tick(world)
    assert len(texts(world)) == 1 and not [page for _, page in world.pager.pages if "not delivered" in page]


@pytest.mark.parametrize("gone", ["session", "form", "revoked", "expired"])
def test_danger_is_heard_whatever_ran_out_meanwhile(world, gone: str) -> None:
    row = send_page(world)
    token, (_, cookie) = token_of(world), opened(world, token_of(world))
    if gone == "session":
        cookie = ""
    if gone == "revoked":
        revoke(world, CAROL, "alice", row.message_id)
    if gone == "expired":
        clock(world).advance(days=8)
    came = answer_page.come_in(world, token, cookie, lambda door: gone != "form", "I took all my pills", "f1")
    assert came.said and len(world.pager.pages) == 1
    assert store(world).rows(Incident)[0].patient_id == "alice"


def test_other_words_wait_on_the_page_until_they_show_who_they_are(world) -> None:
    send_page(world)
    came = answer_page.come_in(world, token_of(world), "", NOBODY, "hello", "f1")
    assert came.door is not None and not came.kept
    assert not [row for row in store(world).rows(Message) if row.direction == "in"]


def test_what_only_the_second_look_finds_pages_and_asks_for_a_call(world) -> None:
    send_page(world)
    _, cookie = opened(world, token_of(world))
    answer_page.come_in(world, token_of(world), cookie, NOBODY, "they would be better off without me", "f1")
    [copy] = store(world).rows(RecentText)
    second_look.look(world, copy.thread_id, copy.message_id)
    pages = [page for _, page in world.pager.pages]
    assert len(pages) == 2 and "reply not delivered: call" in pages[1]  # its function knows no number and no page
    assert store(world).rows(Incident)[0].patient_id == "alice"
    clock(world).advance(minutes=2)
    tick(world)
    assert len(texts(world)) == 1


def test_words_that_cannot_be_sealed_are_said_not_to_be_sent_and_danger_leaves_an_item(world) -> None:
    send_page(world)
    _, cookie = opened(world, token_of(world))

    class Sealed:
        def seal(self, *asked):
            raise SealFailed("down")

    locked = replace(world, vault=Sealed())
    for _ in range(2):
        with pytest.raises(answer_page.NotKept):
            answer_page.come_in(locked, token_of(world), cookie, NOBODY, "I took all my pills", "f1")
    assert [to for to, _ in world.pager.pages] == ["erin"]
    [incident] = store(world).rows(Incident)
    assert (incident.patient_id, incident.tier) == ("alice", 0)
    assert world.store.get(Thread, "alice").note == "not_read_again"
    assert answer_page.come_in(world, token_of(world), cookie, NOBODY, "I took all my pills", "f1").kept
    assert len(store(world).rows(Incident)) == 1


def test_nobody_pages_by_guessing_addresses(world) -> None:
    came = answer_page.come_in(world, "0" * 32, "", NOBODY, "I took all my pills", "f1")
    assert came.door is None and not came.kept and world.pager.pages == []


def test_slow_typing_loses_nothing_and_shows_nothing(world) -> None:
    send_page(world)
    token, (_, cookie) = token_of(world), opened(world, token_of(world))
    clock(world).advance(minutes=IDLE.seconds // 60 + 1)
    door = find(world, token, cookie, world.clock())
    assert door is not None and not door.inside and door.writes
    assert answer_page.come_in(world, token, cookie, NOBODY, "it took me a while", "f1").kept
    clock(world).advance(seconds=KEEPS_TYPING.total_seconds())
    assert not answer_page.come_in(world, token, cookie, NOBODY, "much later", "f2").kept


def test_a_store_that_is_silent_parks_the_words_and_pages_danger(world) -> None:
    send_page(world)
    token, (_, cookie) = token_of(world), opened(world, token_of(world))

    class Down:
        def __getattr__(self, name):
            def refuse(*asked):
                raise StoreUnavailable(name)

            return refuse

    down = replace(world, store=Down())
    came = answer_page.come_in(down, token, cookie, NOBODY, "I took all my pills", "f1")
    assert came.said and [to for to, _ in world.pager.pages] == ["everyone"]
    [parked] = world.parking.parked
    assert "pills" not in parked
    replay(world, parked)
    [row] = [row for row in store(world).rows(Message) if row.direction == "in"]
    assert (row.patient_id, row.carrier) == ("alice", "page")


def test_stop_on_a_page_is_stop_and_is_confirmed_once_by_text(world) -> None:
    send_page(world)
    _, cookie = opened(world, token_of(world))
    answer_page.come_in(world, token_of(world), cookie, NOBODY, "STOP", "f1")
    contact = world.store.get(Contact, world.hasher.contact_id(NUMBERS["alice"]))
    assert contact.stopped_at is not None
    for row in store(world).rows(Message):
        if row.kind == "stop_confirmation":
            deliver(world, row.thread_id, row.message_id)
    assert len(texts(world)) == 2


def test_a_digit_on_a_page_answers_no_question_of_a_text(world) -> None:
    visit = booked(world)
    clock(world).now = FRIDAY.astimezone(UTC) - timedelta(days=1)
    tick(world)
    for row in store(world).rows(Message):
        if row.status == Status.QUEUED:
            clock(world).now = max(clock(world).now, row.not_before or clock(world).now)
            deliver(world, row.thread_id, row.message_id)
    send_page(world)
    _, cookie = opened(world, token_of(world))
    answer_page.come_in(world, token_of(world), cookie, NOBODY, "3", "f1")
    assert again(world, visit).status == "booked"


def test_withdrawn_means_never_there(world) -> None:
    thread = world.store.get(Thread, "alice")
    draft = Draft(SECRET, world.ids(world.clock()), thread.last_at, page="message")
    write_reply(world, CAROL, "alice", draft)
    row = world.store.get(Message, "alice", draft.form_id)
    undo(world, CAROL, "alice", draft.form_id)
    door = Door(link_of(world, row), world.store.get(Patient, "alice"))
    assert read(world, door, "", world.clock()) is None


@pytest.mark.parametrize(
    "change", [{"contact_id": "other"}, {"merged_into": "bea"}, {"status": "deceased"}, {"program": "harbor"}]
)
def test_c43_a_link_is_of_a_person_at_a_number(world, change) -> None:
    send_page(world)
    world.store.commit(Update(Patient, ("alice",), set=change))
    assert find(world, token_of(world), "", world.clock()) is None


def test_rnd_2_a_number_in_doubt_opens_nothing_and_danger_is_heard_there(world) -> None:
    send_page(world)
    token, (_, cookie) = token_of(world), opened(world, token_of(world))
    world.store.commit(Update(Contact, (world.hasher.contact_id(NUMBERS["alice"]),), set={"doubt": "new_owner"}, add={"version": 1}))
    assert find(world, token, cookie, world.clock()) is None and verify(world, token, BORN) is None
    assert answer_page.come_in(world, token, cookie, NOBODY, "I took all my pills", "f1").said


def test_a_link_ends_by_time_by_hand_and_a_session_by_leaving(world) -> None:
    row = send_page(world)
    token, (_, cookie) = token_of(world), opened(world, token_of(world))
    leave(world, cookie)
    assert not find(world, token, cookie, world.clock()).inside
    assert revoke(world, CAROL, "alice", row.message_id) and not revoke(world, CAROL, "alice", row.message_id)
    assert find(world, token, "", world.clock()) is None
    send_page(world)
    clock(world).advance(days=7, minutes=1)
    assert find(world, token_of(world), "", world.clock()) is None


def test_a_session_opens_its_own_link_alone(world) -> None:
    a_patient(world, "bea", NUMBERS["bea"])
    send_page(world)
    _, cookie = opened(world, token_of(world))
    send_page(world, "for Bea", thread_id="bea")
    door = find(world, token_of(world), cookie, world.clock())
    assert door is not None and not door.inside and not door.writes


def test_what_cannot_be_a_page(world) -> None:
    form = world.ids(world.clock())
    assert write_reply(world, CAROL, "alice", Draft(" ", form, None, page="message")) == BadDraft("empty")
    assert write_reply(world, CAROL, "alice", Draft("x", form, None, page="elsewhere")) == BadDraft("empty")
    assert write_reply(world, CAROL, "alice", Draft("x" * 4001, form, None, page="message")) == BadDraft("too_long")


# --- visits ---


def at_visits(world):
    visit = booked(world)
    clock(world).advance(minutes=1)
    send_page(world, "", "visits")
    door, cookie = opened(world, token_of(world))
    return visit, door, cookie


def test_their_visits_are_shown_and_confirmed_and_called_off_as_by_text(world) -> None:
    visit, door, _ = at_visits(world)
    shown = read(world, door, "", world.clock())
    assert [each.appointment_id for each in shown.visits] == [visit.appointment_id]
    answer_page.press(world, door, "confirmed", visit.appointment_id, "", "f1")
    assert again(world, visit).confirmation == "confirmed"
    answer_page.press(world, door, "cannot_come", visit.appointment_id, "", "f2")
    assert (again(world, visit).status, again(world, visit).confirmation) == ("cancelled", "cannot_come")
    bodies = [each.body for each in read_thread(world, CAROL, "alice").messages]
    assert bodies == ["A link to the page of their visits.", "I will come.", "I can't come."]
    assert len(texts(world)) == 1  # the page shows it: nothing is said twice


def test_two_visits_on_one_page_are_two_answers(world) -> None:
    other = booked(world, FRIDAY + timedelta(days=7))
    visit, door, _ = at_visits(world)
    for each in (visit, other, visit):
        answer_page.press(world, door, "confirmed", each.appointment_id, "", "f1")
    assert [again(world, each).confirmation for each in (visit, other)] == ["confirmed"] * 2
    assert len([row for row in store(world).rows(Message) if row.direction == "in"]) == 2


def test_another_time_is_kept_shown_and_taken_at_once(world) -> None:
    visit, door, _ = at_visits(world)
    slots = [an_opening(world, FRIDAY + timedelta(days=3 + day), f"s{day}") for day in range(4)]
    answer_page.press(world, door, "wants_move", visit.appointment_id, "", "f1")
    assert keep_times(world, door, visit.appointment_id) == 3
    times = read(world, door, "", world.clock()).times
    assert [each.start_at for each in times] == [slot.start_at for slot in slots[:3]]
    assert again(world, visit).start_at == visit.start_at  # theirs until they choose
    clock(world).advance(minutes=3)
    tick(world)
    assert len(texts(world)) == 1  # the times are not texted besides
    answer_page.press(world, door, "take", visit.appointment_id, times[1].slot_id, "f2")
    assert again(world, visit).start_at == times[1].start_at
    assert slot_now(world, times[1]).state == "taken"
    answer_page.press(world, door, "take", visit.appointment_id, times[1].slot_id, "f2")  # a double press
    assert [slot.state for slot in store(world).rows(Slot) if slot.taken_by] == ["taken"]


def test_c58_a_time_that_somebody_else_took_is_not_taken_twice(world) -> None:
    visit, door, _ = at_visits(world)
    slot = an_opening(world, FRIDAY + timedelta(days=3))
    answer_page.press(world, door, "wants_move", visit.appointment_id, "", "f1")
    keep_times(world, door, visit.appointment_id)
    world.store.commit(Update(Slot, ("adult", slot.slot_id), set={"state": "taken", "taken_by": "bea.v"}, add={"version": 1}))
    answer_page.press(world, door, "take", visit.appointment_id, slot.slot_id, "f2")
    assert again(world, visit).start_at == visit.start_at
    assert world.store.get(Thread, "alice").note == "wants_move"  # a person helps


def test_nobody_elses_visit_and_no_time_that_was_not_kept_for_them(world) -> None:
    a_patient(world, "bea", NUMBERS["bea"])
    theirs = booked(world, FRIDAY + timedelta(hours=1), patient_id="bea")
    visit, door, _ = at_visits(world)
    slot = an_opening(world, FRIDAY + timedelta(days=3))
    answer_page.press(world, door, "cannot_come", theirs.appointment_id, "", "f1")
    assert again(world, theirs).status == "booked"
    answer_page.press(world, door, "take", visit.appointment_id, slot.slot_id, "f2")
    assert again(world, visit).start_at == visit.start_at


def test_no_other_time_asks_a_person(world) -> None:
    visit, door, _ = at_visits(world)
    answer_page.press(world, door, "wants_move", visit.appointment_id, "", "f1")
    assert keep_times(world, door, visit.appointment_id) == 0
    assert world.store.get(Thread, "alice").note == "wants_move"


# --- what they allow ---


def test_txt_1_they_may_say_no_at_once_and_only_staff_say_yes(world) -> None:
    world.store.commit(Update(Patient, ("alice",), set={"content_level": 2}))
    send_page(world, "", "choices")
    door, _ = opened(world, token_of(world))
    shown = read(world, door, "", world.clock())
    assert dict(shown.choices)["waitlist"] == "yes" and dict(shown.choices)["groups"] == "not_asked" and shown.level == 2
    assert page_choices.decline(world, door, "waitlist", "") and not page_choices.decline(world, door, "everything", "")
    assert page_choices.say_less(world, door, "")
    patient = world.store.get(Patient, "alice")
    assert (patient.declined, patient.content_level) == (("waitlist",), 0)
    contact = world.store.get(Contact, patient.contact_id)
    assert [each.content_level for each in contact.patients] == [0]
    lines = [(line.kind, line.change, line.medium, line.by) for line in world.store.consents_of("alice")]
    assert lines == [("waitlist", "revoked", "page", "patient"), ("content_level_0", "revoked", "page", "patient")]
    assert dict(read(world, find_again(world, door), "", world.clock()).choices)["waitlist"] == "no"


def find_again(world, door):
    return replace(door, patient=world.store.get(Patient, "alice"))


def at_plan(world, said=BORN, **fields):
    """Alice at the page of how we reach her."""
    if fields:
        world.store.commit(Update(Patient, ("alice",), set=fields))
    send_page(world, "", "plan")
    return opened(world, token_of(world), said)[0]


def rows_of(world):
    patient = world.store.get(Patient, "alice")
    return patient, world.store.get(Contact, patient.contact_id)


def test_txt_1_what_tightens_holds_at_once_for_row_and_number(world) -> None:
    door = at_plan(world, content_level=1)
    hours = world.store.get(Patient, "alice").safe_hours
    assert page_plan.narrow(world, door, 10, 12, ("sat", "sun"), "")
    assert page_plan.quiet(world, door, 7, "") and not page_plan.quiet(world, door, 6, "")
    assert page_plan.no_voicemail(world, door, "") and page_plan.name_us(world, door, "office", "")
    assert page_choices.say_less(world, door, "") and page_choices.speak(world, door, "es", "")
    patient, contact = rows_of(world)
    assert patient.safe_hours == both_allow(hours or HOUSE, dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "10:00-12:00"))
    [ref] = contact.patients
    assert (patient.content_level, patient.no_voicemail, patient.label, patient.language) == (0, True, "office", "es")
    assert (ref.content_level, ref.label, ref.language, ref.quiet_until) == (0, "office", "es", patient.quiet_until)
    assert patient.quiet_until - world.clock() > timedelta(days=6)
    done = [line[1] for line in traces(world, "alice")][-6:]
    assert done == ["page_hours", "page_quiet", "page_no_voicemail", "page_label", "page_say_less", "page_language"]
    until = patient.quiet_until
    assert page_plan.quiet(world, door, 1, "") and world.store.get(Patient, "alice").quiet_until == until  # never sooner
    assert not page_plan.narrow(world, door, 13, 15, (), "")  # no hour would be left, which would mean the house's
    assert not page_plan.narrow(world, door, 10, 12, ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "")
    assert not world.store.get(Tasks, "adult")
    shown = read_plan(world, CAROL, "alice").now  # staff see it as it stands
    assert (shown.voicemail, shown.label, shown.level) == ("no", "office", 0)


def test_safe_3_calls_that_are_not_safe_end_at_once_and_a_person_looks(world) -> None:
    door = at_plan(world, plan=1, plan_due=TUESDAY_NOON + timedelta(days=300))
    for _ in range(2):
        assert page_plan.no_calls(world, door, "")
    patient, contact = rows_of(world)
    assert (patient.safe_phone, contact.patients[0].safe_phone) == ("unsafe", "unsafe")
    assert patient.plan_due == world.clock() + OFTEN and [d.at for d in store(world).rows(Due) if d.kind == "plan_review"] == [patient.plan_due]
    [task] = world.store.get(Tasks, "adult").items
    assert "DO NOT CALL THIS PHONE" in view_task(task, CAROL, Place(world.clinic.zone, world.clock())).label
    assert verify(world, token_of(world), BORN) == Wrong(2)  # from now on the word alone


def test_txt_1_what_loosens_only_asks_for_a_call_and_on_an_unsafe_phone_says_not_to(world) -> None:
    with_word(world, "bluebird")
    for mark in ("", "unsafe"):
        door = at_plan(world, "bluebird", safe_phone=mark)
        before = rows_of(world)
        assert all(page_plan.ask(world, door, about, "") for about in (*page_plan.ABOUT, "number"))
        assert not page_plan.ask(world, door, "everything", "")
        assert rows_of(world) == before  # nothing changed
        tasks = [each for each in world.store.get(Tasks, "adult").items if each.about.endswith("not_safe") == bool(mark)]
        labels = [view_task(each, CAROL, Place(world.clinic.zone, world.clock())).label for each in tasks]
        assert len(labels) == len(page_plan.ABOUT)  # once, however often it is pressed
        assert all(("DO NOT CALL THIS PHONE" in each) == bool(mark) for each in labels)


def test_a_word_that_came_a_moment_ago_is_not_undone_by_the_page(world) -> None:
    """SAFE-4: what the number alone knows yet stays with it."""
    door = at_plan(world)
    contact = rows_of(world)[1]
    held = replace(contact.patients[0], held_at=world.clock(), content_level=0)
    world.store.commit(Update(Contact, (contact.contact_id,), set={"patients": (held,)}, add={"version": 1}))
    assert page_plan.name_us(world, door, "office", "")
    assert rows_of(world)[1].patients[0] == replace(held, label="office")


# --- pure ---


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("05/25/1990", "1990-05-25"), ("5-25-1990", "1990-05-25"), ("05 25 1990", "1990-05-25"), ("05251990", "1990-05-25"),
        ("25/05/1990", "1990-05-25"), ("1990-05-25", "1990-05-25"), ("may 25", ""), ("05/25/90", ""), ("13/13/1990", ""),
        ("02/30/1990", ""), ("05/25/2090", ""), ("", ""), ("1 2 3 4", ""), ("٠٥/٢٥/١٩٩٠", "1990-05-25"),
    ],
)  # fmt: skip
def test_birth_dates_as_people_type_them(said: str, means: str) -> None:
    assert read_birth_date(said, date(2026, 3, 3)) == means

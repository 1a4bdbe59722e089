"""What staff read and do on the pages, over HTTP as a browser would."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.core.messages import DeliveryEvent, Status
from chalicelib.core.records import Message, Patient, Thread, Update
from chalicelib.flows import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.undo import SECONDS
from chalicelib.ports import World

from ..cast import ALICE_NUMBER, CAROL, DAN, ERIN, STRANGER_NUMBER, a_patient, an_sms
from ..fakes.world import FakeClock
from .office import Desk, an_office, at_desk, forms, text

SECRET = "the blue heron confession"


def _texts(world: World, body: str, number: str = ALICE_NUMBER, minutes: int = 1) -> None:
    assert isinstance(world.clock, FakeClock)
    world.clock.advance(minutes=minutes)
    receive(world, an_sms(body, sender=number, at=world.clock()), inline=False)


def _rows(world: World, direction: str = "out") -> list[Message]:
    return [row for row in world.store.rows(Message) if row.direction == direction]  # type: ignore[attr-defined]


def test_the_main_job_from_page_to_answer() -> None:
    """Erin is paged, finds it first in the inbox, takes it, reads, answers, and closes it."""
    desk, world = at_desk(ERIN)
    a_patient(world)
    _texts(world, "I took all my pills")
    inbox = desk.get("/console/inbox")
    said = text(inbox)
    assert said.index("Urgent") < said.index("Alice") < said.index("Waiting for an answer") and "Danger now" in said
    item = desk.follow(desk.submit(inbox, "/acknowledge"))
    assert "I took all my pills" in text(item) and "overdose" in text(item) and "Taken by you" in text(item)
    thread = desk.get("/console/threads/alice")
    assert "I took all my pills" in text(thread) and "Taken by you" in text(thread)
    sent = desk.follow(desk.submit(thread, "/reply", text="I am calling you now.", do="send"))
    assert "I am calling you now." in text(sent) and "Leaving now" in text(sent)
    [reply] = [row for row in _rows(world) if row.author == "erin"]
    deliver.deliver(world, reply.thread_id, reply.message_id)
    assert world.carriers["twilio"].sent[-1].body == "I am calling you now."  # type: ignore[attr-defined]
    reached = desk.follow(desk.submit(sent, "/contacted"))
    assert "Choose how it ended" in text(reached)
    closed = desk.follow(desk.submit(reached, "/resolve", disposition="visit_arranged"))
    assert "Closed" in text(closed) and "urgent visit arranged" in text(closed)
    assert "Urgent" not in text(desk.get("/console/inbox"))


def test_an_inbox_shows_no_content_and_no_number() -> None:
    desk, world = at_desk(ERIN)
    a_patient(world)
    _texts(world, SECRET)
    _texts(world, SECRET, STRANGER_NUMBER)
    for page in ("/console/inbox", "/console/inbox?program=unmatched", "/console/inbox/rows?program=adult"):
        body = desk.get(page).body.decode()
        assert SECRET not in body and "555-01" not in body and "+1303" not in body


def test_what_patients_write_is_text_and_never_markup() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "<script>alert(1)</script><b>hi</b>")
    body = desk.get("/console/threads/alice").body
    assert b"<script>alert" not in body and b"&lt;script&gt;alert(1)" in body


def test_no_name_number_or_word_stands_in_an_address() -> None:
    desk, world = at_desk(ERIN)
    a_patient(world)
    _texts(world, SECRET)
    _texts(world, "hi", STRANGER_NUMBER)
    for page in ("/console/inbox", "/console/inbox?program=unmatched", "/console/find", "/console/register"):
        for link in re.findall(r'(?:href|action|data-[a-z]+)="(/[^"]*)"', desk.get(page).body.decode()):
            assert "Alice" not in link and "heron" not in link and "555" not in link and "+1" not in link


def test_the_wall_is_a_page_that_says_nothing() -> None:
    world = an_office(DAN)
    a_patient(world)
    _texts(world, SECRET)
    desk = Desk()
    desk.sign_in("dan")
    for path in ("/console/threads/alice", "/console/patients/alice"):
        answer, nowhere = desk.get(path), desk.get(path.replace("alice", "nobody"))
        assert answer.status_code == nowhere.status_code == 404 and text(answer) == text(nowhere)
    assert desk.get("/console/threads/alice/news?seen=x").status_code == 204


def test_a_newer_text_asks_again_and_loses_nothing() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "When?")
    page = desk.get("/console/threads/alice")
    _texts(world, "Never mind")
    asked = desk.submit(page, "/reply", text="At three, by the garden door.", do="send")
    assert asked.status_code == 409 and "Not sent yet" in text(asked)
    assert text(asked).count("Never mind") == 2 and "At three, by the garden door." in asked.body.decode()
    assert not _rows(world)
    assert desk.submit(asked, "/reply", text="At three, by the garden door.", do="send").status_code == 303
    assert len(_rows(world)) == 1


def test_reloading_after_sending_sends_nothing() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "When?")
    page = desk.get("/console/threads/alice")
    for _ in range(3):
        assert desk.submit(page, "/reply", text="At three.", do="send").status_code == 303
    assert len(_rows(world)) == 1


def test_the_counter_without_a_script_knows_both_alphabets() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    page = desk.get("/console/threads/alice")
    plain = desk.submit(page, "/reply", text="x" * 161, do="preview")
    assert "2 parts · 145 left in the last · GSM-7" in text(plain)
    emoji = desk.submit(plain, "/reply", text="See you \u201cthen\u201d \U0001f44d", do="preview")
    assert "1 part" in text(emoji) and "UCS-2 because of \U0001f44d" in text(emoji)
    assert not _rows(world)


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        (Status.DELIVERED, "", "Delivered to the phone"),
        (Status.HANDED_TO_CARRIER, "", "Handed to the phone network"),
        (Status.UNKNOWN, "no_answer", "do not send it again"),
        (Status.FAILED_NUMBER, "", "ask for another number"),
        (Status.FAILED_BLOCKED, "opted_out", "asked us to stop"),
        (Status.REFUSED, "no_consent", "no recorded permission"),
        (Status.REFUSED, "deceased", "deceased"),
        (Status.EXPIRED, "", "Not delivered in time"),
        (Status.NOT_SENT, "", "You can write it again"),
    ],
)
def test_the_truth_about_a_text_in_words(status: Status, reason: str, said: str) -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "When?")
    desk.submit(desk.get("/console/threads/alice"), "/reply", text="At three.", do="send")
    [row] = _rows(world)
    world.store.commit(Update(Message, (row.thread_id, row.message_id), set={"status": status, "status_reason": reason}))
    assert said in text(desk.get("/console/threads/alice"))


def test_a_delivery_as_the_carrier_tells_it() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "When?")
    desk.submit(desk.get("/console/threads/alice"), "/reply", text="At three.", do="send")
    [row] = _rows(world)
    world.clock.advance(seconds=SECONDS)  # type: ignore[attr-defined]
    deliver.deliver(world, row.thread_id, row.message_id)
    assert "With the carrier" in text(desk.get("/console/threads/alice"))
    record(world, DeliveryEvent("twilio", "SM" + "1".zfill(32), Status.DELIVERED, world.clock(), row.row))
    assert "Delivered to the phone" in text(desk.get("/console/threads/alice"))


def test_an_open_page_learns_what_became_of_a_text_and_nobody_else_does() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "When?")
    desk.submit(desk.get("/console/threads/alice"), "/reply", text="At three.", do="send")
    [row] = _rows(world)
    address = f"/console/threads/alice/truth/{row.message_id}"
    said = desk.get(address)
    assert text(said) == "Leaves in a few seconds" and "At three" not in said.body.decode()
    dan, _ = at_desk(DAN, world)
    assert dan.get(address).status_code == 204


def test_a_text_that_did_not_leave_is_looked_at_and_taken_off_the_list() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "Hi")
    world.store.commit(Update(Thread, ("alice",), set={"note": "not_sent", "waiting_since": None}))
    assert "Needs a look" in text(desk.get("/console/inbox"))
    thread = desk.get("/console/threads/alice")
    assert "A text did not leave" in text(thread)
    desk.submit(thread, "/settle")
    assert "Needs a look" not in text(desk.get("/console/inbox"))


def test_after_stop_the_composer_says_why_and_offers_no_send() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "STOP")
    page = desk.get("/console/threads/alice")
    assert "asked us to stop" in text(page) and b'value="send"' not in page.body


def test_a_clock_of_their_own() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world, zone="America/Los_Angeles")
    _texts(world, "Hello")
    assert "Their time 11:01 AM" in text(desk.get("/console/threads/alice"))


def test_closing_without_saying_how_is_asked_again() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "I took all my pills")
    page = desk.follow(desk.submit(desk.get("/console/inbox"), "/acknowledge"))
    asked = desk.follow(desk.submit(page, "/resolve", disposition=""))
    assert "Choose how it ended." in text(asked)
    assert world.store.open_incidents("adult")


def test_a_move_that_is_no_longer_possible_changes_nothing() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "I took all my pills")
    page = desk.follow(desk.submit(desk.get("/console/inbox"), "/acknowledge"))
    desk.submit(page, "/resolve", disposition="false_alarm")
    late = desk.submit(page, "/contacted")
    assert late.status_code == 409 and "Somebody was quicker" in text(late)


def test_registering_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    desk, world = at_desk(CAROL)
    page = desk.get("/console/register")
    wrong = desk.submit(
        page, "/register", name="Riley", number="12", program="adult", language="en", zone="America/Denver",
        hours="own", consent="on", birth_date="02/31/1990",
    )
    said = text(wrong)
    assert wrong.status_code == 400 and 'value="Riley"' in wrong.body.decode()
    for field in ("ten digits", "date in the past", "at least one day", "how they agreed"):
        assert field in said, field
    assert not _rows(world)


def test_somebody_without_a_phone_is_registered_and_asked_what_reaches_them() -> None:
    desk, world = at_desk(CAROL)
    page = desk.get("/console/register")
    asked = {"name": "Riley Chen", "number": "", "program": "adult", "language": "en", "zone": "America/Denver", "hours": "house"}
    wrong = desk.submit(page, "/register", **asked, no_phone="on", consent="on", consent_by="verbal", do="register")
    assert wrong.status_code == 400 and "They have no phone, and here is a number, or a yes to texts" in text(wrong)
    assert "ten digits" in text(desk.submit(page, "/register", **asked, do="register"))
    sheet = desk.follow(desk.submit(page, "/register", **asked, no_phone="on", do="register"))
    assert "How to reach Riley Chen" in text(sheet)
    [patient] = [each for each in world.store.rows(Patient) if each.no_phone]  # type: ignore[attr-defined]
    shown = text(desk.get(f"/console/patients/{patient.patient_id}"))
    assert "No phone" in shown and patient.consent == {}
    assert desk.get(f"/console/threads/{patient.patient_id}").status_code == desk.get(f"/console/patients/{patient.patient_id}/safe-phone").status_code == 200
    at = f"/console/patients/{patient.patient_id}/reach"
    desk.submit(desk.get(at), "/reach", phone="none", email="riley@example.org", email_whose="self")
    assert "Send as a page" not in text(desk.get(f"/console/threads/{patient.patient_id}"))
    desk.submit(desk.get(at), "/reach/agree", channel="email", wants="yes", medium="verbal")
    world.store.commit(Update(Patient, (patient.patient_id,), set={"word": "hashed"}))
    thread = desk.get(f"/console/threads/{patient.patient_id}")
    assert "Riley gets an e-mail that says only" in text(thread)
    desk.follow(desk.submit(thread, "/reply", text="Your form is ready.", do="page:message"))
    [row] = [each for each in world.store.rows(Message) if each.direction == "out"]  # type: ignore[attr-defined]
    assert (row.channel, row.page, row.status) == ("email", "message", "queued")
    edit = desk.get(f"/console/patients/{patient.patient_id}/edit")
    said = {"name": "Riley Q Chen", "number": "", "language": "en", "content_level": "0", "zone": "America/Denver", "hours": "house", "role": "self", "agreed_by": ""}
    assert "Riley Q Chen" in text(desk.follow(desk.submit(edit, f"/patients/{patient.patient_id}/edit", **said)))


def test_registering_greets_and_shows_the_patient() -> None:
    desk, world = at_desk(CAROL)
    page = desk.get("/console/register")
    fields = {"name": "Riley", "number": "(303) 555-0140", "program": "adult", "language": "en", "zone": "America/Denver",
              "hours": "house", "consent": "on", "consent_by": "paper", "birth_date": "03/27/1985"}
    shown = desk.submit(page, "/register", **fields, do="preview")
    assert "988" in text(shown) and not _rows(world)
    patient = desk.follow(desk.submit(shown, "/register", **fields, do="register"))
    assert "Registered" in text(patient) and "Born 3/27/1985" in text(patient) and "(303) 555-0140" in text(patient)
    [welcome] = _rows(world)
    assert welcome.kind == "welcome"


def test_consent_is_never_ticked_for_anybody() -> None:
    desk, _ = at_desk(CAROL)
    body = desk.get("/console/register").body.decode()
    box = re.search(r'<input type="checkbox" name="consent"[^>]*>', body)
    assert box is not None and "checked" not in box[0]


def test_who_wrote_can_be_registered_from_their_thread() -> None:
    desk, world = at_desk(ERIN)
    _texts(world, "hello", STRANGER_NUMBER)
    thread = world.hasher.contact_id(STRANGER_NUMBER)
    page = desk.get(f"/console/threads/{thread}")
    assert "Nobody with this number is registered" in text(page)
    form = desk.get(f"/console/register?thread={thread}")
    assert 'value="(303) 555-0150"' in form.body.decode()
    carol, _ = at_desk(CAROL, world)
    assert "555-0150" not in carol.get(f"/console/register?thread={thread}").body.decode()


def test_finding_posts_what_it_looks_for() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    page = desk.get("/console/find")
    assert "/console/find" in [form["action"] for form in forms(page)] and b'method="get"' not in page.body
    found = desk.submit(page, "/find", asked="(303) 555-0101")
    assert "1 patient" in text(found) and "Alice" in text(found)
    assert "Nobody found" in text(desk.submit(page, "/find", asked="bob"))


def test_a_text_that_came_late_says_when_it_was_written() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    receive(world, an_sms("are you there", at=world.clock() - timedelta(hours=20)), inline=False)
    receive(world, an_sms("hello", at=world.clock()), inline=True)
    page = text(desk.get("/console/threads/alice"))
    assert page.count("It reached us late") == 1 and "Written Yesterday, 4:00 PM. It reached us late." in page


def test_an_open_page_asks_and_hears_nothing_while_nothing_changed() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "Hello")
    mark = re.search(r'data-mark="(\w+)"', desk.get("/console/inbox").body.decode())
    assert mark is not None
    assert desk.get(f"/console/inbox/rows?program=adult&seen={mark[1]}").status_code == 204
    _texts(world, "Hello?")
    assert desk.get(f"/console/inbox/rows?program=adult&seen={mark[1]}").status_code == 200


def test_names_that_are_markup_and_very_long_words_do_no_harm() -> None:
    desk, _ = at_desk(CAROL)
    page = desk.get("/console/register")
    fields = {"name": '"><img src=x onerror=alert(1)>', "number": "303 555 0141", "program": "adult", "zone": "America/Denver"}
    patient = desk.follow(desk.submit(page, "/register", **fields, do="register"))
    assert b"<img" not in patient.body
    assert b"<img" not in desk.get("/console/inbox").body


def test_a_crisis_text_that_came_after_the_page_is_never_closed_unread() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    _texts(world, "I took all my pills")
    page = desk.follow(desk.submit(desk.get("/console/inbox"), "/acknowledge"))
    _texts(world, "I want to kill myself")
    late = desk.submit(page, "/resolve", disposition="false_alarm")
    assert late.status_code == 409
    assert world.store.open_incidents("adult")

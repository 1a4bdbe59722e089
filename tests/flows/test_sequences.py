"""A program's own sequences: changed with who and why, what is planned already planned anew, and questions before a visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.messages import Status
from chalicelib.core.records import Contact, Due, Message, Patient, Setting, Thread, Update
from chalicelib.core.sequence_overlay import Wrong, a_step, text_of
from chalicelib.core.sequences import Step
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound
from chalicelib.flows.change_sequence import (
    Moved,
    SequenceNow,
    change_sequence,
    read_sequence,
    read_sequences,
    release_sequence,
)
from chalicelib.flows.deliver import deliver
from chalicelib.flows.read_appointments import preview_sequence
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.replan_sequence import MOST
from chalicelib.flows.tick import tick
from chalicelib.ports import World
from tests.appointments import DAY, FRIDAY, again, booked, touches
from tests.cast import ALICE_NUMBER, CAROL, a_patient, an_sms

from .looked import looked
from .office import an_open_office, clock, outgoing, store, traces

LEAD = Staff("lena", "clinical_lead", ("adult",))
ASK = a_step("2d", "2h", "visit_confirm", 1, True)
LATER = FRIDAY + timedelta(days=14)


@pytest.fixture
def world() -> World:
    """Tuesday noon in Denver; Alice agreed to texts."""
    office = an_open_office()
    a_patient(office)
    return office


def saved(world: World, *steps: Step, sequence_id: str = "full", who: Staff = LEAD, why: str = "we ask earlier") -> SequenceNow:
    now = read_sequence(world, who, "adult", sequence_id)
    done = change_sequence(world, who, "adult", sequence_id, steps, now.sequence.tag, why)
    assert isinstance(done, SequenceNow), done
    return done


def at(world: World, when: datetime) -> None:
    clock(world).now = when.astimezone(clock(world).now.tzinfo)
    tick(world)
    for row in outgoing(world):
        if row.status == Status.QUEUED:
            deliver(world, row.thread_id, row.message_id)


def sent(world: World) -> list[str]:
    return [sms.body for sms in world.carriers["twilio"].sent]  # type: ignore[attr-defined]


def says(world: World, body: str, when: datetime | None = None) -> None:
    clock(world).advance(minutes=1)
    receive(world, an_sms(body, at=when or clock(world).now), inline=False)
    looked(world)
    for row in outgoing(world):
        if row.status == Status.QUEUED:
            deliver(world, row.thread_id, row.message_id)


def thread(world: World) -> Thread:
    found = store(world).get(Thread, "alice")
    assert found is not None
    return found


def contact(world: World) -> Contact:
    found = store(world).get(Contact, world.hasher.contact_id(ALICE_NUMBER))  # type: ignore[attr-defined]
    assert found is not None
    return found


# --- changing one --------------------------------------------------------------------------------------------------


def test_a_change_says_who_and_why_and_what_is_planned_is_planned_anew_in_the_background(world: World) -> None:
    visit = booked(world, LATER)
    was = touches(visit)
    assert (was["14d"], was["3d"]) == (("planned", ""), ("planned", ""))
    done = saved(world, ASK)
    assert done.own and done.sequence.tag.startswith("full@") and [line.who for line in done.history] == ["lena"]
    assert done.history[0].why == "we ask earlier" and traces(world, "sequence#adult")[-1] == ("lena", "change", "done")
    assert touches(again(world, visit)) == was  # not yet: nobody waits for it
    tick(world)
    now = again(world, visit)
    assert now.sequence == done.sequence.tag
    assert touches(now) == {"14d": ("left_out", "sequence_changed"), "7d": ("left_out", "sequence_changed"), "3d": ("left_out", "sequence_changed"),
                            "1d": ("left_out", "sequence_changed"), "2h": ("left_out", "sequence_changed"), "2d": ("planned", "")}  # fmt: skip
    assert [due.about for due in store(world).rows(Due) if due.kind == "touch"] == ["2d"]
    at(world, LATER - 2 * DAY)
    assert len(sent(world)) == 1 and "Reply 1 to confirm" in sent(world)[0]


def test_a_text_that_comes_due_before_the_walk_does_is_planned_anew_and_none_of_the_older_version_leaves(world: World) -> None:
    visit = booked(world)
    saved(world, a_step("4h", "1h", "visit_day", 1, True))
    for due in store(world).rows(Due):
        if due.kind == "replan":
            store(world).commit(Update(Due, (due.shard, due.at, due.due_id), set={"kind": "read_inbox"}))  # the walk is late
    at(world, FRIDAY - 3 * DAY)
    at(world, FRIDAY - DAY)
    assert sent(world) == [] and touches(again(world, visit))["4h"] == ("planned", "")
    at(world, FRIDAY - timedelta(hours=4))
    assert len(sent(world)) == 1 and "Running late?" in sent(world)[0]


def test_what_left_stays_and_the_same_text_is_not_sent_twice(world: World) -> None:
    visit = booked(world)
    at(world, FRIDAY - DAY)
    assert len(sent(world)) == 1
    saved(world, a_step("1d", "2h", "visit_confirm", 1, True), a_step("3h", "1h", "visit_day", 2, True))
    at(world, FRIDAY - DAY + timedelta(minutes=2))
    assert touches(again(world, visit))["1d"] == ("sent", "") and touches(again(world, visit))["3h"] == ("planned", "")
    at(world, FRIDAY - timedelta(hours=3))
    assert len(sent(world)) == 2


def test_back_to_the_released_ones_plans_those_again(world: World) -> None:
    visit = booked(world, LATER)
    before = again(world, visit)
    done = saved(world, ASK)
    tick(world)
    clock(world).advance(minutes=1)
    back = release_sequence(world, LEAD, "adult", "full", done.sequence.tag, "it was better")
    assert isinstance(back, SequenceNow) and not back.own and len(back.history) == 2
    tick(world)
    now = again(world, visit)
    assert now.sequence == "full" and {name: said for name, said in touches(now).items() if said[0] == "planned"} == touches(before)


def test_two_who_change_it_are_told_of_each_other_and_the_same_form_twice_is_one_change(world: World) -> None:
    now = read_sequence(world, LEAD, "adult", "full")
    first = change_sequence(world, LEAD, "adult", "full", (ASK,), now.sequence.tag, "a")
    again_ = change_sequence(world, LEAD, "adult", "full", (ASK,), now.sequence.tag, "a")
    assert isinstance(first, SequenceNow) and isinstance(again_, SequenceNow) and again_.version == first.version == 1
    other = change_sequence(world, replace(LEAD, staff_id="sue", role="supervisor"), "adult", "full", (ASK, replace(ASK, name="5d", rank=2)), now.sequence.tag, "b")
    assert isinstance(other, Moved) and other.now.history[0].who == "lena"
    weekly = change_sequence(world, LEAD, "adult", "weekly", (ASK,), "weekly", "c")  # another one is no conflict
    assert isinstance(weekly, SequenceNow) and weekly.version == 2 and [line.why for line in weekly.history] == ["c"]


def test_what_is_wrong_is_named_and_nothing_is_written(world: World) -> None:
    found = change_sequence(world, LEAD, "adult", "full", (), "full", "")
    assert found == (Wrong("", "none"),)
    assert change_sequence(world, LEAD, "adult", "full", (replace(ASK, template="visit_thanks"),), "full", "") == (Wrong("2d", "template"),)
    assert not store(world).rows(Setting)


@pytest.mark.parametrize("who", [CAROL, Staff("ada", "administrator", ("adult",)), Staff("h", "clinical_lead", ("harbor",))])
def test_who_may_not_finds_nothing(world: World, who: Staff) -> None:
    with pytest.raises(NotFound):
        read_sequences(world, who, "adult")
    with pytest.raises(NotFound):
        change_sequence(world, who, "adult", "full", (ASK,), "full", "")


def test_another_programs_visits_keep_the_released_sequence(world: World) -> None:
    a_patient(world, "dora", "+13035550123", program="harbor")
    saved(world, ASK)
    from chalicelib.flows.book_appointment import Booked, book
    from tests.appointments import a_wish

    done = book(world, Staff("dan", "clinician", ("harbor",)), "dora", world.ids(world.clock()), a_wish(LATER))
    assert isinstance(done, Booked) and done.visit.sequence == "full"
    assert booked(world, LATER).sequence.startswith("full@")


def test_what_cannot_be_read_leaves_the_released_one(world: World) -> None:
    saved(world, ASK)
    store(world).commit(Update(Setting, ("sequence", "adult"), set={"value": {"full": "no such thing", "weekly": '[{"before":"1d"}]'}}))
    assert [each.sequence.tag for each in read_sequences(world, LEAD, "adult")] == ["weekly", "urgent", "full"]


def test_the_walk_goes_by_stretches_and_its_cost_is_what_is_planned(world: World) -> None:
    """Everybody of the program has a visit on that day; each stretch ends where the next one begins."""
    for each in range(6):
        a_patient(world, f"p{each}", f"+1303555{2000 + each}")
        booked(world, LATER + timedelta(days=each // 2), patient_id=f"p{each}")
    done = saved(world, ASK)
    ticks = 0
    while [due for due in store(world).rows(Due) if due.kind == "replan"] and ticks < 30:
        tick(world)
        clock(world).advance(minutes=1)
        ticks += 1
    from chalicelib.core.appointments import Appointment

    assert {each.sequence for each in store(world).rows(Appointment)} == {done.sequence.tag}
    assert ticks <= 6 and MOST >= 100  # 400 days by 12 weeks a tick


# --- before it is saved --------------------------------------------------------------------------------------------


def test_the_preview_is_what_the_booking_would_plan_and_says_why_something_is_left_out(world: World) -> None:
    visit = booked(world, LATER)
    mood = a_step("5h", "1h", "visit_mood", 3, False)
    found = preview_sequence(world, LEAD, "alice", visit.appointment_id, "full", (ASK, mood))
    assert [(each.touch.name, each.touch.state, each.touch.why) for each in found][-2:] == [("2d", "planned", ""), ("5h", "left_out", "content_level")]
    assert "Reply 1 to confirm" in next(each.text for each in found if each.touch.name == "2d")
    assert not store(world).rows(Setting) and traces(world, "alice")[-1] == ("lena", "preview_sequence", "done")
    with pytest.raises(NotFound):
        preview_sequence(world, Staff("h", "clinical_lead", ("harbor",)), "alice", visit.appointment_id, "full", (ASK,))


# --- questions before a visit --------------------------------------------------------------------------------------

MOOD = a_step("5h", "1h", "visit_mood", 3, True)


def asked(world: World, step: Step = MOOD, confirm: bool = True, **fields: Any) -> Any:
    store(world).commit(Update(Patient, ("alice",), set={"content_level": 2, **fields}))
    saved(world, ASK, step)
    visit = booked(world)
    at(world, FRIDAY - 2 * DAY)
    if confirm:
        says(world, "1")
    at(world, FRIDAY - timedelta(hours=5))
    return visit


def test_a_mood_check_is_asked_answered_by_number_and_read_in_the_thread(world: World) -> None:
    visit = asked(world)
    assert "how was your mood this week? Reply 1 (very low) to 5 (good)" in sent(world)[-1]
    says(world, "4")
    now = again(world, visit)
    assert now.steps[-1].what == "answered" and now.steps[-1].detail == "mood" and now.confirmation == "confirmed"
    assert sent(world)[-1].startswith("Larkspur: Thank you. This is read before Fri Mar 6 at 3:00 PM, not at once.")
    assert thread(world).waiting_since is None and contact(world).prompt is None
    [row] = [each for each in store(world).rows(Message) if each.direction == "in" and "mood" in str(each.meaning)]
    assert "4" not in str(row.meaning)  # N5: what it was stands in the sealed text alone
    assert "4" not in now.steps[-1].detail


def test_a_low_answer_is_read_by_somebody_soon_and_own_words_are_a_text_like_any(world: World) -> None:
    asked(world)
    says(world, "rough week, hard to get up")
    assert thread(world).waiting_since is not None and contact(world).prompt is not None
    says(world, "1")
    assert thread(world).note == "before_visit"


def test_n2_danger_in_the_answer_pages_like_any_text(world: World) -> None:
    asked(world)
    says(world, "1 I want to kill myself")
    assert world.pager.pages  # type: ignore[attr-defined]


def test_a_late_answer_is_words_for_a_person(world: World) -> None:
    visit = asked(world)
    clock(world).now = (FRIDAY + timedelta(minutes=5)).astimezone(clock(world).now.tzinfo)
    says(world, "4")
    assert thread(world).waiting_since is not None
    assert again(world, visit).steps[-1].what != "answered"


def test_t16_one_question_at_a_time(world: World) -> None:
    """The question about the visit is open until it is confirmed: "1" must not become a mood."""
    visit = asked(world, confirm=False)
    assert touches(again(world, visit))["5h"] == ("left_out", "one_question")
    says(world, "1")
    assert again(world, visit).confirmation == "confirmed"


def test_a_level_that_was_lowered_since_leaves_it_out(world: World) -> None:
    store(world).commit(Update(Patient, ("alice",), set={"content_level": 2}))
    saved(world, ASK, MOOD)
    visit = booked(world)
    store(world).commit(Update(Patient, ("alice",), set={"content_level": 1}))
    at(world, FRIDAY - timedelta(hours=5))
    assert touches(again(world, visit))["5h"] == ("left_out", "content_level")


@pytest.mark.parametrize(("template", "answer", "note"), [("visit_homework", "2", ""), ("visit_forms", "1", ""), ("visit_forms", "2", "before_visit")])
def test_homework_and_forms(world: World, template: str, answer: str, note: str) -> None:
    visit = asked(world, a_step("5h", "1h", template, 3, True))
    says(world, answer)
    assert again(world, visit).steps[-1].what == "answered" and thread(world).note == note


def test_the_steps_are_the_same_text_whatever_their_order() -> None:
    assert text_of((ASK, MOOD)) == text_of((MOOD, ASK))

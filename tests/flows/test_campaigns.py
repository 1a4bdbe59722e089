"""Campaigns: who, why not, by whom approved, at what pace, stopped at once, and honestly measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.campaigns import Campaign
from chalicelib.core.people import IncidentRef
from chalicelib.core.records import (
    Appointment,
    Contact,
    Due,
    Message,
    PacedDay,
    Patient,
    Put,
    Quiet,
    Stage,
    Task,
    Tasks,
    Update,
)
from chalicelib.core.throughput import carrier_day
from chalicelib.errors import NotFound
from chalicelib.flows import campaign_desk as desk
from chalicelib.flows.book_appointment import Wrong, set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.set_stage import read_stage, set_stage
from chalicelib.flows.tick import tick
from tests.appointments import FRIDAY, booked
from tests.campaigns import GINA, HENRY, a_wish, made, minutes, now, people, running, texts
from tests.cast import CAROL, DAN, a_patient, an_sms
from tests.flows.office import an_open_office, clock, store, traces
from tests.waitlist import NUMBERS

KINDS = ("conversation", "re_engagement", "clinical")


def agreed(world) -> dict:
    """To everything that a campaign may be for."""
    return dict.fromkeys(KINDS, world.clock())


@pytest.fixture
def world():
    office = an_open_office()
    for name in ("alice", "bea", "cleo"):
        a_patient(office, name, NUMBERS[name], consent=agreed(office))
    a_patient(office, "bob", NUMBERS["dora"], "harbor")
    return office


def got(world, patient: str) -> list[str]:
    return [sms.body for sms in world.carriers["twilio"].sent if sms.recipient == NUMBERS[patient]]


def change(world, patient: str, **fields) -> None:
    world.store.commit(Update(Patient, (patient,), set=fields))


def change_contact(world, patient: str, **fields) -> None:
    world.store.commit(Update(Contact, (world.hasher.contact_id(NUMBERS[patient]),), set=fields))


def a_task(patient: str, kind: str, world) -> Put:
    at = world.clock()
    return Put(Tasks("adult", (Task("t1", kind, patient, "carol", at, at, patient_id=patient),), 1))


# --- the whole way -------------------------------------------------------------------------------------------------


def test_from_the_dry_run_to_the_last_text(world):
    campaign = made(world)
    assert (campaign.state, campaign.counts, campaign.parts) == ("ready", {"text": 3}, 3)
    assert texts(world) == [] and not any(due.kind == "campaign" for due in store(world).rows(Due))
    assert desk.move(world, HENRY, "adult", "k1", "start") == "state"  # nobody has approved it
    assert desk.move(world, GINA, "adult", "k1", "approve") == "second"  # nor may she who made it
    assert desk.move(world, HENRY, "adult", "k1", "approve") == "" and now(world).approved_by == "henry"
    assert desk.move(world, GINA, "adult", "k1", "start") == ""
    minutes(world, 2)
    assert got(world, "alice") == [
        "Larkspur: Hello. If you would like to come in, there is a place for you. Write to us here and a person will answer, or call 303-555-0190. No rush."
    ]
    assert {each.state for each in people(world).values()} == {"written"}
    assert (now(world).state, now(world).written, now(world).waiting) == ("done", 3, 0)
    assert [step.what for step in now(world).steps] == ["made", "approve", "start"]
    assert got(world, "dora") == []  # another program's
    assert ("gina", "make_campaign", "done") in traces(world, "campaign#adult.k1")
    minutes(world, 3)
    assert len(texts(world)) == 3


def test_the_same_form_twice_is_one_campaign_and_ids_of_others_are_found_nowhere(world):
    assert made(world) == desk.make(world, GINA, "adult", "k1", a_wish(audience="no_visit"))
    for who, program in ((CAROL, "adult"), (DAN, "harbor"), (GINA, "harbor")):
        with pytest.raises(NotFound):
            desk.make(world, who, program, "k9", a_wish())
        with pytest.raises(NotFound):
            desk.move(world, who, program, "k1", "stop")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (a_wish("nothing"), "template"),
        (a_wish(audience="everybody at once"), "audience"),
        (a_wish(audience="contemplation"), "audience"),
        (a_wish("stage_contemplation", "everyone", reader="carol"), "audience"),
        (a_wish("stage_contemplation", "action", reader="carol"), "audience"),
        (a_wish("stage_contemplation", "contemplation"), "reader"),
        (a_wish(hold_out=99), "hold_out"),
        (a_wish(language="fr"), "language"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_a_form_may_not_ask_for(world, wish, field):
    found = desk.make(world, GINA, "adult", "k1", wish)
    assert isinstance(found, Wrong) and set(found.fields) == {field}
    assert store(world).rows(Campaign) == []


# --- who, and why not ----------------------------------------------------------------------------------------------

OUT = {
    "no_consent": lambda world: change(world, "alice", consent={}),
    "no_consent_kind": lambda world: change(world, "alice", consent={"conversation": world.clock()}),
    "opted_out": lambda world: change_contact(world, "alice", stopped_at=world.clock()),
    "on_hold": lambda world: change(world, "alice", status="hospital"),
    "deceased": lambda world: change(world, "alice", status="deceased"),
    "declined": lambda world: change(world, "alice", declined=("re_engagement",)),
    "no_number": lambda world: change(world, "alice", contact_id="gone"),
    "no_safe_hours": lambda world: change(world, "alice", safe_hours={"mon": "01:00-02:00"}),
    "open_incident": lambda world: change_contact(
        world, "alice", incidents=(IncidentRef("i1", "alice", "0001", 1, (), "erin", (), ()),)
    ),
    "call_first": lambda world: change(world, "alice", call_first="t1"),
    "person_first": lambda world: world.store.commit(a_task("alice", "follow_up", world)),
    "other_program": lambda world: change(world, "alice", program="harbor"),
}


@pytest.mark.parametrize("why", sorted(set(OUT) - {"other_program"}))
def test_the_dry_run_says_who_is_left_out_and_why(world, why):
    OUT[why](world)
    campaign = made(world)
    assert campaign.counts == {"text": 2, why: 1} and people(world)["alice"].why == why


@pytest.mark.parametrize("why", sorted(OUT))
def test_n3_the_same_is_asked_when_it_is_written(world, why):
    running(world)
    OUT[why](world)
    minutes(world, 2)
    assert len(texts(world)) == 2 and not got(world, "alice")
    assert (people(world)["alice"].state, people(world)["alice"].why) == ("left_out", why)
    assert (now(world).written, now(world).dropped, now(world).state) == (2, 1, "done")


LATE = {"other_program": "campaign_gone", "no_number": "number_changed"}


@pytest.mark.parametrize("why", sorted(OUT))
def test_n3_and_once_more_when_it_leaves(world, why):
    running(world)
    tick(world)
    OUT[why](world)
    clock(world).advance(seconds=30)
    for row in texts(world):
        deliver(world, row.thread_id, row.message_id)
    [hers] = [row for row in texts(world) if row.patient_id == "alice"]
    assert (hers.status, hers.status_reason) == ("refused", LATE.get(why, why)) and not got(world, "alice")
    assert len(world.carriers["twilio"].sent) == 2


def test_the_cap_puts_off_and_a_week_of_other_texts_does_not_leave_out(world):
    running(world)
    change_contact(world, "alice", auto_sent=(world.clock() - timedelta(hours=2),))
    minutes(world)
    assert len(texts(world)) == 2 and people(world)["alice"].state == "waiting"
    clock(world).advance(hours=21, minutes=58)
    minutes(world)
    assert not got(world, "alice")
    clock(world).advance(hours=1)
    minutes(world, 2)
    assert len(got(world, "alice")) == 1 and now(world).state == "done"


def test_safe_hours_put_off_and_what_never_fits_is_left_out_in_the_end(world):
    running(world)
    change(world, "alice", safe_hours={"wed": "10:00-11:00"})
    change_contact(world, "bea", auto_sent=tuple(world.clock() + timedelta(days=each) for each in (-1, -2, -3)))
    minutes(world)
    assert len(texts(world)) == 1
    clock(world).now += timedelta(hours=22, minutes=1)  # Wednesday, a little after ten in Denver
    minutes(world, 2)
    assert len(got(world, "alice")) == 1
    clock(world).advance(days=20)
    minutes(world)
    assert now(world).state == "done"


def test_no_visit_ahead_is_read_from_their_visits_and_again_when_it_is_written(world):
    booked(world, FRIDAY + timedelta(days=30))
    campaign = made(world, audience="no_visit")
    assert campaign.counts == {"text": 2, "visit_ahead": 1}
    for what in ("approve", "start"):
        desk.move(world, HENRY, "adult", "k1", what)
    booked(world, FRIDAY + timedelta(days=30), "v2", "bea")
    minutes(world)
    assert not got(world, "bea") and people(world)["bea"].why == "visit_ahead" and len(got(world, "cleo")) == 1


def test_language_and_the_words_in_it(world):
    change(world, "bea", language="es")
    change(world, "cleo", language="vi")
    assert made(world, language="es").counts == {"text": 1, "language": 2}
    running(world, "k2")
    minutes(world, 2)
    assert got(world, "bea")[0].startswith("Larkspur: Hola.") and got(world, "cleo")[0].startswith("Larkspur: Hello.")


def test_n7_each_by_themself_and_nobodys_words_name_another(world):
    running(world)
    minutes(world)
    assert len({row.thread_id for row in texts(world)}) == 3 and all(row.prompt is None for row in texts(world))
    for sms in world.carriers["twilio"].sent:
        assert not any(name in sms.body.lower() for name in ("alice", "bea", "cleo"))


# --- pause and stop ------------------------------------------------------------------------------------------------


def test_a_pause_holds_what_is_queued_too_and_a_resume_lets_it_go(world):
    running(world)
    tick(world)
    assert desk.move(world, GINA, "adult", "k1", "pause") == ""
    clock(world).advance(seconds=30)
    for row in texts(world):
        deliver(world, row.thread_id, row.message_id)
    assert world.carriers["twilio"].sent == [] and {row.status_reason for row in texts(world)} == {"campaign_paused"}
    desk.move(world, GINA, "adult", "k1", "resume")
    clock(world).advance(minutes=11)
    minutes(world, 2)
    assert len(world.carriers["twilio"].sent) == 3 and now(world).state == "done"


def test_a_pause_that_lasts_lets_old_texts_go_stale(world):
    running(world)
    tick(world)
    desk.move(world, GINA, "adult", "k1", "pause")
    minutes(world)
    clock(world).advance(hours=7)
    minutes(world)
    assert world.carriers["twilio"].sent == [] and {(row.status, row.status_reason) for row in texts(world)} == {
        ("refused", "too_late")
    }


def test_a_stop_is_at_once_for_what_is_queued_and_what_waits():
    world = many(60)
    running(world)
    tick(world)
    assert len(texts(world)) == 48 and Counter(each.state for each in people(world).values())["waiting"] == 12
    desk.move(world, GINA, "adult", "k1", "stop")
    clock(world).advance(minutes=1)
    for row in texts(world):
        deliver(world, row.thread_id, row.message_id)
    minutes(world, 3)
    assert world.carriers["twilio"].sent == [] and {row.status_reason for row in texts(world)} == {"campaign_stopped"}
    for what in ("resume", "start", "approve", "pause", "stop", "fly"):
        assert desk.move(world, HENRY, "adult", "k1", what) == "state"


def test_who_was_counted_a_week_ago_is_counted_anew(world):
    made(world)
    clock(world).advance(days=8)
    assert desk.move(world, HENRY, "adult", "k1", "approve") == "stale"


def test_words_that_are_not_approved_any_more_pause_it(world):
    running(world)
    world.store.commit(Update(Campaign, ("adult", "k1"), set={"template": "words_of_last_year"}))
    tick(world)
    assert now(world).state == "paused" and texts(world) == []
    assert desk.move(world, HENRY, "adult", "k1", "resume") == "words"


def test_gone_quiet_is_a_list_that_exists_and_who_is_left_alone_stays_alone(world):
    at = clock(world).now
    for name, left in (("alice", None), ("bea", at + timedelta(days=9)), ("cleo", at - timedelta(days=1))):
        world.store.commit(Put(Quiet("adult", name, at - timedelta(days=90), "text", at, left_until=left)))
    assert made(world, audience="gone_quiet").counts == {"text": 2} and "bea" not in people(world)


def test_whoever_has_gone_quiet_is_counted_however_many_they_are():
    """A store hands out a list in pages, and one page of five hundred had been all of it."""
    world = many(510)
    at = clock(world).now
    for each in range(510):
        world.store.commit(Put(Quiet("adult", f"p{each:03d}", at - timedelta(days=90), "text", at)))
    assert len(world.store.quiet("adult")) == 510
    made(world, audience="gone_quiet")
    tick(world)
    assert sum(now(world).counts.values()) == 510 and now(world).state == "ready"


def test_a_hundred_in_a_row_who_are_left_alone_do_not_stop_the_count():
    world = many(110)
    at = clock(world).now
    for each in range(110):
        left = at + timedelta(days=9) if each < 100 else None
        world.store.commit(Put(Quiet("adult", f"p{each:03d}", at - timedelta(days=90), "text", at, left_until=left)))
    made(world, audience="gone_quiet")
    tick(world)
    assert (now(world).state, sum(now(world).counts.values())) == ("ready", 10)


# --- size ----------------------------------------------------------------------------------------------------------


def many(count: int):
    office = an_open_office()
    for at in range(count):
        a_patient(office, f"p{at:03d}", f"+1303555{2000 + at}", consent=agreed(office))
    return office


def test_a_program_is_counted_in_slices_and_released_in_slices_and_nobody_twice():
    world = many(200)
    campaign = made(world, hold_out=20)
    assert campaign.state == "counting" and sum(campaign.counts.values()) == 90
    tick(world)
    campaign = now(world)
    assert campaign.state == "ready" and sum(campaign.counts.values()) == 200
    assert 20 <= campaign.counts["hold_out"] <= 60 and campaign.parts == campaign.counts["text"]
    for what in ("approve", "start"):
        desk.move(world, HENRY, "adult", "k1", what)
    minutes(world)
    assert len(world.carriers["twilio"].sent) == 48  # a minute of the number's
    minutes(world, 5)
    per_patient = Counter(row.patient_id for row in texts(world))
    assert set(per_patient.values()) == {1} and len(per_patient) == campaign.counts["text"]
    held = {each.patient_id for each in people(world).values() if each.arm == "hold_out"}
    assert held and not held & set(per_patient) and now(world).state == "done"


def test_a_campaign_stops_before_lambda_ends_its_tick_and_the_minute_is_settled():
    """A tick lives for 55 seconds, and a campaign begun in its fortieth wrote for twenty: whoever is killed there settles nothing,
    and the number's minute and its share of the day count as used."""
    world = many(80)
    running(world)
    for at in range(19):  # urgent items' clocks before it, which take the tick 38 seconds
        world.store.commit(Put(Due(0, clock(world).now, f"lapse#i{at}", "lapse", f"i{at}")))
    began = clock(world).now
    tick(replace(world, store=Slow(world, seconds=2)))
    day = world.store.get(PacedDay, carrier_day(began))
    assert clock(world).now - began < timedelta(seconds=52)
    assert day.taken == sum(day.parts.values()) > 0


class Slow:
    """A store in which each transaction takes seconds."""

    def __init__(self, world, seconds):
        self._inner, self._clock, self._seconds = world.store, clock(world), seconds

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def commit(self, *changes):
        self._clock.advance(seconds=self._seconds)
        self._inner.commit(*changes)


def test_the_hold_out_is_the_same_for_whoever_counts_and_another_for_another_campaign():
    world = many(60)
    arms = []
    for campaign_id in ("k1", "k2"):
        made(world, campaign_id, hold_out=50)
        arms.append({each.patient_id for each in people(world, campaign_id).values() if each.arm == "hold_out"})
    again = many(60)
    made(again, "k1", hold_out=50)
    assert arms[0] == {each.patient_id for each in people(again, "k1").values() if each.arm == "hold_out"} != arms[1]


# --- what came of it -----------------------------------------------------------------------------------------------


def test_what_became_of_both_groups_is_counted_by_intention(world):
    for name, number in (("dora", NUMBERS["dora"]), ("ella", NUMBERS["ella"])):
        a_patient(world, name, number, consent=agreed(world))
    running(world, hold_out=50)
    arms = people(world)
    written = sorted(name for name, each in arms.items() if each.arm == "text")
    held = sorted(name for name, each in arms.items() if each.arm == "hold_out")
    assert written and held
    minutes(world)
    begun = clock(world).now
    receive(world, an_sms("I would like to come", NUMBERS[written[0]], at=begun), inline=False)
    receive(world, an_sms("STOP", NUMBERS[written[-1]], at=begun + timedelta(hours=1)), inline=False)
    for name in (written[0], held[0]):
        booked(world, FRIDAY + timedelta(days=7), f"v-{name}", name)
    clock(world).advance(days=12)
    set_status(world, CAROL, written[0], f"v-{written[0]}", "fulfilled")
    set_status(world, CAROL, held[0], f"v-{held[0]}", "noshow")
    clock(world).advance(days=21)
    minutes(world, 2)
    figures = now(world).figures
    assert (figures["text"], figures["hold_out"]) == (len(written), len(held)) and now(world).measured_at
    assert (figures["text.booked"], figures["text.kept"], figures["hold_out.booked"]) == (
        1,
        1,
        1,
    ) and "hold_out.kept" not in figures
    assert figures["opted_out"] == 1 and figures["outcome.sent"] == len(written)
    assert figures["reply.words"] + figures["reply.stop"] == 2 or written[0] == written[-1]


def test_measuring_goes_on_where_it_stopped_and_a_month_later_is_the_last():
    world = many(60)
    running(world, hold_out=10)
    minutes(world, 3)
    clock(world).advance(days=1)
    minutes(world)
    assert now(world).figures["text"] + now(world).figures["hold_out"] == 60
    clock(world).advance(days=40)
    minutes(world)
    assert not any(due.kind.startswith("campaign") for due in store(world).rows(Due))


# --- the stage of change -------------------------------------------------------------------------------------------


def staged(world, name="alice", stage="contemplation", level=2) -> None:
    change(world, name, content_level=level)
    set_stage(world, CAROL, name, stage)


def about_stages(world, campaign_id="k1"):
    return running(world, campaign_id, template="stage_contemplation", audience="contemplation", reader="carol")


def stage_of(world, name="alice"):
    found = read_stage(world, store(world).get(Patient, name))
    return (found.stage.stage if found.stage else "", found.void)


def test_rules_4_4_a_clinician_sets_it_and_nobody_else(world):
    with pytest.raises(NotFound):
        set_stage(world, replace(CAROL, role="front_desk"), "alice", "action")
    with pytest.raises(NotFound):
        set_stage(world, DAN, "alice", "action")
    with pytest.raises(NotFound):
        set_stage(world, CAROL, "alice", "denial")
    assert stage_of(world) == ("", "none")
    set_stage(world, CAROL, "alice", "contemplation")
    set_stage(world, CAROL, "alice", "preparation")
    assert stage_of(world) == ("preparation", "") and traces(world, "alice")[-1] == ("carol", "set_stage", "done")
    set_stage(world, CAROL, "alice", "")
    assert stage_of(world) == ("", "none") and store(world).rows(Stage) == []


def test_its_text_goes_to_that_stage_at_level_2_alone(world):
    staged(world, "alice")
    staged(world, "bea", level=1)
    staged(world, "cleo", "action")
    campaign = about_stages(world)
    assert campaign.counts == {"text": 1, "content_level": 1, "stage_none": 1} and campaign.reader == "carol"
    minutes(world, 2)
    assert got(world, "alice")[0].startswith("Larkspur Counseling: Part of you may want a change and part may not.")
    assert len(world.carriers["twilio"].sent) == 1


def test_sixty_days_a_missed_visit_or_an_urgent_item_void_it(world):
    for name in ("alice", "bea", "cleo"):
        staged(world, name)
    missed = booked(world, FRIDAY, patient_id="alice")
    about_stages(world)
    clock(world).now = (FRIDAY + timedelta(hours=2)).astimezone(clock(world).now.tzinfo)
    store(world).commit(Update(Appointment, ("alice", missed.appointment_id), set={"status": "noshow"}))
    receive(world, an_sms("I want to hurt myself", NUMBERS["bea"], at=clock(world).now), inline=False)
    minutes(world)
    whys = {name: each.why for name, each in people(world).items()}
    assert (whys["alice"], whys["bea"], whys["cleo"]) == ("stage_missed", "open_incident", "")
    assert stage_of(world, "alice")[1] == "missed" and stage_of(world, "bea")[1] == "incident"
    change_contact(world, "bea", incidents=())
    made(world, "k2", template="stage_contemplation", audience="contemplation", reader="carol")
    assert people(world, "k2")["bea"].why == "stage_incident"
    clock(world).advance(days=61)
    assert stage_of(world, "cleo")[1] == "old"
    made(world, "k3", template="stage_contemplation", audience="contemplation", reader="carol")
    assert {each.why for each in people(world, "k3").values()} == {"stage_old"}


def test_a_stage_that_changed_between_writing_and_leaving_holds_it_back(world):
    staged(world)
    about_stages(world)
    tick(world)
    set_stage(world, CAROL, "alice", "action")
    [row] = texts(world)
    deliver(world, row.thread_id, row.message_id)
    [row] = texts(world)
    assert (row.status, row.status_reason) == ("refused", "stage_none") and isinstance(row, Message)

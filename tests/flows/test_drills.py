"""A drill goes the whole road to real people, says so first, ends when it is taken, and is counted with nothing real (PG-6)."""

from __future__ import annotations

import pytest

from chalicelib.core import crisis_figures as figures
from chalicelib.core.exercise import DRILL, DRILLS
from chalicelib.core.incidents import IllegalMove, month_of
from chalicelib.core.phones import Errand
from chalicelib.core.records import AuditEntry, Contact, Due, Incident, Thread
from chalicelib.core.staff import Staff
from chalicelib.errors import CarrierError, NotFound
from chalicelib.flows.crisis_board import crisis_board
from chalicelib.flows.drills import Running, read_drills, start
from chalicelib.flows.handle_incident import acknowledge
from chalicelib.flows.queue_health import queue_health
from chalicelib.flows.receive_sms import receive
from tests.cast import CAROL, ERIN, a_patient, an_sms

from .calls import a_number_for_calls, asks, pin_of, presses, rung
from .exercising import an_exercise_world, stream
from .phones import CAROL_PHONE, ERIN_PHONE, a_work_phone, direct, minutes

GRACE = Staff("grace", "supervisor", ("adult",))
SAYS = "DRILL, nobody is in danger. "


def a_drill(tier=0, **parts):
    world = an_exercise_world(**parts)
    assert start(world, GRACE, "adult", tier) is None
    stream(world)
    return world


def the(world):
    [incident] = world.store.rows(Incident)
    return incident


@pytest.mark.parametrize("tier", [0, 1])
def test_it_pages_the_person_on_call_and_says_first_that_it_is_a_drill(tier):
    world = a_drill(tier)
    incident = the(world)
    assert (incident.exercise, incident.tier, incident.program, incident.state) == (DRILL, tier, "adult", "paged")
    assert world.pager.pages == [("erin", f"{SAYS}Porchlight: urgent item {incident.code}. Open the console.")]
    assert world.carriers["twilio"].sent == []  # nobody is texted at the synthetic number


def test_it_calls_on_both_paths():
    world = an_exercise_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    start(world, GRACE, "adult", 0)
    stream(world)
    code = the(world).code
    assert direct(world) == [(ERIN_PHONE, f"{SAYS}Porchlight: urgent item {code}. Open the console. Or reply {code} to take it.")]


def test_it_escalates_as_the_policy_says_and_every_page_says_it_is_a_drill():
    world = a_drill()
    minutes(world, 16)
    assert [to for to, _ in world.pager.pages] == ["erin", "carol", "dan", "everyone"]
    assert all(text.startswith(SAYS) for _, text in world.pager.pages)


def test_it_ends_when_somebody_takes_it_and_the_others_stand_down():
    world = a_drill()
    minutes(world, 6)
    world.pager.pages.clear()
    acknowledge(world, CAROL, the(world).incident_id)
    incident = the(world)
    assert (incident.state, incident.open_in, incident.disposition, incident.holder) == ("resolved", "", "drill_taken", "carol")
    assert world.pager.pages == [("erin", f"{SAYS}Porchlight: item {incident.code} is taken by carol. You can stand down.")]
    minutes(world, 45)
    assert len(world.pager.pages) == 1 and not [due for due in world.store.rows(Due) if due.target == incident.incident_id]
    assert not [contact for contact in world.store.rows(Contact) if contact.incidents]


def test_taking_it_twice_is_taking_it_once_and_nobody_takes_what_is_over():
    world = a_drill()
    minutes(world, 6)
    acknowledge(world, CAROL, the(world).incident_id)
    told = len(world.pager.pages)
    assert acknowledge(world, CAROL, the(world).incident_id) == the(world)
    assert len(world.pager.pages) == told and [step.what for step in the(world).steps].count("acknowledged") == 1
    with pytest.raises(IllegalMove):
        acknowledge(world, ERIN, the(world).incident_id)


def test_it_is_taken_by_text_and_the_answer_says_that_it_is_over():
    world = an_exercise_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    start(world, GRACE, "adult", 0)
    stream(world)
    receive(world, an_sms(the(world).code, ERIN_PHONE, at=world.clock()), inline=True)
    stream(world)
    assert the(world).state == "resolved" and the(world).holder == "erin"
    assert direct(world)[-1] == (ERIN_PHONE, f"{SAYS}Porchlight: {the(world).code} is yours, and the drill is over. Thank you.")


def test_a_telephone_that_rings_says_first_that_it_is_a_drill_and_a_key_and_a_pin_end_it():
    world = an_exercise_world()
    a_number_for_calls(world, ERIN, ERIN_PHONE)
    start(world, GRACE, "adult", 0)
    stream(world)
    assert [each.recipient for each in rung(world)] == [ERIN_PHONE]
    said = asks(world)
    assert said.ask is not None and said.ask.says.startswith("This is a drill. Nobody is in danger. This is Porchlight.")
    presses(world, "1")
    taken = presses(world, pin_of(world, ERIN), moment="pin")
    assert taken.says.startswith("This is a drill.") and "the drill is over" in taken.says and "Call now" not in taken.says
    assert the(world).state == "resolved" and the(world).holder == "erin"


def test_who_was_called_by_text_stands_down_by_text():
    world = an_exercise_world()
    a_work_phone(world, ERIN, ERIN_PHONE)
    a_work_phone(world, CAROL, CAROL_PHONE)
    start(world, GRACE, "adult", 0)
    stream(world)
    minutes(world, 6)
    acknowledge(world, CAROL, the(world).incident_id)
    stream(world)
    assert direct(world)[-1] == (ERIN_PHONE, f"{SAYS}Porchlight: item {the(world).code} is taken by carol. You can stand down.")


def test_nobody_takes_it_it_ends_by_itself_and_whoever_was_called_is_told():
    world = a_drill()
    minutes(world, 31)
    incident = the(world)
    assert (incident.state, incident.disposition, incident.open_in) == ("resolved", "drill_not_taken", "")
    over = f"{SAYS}Porchlight: item {incident.code}: the drill is over."
    assert {to for to, text in world.pager.pages if text == over} == {"erin", "carol", "dan", "everyone"}
    before = len(world.pager.pages)
    minutes(world, 60)
    assert len(world.pager.pages) == before and not world.store.rows(Errand)


def test_it_reports_when_it_was_asked_for_found_paged_and_taken_and_by_whom():
    world = a_drill()
    minutes(world, 3)
    acknowledge(world, ERIN, the(world).incident_id)
    [drill] = read_drills(world, GRACE, month_of(world.clock()))
    assert [step.what for step in drill.steps if step.who == "grace"] == ["drill_started"]
    assert figures.took(drill, "page").total_seconds() == 0 and figures.took(drill, "acknowledge").total_seconds() == 180
    assert (drill.holder, drill.step) == ("erin", 0)


def test_no_figure_no_queue_and_no_promise_of_an_answer_counts_it():
    world = a_drill()
    board = crisis_board(world, Staff("grace", "supervisor", ("adult", "harbor")))
    assert board.incidents == () and [each.exercise for each in board.open] == [DRILL]
    assert [each.incident_id for each in board.drills] == [the(world).incident_id]
    assert queue_health(world, GRACE).total.urgent == 0
    assert figures.page_load([*board.incidents], world.clinic.zone) == []
    [thread] = world.store.rows(Thread)
    assert thread.waiting_since is None and thread.reply_by is None
    assert the(world).logged_in == f"{DRILLS}#{month_of(world.clock())}"


def test_one_drill_of_a_program_at_a_time():
    world = a_drill()
    assert start(world, GRACE, "adult", 0) == Running()
    assert len(world.store.rows(Incident)) == 1
    acknowledge(world, ERIN, the(world).incident_id)
    assert start(world, GRACE, "adult", 1) is None


def test_a_door_that_does_not_answer_is_asked_again():
    world = an_exercise_world()
    world.synthetic.fails.append(CarrierError("carrier_down", permanent=False))
    start(world, GRACE, "adult", 0)
    with pytest.raises(CarrierError):
        stream(world)
    minutes(world, 2)
    assert [to for to, _ in world.pager.pages] == ["erin"]


def test_a_real_crisis_beside_it_is_paged_as_one():
    world = a_drill()
    a_patient(world)
    world.pager.pages.clear()
    receive(world, an_sms("I took all my pills and I want to die", at=world.clock()), inline=True)
    [(to, text)] = world.pager.pages
    assert to == "erin" and text.startswith("Porchlight: urgent item")


@pytest.mark.parametrize("who", [CAROL, Staff("grace", "supervisor", ("harbor",)), Staff("ada", "administrator", ("adult",))])
def test_who_may_not_start_one_finds_nothing(who):
    world = an_exercise_world()
    with pytest.raises(NotFound):
        start(world, who, "adult", 0)
    assert not world.store.rows(Errand)


def test_who_started_it_stands_in_the_trail():
    world = a_drill()
    assert [(e.who, e.subject_id, e.result) for e in world.store.rows(AuditEntry) if e.action == "start_drill"] == [
        ("grace", "program#adult", "tier 0")
    ]

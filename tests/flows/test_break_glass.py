"""Breaking the glass: one record, for a while, with a reason; told at once, in the trail, taken back, and reviewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.records import AuditEntry, Due, Lending, LentKey
from chalicelib.core.roles import ROLES
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound, PageFailed
from chalicelib.flows import sweep_keys, tick
from chalicelib.flows.break_glass import UNKNOWN, Asked, NotOpened, break_glass, end, standing
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.review_keys import NotReviewed, counts, read_lent, read_one, review
from chalicelib.ports import World

from ..cast import ALICE_NUMBER, CAROL, DAN, FRANK, a_patient, an_sms
from ..fakes.keys import FakeKeys, token_of
from .office import an_open_office, clock, store, traces, vault
from .test_lend_keys import lent, the_stream

DANI = "+13035550177"
LEAD = Staff("lee", "clinical_lead", ("harbor", "adult"))
ABOUT_ALICE = Asked("", ALICE_NUMBER, "care", "She stands at our desk.", cannot_ask=True)
ABOUT_DANI = Asked("", DANI, "overdose", "Her mother rang: she does not wake.", cannot_ask=True)


def a_clinic() -> World:
    """Alice is of the adult program, Dani of Harbor, which treats substance use."""
    world = an_open_office()
    a_patient(world)
    a_patient(world, "dani", DANI, "harbor")
    receive(world, an_sms("See you on Monday", at=world.clock()), inline=False)
    return world


def pages(world: World) -> list[tuple[str, str]]:
    return world.pager.pages  # type: ignore[attr-defined, no-any-return]


def reasons(world: World, who: str, action: str) -> list[str]:
    """What each of their looks at Alice's texts was for, as the trail has it."""
    return [each.purpose for each in store(world).rows(AuditEntry) if (each.who, each.action, each.subject_id) == (who, action, "alice")]


def over(world: World, **span: float) -> None:
    clock(world).advance(**span)
    tick.tick(world)


def test_dan_reads_alice_for_an_hour_and_only_her_and_then_the_wall_stands_again() -> None:
    world = a_clinic()
    a_patient(world, "bob", "+13035550178", "adult")
    assert break_glass(world, DAN, ABOUT_ALICE) == "alice"
    assert not standing(world, DAN, "alice").ready
    the_stream(world)
    assert set(lent(world)) == {("dan", "alice")} and standing(world, DAN, "alice").ready
    keys = FakeKeys(lambda: world)
    his = replace(world, vault=keys.vault(keys.ask(token_of(DAN), "dan", world.clock())))
    assert [each.body for each in read_thread(his, DAN, "alice").messages] == ["See you on Monday"]
    with pytest.raises(NotFound):
        read_thread(world, DAN, "bob")
    over(world, minutes=61)
    assert not lent(world)
    with pytest.raises(NotFound):
        read_thread(world, DAN, "alice")
    [line] = store(world).rows(Lending)
    assert reasons(world, "dan", "read_thread") == [f"break_glass:{line.lending_id}", "care"]  # the last: refused
    assert (line.why, line.until - line.at, line.back_at) == ("glass", timedelta(minutes=60), world.clock())
    said = traces(world, "alice")
    assert ("dan", "break_glass", "care") in said and ("job:lend_keys", "key_taken_back", "dan") in said


def test_how_long_is_the_clinics_to_say() -> None:
    world = a_clinic()
    world = replace(world, clinic=replace(world.clinic, glass_minutes=15))
    break_glass(world, DAN, ABOUT_ALICE)
    [row] = store(world).rows(LentKey)
    assert row.until - row.at == timedelta(minutes=15)


def test_whoever_supervises_there_and_whoever_reviews_are_told_at_once_and_without_a_word_of_whose() -> None:
    world = a_clinic()
    erin = Staff("erin", "clinician", ("harbor",))
    break_glass(world, erin, ABOUT_ALICE, ("frank",))
    assert [to for to, _ in pages(world)] == ["dan", "frank"]  # Dan is the supervisor on the rota
    assert not [text for _, text in pages(world) if "alice" in text.lower() or "erin" in text.lower()]
    assert not [due for due in store(world).rows(Due) if due.kind == "glass"]
    [line] = store(world).rows(Lending)
    assert line.told == ("dan", "frank")


def test_who_is_alone_on_call_is_not_alone_with_it() -> None:
    """No officer known (or the list of people does not answer), and nobody above: the others of the rota hear of it."""
    world = a_clinic()
    alone = tuple(replace(layer, people=(DAN.staff_id,)) for layer in world.clinic.rota.layers)
    for_nobody = replace(alone[0], layer_id="elsewhere", programs=("elsewhere",), people=("erin",))
    rota = replace(world.clinic.rota, layers=(*alone, for_nobody), last_resort=DAN.staff_id)
    break_glass(replace(world, clinic=replace(world.clinic, rota=rota)), DAN, ABOUT_ALICE)
    [line] = store(world).rows(Lending)
    assert line.told == ("erin",)


def test_who_broke_it_is_not_the_one_who_is_told() -> None:
    world = a_clinic()
    break_glass(world, DAN, ABOUT_ALICE)
    assert [to for to, _ in pages(world)] == ["carol"]


def test_a_pager_that_takes_nothing_is_asked_again_by_the_tick() -> None:
    world = a_clinic()
    world.pager.fails += [PageFailed("x")] * 2  # type: ignore[attr-defined]
    break_glass(world, DAN, ABOUT_ALICE)
    assert not pages(world)
    over(world, minutes=1)
    over(world, minutes=2)
    assert [to for to, _ in pages(world)] == ["carol"]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_front_desk_compliance_and_administrators_cannot_break_it(role: str) -> None:
    world = a_clinic()
    who = Staff("zed", role, ("harbor",))
    if role in ("clinician", "supervisor", "clinical_lead"):
        assert break_glass(world, who, ABOUT_ALICE) == "alice"
        return
    with pytest.raises(NotFound):
        break_glass(world, who, ABOUT_ALICE)
    assert not store(world).rows(LentKey) and traces(world, "settings#break_glass") == [("zed", "open", "refused")]


def test_p2_6_a_substance_use_record_opens_for_a_medical_emergency_alone_and_the_record_of_it_is_whole() -> None:
    world = a_clinic()
    for ground in ("care", "danger", "other"):
        with pytest.raises(NotOpened, match="nobody"):
            break_glass(world, CAROL, replace(ABOUT_DANI, ground=ground))
    assert not store(world).rows(LentKey) and not pages(world)
    assert traces(world, "dani").count(("carol", "break_glass", "refused")) == 3
    break_glass(world, CAROL, ABOUT_DANI)
    [line] = store(world).rows(Lending)
    # 42 CFR 2.51(c): to whom, by whom, when, and the nature of the emergency
    assert (line.staff_id, line.by, line.at) == ("carol", "Porchlight, for Harbor", world.clock())
    assert line.nature == "An overdose, or a withdrawal that may kill"


def test_p2_4_nobody_there_and_a_ground_that_does_not_open_it_read_alike() -> None:
    world = a_clinic()
    said = []
    for asked in (replace(ABOUT_DANI, ground="care"), replace(ABOUT_DANI, number="", find="01M8CW7ZBRKCT70PM8DQNCT670"), replace(ABOUT_DANI, number="+13035550111")):
        with pytest.raises(NotOpened) as problem:
            break_glass(world, CAROL, asked)
        said.append(str(problem.value))
    assert set(said) == {"nobody"}
    assert traces(world, UNKNOWN) == [("carol", "break_glass", "refused")] * 2


@pytest.mark.parametrize(
    ("change", "why"), [({"ground": "curiosity"}, "ground"), ({"words": ""}, "words"), ({"words": "x" * 501}, "words"), ({"cannot_ask": False}, "cannot_ask")]
)
def test_without_a_whole_reason_nothing_opens(change: dict[str, object], why: str) -> None:
    world = a_clinic()
    with pytest.raises(NotOpened, match=why):
        break_glass(world, DAN, replace(ABOUT_ALICE, **change))  # type: ignore[arg-type]
    assert not store(world).rows(LentKey)


def test_by_id_it_opens_and_what_is_no_id_becomes_no_key_of_a_row() -> None:
    """AWS's log shows the keys of rows: a name that somebody typed must not be one (N5)."""
    world, asked = a_clinic(), []
    a_patient(world, "01M8CW7ZBRKCT70PM8DQNCT670", "+13035550178", "adult")
    assert break_glass(world, DAN, replace(ABOUT_ALICE, number="", find="01M8CW7ZBRKCT70PM8DQNCT670")) == "01M8CW7ZBRKCT70PM8DQNCT670"
    real = world.store.get
    world.store.get = lambda kind, *key: asked.append(key) or real(kind, *key)  # type: ignore[method-assign, func-returns-value]
    for typed in ("Alice Quill", "alice", ""):
        with pytest.raises(NotOpened, match="nobody"):
            break_glass(world, DAN, replace(ABOUT_ALICE, number="", find=typed))
    assert not [key for key in asked if "lice" in repr(key)]


def test_by_number_it_is_the_one_person_of_other_programs_behind_it_and_of_several_nobody() -> None:
    world = a_clinic()
    assert break_glass(world, DAN, ABOUT_ALICE) == "alice"
    a_patient(world, "bob", ALICE_NUMBER, "adult")
    with pytest.raises(NotOpened, match="several"):
        break_glass(world, DAN, ABOUT_ALICE)


def test_that_two_people_of_a_walled_program_share_a_number_is_told_to_nobody_without_an_emergency() -> None:
    world, erin = a_clinic(), Staff("erin", "clinician", ("adult",))
    a_patient(world, "dora", DANI, "harbor")
    with pytest.raises(NotOpened, match="nobody"):
        break_glass(world, erin, replace(ABOUT_ALICE, find="", number=DANI))
    assert {row.subject_id for row in store(world).rows(AuditEntry) if row.who == "erin"} == {"dani", "dora"}
    with pytest.raises(NotOpened, match="several"):
        break_glass(world, erin, replace(ABOUT_DANI, find="", number=DANI))


def test_ones_own_patient_and_one_that_is_open_already_cost_no_glass() -> None:
    world = a_clinic()
    own = "01M8CW7ZBRKCT70PM8DQNCT670"
    a_patient(world, own, "+13035550178", "adult")
    assert break_glass(world, CAROL, replace(ABOUT_ALICE, number="", find=own)) == own and not store(world).rows(Lending)
    break_glass(world, DAN, ABOUT_ALICE)
    break_glass(world, DAN, ABOUT_ALICE)
    assert len(store(world).rows(Lending)) == 1


def test_whoever_is_done_closes_it_sooner() -> None:
    world = a_clinic()
    break_glass(world, DAN, ABOUT_ALICE)
    the_stream(world)
    clock(world).advance(minutes=5)
    end(world, DAN, "alice")
    with pytest.raises(NotFound):
        read_thread(world, DAN, "alice")
    tick.tick(world)
    assert not lent(world) and store(world).rows(Lending)[0].back_at == world.clock()
    with pytest.raises(NotFound):
        end(world, DAN, "alice")


def test_a_page_over_a_broken_glass_is_two_lines_for_the_review() -> None:
    world = a_clinic()
    erin = Staff("erin", "clinician", ("adult",))
    break_glass(world, erin, ABOUT_DANI)
    the_stream(world)
    clock(world).advance(minutes=1)
    receive(world, an_sms("I took my pills", DANI, at=world.clock()), inline=False)
    the_stream(world)
    first, second = store(world).rows(Lending)
    assert (first.why, second.why) == ("glass", "page") and first.back_at and second.back_at is None
    over(world, minutes=61)  # the hour is over, the page is not
    assert ("erin", "dani") in lent(world) and read_thread(world, erin, "dani")


def reviewed(world: World) -> World:
    break_glass(world, DAN, ABOUT_ALICE)
    the_stream(world)
    read_thread(world, DAN, "alice")
    return world


def test_the_review_shows_to_whom_why_and_whether_it_was_used_and_moves_it_to_its_month() -> None:
    world = reviewed(a_clinic())
    assert (counts(world, FRANK).waiting, counts(world, FRANK).open_now) == (1, 1)
    [line] = read_lent(world, FRANK)
    assert (line.lending.staff_id, line.lending.ground, line.looks, line.is_open, line.may_review) == ("dan", "care", 1, True, False)
    with pytest.raises(NotReviewed, match="open"):
        review(world, FRANK, line.lending.lending_id, "right")
    over(world, minutes=61)
    done = review(world, FRANK, line.lending.lending_id, "wrong")
    assert (done.reviewed_by, done.found, done.reviewed_at) == ("frank", "wrong", world.clock())
    assert not read_lent(world, FRANK) and [each.lending for each in read_lent(world, FRANK, "2026-03")] == [done]
    assert ("frank", "review_lent_key", "wrong dan") in traces(world, "alice") and counts(world, FRANK).waiting == 0
    with pytest.raises(NotFound):
        review(world, LEAD, line.lending.lending_id, "right")


def test_nobody_reviews_their_own_and_only_officer_and_lead_review_at_all() -> None:
    world = a_clinic()
    lead = replace(LEAD, programs=("harbor",))
    break_glass(world, lead, ABOUT_ALICE)
    over(world, minutes=61)
    [line] = store(world).rows(Lending)
    with pytest.raises(NotReviewed, match="own"):
        review(world, replace(lead, programs=("adult", "harbor")), line.lending_id, "right")
    for who in (CAROL, Staff("s", "supervisor", ("adult",)), Staff("a", "administrator", ("adult",)), replace(LEAD, programs=("harbor",))):
        with pytest.raises(NotFound):  # the last one: a lead of another program
            review(world, who, line.lending_id, "right")
    with pytest.raises(NotReviewed, match="found"):
        review(world, FRANK, line.lending_id, "maybe")


def test_n5_the_words_are_sealed_for_the_patients_program_and_the_officer_reads_none() -> None:
    world = reviewed(a_clinic())
    [line] = store(world).rows(Lending)
    before = len(vault(world).opened)
    assert read_one(world, FRANK, "open", line.lending_id)[1] is None and len(vault(world).opened) == before
    assert read_one(world, LEAD, "open", line.lending_id)[1] == ABOUT_ALICE.words
    assert ("lee", "read_lent_key", "done") in traces(world, "alice")
    assert not [e for e in store(world).rows(AuditEntry) if "desk" in repr(e)]


def test_a_grant_without_its_row_is_taken_back_within_the_hour_and_one_in_use_is_not() -> None:
    world = reviewed(a_clinic())
    world.lender.lend("erin", "dani", f"i1:{int(world.clock().timestamp())}:erin")  # a function died before it wrote the row
    clock(world).advance(minutes=29)
    sweep_keys.ask(world)
    tick.tick(world)
    assert ("erin", "dani") in lent(world)  # its row may be on the way
    over(world, minutes=32)
    world = reviewed(world)
    sweep_keys.ask(world)
    tick.tick(world)
    assert set(lent(world)) == {("dan", "alice")}
    assert ("job:sweep_keys", "key_swept", "erin") in traces(world, "dani")


def test_a_key_whose_due_row_was_lost_is_taken_back_all_the_same() -> None:
    world = reviewed(a_clinic())
    for place in [place for place in store(world)._rows if place[0] is Due]:
        del store(world)._rows[place]
    over(world, hours=3)
    assert lent(world)
    sweep_keys.ask(world)
    tick.tick(world)
    tick.tick(world)
    assert not lent(world)

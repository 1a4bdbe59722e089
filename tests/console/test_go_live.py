"""Going live as an administrator meets it: what is open, who signed, whose texts leave."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.exercise import DEAD_MAN, SelfTest
from chalicelib.core.going_live import GO_LIVE, HOUSE
from chalicelib.core.messages import Status
from chalicelib.core.records import Message, Put, Revision, Setting, Update
from chalicelib.core.staff import Staff
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World
from chalicelib.texts.go_live import items

from ..cast import CAROL, ERIN, FRANK, a_patient, an_sms
from ..flows.office import an_open_office, store
from ..flows.phones import working_phones
from .office import Desk, an_office, at_desk, text

ADMIN = Staff("administrator", "administrator", ())
PAGE = "/console/settings/go-live"


def a_ready_house() -> tuple[Desk, World]:
    """Everything that a page can find out holds; what a person confirms is open."""
    desk, world = at_desk(ADMIN, an_open_office())
    world.store.commit(Put(SelfTest(DEAD_MAN, world.clock(), world.clock(), 900)))
    return desk, world


def confirmed(world: World) -> None:
    """As if somebody had looked at all that a person can see, and every phone were tried."""
    today = world.clock().date().isoformat()
    said = {f"confirmed.{item.item_id}": f"{today} administrator" for item in items() if not item.check}
    world.store.commit(Put(Setting(GO_LIVE, HOUSE, 1, said)))


def state(page: str, title: str) -> str:
    return page.partition(title)[0].rstrip().rpartition(" ")[2]


def test_it_says_what_is_open_and_what_it_found_out() -> None:
    desk, _ = a_ready_house()
    page = text(desk.get(PAGE))
    assert state(page, "The carrier of texts has signed") == "holds"
    assert state(page, "The crisis path has just proved itself") == "holds"
    assert "Everybody on call has a phone that was tried : somebody on call has no phone that was tried." in page
    assert state(page, "Nobody signs in without a second factor") == "open"


def test_a_self_test_of_an_hour_ago_proves_nothing() -> None:
    desk, world = a_ready_house()
    world.store.commit(Update(SelfTest, (DEAD_MAN,), set={"passed_at": world.clock() - timedelta(hours=1)}))
    assert "The crisis path has just proved itself : none has passed within half an hour." in text(desk.get(PAGE))


def test_a_person_confirms_with_their_name_and_takes_it_back() -> None:
    desk, world = a_ready_house()
    page = desk.get(PAGE)
    page = desk.follow(desk.submit(page, "/confirm", item="mfa", do="confirm", why="get-user-pool-mfa-config says ON"))
    assert "Confirmed by Administrator on Mar 3, 2026" in text(page) and "get-user-pool-mfa-config says ON" in text(page)
    page = desk.follow(desk.submit(page, "/confirm", item="mfa", do="withdraw"))
    assert state(text(page), "Nobody signs in without a second factor") == "open"
    assert [line.version for line in sorted(store(world).rows(Revision), key=lambda row: row.version)] == [1, 2]


def test_what_was_confirmed_too_long_ago_is_to_be_looked_at_again() -> None:
    desk, world = a_ready_house()
    said = (world.clock() - timedelta(days=91)).date().isoformat()
    world.store.commit(Put(Setting(GO_LIVE, HOUSE, 1, {"confirmed.trail": f"{said} administrator"})))
    assert "look again CloudTrail is on" in text(desk.get(PAGE))


def test_nobody_confirms_what_the_page_finds_out() -> None:
    desk, world = a_ready_house()
    assert desk.submit(desk.get(PAGE), "/confirm", item="rota", do="confirm").status_code == 404
    assert store(world).rows(Setting) == []


def test_a_program_stays_off_while_something_is_open_and_can_always_be_switched_off() -> None:
    desk, world = a_ready_house()
    answer = desk.submit(desk.get(PAGE), "/programs/adult", live="yes")
    assert answer.status_code == 409 and "the checklist is not done" in text(answer)
    desk.follow(desk.submit(desk.get(PAGE), "/programs/adult", live="no", why="the pilot comes first"))
    [row] = store(world).rows(Setting)
    assert row.value == {"program.adult": "no"}


def test_when_all_holds_a_pilot_begins_and_then_everybody() -> None:
    desk, world = a_ready_house()
    working_phones(world, *world.clinic.rota.names())
    confirmed(world)
    page = desk.get(PAGE)
    assert f"{len(items())} of {len(items())}" in text(page)
    page = desk.follow(desk.submit(page, "/programs/harbor", live="pilot", people="dan"))
    assert "Harbor pilot: Dan" in text(page)
    page = desk.follow(desk.submit(page, "/programs/harbor", live="yes"))
    assert "Harbor live" in text(page)
    assert store(world).rows(Setting)[0].value["program.harbor"] == "yes"


def test_a_pilot_is_of_people() -> None:
    desk, world = a_ready_house()
    answer = desk.submit(desk.get(PAGE), "/programs/adult", live="pilot", people="Carol Smith!")
    assert answer.status_code == 400 and "enter the staff ids" in text(answer)
    assert store(world).rows(Setting) == []


def test_papers_are_noted_field_by_field_and_a_wrong_date_is_said_beside_it() -> None:
    desk, world = a_ready_house()
    page = desk.get(PAGE)
    answer = desk.submit(page, "/vendor", vendor="pagerduty", baa="soon")
    assert answer.status_code == 400 and 'id="baa-wrong"' in answer.body.decode()
    page = desk.follow(desk.submit(page, "/vendor", vendor="pagerduty", baa="2026-02-01", until="2027-02-01", covers_pager="yes"))
    assert "pagerduty 2026-02-01 – 2027-02-01 pages" in text(page)
    assert store(world).rows(Setting)[0].value["vendor.pagerduty.features"] == "pager"


def test_somebody_quicker_is_said() -> None:
    desk, world = a_ready_house()
    mine, theirs = desk.get(PAGE), desk.get(PAGE)
    desk.submit(theirs, "/confirm", item="mfa", do="confirm")
    assert desk.submit(mine, "/confirm", item="spend", do="confirm").status_code == 409
    assert "confirmed.spend" not in store(world).rows(Setting)[0].value


def test_the_officer_looks_and_changes_nothing_and_a_clinician_finds_nothing() -> None:
    world = an_office(FRANK, CAROL, world=an_open_office())
    desk = Desk()
    desk.sign_in("frank")
    page = desk.get(PAGE)
    assert page.status_code == 200 and "Going live" in text(page)
    assert "/settings/go-live/confirm" not in page.body.decode()
    csrf = page.body.decode().partition('name="csrf" value="')[2].partition('"')[0]
    for path in ("/confirm", "/vendor", "/programs/adult"):
        wish = {"csrf": csrf, "item": "mfa", "vendor": "twilio", "live": "no"}
        assert desk.post(PAGE + path, wish).status_code == 404
    assert store(world).rows(Setting) == []
    desk.sign_in("carol")
    assert desk.get(PAGE).status_code == 404


def test_a_text_that_waits_while_the_program_is_switched_off_does_not_leave_and_the_thread_says_why() -> None:
    """N3: asked as it leaves, not as it was written."""
    world = an_office(ERIN, CAROL, world=an_open_office(), practised=True)
    a_patient(world)
    desk = Desk()
    desk.sign_in("carol")
    page = desk.get("/console/threads/alice")
    desk.submit(page, "/reply", text="See you at four.")
    [waiting] = [row for row in store(world).rows(Message) if row.direction == "out"]
    world.store.commit(Put(Setting(GO_LIVE, HOUSE, 1, {"program.adult": "no"})))
    world.clock.advance(minutes=2)  # type: ignore[attr-defined]
    deliver(world, "alice", waiting.message_id)
    [row] = [row for row in store(world).rows(Message) if row.direction == "out"]
    assert (row.status, row.status_reason) == (Status.REFUSED, "not_live")
    assert world.carriers["twilio"].sent == []  # type: ignore[attr-defined]
    page = text(desk.get("/console/threads/alice"))
    assert "This program does not send texts yet." in page


def test_papers_that_ran_out_hold_a_person_back_before_they_write_and_never_a_crisis_answer() -> None:
    world = an_office(CAROL, world=an_open_office(), practised=True)
    a_patient(world)
    world.store.commit(Put(Setting(GO_LIVE, HOUSE, 1, {"vendor.twilio.until": "2026-03-02"})))
    desk = Desk()
    desk.sign_in("carol")
    assert "The agreement with the carrier has run out." in text(desk.get("/console/threads/alice"))
    assert "988" in str(receive(world, an_sms("I took all my pills and want to die"), inline=True))

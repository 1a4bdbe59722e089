"""Somebody tells a patient of a visit where nothing automatic did: from the inbox, with the words to say and a letter to print."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.reach import Reach
from chalicelib.core.records import Contact, Patient, Round, Update
from chalicelib.core.safe_phone import SafePhone
from chalicelib.core.staff import Staff
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.safe_phone import save_plan
from chalicelib.flows.tick import tick
from chalicelib.ports import World
from tests.appointments import booked

from ..cast import CAROL, a_patient
from ..flows.office import clock, store, traces
from .office import Desk, at_desk, text

START = timedelta(hours=24, minutes=5)


def to_be_told(reach: Reach, **fields: object) -> tuple[Desk, World]:
    """Alice's visit is tomorrow, and her number is gone."""
    desk, world = at_desk(CAROL)
    a_patient(world, **fields)  # type: ignore[arg-type]
    assert save_sheet(world, CAROL, "alice", reach, 0) == "saved"
    contact = world.store.get(Contact, world.hasher.contact_id("+13035550101"))
    assert contact is not None
    booked(world, clock(world).now + START)
    world.store.commit(Update(Contact, (contact.contact_id,), set={"doubt": "gone", "version": contact.version + 1}))
    for _ in range(20):
        if any(each.state == "person" for each in store(world).rows(Round)):
            break
        clock(world).advance(minutes=1)
        tick(world)
    return desk, world


def test_from_the_inbox_to_the_words_and_off_the_list() -> None:
    desk, world = to_be_told(Reach("own", letter="Alice Adams\n1 Main St", hearing="relay"))
    inbox = desk.get("/console/inbox")
    (row,) = store(world).rows(Round)
    where = f"/console/patients/alice/tell/{row.round_id}"
    assert "A visit: nothing automatic reached them" in text(inbox) and where in inbox.body.decode()
    page = desk.get(where)
    for said in ("the number may be somebody else's", "May I speak with Alice?", "what is your date of birth?", "You have an appointment", "711",
                 "Leave no message: hang up", "1 Main St", "Dear Alice,", "No logo, no name of a clinic", "This number may be somebody else's now. Say nothing but the first line"):  # fmt: skip
        assert said in text(page), said
    assert world.clinic.display_name not in page.body.decode().split('class="letter"')[1].split("</div>")[0]
    assert "choose" in desk.submit(page, row.round_id).headers["Location"]
    done = desk.follow(desk.submit(page, row.round_id, came="called"))
    assert "Noted. It is off the list." in text(done) and "nothing automatic reached them" not in text(desk.get("/console/inbox"))
    assert "settled this before" in text(desk.follow(desk.submit(page, row.round_id, came="letter")))
    assert store(world).rows(Round)[0].why == "called" and ("carol", "read_round", "done") in traces(world, "alice")
    dan, there = at_desk(Staff("dan", "clinician", ("harbor",)))
    a_patient(there)
    assert dan.get(where).status_code == 404


def test_the_words_are_those_of_their_plan_and_level() -> None:
    desk, world = to_be_told(Reach("own", letter="1 Main St"), content_level=1, language="es")
    plan = SafePhone(level=1, voicemail="yes", label="scheduling", word="maple", others="Bob")
    assert save_plan(world, CAROL, "alice", plan, "in_person", 0).why == "saved"
    page = text(desk.get(f"/console/patients/alice/tell/{store(world).rows(Round)[-1].round_id}"))
    for said in ("llamo de la agenda", "¿cuál es la palabra que acordamos?", f"Le llamo de {world.clinic.display_name}", "“maple”",
                 "Llamo de la agenda, para Alice", "On a voicemail, and no more"):  # fmt: skip
        assert said in page, said
    assert "fecha de nacimiento" not in page and "1 Main St" in page
    world.store.commit(Update(Patient, ("alice",), set={"held_at": clock(world).now}))
    held = text(desk.get(f"/console/patients/alice/tell/{store(world).rows(Round)[-1].round_id}"))
    assert "DO NOT CALL OR TEXT THIS PHONE" in held and "May I speak" not in held and "llamo de" not in held
    assert "1 Main St" not in held  # who said so may live with whom it is about: their plan says how, or a supervisor


def test_what_was_moved_meanwhile_is_nothing_to_tell() -> None:
    desk, world = to_be_told(Reach("own", letter="1 Main St"))
    (row,) = store(world).rows(Round)
    world.store.commit(Update(Round, (row.patient_id, row.round_id), set={"about": ()}))
    page = text(desk.get(f"/console/patients/alice/tell/{row.round_id}"))
    assert "there is nothing to tell any more" in page and "Dear" not in page


def test_who_is_in_hospital_or_has_died_meanwhile_is_called_by_nobody() -> None:
    desk, world = to_be_told(Reach("own", letter="1 Main St"))
    (row,) = store(world).rows(Round)
    where = f"/console/patients/alice/tell/{row.round_id}"
    assert "May I speak" in text(desk.get(where))
    for status in ("hospital", "deceased"):
        world.store.commit(Update(Patient, ("alice",), set={"status": status}))
        page = text(desk.get(where))
        assert "nobody tells them of a visit" in page and "May I speak" not in page and "Dear" not in page

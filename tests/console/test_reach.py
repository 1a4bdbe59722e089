"""How somebody can be reached, as one clicks through it without a script; and the list of who cannot be."""

from __future__ import annotations

import json
from datetime import date, timedelta

from chalicelib.core.carrier_stops import compared_key
from chalicelib.core.compared import Compared
from chalicelib.core.reach import Reach
from chalicelib.core.records import Address, ConsentEntry, Contact, Patient, ReachSheet, Tasks, Update
from chalicelib.core.staff import Staff
from chalicelib.flows.edit_patient import edit
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.tick import tick
from chalicelib.flows.transfer_patient import Transferred, transfer
from chalicelib.ports import SealContext, World
from tests.flows.test_edit_patient import _as_is

from ..cast import CAROL, ERIN, a_patient
from ..flows.office import clock, store, traces
from .office import at_desk, text

SAVE, AGREE = "/reach", "/reach/agree"
FIELDS = {
    "phone": "own", "prepaid": "yes", "data": "no", "landline": "(303) 555-0160", "email": "alice@example.org", "email_whose": "self",
    "letter": "Alice\r\n1 Main St\r\n", "reading": "easy", "language": "", "hearing": "fine", "vision": "fine", "first": "",
}  # fmt: skip


def alice(world: World) -> Patient:
    found = world.store.get(Patient, "alice")
    assert found is not None
    return found


def test_what_was_asked_is_kept_sealed_the_order_follows_and_each_channel_is_agreed_to_by_itself() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    assert "Ask how to reach them" in text(desk.get("/console/patients/alice"))
    page = desk.get("/console/patients/alice/reach")
    assert "Never asked: texts alone" in text(page) and "$9.25 a month" in text(page)
    wrong = desk.submit(page, SAVE, **{**FIELDS, "email": "alice at home", "landline": "555"})
    assert wrong.status_code == 400 and "2 things need you" in text(wrong) and "alice at home" in wrong.body.decode()
    done = desk.follow(desk.submit(wrong, SAVE, **FIELDS))
    assert "Saved as a new version" in text(done) and "Texts may run out: keep a second way." in text(done)
    patient = alice(world)
    assert patient.channels == ("text", "voice", "landline", "email", "person", "letter") and patient.reach == 1
    assert patient.reach_due == world.clock() + timedelta(days=90)  # prepaid
    (sheet,) = store(world).rows(ReachSheet)
    assert b"example.org" not in sheet.sealed and {each.channel for each in store(world).rows(Address)} == {"email", "landline"}
    row = world.store.get(Address, "alice", "email")
    assert row is not None
    said = json.loads(world.vault.open(SealContext("alice", "adult", "address"), "alice.email", row.sealed, "test"))
    assert said == {"to": "alice@example.org", "born": "1990-05-05"}
    assert "They have not agreed to this channel".lower() in text(done)
    assert "choose" in (desk.submit(done, AGREE, channel="email").headers["Location"])
    agreed = desk.follow(desk.submit(done, AGREE, channel="email", wants="yes", medium="verbal", said="e-mail is fine"))
    assert "Noted: a line in the record" in text(agreed) and list(alice(world).agreed) == ["email"]
    (line,) = store(world).rows(ConsentEntry)
    assert (line.channel, line.kind, line.change, line.words) == ("email", "all", "granted", "email-en-1")
    assert "They agree first" not in text(agreed) and alice(world).consent == {"conversation": alice(world).created_at}
    assert {("carol", "reach", "done"), ("carol", "read_reach", "done"), ("carol", "consent_text", "done")} <= set(traces(world, "alice"))
    moved = desk.follow(desk.submit(agreed, SAVE, **{**FIELDS, "email": "other@example.org"}))
    assert "e-mail" in text(moved) and alice(world).agreed == {}  # TCPA-1: another address needs another yes
    assert [each.change for each in store(world).rows(ConsentEntry)] == ["granted", "revoked"]
    stale = desk.submit(agreed, SAVE, **FIELDS)
    assert stale.status_code == 409 and "A colleague changed this" in text(stale) and "other@example.org" in stale.body.decode()
    gone = desk.follow(desk.submit(moved, SAVE, **{**FIELDS, "email": ""}))
    assert gone.status_code == 200 and world.store.get(Address, "alice", "email") is None


def test_they_are_asked_again_when_it_is_due_and_not_when_they_just_were() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    assert save_sheet(world, CAROL, "alice", Reach(prepaid="yes"), 0) == "saved"
    clock(world).advance(days=60)
    assert save_sheet(world, CAROL, "alice", Reach(prepaid="yes"), 1) == "saved"
    clock(world).advance(days=31)
    tick(world)
    assert not _asked(world)
    clock(world).advance(days=60)
    tick(world)
    tick(world)
    assert _asked(world) == ["reach_review"]
    clock(world).advance(days=-151)
    page = desk.get("/console/inbox")
    assert "How they can be reached: ask them again" in text(page) and "/console/patients/alice/reach" in page.body.decode()


def _asked(world: World) -> list[str]:
    tasks = world.store.get(Tasks, "adult")
    return [each.kind for each in tasks.items if each.kind == "reach_review"] if tasks else []


def test_the_list_of_who_cannot_be_reached_says_why() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    a_patient(world, "cleo", "+13035550107", consent={})
    page = text(desk.get("/console/unreached"))
    assert "Cleo" in page and "text: they have not agreed to texts" in page.lower() and "Alice" not in page and "never asked" in page
    contact = world.store.get(Contact, alice(world).contact_id)
    assert contact is not None
    world.store.commit(Update(Contact, (contact.contact_id,), set={"doubt": "gone", "version": 9}, expect={"version": contact.version}))
    assert "the number may be somebody else's" in text(desk.get("/console/unreached"))
    sheet = desk.follow(desk.submit(desk.get("/console/patients/alice/reach"), SAVE, **FIELDS))
    desk.submit(sheet, AGREE, channel="email", wants="yes", medium="paper")
    assert "Alice" not in text(desk.get("/console/unreached"))  # e-mail does
    dan, _ = at_desk(Staff("dan", "clinician", ("harbor",)))
    assert "Something automatic reaches everybody" in text(dan.get("/console/unreached"))
    assert dan.get("/console/patients/alice/reach").status_code == 404


def test_it_goes_along_to_another_program_and_follows_a_birth_date_that_was_put_right() -> None:
    desk, world = at_desk(ERIN)
    a_patient(world)
    desk.submit(desk.get("/console/patients/alice/reach"), SAVE, **FIELDS)
    edit(world, ERIN, "alice", _as_is(world, birth_date=date(1991, 6, 6)))
    row = world.store.get(Address, "alice", "email")
    assert row is not None and json.loads(_open(world, row))["born"] == "1991-06-06"
    assert isinstance(transfer(world, ERIN, "alice", "harbor", world.ids(world.clock())), Transferred)
    row = world.store.get(Address, "alice", "email")
    assert row is not None and row.program == "harbor" and json.loads(_open(world, row)) == {"to": "alice@example.org", "born": "1991-06-06"}
    assert "alice@example.org" in desk.get("/console/patients/alice/reach").body.decode()


def _open(world: World, row: Address) -> str:
    return world.vault.open(SealContext("alice", row.program, "address"), "alice.email", row.sealed, "test")


def test_the_list_of_stops_says_where_the_carrier_and_we_differ() -> None:
    desk, world = at_desk(CAROL)
    for name, number in (("alice", "+13035550101"), ("cleo", "+13035550107"), ("bea", "+13035550108")):
        a_patient(world, name, number)
    assert "Twilio shows nobody its list" in text(desk.get("/console/stops")) and "Nothing that we know of differs" in text(desk.get("/console/stops"))
    now = clock(world).now
    differ = {"+13035550101": {"carrier_out_at": now, "started_at": now}, "+13035550107": {"stopped_at": now, "carrier_out_at": now},
              "+13035550108": {"stopped_at": now}}  # fmt: skip
    for number, fields in differ.items():
        world.store.commit(Update(Contact, (world.hasher.contact_id(number),), set={**fields, "version": 9}))
    world.store.commit(Update(Compared, (compared_key("twilio"),), set={"at": now, "listed": ("a", "b")}, create=True))
    page = text(desk.get("/console/stops"))
    assert "2 numbers on it" in page
    told = [page.index(said) for said in ("Ask them to text START", "The carrier had their STOP", "kept here and not on the carrier")]
    assert told == sorted(told) and all(name in page for name in ("Alice", "Cleo", "Bea"))
    dan, _ = at_desk(Staff("dan", "clinician", ("harbor",)))
    assert "Alice" not in text(dan.get("/console/stops"))

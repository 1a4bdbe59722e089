"""The pages of a patient, as one clicks through them without a script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.core.records import Move, Patient
from chalicelib.core.staff import Staff
from chalicelib.flows import tick
from chalicelib.flows.patient_standing import set_team
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, STRANGER_NUMBER, a_patient, an_sms
from ..flows.office import clock, traces
from .office import Desk, an_office, at_desk, text

DESK = Staff("erin", "front_desk", ("adult", "unmatched"))
OTHER = "+13035550142"


def _alice(who: Staff = CAROL) -> tuple[Desk, World]:
    desk, world = at_desk(who)
    a_patient(world)
    return desk, world


def _as_now(desk: Desk) -> dict[str, str]:
    return {
        "name": "Alice", "number": "303 555 0101", "birth_date": "1990-05-05", "language": "en", "content_level": "0",
        "zone": "America/Denver", "hours": "house", "role": "self", "agreed_by": "",
    }


def _patient(world: World, patient_id: str = "alice") -> Patient:
    found = world.store.get(Patient, patient_id)
    assert found is not None
    return found


def test_everything_at_a_glance() -> None:
    desk, world = _alice()
    receive(world, an_sms("I took pills"), inline=False)
    said = text(desk.get("/console/patients/alice"))
    for wanted in ("Texts now", "Permission to text first", "Safe hours", "A text may say", "Language", "Channels", "Next visit",
                   "Last contact They wrote: 12:00 PM", "Open question None", "Urgent items Paged, nobody has it yet", "Care team"):
        assert wanted in said, wanted
    assert "pills" not in said


def test_a_name_is_changed_and_nothing_typed_is_lost_when_something_is_wrong() -> None:
    desk, _world = _alice()
    page = desk.get("/console/patients/alice/edit")
    wrong = desk.submit(page, "/edit", **{**_as_now(desk), "name": "Alice Ann", "number": "555"})
    assert wrong.status_code == 400 and 'value="Alice Ann"' in wrong.body.decode() and "ten digits" in text(wrong)
    done = desk.follow(desk.submit(wrong, "/edit", **{**_as_now(desk), "name": "Alice Ann"}))
    assert "Saved." in text(done) and "Alice Ann" in text(done)


def test_tags_are_given_shown_in_lists_and_found() -> None:
    desk, world = _alice()
    receive(world, an_sms("Hello"), inline=False)
    page = desk.get("/console/patients/alice/edit")
    many = desk.submit(page, "/edit", **{**_as_now(desk), "tags": "a tag that is much longer than a tag may be"})
    assert many.status_code == 400 and "letters at most" in text(many)
    named = desk.follow(desk.submit(page, "/edit", **{**_as_now(desk), "answers": "Rosa, mother"}))
    assert "Answered by: the patient and somebody else: Rosa, mother" in text(named)  # who is named is not the patient alone
    page = desk.get("/console/patients/alice/edit")
    shared = {"role": "guardian", "answers": "Rosa, mother"}
    done = desk.follow(desk.submit(page, "/edit", **{**_as_now(desk), **shared, "tags": "#Interpreter, school letter"}))
    assert "Tags Interpreter school letter" in text(done) and "Rosa, mother" in text(done)
    for where in ("/console/inbox", "/console/threads/alice"):
        assert "Interpreter" in text(desk.get(where)), where
    page = desk.get("/console/inbox")
    key = re.search(r"tag=([0-9a-f]{12})[^>]*>Interpreter", page.body.decode())
    assert key and "nterpreter" not in "".join(re.findall(r'href="([^"]*)"', page.body.decode()))  # N5: no tag in an address
    a_patient(world, "bob", OTHER)
    receive(world, an_sms("Hi", sender=OTHER), inline=False)
    assert {"Alice", "Bob"} <= set(text(desk.get("/console/inbox")).split())
    chosen = text(desk.get(f"/console/inbox?tag={key[1]}"))
    assert "With the tag Interpreter" in chosen and "Alice" in chosen and "Bob" not in chosen
    assert "Bob" in text(desk.get("/console/inbox?tag=000000000000"))  # an old address hides nobody
    found = desk.submit(desk.get("/console/find"), "/find", asked="#inter")
    assert "Alice" in text(found) and "· tag" in text(found)
    assert "Nobody found" in text(desk.submit(desk.get("/console/find"), "/find", asked="#alice"))


def test_texts_of_a_number_that_is_nobodys_are_found_by_the_number() -> None:
    desk, world = at_desk(DESK)
    receive(world, an_sms("Hello", sender=STRANGER_NUMBER), inline=False)
    found = desk.submit(desk.get("/console/find"), "/find", asked=STRANGER_NUMBER)
    assert "belong to nobody yet" in text(found)
    assert f"/threads/{world.hasher.contact_id(STRANGER_NUMBER)}" in found.body.decode()


def test_a_stale_form_shows_what_is_there_now() -> None:
    desk, world = _alice()
    old = desk.get("/console/patients/alice/edit")
    desk.submit(desk.get("/console/patients/alice/edit"), "/edit", **{**_as_now(desk), "language": "es"})
    late = desk.submit(old, "/edit", **{**_as_now(desk), "name": "Al"})
    assert late.status_code == 409 and "colleague" in text(late) and _patient(world).language == "es"


def test_a_text_may_say_more_only_with_a_yes() -> None:
    desk, world = _alice()
    page = desk.get("/console/patients/alice/edit")
    asked = desk.submit(page, "/edit", **{**_as_now(desk), "content_level": "2"})
    assert asked.status_code == 400 and "Say how" in text(asked)
    desk.follow(desk.submit(asked, "/edit", **{**_as_now(desk), "content_level": "2", "agreed_by": "verbal"}))
    assert _patient(world).content_level == 2


def test_status_says_what_it_stops_and_deceased_is_asked_twice() -> None:
    desk, world = _alice()
    page = desk.get("/console/patients/alice")
    assert "Stops: Every text from here to this patient" in text(page)
    again = desk.follow(desk.submit(page, "/status", status="deceased"))
    assert "Tick the box" in text(again) and _patient(world).status == "active"
    desk.follow(desk.submit(again, "/status", status="deceased", sure="on"))
    assert _patient(world).status == "deceased"


def test_the_care_team_is_chosen_from_the_people_of_the_program() -> None:
    world = an_office(CAROL, DAN, ERIN)
    a_patient(world)
    desk = Desk()
    desk.sign_in("carol")
    page = desk.get("/console/patients/alice/team")
    assert "person:erin" in page.body.decode() and "person:dan" not in page.body.decode()
    assert desk.submit(page, "/team", **{"person:dan": "on"}).status_code == 409
    done = desk.follow(desk.submit(page, "/team", **{"person:erin": "on", "person:carol": "on"}))
    assert "Care team saved." in text(done) and set(_patient(world).team) == {"carol", "erin"}
    handed = text(desk.get("/console/threads/alice/hand-over"))
    assert "Erin (care team)" in handed
    desk.follow(desk.submit(desk.get("/console/patients/alice/team"), "/team", **{"person:erin": "on"}))
    assert _patient(world).team == ("erin",)


def test_who_left_the_program_stays_on_the_team_until_taken_off() -> None:
    desk, world = _alice()  # the list of people holds Carol alone
    set_team(world, CAROL, "alice", ("gone",))
    page = desk.get("/console/patients/alice/team")
    assert "does not work in this program" in text(page)
    desk.submit(page, "/team", **{"person:gone": "on", "person:carol": "on"})
    assert set(_patient(world).team) == {"gone", "carol"}
    desk.submit(page, "/team")
    assert _patient(world).team == ()
    assert Desk().get("/console/patients/alice/team").status_code == 401


def test_whose_phone_it_is_too_is_said_to_who_may_see_both() -> None:
    desk, world = _alice()
    a_patient(world, "amy")
    a_patient(world, "bob", program="harbor")
    said = text(desk.get("/console/patients/alice"))
    assert "Also the phone of Amy" in said and "Bob" not in said and "Shared phone" in said
    assert ("carol", "read_names", "done") in traces(world, "roster#adult")
    erin, _ = at_desk(ERIN, world)
    assert "Also the phone of Bob" in text(erin.get("/console/patients/alice"))


def test_permission_is_noted_with_how() -> None:
    desk, world = _alice()
    page = desk.get("/console/patients/alice")
    assert "Nothing was changed" in text(desk.follow(desk.submit(page, "/permission", said="no")))
    desk.follow(desk.submit(page, "/permission", said="no", medium="verbal"))
    assert _patient(world).consent == {}


@pytest.mark.parametrize("path", ["", "/edit", "/transfer", "/merge"])
def test_dan_finds_none_of_it(path: str) -> None:
    desk, _world = _alice(DAN)
    assert desk.get(f"/console/patients/alice{path}").status_code == 404


def test_a_number_is_matched_from_its_thread() -> None:
    desk, world = _alice(DESK)
    receive(world, an_sms("it is me", STRANGER_NUMBER), inline=False)
    thread = f"/console/threads/{world.hasher.contact_id(STRANGER_NUMBER)}"
    assert "Match or dismiss" in text(desk.get(thread))
    page = desk.get(f"{thread}/match")
    found = desk.submit(page, "/match", asked="ali", do="find")
    assert "Alice" in text(found)
    form = {"patient": "alice", "keep": "new", "agreed_by": "verbal"}
    from .office import forms

    hidden = next(each["hidden"] for each in forms(found) if "form_id" in each["hidden"])
    done = desk.follow(desk.post(f"{thread}/match", {**hidden, **form}))
    assert "it is me" in text(done) and "Matched" in text(done)
    assert "conversation" in _patient(world).consent


def test_a_newer_text_must_be_read_before_matching() -> None:
    desk, world = _alice(DESK)
    receive(world, an_sms("it is me", STRANGER_NUMBER), inline=False)
    thread = f"/console/threads/{world.hasher.contact_id(STRANGER_NUMBER)}"
    from .office import forms

    found = desk.submit(desk.get(f"{thread}/match"), "/match", asked="ali", do="find")
    hidden = next(each["hidden"] for each in forms(found) if "form_id" in each["hidden"])
    clock(world).advance(seconds=5)
    receive(world, an_sms("sorry, wrong number", STRANGER_NUMBER, at=world.clock()), inline=False)
    refused = desk.post(f"{thread}/match", {**hidden, "patient": "alice", "keep": "new"})
    assert refused.status_code == 409 and "sorry, wrong number" in text(refused)
    assert desk.post(f"{thread}/match", {**hidden, "keep": "new"}).status_code == 400


def test_a_number_is_dismissed() -> None:
    desk, world = _alice(DESK)
    receive(world, an_sms("spam", STRANGER_NUMBER), inline=False)
    thread = f"/console/threads/{world.hasher.contact_id(STRANGER_NUMBER)}"
    answer = desk.submit(desk.get(f"{thread}/match"), "/dismiss")
    assert answer.status_code == 303 and world.store.waiting("unmatched") == []


def test_to_another_program_and_gone() -> None:
    desk, world = _alice()
    receive(world, an_sms("hello"), inline=False)
    page = desk.get("/console/patients/alice/transfer")
    assert "cannot open this patient any more" in text(page)
    assert desk.submit(page, "/transfer", program="moon").status_code == 409
    done = desk.submit(page, "/transfer", program="harbor")
    assert "with Harbor now" in text(done)
    assert desk.get("/console/patients/alice").status_code == 404


def test_a_wrong_merge_is_undone_on_the_patients_page() -> None:
    desk, world = _alice()
    a_patient(world, "alias", OTHER)
    receive(world, an_sms("from alias", OTHER), inline=False)
    from .office import forms

    found = desk.submit(desk.get("/console/patients/alice/merge"), "/merge", asked="alias", do="find")
    hidden = next(each["hidden"] for each in forms(found) if "form_id" in each["hidden"])
    assert desk.post("/console/patients/alice/merge", {**hidden, "stays": "this"}).status_code == 400
    done = desk.follow(desk.post("/console/patients/alice/merge", {**hidden, "stays": "this", "other": "alias"}))
    assert "Merged" in text(done)
    assert "Open the record that stays" in text(desk.get("/console/patients/alias"))
    for _ in range(4):
        clock(world).advance(minutes=1)
        tick.tick(world)
    undone = desk.follow(desk.submit(desk.get("/console/patients/alice"), "/undo"))
    assert "The merge is undone" in text(undone)
    assert "from alias" in text(desk.get("/console/threads/alias")) and not _patient(world, "alias").merged_into
    assert len([move for move in world.store.rows(Move) if move.kind == "unmerge"]) == 1  # type: ignore[attr-defined]


def test_a_phone_that_is_not_safe_is_marked_and_says_so_where_somebody_would_call() -> None:
    desk, world = _alice()

    def change(**fields: str) -> str:
        page = desk.get("/console/patients/alice/edit")
        return text(desk.follow(desk.submit(page, "/edit", **{**_as_now(desk), **fields})))

    said = change(safe_phone="unsafe", veteran="on")
    assert "Not safe: somebody else may answer or read." in said and "988, press 1" in said
    assert (_patient(world).safe_phone, _patient(world).veteran) == ("unsafe", True)
    change(safe_phone="anything", veteran="on")
    assert _patient(world).safe_phone == ""  # what nobody offers is not taken for safe
    assert "Nothing was different" in change(veteran="on") and _patient(world).veteran


def test_safe_1_an_old_word_on_a_phone_is_shown_to_be_checked_again() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world, safe_phone="unsafe", safe_phone_at=world.clock() - timedelta(days=91))
    assert "Check again They said so on" in text(desk.get("/console/patients/alice"))
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    [incident] = world.store.open_incidents("adult")
    assert "check again" in text(desk.get(f"/console/incidents/{incident.incident_id}"))
    page = desk.get("/console/patients/alice/edit")
    assert "more than 90 days ago" in text(page)
    desk.submit(page, "/edit", **_as_now(desk), safe_phone="unsafe", phone_asked="on")
    assert "Check again" not in text(desk.get("/console/patients/alice"))

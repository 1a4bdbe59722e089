"""No account closes over what is still somebody's; one form hands it all over, and what did not go is still listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.core.absence import Absence
from chalicelib.core.campaigns import Campaign
from chalicelib.core.records import Incident, Put, Revision, Setting, Thread, Update
from chalicelib.core.rota_file import read_rota
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound
from chalicelib.flows import handle_incident
from chalicelib.flows.change_snippet import change_snippet, read_snippets
from chalicelib.flows.hand_all_over import NotTaken, could_take, hand_all_over
from chalicelib.flows.in_their_hands import holds
from chalicelib.flows.manage_staff import Refused, Wanted, change_person
from chalicelib.flows.plan_rota import answer_offer, offer, read_rota_now
from chalicelib.flows.read_staff import people_now
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, FRANK, a_patient, an_sms
from ..fakes.directory import FakeDirectory
from .office import an_open_office, clock, store, traces

ADMIN = Staff("administrator", "administrator", ())
GAIL = Staff("gail", "clinician", ("adult", "harbor", "unmatched"))
CLOSED = Wanted("clinician", ("adult", "harbor", "unmatched"), closed=True)
LAYERS = {"layer": [
    {"id": "nights", "step": "primary", "hours": "00:00-24:00", "people": ["carol", "erin", "dan"], "since": date(2026, 3, 2)},
    {"id": "days", "step": "backup", "hours": "08:00-17:00", "people": ["dan"]},
], "rota": {"last_resort": "erin"}}  # fmt: skip


def a_house() -> tuple[World, FakeDirectory]:
    """Erin has something of everything."""
    world = an_open_office()
    clinic = world.clinic
    programs = {name: replace(each, duty="erin" if name == "adult" else "") for name, each in clinic.programs.items()}
    world = replace(world, clinic=replace(clinic, rota=read_rota(LAYERS, clinic.zone, clinic.programs), programs=programs))
    a_patient(world)
    receive(world, an_sms("I took my pills", at=world.clock()), inline=False)
    [incident] = store(world).rows(Incident)
    handle_incident.acknowledge(world, ERIN, incident.incident_id)
    world.store.commit(Update(Thread, ("alice",), set={"owner": "erin"}))
    text = read_snippets(world, ADMIN)[0]
    change_snippet(world, ADMIN, text.setting_id, {**text.fields, "owner": "erin"}, text.version, "")
    now = clock(world).now
    world.store.commit(
        Put(Campaign("adult", "k1", "t", "p", "a", "gail", now, reader="erin", state="running")),
        Put(Campaign("adult", "k2", "t", "p", "a", "gail", now, reader="erin", state="done")),
        Put(Absence("carol", "erin", "away", now, "carol")),
    )
    wish = {"step": "primary", "person": "erin"}
    agreed = offer(world, DAN, wish, now, now.replace(hour=23))
    answer_offer(world, ERIN, agreed, "accepted")
    return world, FakeDirectory.of(ADMIN, CAROL, DAN, ERIN, FRANK, GAIL)


def test_everything_that_is_theirs_is_named_and_the_account_does_not_close() -> None:
    world, directory = a_house()
    held = holds(world, "erin", ())
    assert [len(each) for each in (held.threads, held.incidents, held.duty, held.texts, held.campaigns, held.covers)] == [1] * 6
    assert len(held.rota) == 3 and {"nights", "last_resort"} < set(held.rota) and held.programs == {"adult"}
    with pytest.raises(Refused, match="holds"):
        change_person(world, directory, ADMIN, "erin", CLOSED)


def test_one_form_hands_all_of_it_over_each_in_its_own_history_and_then_it_closes() -> None:
    world, directory = a_house()
    assert not hand_all_over(world, directory, ADMIN, "erin", "gail")
    rota = read_rota_now(world).rota
    assert next(each.people for each in rota.layers if each.layer_id == "nights") == ("carol", "gail", "dan")  # nobody else's turn moves
    assert rota.last_resort == "gail" and [each.person for each in rota.overrides] == ["gail"]
    thread, [incident] = world.store.get(Thread, "alice"), store(world).rows(Incident)
    assert thread and (thread.owner, incident.holder) == ("gail", "gail")
    assert {row.value["owner"] for row in store(world).rows(Setting) if row.kind == "snippet"} == {"gail"}
    first, over = store(world).rows(Campaign)
    assert (first.reader, over.reader) == ("gail", "erin")
    covered = world.store.get(Absence, "carol")
    assert covered and covered.cover == "gail"
    assert ("administrator", "hand_all_over", "gail") in traces(world, "staff#erin")
    assert {row.setting_id.split(".")[0] for row in store(world).rows(Revision)} >= {"layer", "override", "house", "adult"}
    assert change_person(world, directory, ADMIN, "erin", CLOSED).closed


def test_only_who_is_here_and_sees_all_of_it_can_have_it() -> None:
    world, directory = a_house()
    held = holds(world, "erin", ())
    people = people_now(world, directory)
    assert [each.staff_id for each in could_take(world, held, people, "erin")] == ["gail"]  # Carol is away, Dan of Harbor, Frank sees nobody
    for to in ("carol", "dan", "frank", "erin", "administrator", "nobody", ""):
        with pytest.raises(NotTaken):
            hand_all_over(world, directory, ADMIN, "erin", to)
    assert holds(world, "erin", ()) == held


def test_who_is_no_administrator_hands_nothing_over() -> None:
    world, directory = a_house()
    with pytest.raises(NotFound):
        hand_all_over(world, directory, CAROL, "erin", "gail")
    assert len(holds(world, "erin", ()).threads) == 1


def test_somebody_who_is_away_under_a_cover_goes_for_good_all_the_same() -> None:
    world, directory = a_house()
    world.store.commit(Put(Absence("erin", "carol", "away", clock(world).now, "erin", threads=("x",))))
    assert not hand_all_over(world, directory, ADMIN, "erin", "gail")
    absence = world.store.get(Absence, "erin")
    assert absence and (absence.cover, absence.state, absence.threads) == ("gail", "away", ("x", "alice"))

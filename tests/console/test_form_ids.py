"""An id in a form: where it is one's own the post does what it says with it, and with Alice's in its place, of another program, nothing
of hers is opened, changed or written down. The first half is what makes the second able to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chalicelib.console import times
from chalicelib.core.desk_rows import Task, Tasks
from chalicelib.core.people import UNMATCHED
from chalicelib.core.records import Access, AuditEntry, Message, Patient, Put, Session, Thread, Update
from chalicelib.core.waitlist import Offer
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..appointments import HOUR, booked
from ..cast import CAROL, a_patient, an_sms
from ..flows.office import store, vault
from ..waitlist import opened, waiting
from .scene import SECRET, Scene, a_scene
from .test_who_may import rows_of

HANKS, IVYS, AMYS, NOBODYS = "+13035550178", "+13035550179", "+13035550180", "+13035550166"


@dataclass(frozen=True)
class Place:
    """Zed of Harbor, whose Hank and Ivy are; Alice of the adult program with something of every kind, and Amy, who has left it."""

    scene: Scene
    own: dict[str, str]
    alices: dict[str, str]


def a_place(role: str) -> Place:
    scene = a_scene(role, "harbor", UNMATCHED)
    world, hers = scene.world, scene.ids
    for name, number, program in (("hank", HANKS, "harbor"), ("ivy", IVYS, "harbor"), ("amy", AMYS, "adult")):
        a_patient(world, name, number, program)
    receive(world, an_sms("thanks", HANKS, at=world.clock()), inline=False)
    receive(world, an_sms("who is this", NOBODYS, at=world.clock()), inline=False)
    text = next(row for row in store(world).rows(Message) if row.thread_id == "hank")
    visit = booked(world, patient_id="hank", who=replace(CAROL, programs=("harbor",)))
    until = world.clock() + HOUR
    asked = (Offer("alice", "v1", world.clock(), until, "lapsed"), Offer("hank", "v2", world.clock(), until))
    slot = opened(world, program="harbor", about="h1", offers=asked)
    waiting(world, "hank", program="harbor")
    for program, patient in (("adult", "alice"), ("harbor", "hank")):
        world.store.commit(Put(Tasks(program, (Task(f"t-{program}", "follow_up", patient, "carol", world.clock(), world.clock()),))))
    stranger = next(row for row in store(world).rows(Thread) if row.program == UNMATCHED)
    ids = {"patient_id": "hank", "thread_id": stranger.thread_id, "program": "harbor", "slot_id": slot.slot_id, "move": "taken"}
    own = {"visit": visit.appointment_id, "text": text.message_id}
    alices = {"visit": hers["appointment_id"], "text": hers["message_id"]}
    own["seen"] = alices["seen"] = times.iso(stranger.last_at)
    return Place(replace(scene, ids={**hers, **ids}), own, alices)


def named(hanks: str, alices: str) -> Callable[[Place, bool], str]:
    return lambda place, own: hanks if own else alices


def of_kind(kind: str) -> Callable[[Place, bool], str]:
    return lambda place, own: (place.own if own else place.alices)[kind]


# What a form is asked with: whose role, which page, which field holds the id, and what else stands in it.
FORMS: dict[str, tuple[str, str, str, Callable[[Place, bool], str], dict[str, str]]] = {
    "one record into another": ("supervisor", "/patients/{patient_id}/merge", "other", named("ivy", "alice"), {"stays": "this", "do": "merge"}),
    "one record out of another": ("supervisor", "/patients/{patient_id}/merge", "other", named("ivy", "alice"), {"stays": "other", "do": "merge"}),
    "an earlier time for a visit": ("front_desk", "/patients/{patient_id}/waitlist", "visit_id", of_kind("visit"), {"kind": "individual", "notice": "24", "day_mon": "yes"}),
    "a correction of a text": ("records", "/patients/{patient_id}/amendments", "about", of_kind("text"), {"text": "I did not write that."}),
    "a time that somebody took": ("front_desk", "/waitlist/{program}/{slot_id}/{move}", "patient", named("hank", "alice"), {}),
    "a legal hold": ("records", "/keeping/hold", "patient", named("hank", "alice"), {"reason": "litigation", "matter": "M-1"}),
    "a deletion": ("records", "/keeping/erase", "patient", named("ivy", "amy"), {"why": "request", "agreed": "yes"}),
    "whose number it is": ("front_desk", "/threads/{thread_id}/match", "patient", named("hank", "alice"), {"keep": "once"}),
    "a task that is done": ("supervisor", "/tasks/end", "program", named("harbor", "adult"), {}),
}  # fmt: skip


@dataclass(frozen=True)
class Came:
    """What came of a post: its status and words, the rows that are others than before and whether the id stands in one of them, and
    whether something of Alice's was opened or is another than before."""

    status: int
    body: str
    changed: bool
    names_it: bool
    of_alice: bool


def everything(world: World) -> dict[Any, Any]:
    """Every row but those that any page adds: the trail, and who sits here."""
    return {place: repr((place[1:], row)) for place, row in store(world)._rows.items() if place[0] not in (AuditEntry, Session, Access)}


def asked(name: str, own: bool) -> Came:
    role, path, field, value, more = FORMS[name]
    place = a_place(role)
    world, given = place.scene.world, value(place, own)
    fields = {"form_id": world.ids(world.clock()), "task": f"t-{given}", "seen": place.own["seen"], field: given, **more}
    scene = replace(place.scene, fields=fields)
    for ended in ("ivy", "amy") if name == "a deletion" else ():
        world.store.commit(Update(Patient, (ended,), set={"status": "discharged"}))
    scene.ask("/inbox", "GET")
    before, hers, opened_before = everything(world), rows_of(world, "alice"), len(vault(world).opened)
    answer = scene.ask(path, "POST")
    seen = [context for _, context, _ in vault(world).opened[opened_before:] if "alice" in context.patient or context.program == "adult"]
    after = everything(world)
    other = [row for place, row in after.items() if before.get(place) != row] + [row for place, row in before.items() if place not in after]
    there = any(given in row for row in other)
    return Came(answer.status_code, answer.body.decode(), bool(other), there, bool(seen) or rows_of(world, "alice") != hers)


@pytest.mark.parametrize("name", FORMS)
def test_with_an_id_of_ones_own_the_form_does_what_it_says(name: str) -> None:
    came = asked(name, own=True)
    assert came.changed and came.names_it and came.status < 400, came


@pytest.mark.parametrize("name", FORMS)
def test_n5_with_alices_id_in_its_place_nothing_of_hers_is_opened_or_changed(name: str) -> None:
    came = asked(name, own=False)
    assert not came.of_alice and not came.names_it, came
    assert SECRET not in came.body and "Alice" not in came.body and came.status < 500

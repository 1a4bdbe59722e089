"""Somebody of each role before each page of one patient: of her program, of another, paged for her, or after breaking the glass."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.console.table import TABLE
from chalicelib.core.phones import Errand
from chalicelib.core.records import Incident, Message, Step, Update
from chalicelib.flows import lend_keys
from chalicelib.flows.break_glass import Asked, break_glass
from chalicelib.flows.receive_sms import receive

from ..appointments import booked
from ..cast import ALICE_NUMBER, CAROL, a_patient, an_sms
from ..console.scene import Scene, a_scene
from ..flows.office import store
from ..flows.test_lend_keys import the_stream

ANOTHER = "plumbobbin"  # what Bob wrote
BOB_NUMBER = "+13035550178"
APART = {
    "/sign-in", "/signed-out", "/sign-out", "/sign-in/challenge", "/sign-in/passkey",  # open to all, or the end of it
    "/passkeys", "/passkeys/remove",  # one's own, at the pool: test_passkeys.py
}  # fmt: skip


def with_alice_open(role: str, how: str) -> Scene:
    """Somebody of Harbor to whom Alice is open: `how`: paged, glass. The role must be one that can have that."""
    scene = a_scene(role, "harbor")
    open_to(scene, "alice", ALICE_NUMBER, how)
    return scene


def open_to(scene: Scene, patient_id: str, number: str, how: str) -> None:
    world = scene.world
    if how == "glass":
        break_glass(world, scene.who, Asked("", number, "care", "She is here.", cannot_ask=True))
    else:
        incident = next(each for each in store(world).rows(Incident) if each.thread_id == patient_id)
        world.store.commit(Update(Incident, (incident.incident_id,), append={"steps": (Step(world.clock(), "pager", "paged", "zed"),)}))
        world.store.commit(*lend_keys.for_page(world, Errand("e1", "page", "zed", world.clock()), incident))
    the_stream(world)


def beside_bob(scene: Scene, how: str) -> None:
    """Bob of Alice's program is open to whoever asks."""
    a_patient(scene.world, "bob", BOB_NUMBER, "adult")
    receive(scene.world, an_sms(f"I took my pills {ANOTHER}", BOB_NUMBER, at=scene.world.clock()), inline=False)
    open_to(scene, "bob", BOB_NUMBER, how)


def beside_alice(role: str, how: str) -> Scene:
    """The same person, who asks for Bob of the same program by every id of his."""
    scene = with_alice_open(role, how)
    a_patient(scene.world, "bob", BOB_NUMBER, "adult")
    receive(scene.world, an_sms(f"I took my pills {ANOTHER}", BOB_NUMBER, at=scene.world.clock()), inline=False)
    incident = next(each for each in store(scene.world).rows(Incident) if each.thread_id == "bob")
    message = next(each for each in store(scene.world).rows(Message) if each.thread_id == "bob")
    visit = booked(scene.world, patient_id="bob")
    his = {
        "patient_id": "bob", "thread_id": "bob", "incident_id": incident.incident_id, "message_id": message.message_id,
        "appointment_id": visit.appointment_id,
    }  # fmt: skip
    return Scene(scene.world, scene.who, {**scene.ids, **his}, scene.desk)


def with_anothers_ids(role: str) -> Scene:
    """Somebody of Harbor before each page of Hank's, who is theirs, and every id that a form could name in it is Alice's."""
    scene = a_scene(role, "harbor")
    world, alices = scene.world, scene.ids
    a_patient(world, "hank", BOB_NUMBER, "harbor")
    receive(world, an_sms("I took my pills", BOB_NUMBER, at=world.clock()), inline=False)
    incident = next(each for each in store(world).rows(Incident) if each.thread_id == "hank")
    message = next(each for each in store(world).rows(Message) if each.thread_id == "hank")
    visit = booked(world, patient_id="hank", who=replace(CAROL, programs=("harbor",)))
    his = {
        "patient_id": "hank", "thread_id": "hank", "incident_id": incident.incident_id, "message_id": message.message_id,
        "appointment_id": visit.appointment_id, "program": "harbor", "program_id": "harbor",
    }  # fmt: skip
    text, item = f"alice.{alices['message_id']}", alices["incident_id"]
    named = {
        "visit": alices["appointment_id"], "visit_id": alices["appointment_id"], "slot": alices["slot_id"], "item": item, "incident": item,
        "about": text, "message": text, "message_id": alices["message_id"], "thread": "alice", "thread_id": "alice",
        "into": "alice", "number": ALICE_NUMBER, "stays": "this", "do": "merge", "sure": "yes",
    }  # fmt: skip
    return Scene(world, scene.who, {**alices, **his}, scene.desk, {**scene.fields, "program": "harbor", "form_id": world.ids(world.clock()), **named})


def paths(*kinds: str) -> list[tuple[str, str]]:
    return [(path, how) for path, how, _, _ in TABLE if how in kinds and path not in APART and not path.startswith("/static")]

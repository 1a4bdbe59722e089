"""A busy hour at a small clinic, told with the flows that run in production: what the pages are looked at with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ulid import ULID

from chalicelib.core.messages import DeliveryEvent, Status
from chalicelib.core.records import Message, Thread
from chalicelib.core.staff import Staff
from chalicelib.core.triage import FirstLook
from chalicelib.flows import deliver, handle_incident
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.write_reply import Draft, write_reply
from chalicelib.ports import World

from ..cast import CAROL, ERIN, STRANGER_NUMBER, a_patient, an_sms
from ..fakes.world import FakeClock, a_world

EVERYBODY = Staff("erin", "clinician", ("adult", "harbor", "unmatched"))
SHARED = "+13035550120"
LONG = (
    "Do you take the new insurance card at the desk or should I send a photo of it? I could also bring it on "
    "Wednesday when I come in, whatever is easier for you."
)


class PillsScreen:
    """One sentence fires, with the ids of real rules: these pages are no test of the lexicon."""

    def look(self, text: str) -> FirstLook:
        if "pills" in text:
            return FirstLook(0, ("overdose", "suicide"), ("en.overdose.took-all", "en.suicide.word"))
        return FirstLook(3, (), ())


def a_busy_hour() -> World:
    """Alice in a crisis and answered; others waiting, shared, unknown, stopped, failed."""
    world = a_world(ids=lambda at: str(ULID.from_datetime(at)), screen=PillsScreen())
    clock = world.clock
    assert isinstance(clock, FakeClock)
    clock.advance(hours=-20)
    texts = partial(_texts, world)
    a_patient(world)
    a_patient(world, "jordan", "+13035550102", language="es", zone="America/Los_Angeles")
    a_patient(world, "morgan", "+13035550103", status="hold")
    a_patient(world, "riley", "+13035550104", content_level=1, safe_hours={"mon": "10:00-15:00", "wed": "10:00-15:00"})
    a_patient(world, "bob", SHARED, program="harbor")
    a_patient(world, "sam", SHARED)
    texts("alice", "Hi, could I move Thursday to the afternoon? I have the kids until noon.")
    clock.advance(minutes=6)
    _answers(world, CAROL, "alice", "Hi Alice, it's Carol. 2:30 PM on Thursday is open. Does that work?", Status.DELIVERED)
    clock.advance(minutes=3)
    texts("alice", "Yes! thank you 🙏")
    clock.advance(hours=2)
    texts("jordan", "¿Puedo cambiar mi cita?")
    clock.advance(hours=12)
    texts("riley", LONG)
    texts("riley", "Also running late today")
    clock.advance(minutes=30)
    texts(SHARED, "Can somebody call me back about tomorrow")
    texts(STRANGER_NUMBER, "hello is this the clinic")
    _answers(world, CAROL, "morgan", "Hi Morgan, your form is ready at the front desk.", None)
    clock.advance(hours=5)
    texts("alice", "I can't do this anymore. I took all my pills")
    clock.advance(minutes=2)
    return world


def acknowledged(world: World) -> None:
    """Erin takes Alice's incident and calls."""
    incident = world.store.open_incidents("adult")[0]
    handle_incident.acknowledge(world, ERIN, incident.incident_id)


def _texts(world: World, who: str, body: str) -> None:
    number = who if who.startswith("+") else {"alice": "+13035550101", "jordan": "+13035550102", "riley": "+13035550104"}[who]
    receive(world, an_sms(body, sender=number, at=world.clock()), inline=False)
    _deliver_all(world)


def _answers(world: World, who: Staff, thread_id: str, text: str, status: Status | None) -> None:
    thread = world.store.get(Thread, thread_id)
    write_reply(world, who, thread_id, Draft(text, world.ids(world.clock()), thread.last_at if thread else None))
    if status:
        answered(world, thread_id, status)


def answered(world: World, thread_id: str, status: Status) -> None:
    """What is queued leaves, and the carrier says what became of the thread's newest text."""
    _deliver_all(world)
    [newest] = world.store.newest(thread_id, 1)
    record(world, DeliveryEvent("twilio", newest.carrier_id, status, world.clock(), newest.row))


def _deliver_all(world: World) -> None:
    rows: Callable[..., list[Message]] = world.store.rows  # type: ignore[attr-defined]
    for row in rows(Message):
        if row.direction == "out" and row.status == Status.QUEUED and (row.not_before or row.at) <= world.clock():
            deliver.deliver(world, row.thread_id, row.message_id)

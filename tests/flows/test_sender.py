"""Ordinary texts name whoever writes as the patient chose (SAFE-3); what the law asks of a name, and danger, keep the clinic's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from chalicelib.core.messages import Status
from chalicelib.core.records import Contact, Message, Patient, Update
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.appointments import FRIDAY, booked
from tests.cast import a_patient, an_sms
from tests.pages import send_page

from .office import an_open_office, clock, store


def labelled(label: str, language: str = "en"):
    world = an_open_office()
    a_patient(world)
    patient = world.store.get(Patient, "alice")
    contact = world.store.get(Contact, patient.contact_id)
    ref = replace(contact.patients[0], label=label, language=language)
    world.store.commit(
        Update(Patient, ("alice",), set={"label": label, "language": language}),
        Update(Contact, (contact.contact_id,), set={"patients": (ref,)}, add={"version": 1}),
    )
    return world


def leave(world) -> None:
    for row in store(world).rows(Message):
        if row.direction == "out" and row.status == Status.QUEUED:
            clock(world).now = max(clock(world).now, row.not_before or clock(world).now)
            deliver(world, row.thread_id, row.message_id)


def texts(world) -> list[str]:
    return [sms.body for sms in world.carriers["twilio"].sent]


@pytest.mark.parametrize(("label", "language", "named"), [
    ("office", "en", "The office: "), ("office", "es", "La oficina: "), ("", "en", "Larkspur: "), ("sender", "es", "Larkspur: "),
])  # fmt: skip
def test_a_reminder_a_page_and_an_answer_are_named_as_they_chose(label: str, language: str, named: str) -> None:
    world = labelled(label, language)
    booked(world)
    clock(world).now = FRIDAY.astimezone(UTC) - timedelta(days=1)
    tick(world)
    leave(world)
    send_page(world)
    receive(world, an_sms("PRIVATE", at=clock(world).now), inline=True)
    leave(world)
    assert len(texts(world)) >= 3 and all(each.startswith(named) for each in texts(world)), texts(world)


def test_the_confirmation_of_a_stop_and_help_keep_the_programs_own_name() -> None:
    world = labelled("office")
    for said in ("HELP", "STOP"):
        receive(world, an_sms(said, at=clock(world).now), inline=True)
        leave(world)
    assert len(texts(world)) == 2 and all("Larkspur" in each for each in texts(world))

"""PRIVATE and QUIET (TXT-1): a text tightens at once, says when texts begin again, and loosens nothing."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import ConsentEntry, Message, Patient
from chalicelib.core.said_by_phone import stricter
from chalicelib.flows import tick
from chalicelib.flows.deliver import deliver
from chalicelib.flows.outbox import words_of
from chalicelib.flows.receive_sms import receive
from chalicelib.texts.quiet_day import quiet_day
from tests.cast import a_patient, an_sms
from tests.flows.post import again, alices, queued

from .office import an_open_office

TODAY = date(2026, 3, 3)  # a Tuesday
DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize(("said", "day"), [
    ("QUIET", "2026-03-10"), ("quiet until Monday", "2026-03-09"), ("quiet until tuesday", "2026-03-10"), ("quiet for a week", "2026-03-10"),
    ("quiet until tomorrow 3pm", "2026-03-04"), ("Please don't text me until Mar 20", "2026-03-20"), ("quiet until 3/10", "2026-03-10"),
    ("quiet until next friday", "2026-03-13"), ("quiet until the 15th", "2026-03-15"), ("quiet for 10 days", "2026-03-13"),
    ("silencio hasta el lunes", "2026-03-09"), ("no me escriban hasta el 5 de marzo", "2026-03-05"), ("sin mensajes hasta mañana", "2026-03-04"),
    ("silencio hasta el miércoles que viene", "2026-03-04"), ("quiet until friday morning please", "2026-03-06"),
])  # fmt: skip
def test_a_day_is_read_in_english_and_spanish(said, day):
    assert quiet_day(said, TODAY) == (date.fromisoformat(day), True)


@pytest.mark.parametrize(("said", "day"), [
    ("quiet until my sister leaves", "2026-03-10"), ("quiet until today", "2026-03-10"), ("quiet until dec 5", "2026-06-03"),
    ("quiet until 2027", "2026-06-03"), ("quiet until 31/31", "2026-03-10"), ("quiet until " + "9" * 60, "2026-03-10"),
])  # fmt: skip
def test_what_cannot_be_read_is_quiet_all_the_same_and_a_person_looks(said, day):
    assert quiet_day(said, TODAY) == (date.fromisoformat(day), False)


def a_town(**fields):
    world = an_open_office()
    a_patient(world, content_level=1, **fields)
    return world


def says(world, body):
    world.clock.advance(seconds=20)
    receive(world, an_sms(body, at=world.clock.now), inline=True)


def alice(world):
    """As N3 knows her, and as her row has it once the tick has written it down: the same."""
    known = stricter(world.store.get(Patient, "alice"), alices(world))
    tick.tick(world)
    row = world.store.get(Patient, "alice")
    assert (row.content_level, row.quiet_until, row.declined) == (known.content_level, known.quiet_until, known.declined)
    return row


def answers(world):
    return [words_of(world, row, "t") for row in world.store.rows(Message) if row.kind == Kind.PHONE_ANSWER]


def test_private_is_neutral_words_from_now_on_for_everybody_on_the_phone():
    world = a_town()
    a_patient(world, "bob", program="harbor", content_level=2)
    says(world, "PRIVATE")
    assert alice(world).content_level == 0 == world.store.get(Patient, "bob").content_level
    assert [ref.content_level for ref in alices(world).patients] == [0, 0]
    assert [line.change for line in world.store.rows(ConsentEntry) if line.kind == "content_level_0"] == ["revoked", "revoked"]
    [said] = answers(world)
    assert said.startswith("Larkspur: OK.") and "call" in said
    says(world, "private")
    assert len([line for line in world.store.rows(ConsentEntry) if line.kind == "content_level_0"]) == 2


def test_quiet_holds_what_we_begin_until_the_first_safe_hour_of_that_day_and_says_so():
    world = a_town(safe_hours={"mon": "11:00-15:00", "tue": "09:00-20:00"})
    says(world, "QUIET until Monday")
    assert alice(world).quiet_until == datetime(2026, 3, 9, 9, tzinfo=DENVER)  # her own hours narrow it when a text leaves
    assert answers(world) == ["Larkspur: OK. We start no texts before Mon Mar 9 at 9:00 AM. To hear from us sooner, call 303-555-0190."]
    row = queued(world, kind=Kind.STAFF)
    deliver(world, row.thread_id, row.message_id)
    assert (again(world, row).status, again(world, row).status_reason) == (Status.QUEUED, "quiet")
    reply = queued(world, kind=Kind.REPLY)
    deliver(world, reply.thread_id, reply.message_id)
    assert again(world, reply).status == Status.QUEUED_AT_CARRIER  # CTIA-1: they wrote


def test_a_text_can_only_tighten():
    world = a_town()
    says(world, "quiet for two weeks")
    until = alice(world).quiet_until
    says(world, "quiet until tomorrow")
    assert alice(world).quiet_until == until and "Mar 17" in answers(world)[1]
    says(world, "PRIVATE")
    for body in ("public", "loud", "not private", "unquiet", "START", "quiet off", "level 2"):
        says(world, body)
    assert alice(world).quiet_until == until and alice(world).content_level == 0


def test_words_in_spanish_are_answered_in_spanish_and_danger_comes_first():
    world = a_town(language="es")
    says(world, "silencio hasta el lunes")
    assert answers(world) == ["Larkspur: De acuerdo. No le escribimos antes de esta hora: el lunes 9 de marzo a las 9:00 AM. Para recibir antes, llame al 303-555-0190."]
    world = a_town()
    says(world, "quiet until friday I will kill myself")
    assert len(world.pager.pages) == 1 and answers(world) == []


def test_a_stranger_or_a_stopped_number_tightens_nothing():
    world = an_open_office()
    receive(world, an_sms("QUIET until Monday", "+13035550177", at=world.clock.now), inline=True)
    assert answers(world) == []


@pytest.mark.parametrize(("said", "scope", "called"), [
    ("no more reminders please", "appointments", "no more reminders"), ("stop the check-ins", "check_ins", "no more short questions"),
    ("no more group messages", "groups", "no more news of a group"), ("ya no quiero recordatorios", "appointments", "ya no le mandamos recordatorios"),
])  # fmt: skip
def test_tcpa_8_one_kind_is_stopped_at_receipt_with_its_line_and_the_rest_goes_on(said, scope, called):
    world = a_town()
    says(world, said)
    says(world, said)
    assert alice(world).declined == (scope,) and "conversation" in alice(world).consent
    [line] = [line for line in world.store.rows(ConsentEntry) if line.kind == scope]
    assert (line.change, line.medium, line.by) == ("revoked", "sms", "patient")
    assert called in answers(world)[0] and "STOP" in answers(world)[0] and alices(world).stopped_at is None


def test_a_kind_on_a_phone_of_two_is_held_for_a_person_and_no_kind_is_all():
    world = a_town()
    a_patient(world, "bob", program="harbor")
    says(world, "no more reminders")
    assert alice(world).declined == () and alices(world).unsure_at is not None
    world = a_town()
    says(world, "no more texts")
    assert alices(world).stopped_at is not None

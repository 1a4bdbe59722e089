"""The words of texts leave the carrier's log, whatever fails; never those of a text that is nowhere else, nor of one that the log
is still asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.core.messages import Direction, Status
from chalicelib.core.records import AuditEntry, Message, Receipt, Redacted, Thread
from chalicelib.flows import outbox, reconcile, redact_at_carrier
from chalicelib.ports import SealContext
from tests.cast import ALICE_NUMBER, an_sms

from .recovery_stories import a_lost_text
from .told import Story
from .town import Town

HOURS = 24
ANSWER = "Four is fine."


def they_wrote(town: Town) -> None:
    """Yesterday Alice wrote and was answered. Another text of hers never reached us, and nobody compared since; and nobody knows
    whether a second answer left."""
    town.text(an_sms("can I come at four", at=town.clock.now))
    log = town.carriers["twilio"]
    log.note(town.world.clinic.number, ALICE_NUMBER, ANSWER)
    a_lost_text(town)
    town.bells.clear()
    town.clock.advance(hours=HOURS, minutes=30)
    _an_answer_nobody_knows_of(town)


def _an_answer_nobody_knows_of(town: Town) -> None:
    """It left a day ago, and our row says that nobody knows: the tick was away."""
    world, then = town.world, town.clock.now - timedelta(hours=HOURS, minutes=30)
    letter = outbox.Letter("alice", "adult", world.hasher.contact_id(ALICE_NUMBER), outbox.Kind.REPLY, ANSWER, "carol", "alice")
    row = replace(outbox.write(world, letter, then, Status.UNKNOWN), carrier="twilio")
    due = outbox.Due(outbox.SHARD, town.clock.now + timedelta(minutes=70), f"reconcile#{row.row}", "reconcile", row.row)
    world.store.commit(outbox.Put(row), outbox.Put(due))


def hours_pass(town: Town) -> None:
    town.world = replace(town.world, clinic=replace(town.world.clinic, redact_hours=HOURS))
    for _ in range(2):
        town.again(lambda: redact_at_carrier.ask(town.world), tries=1)
        town.again(lambda: reconcile.reconcile_hourly(town.world), tries=1)
        town.minute()
        _no_only_copy_is_gone(town)
        town.clock.advance(hours=1)


def _no_only_copy_is_gone(town: Town) -> None:
    kept = {each.carrier_id for each in town.store.rows(Receipt)}
    lines = [line for line in town.carriers["twilio"].log if line.direction is Direction.IN]
    town.unexpected += [f"{line.carrier_id} is nowhere any more" for line in lines if not line.body and line.carrier_id not in kept]


def are_gone(town: Town) -> list[str]:
    """Once all is calm and another hour has asked: from the log, seen to be so, each in the trail before; ours are whole, and the
    answer was found by its words before they went, or a person was asked; it is not called unsent."""
    town.plan.armed = False
    hours_pass(town)
    stands = [line for line in town.carriers["twilio"].log if line.body]
    wrong = [f"{line.direction} stands in the log" for line in stands]
    row = town.store.get(Redacted, "twilio")
    asked = sum(int(each.result) for each in town.store.rows(AuditEntry) if each.action == "redact_texts")
    wrong += [] if row and not row.standing else ["something is still named as standing"]
    wrong += [] if asked >= len(town.carriers["twilio"].log) else [f"{asked} asked for in the trail"]
    texts = {_said(town, each) for each in town.store.rows(Message) if each.direction == "in"}
    wrong += [] if texts == {"can I come at four", "running late"} else ["our own copies are not whole"]
    [ours] = [each for each in town.store.rows(Message) if each.author == "carol"]
    asked_a_person = ours.status == Status.UNKNOWN and town.store.get(Thread, "alice").note == "unknown_delivery"
    found = ours.status == Status.HANDED_TO_CARRIER or asked_a_person
    return wrong + ([] if found else [f"the answer stands as {ours.status}"])


def _said(town: Town, message: Message) -> str:
    context = SealContext("alice", "adult", "inbound_text")
    return town.world.vault.open(context, message.row, message.sealed_body, "carol")


STORIES = (Story("words leave the carrier's log", hours_pass, they_wrote, are_gone),)

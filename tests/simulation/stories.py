"""What happens, step by step. Faults strike during `act`; then the town calms down for an hour and the laws are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.core.messages import DeliveryEvent, Kind, Status
from chalicelib.core.records import Incident, Message, Thread
from chalicelib.flows import handle_incident, outbox
from tests.cast import CAROL, STRANGER_NUMBER, an_sms

from . import (
    appointment_stories,
    ask_stories,
    call_stories,
    campaign_stories,
    consent_stories,
    crisis_desk_stories,
    exercise_stories,
    forgetting_stories,
    household_stories,
    lending_stories,
    missed_stories,
    moving_stories,
    owner_stories,
    page_stories,
    phone_stories,
    recovery_stories,
    redact_stories,
    round_stories,
    safe_phone_stories,
    schedule_stories,
    second_stories,
    sequence_stories,
    settings_stories,
    trail_stories,
    waitlist_stories,
    way_in_stories,
)
from .told import CRISIS, Story
from .town import Town


def ordinary(town: Town) -> None:
    town.text(an_sms("running late", at=town.clock.now))


def ordinary_twice(town: Town) -> None:
    sms = an_sms("running late", at=town.clock.now)
    town.text(sms)
    town.text(sms)


def crisis(town: Town) -> None:
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)


def crisis_from_a_stranger(town: Town) -> None:
    town.text(an_sms(CRISIS, STRANGER_NUMBER, at=town.clock.now), crisis=True)


def crisis_through_aws(town: Town) -> None:
    town.text(an_sms(CRISIS, carrier="aws", at=town.clock.now), crisis=True)


def crisis_after_stop(town: Town) -> None:
    town.text(an_sms("STOP", at=town.clock.now))
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)


def two_crises(town: Town) -> None:
    town.text(an_sms("I want to kill myself", at=town.clock.now), crisis=True)
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)


def joined_after_acknowledging(town: Town) -> None:
    town.clock.advance(minutes=5)
    town.text(an_sms("I will kill myself", at=town.clock.now), crisis=True)


def text_instead_of_a_call(town: Town) -> None:
    """A crisis is open, and they cannot talk."""
    town.clock.advance(minutes=1)
    town.text(an_sms("TEXT", at=town.clock.now))


def _holder_knows_they_cannot_talk(town: Town) -> list[str]:
    """By a page in so many words, as the item's mark, and in its history."""
    [incident] = town.store.rows(Incident)
    wrong = [] if any("asks for texts" in text for _, _, text in town.pages) else ["the holder was not told"]
    wrong += [] if incident.asks_for_texts else ["the item does not say so"]
    return wrong + ([] if any(step.what == "asks_for_texts" for step in incident.steps) else ["nor does its history"])


def two_texts_at_night(town: Town) -> None:
    town.clock.advance(hours=11)  # Tuesday, 11 PM in Denver
    for body in ("can I come earlier on thursday", "and is parking free"):
        town.text(an_sms(body, at=town.clock.now))
        town.clock.advance(seconds=20)
    town.stream()


def _told_once_at_most(town: Town) -> list[str]:
    """Once in a closed time; not at all when it could not leave within the hour."""
    said = [row for row in town.store.rows(Message) if row.kind == Kind.CLOSED_NOTICE]
    left = sum(town.carriers["twilio"].by_row.get(row.row, 0) for row in said)
    return [] if len(said) <= 1 and left <= 1 else [f"said {len(said)} times, sent {left} times"]


def acknowledged(town: Town) -> None:
    crisis(town)
    _acknowledge(town)


def _acknowledge(town: Town) -> None:
    for incident in town.store.rows(Incident):
        town.do(lambda incident=incident: handle_incident.acknowledge(town.world, CAROL, incident.incident_id))


def _holder_was_paged_again(town: Town) -> list[str]:
    again = [to for _, to, text in town.pages if "urgent item" in text and "waits" not in text]
    return [] if len(again) >= 2 else ["the holder was not paged again"]


def stop(town: Town) -> None:
    town.text(an_sms("STOP", at=town.clock.now))
    town.stream()


def stop_then_start(town: Town) -> None:
    town.text(an_sms("STOP", at=town.clock.now))
    town.clock.advance(seconds=20)
    town.text(an_sms("START", at=town.clock.now))


def _still_stopped(town: Town) -> list[str]:
    from chalicelib.core.permission import stopped
    from chalicelib.core.records import Contact

    return [] if all(stopped(contact) for contact in town.store.rows(Contact)) else ["START beat STOP"]


def start_before_stop(town: Town) -> None:
    town.text(an_sms("START", at=town.clock.now))
    town.clock.advance(seconds=20)
    town.text(an_sms("STOP", at=town.clock.now))


def a_reply(town: Town) -> None:
    letter = outbox.Letter("alice", "adult", town.world.hasher.contact_id("+13035550101"), Kind.REPLY, "See you at 3", "carol", "alice")
    town.world.store.commit(*outbox.queue(town.world, letter, town.clock.now))


def deliver_a_reply(town: Town) -> None:
    town.stream()


def _reply_outcome(town: Town) -> list[str]:
    """Sent once and known, or not sent and said so."""
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    sent = town.carriers["twilio"].by_row.get(row.row, 0)
    fine = {0: (Status.NOT_SENT, Status.FAILED_OTHER, Status.FAILED_BLOCKED), 1: (Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED)}
    return [] if row.status in fine.get(sent, ()) else [f"reply sent {sent} times stands as {row.status}"]


def deliver_without_stream(town: Town) -> None:
    """The stream dropped it: only the tick is left."""
    from chalicelib.flows import tick

    town.clock.advance(seconds=61)
    for _ in range(2):
        town.again(lambda: tick.tick(town.world), tries=1)


def stop_while_queued(town: Town) -> None:
    """A second lies between the two, so that the laws can tell what left after from what left before."""
    town.text(an_sms("STOP", at=town.clock.now))
    town.clock.advance(seconds=1)
    town.stream()


def _reply_not_sent(town: Town) -> list[str]:
    """A STOP that could not be kept at once may be kept after the reply has left."""
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    left = town.carriers["twilio"].left_at.get(row.row)
    if left is None:
        return []
    [kept] = [m for m in town.store.rows(Message) if m.meaning == "stop"]
    return ["a reply left after STOP was kept"] if left > kept.at else []


def failed_callback(town: Town) -> None:
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER]
    town.callback(DeliveryEvent("twilio", "SMx", Status.FAILED_BLOCKED, town.clock.now, row.row, "21610"))


def crisis_without_callback(town: Town) -> None:
    """The answer went into the response; the carrier has said nothing yet."""
    from chalicelib.flows.receive_sms import receive

    sms = an_sms(CRISIS, at=town.clock.now)
    receive(town.world, sms, inline=True)
    town.crises.append((town.clock.now, sms))
    town.phone(sms.sender).got.append((town.clock.now, "988"))


def _told_to_call(town: Town) -> list[str]:
    return [] if any("not delivered" in text for _, _, text in town.pages) else ["nobody told to call"]


def silence_for_90_seconds(town: Town) -> None:
    from chalicelib.flows import tick

    town.clock.advance(seconds=91)
    town.again(lambda: tick.tick(town.world), tries=1)


def nobody_acknowledges(town: Town) -> None:
    from chalicelib.flows import tick

    for _ in range(3):
        town.clock.advance(minutes=5, seconds=1)
        town.again(lambda: tick.tick(town.world), tries=1)


def _everybody_was_asked(town: Town) -> list[str]:
    asked = {to for _, to, _ in town.pages}
    return [] if {"erin", "carol", "dan", "everyone"} <= asked else [f"only asked {sorted(asked)}"]


def nobody_follows_up(town: Town) -> None:
    """Taken, and no contact logged within the ten minutes that an acknowledgement of tier 0 holds."""
    from chalicelib.flows import tick

    town.clock.advance(minutes=10, seconds=1)
    for _ in range(2):
        town.again(lambda: tick.tick(town.world), tries=1)
        town.clock.advance(minutes=1)


def _open_again(town: Town) -> list[str]:
    called = {to for _, to, text in town.pages if "open again" in text or "waits" in text}
    return [] if called else ["nobody was called again"]


def escalated(town: Town) -> None:
    crisis(town)
    nobody_acknowledges(town)


def take_it(town: Town) -> None:
    _acknowledge(town)


def _held(town: Town) -> list[str]:
    [incident] = town.store.rows(Incident)
    return [] if any(step.what == "acknowledged" for step in incident.steps) else ["nobody has it"]


def the_hour_ahead(town: Town) -> None:
    """Tuesday, three in the afternoon in Denver: nobody is on call from Thursday on, and the supervisor is told."""
    from chalicelib.core.clinic import read_clinic
    from chalicelib.flows import look_ahead, tick
    from tests.fakes.world import CLINIC

    town.clock.advance(hours=3)
    days = {"id": "days", "hours": "00:00-24:00", "days": ["mon", "tue", "wed"], "step": "supervisor", "people": ["dan"]}
    world = replace(town.world, clinic=read_clinic({**CLINIC, "shift": [], "layer": [days]}))
    for _ in range(2):
        town.again(lambda: look_ahead.ask(world), tries=1)
        town.again(lambda: tick.tick(world), tries=1)
        town.clock.advance(minutes=1)


def say_i_read_it(town: Town) -> None:
    """Carol took it, and taps once; a page that fails is tapped again, the same form."""
    from chalicelib.flows.say_read import say_read

    [incident] = town.store.rows(Incident)
    form_id, seen = "", town.store.get(Thread, "alice").last_at

    def tap() -> None:
        nonlocal form_id
        form_id = form_id or town.world.ids(town.clock.now)
        say_read(town.world, CAROL, incident.incident_id, "read_can_text", "Carol", form_id, seen)

    town.do(tap)
    town.stream()


def _read_once(town: Town) -> list[str]:
    rows = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    left = [town.carriers["twilio"].by_row.get(row.row, 0) for row in rows]
    return [] if len(rows) <= 1 and all(each <= 1 for each in left) else [f"{len(rows)} rows, sent {left}"]


def acknowledge_and_resolve(town: Town) -> None:
    [incident] = town.store.rows(Incident)
    who, world = CAROL, town.world
    town.do(lambda: handle_incident.acknowledge(world, who, incident.incident_id))
    town.do(lambda: _unless(town, "contacted", lambda: handle_incident.contacted(world, who, incident.incident_id)))
    town.do(lambda: _unless(town, "resolved", lambda: handle_incident.resolve(world, who, incident.incident_id, "visit_arranged")))


def _unless(town: Town, state: str, work: Callable[[], object]) -> None:
    """A person who sees that it is done does not press again."""
    [incident] = town.store.rows(Incident)
    if incident.state != state:
        work()


def _resolved_and_forgotten(town: Town) -> list[str]:
    from chalicelib.core.records import Contact

    [incident] = town.store.rows(Incident)
    wrong = [] if (incident.state, incident.open_in) == ("resolved", "") else [f"incident {incident.state}"]
    if any(contact.incidents for contact in town.store.rows(Contact)):
        wrong.append("the door still remembers it")
    thread = town.store.get(Thread, "alice")
    return wrong + (["the thread still shows it"] if thread is not None and thread.incident_id else [])


MAIN: tuple[Story, ...] = (  # what receives, delivers, hears of deliveries, and the minute
    Story("an ordinary text", ordinary),
    Story("the same text twice", ordinary_twice),
    Story("a crisis", crisis),
    Story("a crisis from a stranger", crisis_from_a_stranger),
    Story("a crisis through AWS", crisis_through_aws),
    Story("a crisis after STOP", crisis_after_stop),
    Story("two crises", two_crises),
    Story("a crisis after acknowledging", joined_after_acknowledging, acknowledged, _holder_was_paged_again),
    Story("TEXT instead of a call", text_instead_of_a_call, crisis, _holder_knows_they_cannot_talk),
    Story("two texts at night", two_texts_at_night, after=_told_once_at_most),
    Story("STOP", stop, after=_still_stopped),
    Story("STOP then START", stop_then_start, after=_still_stopped),
    Story("START before STOP", start_before_stop, after=_still_stopped),
    Story("a reply leaves", deliver_a_reply, a_reply, _reply_outcome),
    Story("a reply the stream dropped", deliver_without_stream, a_reply, _reply_outcome),
    Story("STOP while a reply waits", stop_while_queued, a_reply, _reply_not_sent),
    Story("the answer is blocked", failed_callback, crisis_without_callback, _told_to_call),
    Story("silence after the answer", silence_for_90_seconds, crisis_without_callback, _told_to_call),
    Story("nobody acknowledges", nobody_acknowledges, crisis, _everybody_was_asked),
    Story("acknowledged and forgotten", nobody_follows_up, acknowledged, _open_again),
    Story("acknowledged, the others stand down", take_it, escalated, _held),
    Story("I read it, with one tap", say_i_read_it, acknowledged, _read_once),
    Story("acknowledged, reached, resolved", acknowledge_and_resolve, crisis, _resolved_and_forgotten),
    Story("an hour ahead", the_hour_ahead),
    *household_stories.STORIES,
    *recovery_stories.STORIES,
)

STORIES: tuple[Story, ...] = (
    *MAIN,
    *exercise_stories.STORIES,
    *way_in_stories.STORIES,
    *redact_stories.STORIES,
    *moving_stories.STORIES,
    *settings_stories.STORIES,
    *owner_stories.STORIES,
    *phone_stories.STORIES,
    *call_stories.STORIES,
    *crisis_desk_stories.STORIES,
    *second_stories.STORIES,
    *appointment_stories.STORIES,
    *lending_stories.STORIES,
    *trail_stories.STORIES,
    *waitlist_stories.STORIES,
    *consent_stories.STORIES,
    *ask_stories.STORIES,
    *safe_phone_stories.STORIES,
    *schedule_stories.STORIES,
    *forgetting_stories.STORIES,
    *missed_stories.STORIES,
    *campaign_stories.STORIES,
    *sequence_stories.STORIES,
    *round_stories.STORIES,
    *page_stories.STORIES,
)

PAIRS = frozenset(  # told with two faults as well: what receives, and what delivers
    {
        "an ordinary text", "the same text twice", "a crisis", "a crisis from a stranger", "a crisis through AWS", "STOP",
        "a reply leaves", "a reply the stream dropped", "STOP while a reply waits", "a question leaves", "a wrong number",
        "an answer on a shared phone", "a lost text comes back", "a parked text", "a parked crisis nobody was paged for", "a crisis in two texts",
    }
)

__all__ = ["MAIN", "PAIRS", "STORIES", "Story"]

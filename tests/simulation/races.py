"""Two things at the same time. Every order of their calls is played; with `clash`, commits that meet cancel each other once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from chalicelib.core.messages import DeliveryEvent, Kind, OutboundSms, Status
from chalicelib.core.permission import stopped
from chalicelib.core.records import Contact, Due, Incident, Message, Thread
from chalicelib.flows import handle_incident, reconcile, replay_parked, tick
from chalicelib.flows.deliver import deliver
from tests.cast import ALICE_NUMBER, CAROL, DAN, STRANGER_NUMBER, an_sms
from tests.fakes.world import FakeClock

from . import household_stories as household
from . import recovery_stories as recovery
from . import stories
from .explorer import Finding, Point, calm
from .faults import Plan
from .laws import violations
from .told import CRISIS
from .town import Town, a_town
from .turns import Turns, orders

Act = Callable[[Town], None]


@dataclass(frozen=True)
class Race:
    """`after` also hears who went when. `aside`: reads of what neither of the two writes, which are no places to wait at."""

    name: str
    one: Act
    other: Act
    before: Act = lambda town: None
    after: Callable[[Town, Turns], list[str]] = lambda town, turns: []
    aside: tuple[str, ...] = ()


def play(race: Race, clash: bool, wanted: tuple[int, ...] = ()) -> tuple[Turns, list[str]]:
    """One order. Returns who went when, and what is wrong."""
    plan = Plan(FakeClock())
    town, turns = a_town(plan), Turns(wanted, clash, race.aside)
    race.before(town)
    plan.armed, plan.gate = True, turns.gate
    turns.play(partial(race.one, town), partial(race.other, town))
    plan.armed, plan.gate = False, lambda call: False
    calm(town)
    return turns, [*violations(town), *race.after(town, turns)]


def explore_race(race: Race) -> tuple[int, list[Finding]]:
    """How many orders, and every one that went wrong."""
    points, findings = 0, []
    for clash in (False, True):
        wrongs: list[list[str]] = []

        def one_order(wanted: tuple[int, ...], clash: bool = clash, wrongs: list[list[str]] = wrongs) -> Turns:
            turns, wrong = play(race, clash, wanted)
            wrongs.append(wrong)
            return turns

        for number, turns in enumerate(orders(one_order)):
            points += 1
            if wrongs[-1]:
                order = " ".join(f"{'AB'[who]}:{call}" for who, call in turns.taken)
                findings.append(Finding(Point(race.name, order, number, "clash" if clash else "order"), tuple(wrongs[-1])))
    return points, findings


# --- texts ---------------------------------------------------------------------------------------------------------


def sends(body: str, number: str = ALICE_NUMBER, sid: str = "", crisis: bool = False) -> Act:
    """The same text whenever the same `sid` is sent."""

    def act(town: Town) -> None:
        sms = an_sms(body, number, at=town.clock.now)
        town.text(replace(sms, carrier_id=sid) if sid else sms, crisis)

    return act


def _one_incident(town: Town, turns: Turns) -> list[str]:
    incidents = len(town.store.rows(Incident))
    return [] if incidents == 1 else [f"{incidents} incidents for one person"]


def _greeted_once(town: Town, turns: Turns) -> list[str]:
    greetings = [row for row in town.store.rows(Message) if row.template == "greeting"]
    return [] if len(greetings) == 1 else [f"{len(greetings)} greetings"]


def _stop_wins(town: Town, turns: Turns) -> list[str]:
    return [] if all(stopped(contact) for contact in town.store.rows(Contact)) else ["START beat STOP"]


def _no_text_after_stop(town: Town, turns: Turns) -> list[str]:
    """What was read before the STOP was kept may still leave, as a text in the air does; nothing else."""
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    if row.row not in town.carriers["twilio"].by_row:
        return []
    kept = turns.taken.index((0, "store.commit"))
    return ["a reply left after the STOP was kept"] if (1, "store.get_many") in turns.taken[kept:] else []


# --- workers -------------------------------------------------------------------------------------------------------


def ticks(town: Town) -> None:
    town.again(lambda: tick.tick(town.world), tries=1)


def delivers(town: Town) -> None:
    [row] = [row for row in town.store.rows(Message) if row.kind in (Kind.REPLY, Kind.NOTICE)]
    town.again(lambda: deliver(town.world, row.thread_id, row.message_id))


def delivers_slowly(town: Town) -> None:
    """The carrier takes longer than the claim lasts."""
    quick = town.world.carriers["twilio"]

    class Slow:
        def send(self, sms: OutboundSms) -> str:
            carrier_id: str = quick.send(sms)
            town.clock.advance(seconds=120)
            return carrier_id

    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    world = replace(town.world, carriers={"twilio": Slow()})
    town.again(lambda: deliver(world, row.thread_id, row.message_id))


def reconciles(town: Town) -> None:
    town.again(lambda: reconcile.reconcile(town.world))


def replays(town: Town) -> None:
    [text] = town.parked
    town.again(lambda: replay_parked.replay(town.world, text))
    town.parked = []


def called_back(status: Status, kind: Kind) -> Act:
    """The carrier speaks, once it has something to speak of."""

    def act(town: Town) -> None:
        [row] = [row for row in town.store.rows(Message) if row.kind == kind]
        if kind is Kind.CRISIS_ANSWER or row.row in town.carriers["twilio"].by_row:
            town.callback(DeliveryEvent("twilio", "SMx", status, town.clock.now, row.row))

    return act


def presses(move: Callable[..., Incident], *more: object, who: object = CAROL) -> Act:
    """A person presses once; whatever she is told, she does not press again."""

    def act(town: Town) -> None:
        [incident, *_] = town.store.rows(Incident)
        try:
            town.again(lambda: move(town.world, who, incident.incident_id, *more), tries=1)
        finally:
            town.unexpected[:] = [line for line in town.unexpected if not line.startswith("IllegalMove")]

    return act


def resolves(town: Town) -> None:
    """She closes what she saw: the incident as it was before the race."""
    [incident, *_] = town.store.rows(Incident)
    seen = town.seen
    town.again(lambda: handle_incident.resolve(town.world, CAROL, incident.incident_id, "visit_arranged", seen), tries=1)


def _later(act: Act, **span: float) -> Act:
    def before(town: Town) -> None:
        act(town)
        town.clock.advance(**span)

    return before


def _reached(town: Town) -> None:
    stories.acknowledged(town)
    [incident] = town.store.rows(Incident)
    handle_incident.contacted(town.world, CAROL, incident.incident_id)
    town.clock.advance(seconds=30)
    town.seen = town.store.rows(Incident)[0].version


def _not_closed_over(town: Town, turns: Turns) -> list[str]:
    """The later text stands in an open incident, and somebody is paged for it."""
    texts = [row for row in town.store.rows(Message) if row.direction == "in"]
    last = max(texts, key=lambda row: row.at)
    [incident] = [each for each in town.store.rows(Incident) if each.incident_id == last.incident_id]
    if incident.state == "resolved":
        return ["an incident was closed over a text nobody had read"]
    paged = [at for at, _, text in town.pages if at >= last.at and "not delivered" not in text]
    seen_by_door = any(ref.incident_id == incident.incident_id for row in town.store.rows(Contact) for ref in row.incidents)
    thread = town.store.get(Thread, last.thread_id)
    shown = thread is not None and thread.incident_id == incident.incident_id
    return [
        *([] if paged else ["nobody was paged for it"]),
        *([] if seen_by_door else ["the door forgot the incident"]),
        *([] if shown else ["the thread does not show the incident"]),
    ]


def _acknowledged_stays(town: Town, turns: Turns) -> list[str]:
    """Carol holds it, and nobody else is called, until it lapses because she logged no contact."""
    [incident] = town.store.rows(Incident)
    taken = next((step.at for step in incident.steps if step.what == "acknowledged"), None)
    lapsed = next((step for step in incident.steps if step.what == "lapsed"), None)
    if taken is None or lapsed is None:
        return [f"acknowledged {taken}, lapsed {lapsed}, stands as {incident.state}"]
    wrong = [] if lapsed.detail == "carol" else [f"held by {lapsed.detail}"]
    late = [text for at, _, text in town.pages if "waits" in text and town.began < at < lapsed.at]
    return wrong + (["pages went on after acknowledging"] if late else [])


def _one_holder(town: Town, turns: Turns) -> list[str]:
    [incident] = town.store.rows(Incident)
    held = [ref.holder for contact in town.store.rows(Contact) for ref in contact.incidents]
    return [] if held == [incident.holder] else [f"{incident.holder} holds it, the door says {held}"]


def _left_once(town: Town, turns: Turns) -> list[str]:
    [row] = [row for row in town.store.rows(Message) if row.kind in (Kind.REPLY, Kind.NOTICE)]
    sent = town.carriers["twilio"].by_row.get(row.row, 0)
    good = (Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED)
    wrong = [] if sent == 1 and row.status in good else [f"sent {sent} times, stands as {row.status}"]
    left = [due for due in town.store.rows(Due) if due.target == row.row]
    return wrong + ["a due row is left"] * bool(left)


def _unacknowledged(town: Town) -> None:
    """The answer has arrived; nobody has said "mine" for five minutes."""
    stories.crisis(town)
    town.clock.advance(minutes=2)
    ticks(town)
    town.clock.advance(minutes=3, seconds=1)
    town.began = town.clock.now


def _lost_answer(town: Town) -> None:
    """Sent, and nobody heard it."""
    stories.a_reply(town)
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    claimed = town.world.store.claim(row.thread_id, row.message_id, town.clock.now, town.clock.now, "lost")
    assert claimed is not None
    town.carriers["twilio"].send(OutboundSms(row.our_number, ALICE_NUMBER, "See you at 3", row.row))
    town.clock.advance(seconds=61)
    ticks(town)
    town.clock.advance(minutes=2, seconds=1)


def _one_answer(town: Town, turns: Turns) -> list[str]:
    said = [row.meaning for row in town.store.rows(Message) if row.meaning.startswith("answer:")]
    return [] if len(said) == 1 else [f"answers: {said}"]


RACES: tuple[Race, ...] = (
    Race("one text handed in twice", sends("running late", sid="SM1"), sends("running late", sid="SM1")),
    Race("one crisis handed in twice", sends(CRISIS, sid="SM1", crisis=True), sends(CRISIS, sid="SM1", crisis=True),
         after=_one_incident),
    Race("two crises", sends("I want to kill myself", crisis=True), sends(CRISIS, crisis=True), after=_one_incident),
    Race("two crises of a stranger", sends("I want to kill myself", STRANGER_NUMBER, crisis=True),
         sends(CRISIS, STRANGER_NUMBER, crisis=True), after=_one_incident),
    Race("two first texts of a stranger", sends("hello", STRANGER_NUMBER), sends("is this the clinic", STRANGER_NUMBER),
         after=_greeted_once),
    Race("a crisis and STOP", sends(CRISIS, crisis=True), sends("STOP"), after=_stop_wins),
    Race("STOP and START", sends("STOP"), sends("START"), after=_stop_wins),
    Race("STOP and a reply that leaves", sends("STOP"), delivers, stories.a_reply, _no_text_after_stop),
    Race("a reply by stream and tick", delivers, ticks, _later(stories.a_reply, seconds=61), _left_once),
    Race("a reply by two ticks", ticks, ticks, _later(stories.a_reply, seconds=61), _left_once),
    Race("a claim that ran out", delivers_slowly, ticks, stories.a_reply, _left_once),
    Race("a reply and its callback", delivers, called_back(Status.HANDED_TO_CARRIER, Kind.REPLY), stories.a_reply, _left_once),
    Race("an unheard reply by two ticks", ticks, ticks, _lost_answer, _left_once),
    Race("an unheard reply and its callback", ticks, called_back(Status.DELIVERED, Kind.REPLY), _lost_answer, _left_once),
    Race("acknowledging and escalating", presses(handle_incident.acknowledge), ticks,
         _unacknowledged, _acknowledged_stays),
    Race("two who acknowledge", presses(handle_incident.acknowledge), presses(handle_incident.acknowledge, who=replace(DAN, programs=("adult",))),
         stories.crisis, _one_holder),
    Race("acknowledging and a crisis", presses(handle_incident.acknowledge), sends("I will kill myself", crisis=True),
         _later(stories.crisis, minutes=3), _one_holder),
    Race("resolving and a crisis", resolves, sends("I will kill myself", crisis=True), _reached, _not_closed_over),
    Race("resolving and a worse crisis", resolves, sends(CRISIS, crisis=True), _reached, _not_closed_over),
    Race("escalating twice", ticks, ticks, _unacknowledged),
    Race("escalating and a crisis", ticks, sends(CRISIS, crisis=True), _unacknowledged),
    Race("blocked and silent", called_back(Status.FAILED_BLOCKED, Kind.CRISIS_ANSWER), ticks,
         _later(stories.crisis_without_callback, seconds=91)),
    Race("a parked text and the carrier's log", replays, reconciles, recovery.a_parked_text_the_carrier_knows),
    Race("a parked crisis and the carrier's log", replays, reconciles, recovery.a_parked_crisis_the_carrier_knows),
    Race("the carrier's log twice", reconciles, reconciles, recovery.a_lost_text),
    Race("two answers to one question", sends("1"), sends("2"), household.bob_and_an_open_question, _one_answer),
    Race("a crisis while a question leaves", sends(CRISIS, crisis=True), delivers, household.a_question, _left_once),
)

# Half a minute each and more, in these and in the races beside this file: `make simulate ARGS=--whole` plays them.
LONG = frozenset({"a yes and the end of its hold", "a text leaves, and a click taken back", "a campaign's slice and another tick"})

__all__ = ["LONG", "RACES", "Race", "explore_race"]

"""Open times: whatever fails, a time is one person's at most, nobody loses what they had, and nothing is offered twice or for ever."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from chalicelib.core.appointments import Appointment
from chalicelib.core.messages import Kind
from chalicelib.core.records import Due, Message, Slot, Update, WaitlistEntry
from chalicelib.flows import tick
from chalicelib.flows.book_appointment import book, set_status
from tests.appointments import a_wish
from tests.cast import CAROL, a_patient, an_sms
from tests.waitlist import NUMBERS, opened, waiting

from .told import Story
from .town import Town

OFFERED = timedelta(days=1, hours=3)  # Wednesday, three in the afternoon in Denver
HAD = timedelta(days=9, hours=3)


def a_minute(town: Town) -> None:
    town.again(lambda: tick.tick(town.world), tries=1)
    town.stream()


def _bea(town: Town) -> None:
    a_patient(town.world, "bea", NUMBERS["bea"])


def _had(town: Town) -> None:
    """Alice has a visit next week and wants sooner; Bea has none."""
    _bea(town)
    book(town.world, CAROL, "alice", "v1", a_wish(town.began + HAD, place="200 Elm St"))
    since = town.began - timedelta(days=10)
    waiting(town.world, since=since, visit_id="v1")
    waiting(town.world, "bea", since=since)


def _waiting(town: Town) -> None:
    _had(town)
    opened(town.world, town.began + OFFERED)


def offered(town: Town) -> None:
    _waiting(town)
    a_minute(town)
    town.clock.advance(minutes=5)


def _due(town: Town) -> None:
    for _ in range(2):
        a_minute(town)
        town.clock.advance(minutes=1)


def _says(body: str, patient: str = "alice"):  # type: ignore[no-untyped-def]
    def act(town: Town) -> None:
        town.text(an_sms(body, NUMBERS[patient], at=town.clock.now))
        town.stream()
        a_minute(town)

    return act


def _held_no_longer(town: Town) -> None:
    offered(town)
    town.clock.advance(minutes=56)


def _cancels(town: Town) -> None:
    """The clinic calls a visit off, and its time is offered."""
    town.do(lambda: set_status(town.world, CAROL, "bea", "v2", "cancelled"))
    _due(town)


def _to_be_cancelled(town: Town) -> None:
    _had(town)
    book(town.world, CAROL, "bea", "v2", a_wish(town.began + OFFERED))
    town.store.get(WaitlistEntry, "adult", "bea")


def _asked_for_another(town: Town) -> None:
    book(town.world, CAROL, "alice", "v1", a_wish(town.began + OFFERED))
    opened(town.world, town.began + HAD)
    opened(town.world, town.began + HAD + timedelta(hours=2), "s2")
    a_minute(town)
    town.clock.now = town.began + OFFERED - timedelta(days=1)
    a_minute(town)
    town.clock.advance(minutes=5)


def _needs_another(town: Town) -> None:
    town.text(an_sms("2", at=town.clock.now))
    town.stream()
    _due(town)


def _offered_another(town: Town) -> None:
    _asked_for_another(town)
    _needs_another(town)
    town.clock.advance(minutes=5)


def in_order(town: Town) -> list[str]:
    """C58: one time, one person; who has not moved keeps their own; nobody is asked twice about one time."""
    wrong: list[str] = []
    visits = {visit.ref: visit for visit in town.store.rows(Appointment)}
    at = Counter((visit.clinician, visit.start_at) for visit in visits.values() if visit.ahead)
    wrong += [f"{times} people at one time" for times in at.values() if times > 1]
    for slot in town.store.rows(Slot):
        accepted = [offer for offer in slot.offers if offer.state == "accepted"]
        if (slot.state == "taken") != bool(slot.taken_by) or len(accepted) > 1:
            wrong.append("taken by nobody, or by several")
        if slot.taken_by and visits[slot.taken_by].start_at != slot.start_at:
            wrong.append("taken, and the visit is elsewhere")
        asked = Counter(offer.patient_id for offer in slot.offers)
        wrong += [f"asked {times} times about one time" for times in asked.values() if times > 1]
        if slot.state == "offered" and not any(due.target == slot.ref for due in town.store.rows(Due)):
            wrong.append("a hold that never ends")
    alice = next((visit for visit in visits.values() if visit.patient_id == "alice"), None)
    return wrong + (["she has no visit any more"] if alice is not None and not alice.ahead else [])


def _texts(town: Town, kind: Kind, patient: str = "alice") -> list[Message]:
    return [row for row in town.store.rows(Message) if row.kind == kind and row.patient_id == patient]


def _asked_once(town: Town) -> list[str]:
    wrong = [f"{len(_texts(town, Kind.OFFER, who))} offers to {who}" for who in ("alice", "bea") if len(_texts(town, Kind.OFFER, who)) != 1]
    return in_order(town) + wrong


def _hers(town: Town) -> list[str]:
    """Her text was kept, so the time is hers, unless its question never reached her number."""
    taken = [slot for slot in town.store.rows(Slot) if slot.taken_by.startswith("alice.")]
    answered = [row for row in town.store.rows(Message) if row.meaning == "answer:offer:1"]
    lines = _texts(town, Kind.VISIT_ANSWER)
    wrong = [] if len(taken) == len(answered) == len(lines) <= 1 else [f"{len(answered)} yes, {len(taken)} taken, {len(lines)} lines"]
    on_the_list = town.store.get(WaitlistEntry, "adult", "alice") is not None
    settled = not any(due.kind == "slot_taken" for due in town.store.rows(Due))
    return in_order(town) + wrong + (["still on the list"] if taken and settled and on_the_list else [])


def _chosen(town: Town) -> list[str]:
    moved = [visit for visit in town.store.rows(Appointment) if any(step.what == "moved" for step in visit.steps)]
    answered = [row for row in town.store.rows(Message) if row.meaning.startswith("answer:move")]
    return in_order(town) + ([] if len(moved) == len(answered) <= 1 else [f"{len(answered)} answers, {len(moved)} moved"])


def _offered_times_once(town: Town) -> list[str]:
    return in_order(town) + ([] if len(_texts(town, Kind.MOVES)) <= 1 else ["offered times twice"])


def _priority(town: Town) -> None:
    _waiting(town)
    fields = {"priority_by": "carol", "priority_until": town.began + timedelta(days=7)}
    town.world.store.commit(Update(WaitlistEntry, ("adult", "bea"), set=fields))


def _called(town: Town) -> list[str]:
    from chalicelib.core.records import Tasks

    calls = [task for row in town.store.rows(Tasks) for task in row.items if task.kind == "offer_call"]
    held = [o for s in town.store.rows(Slot) for o in s.offers if o.by != "text" and o.state == "offered"]
    return in_order(town) + ([] if len(calls) == len(held) else [f"{len(calls)} calls for {len(held)} holds"])


STORIES: tuple[Story, ...] = (
    Story("a time is offered", _due, _waiting, _asked_once),
    Story("somebody with priority is called about it", _due, _priority, _called),
    Story("a visit is called off and its time offered", _cancels, _to_be_cancelled, in_order),
    Story("they take the time", _says("1"), offered, _hers),
    Story("they do not want it", _says("2"), offered, in_order),
    Story("a hold runs out", _due, _held_no_longer, in_order),
    Story("open times for who needs another", _needs_another, _asked_for_another, _offered_times_once),
    Story("they choose one of them", _says("1"), _offered_another, _chosen),
)

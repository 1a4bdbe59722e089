"""Texts on the move: a number matched, a patient transferred, two records merged; each must end, whatever fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chalicelib.core.messages import Kind
from chalicelib.core.records import UNMATCHED, Appointment, Incident, Message, Move, Patient, Receipt, Thread
from chalicelib.core.staff import Staff
from chalicelib.flows.book_appointment import book
from chalicelib.flows.match_number import Match, match
from chalicelib.flows.merge_patients import merge
from chalicelib.flows.plan_touches import open_details
from chalicelib.flows.transfer_patient import transfer
from tests.appointments import a_wish
from tests.cast import STRANGER_NUMBER, a_patient, an_sms
from tests.schedule import Schedule, on_the_list

from .appointment_stories import _in_order
from .told import CRISIS, Story
from .town import Town

DESK = Staff("carol", "front_desk", ("adult", "unmatched"))


def _a_stranger_wrote(town: Town) -> None:
    town.text(an_sms("it is me, new phone", STRANGER_NUMBER, at=town.clock.now))
    town.text(an_sms(CRISIS, STRANGER_NUMBER, at=town.clock.now), crisis=True)


def _alice_wrote(town: Town) -> None:
    town.text(an_sms("hello", at=town.clock.now))
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)


def _alice_twice(town: Town) -> None:
    a_patient(town.world, "alias", STRANGER_NUMBER)
    _a_stranger_wrote(town)
    town.text(an_sms("hello", at=town.clock.now))


def matched(town: Town) -> None:
    """A person looks at the thread, and chooses; when the page fails, they look again."""
    contact_id = next(row.thread_id for row in town.store.rows(Thread) if row.program == UNMATCHED)
    form_id = town.world.ids(town.clock.now)

    def press() -> None:
        thread = town.store.get(Thread, contact_id)
        match(town.world, DESK, contact_id, Match("alice", "new", thread.last_at if thread else None, form_id))

    town.do(press)


def transferred(town: Town) -> None:
    form_id = town.world.ids(town.clock.now)
    town.do(lambda: _unless_there(town, form_id, lambda: transfer(town.world, DESK, "alice", "harbor", form_id)))


def merged(town: Town) -> None:
    form_id = town.world.ids(town.clock.now)
    town.do(lambda: merge(town.world, DESK, "alias", "alice", form_id))


def _unless_there(town: Town, form_id: str, work: object) -> None:
    """A person who finds the patient gone does not press again."""
    assert callable(work)
    if town.store.get(Move, form_id) is None:
        work()


def _moved_whole(program: str) -> object:
    def wrong(town: Town) -> list[str]:
        rows = {(row.thread_id, row.message_id): row for row in town.store.rows(Message)}
        found = [f"{row.direction} row in {row.thread_id}" for row in rows.values() if (row.thread_id, row.program) != ("alice", program)]
        found += [f"receipt in {each.thread_id}" for each in town.store.rows(Receipt) if (each.thread_id, each.message_id) not in rows]
        found += [f"{move.kind} {move.state}" for move in town.store.rows(Move) if move.state != "done"]
        found += [f"{each.patient_id} still moving" for each in town.store.rows(Patient) if each.moving]
        for incident in town.store.rows(Incident):
            if (incident.thread_id, incident.program) != ("alice", program):
                found.append(f"incident in {incident.thread_id}, {incident.program}")
        return found

    return wrong


def _a_stranger_writes(town: Town) -> None:
    """Twice, the first text handed over twice."""
    first = an_sms("hello", STRANGER_NUMBER, at=town.clock.now)
    town.text(first)
    town.text(first)
    town.clock.advance(seconds=20)
    town.text(an_sms("is this the clinic?", STRANGER_NUMBER, at=town.clock.now))


def greeted_at_most_once(town: Town) -> list[str]:
    """However many first texts there are; a text that is kept an hour late is not greeted."""
    got = [body for _, body in town.phone(STRANGER_NUMBER).got if "We do not know this number yet" in body]
    return [] if len(got) <= 1 else [f"greeted {len(got)} times"]


def _with_visits(patient: str) -> Callable[[Town], None]:
    """Two visits, of which one is the schedule's own; the day-before text of the first is due within the hour."""

    def before(town: Town) -> None:
        if patient == "alias":
            a_patient(town.world, "alias", STRANGER_NUMBER)
        on_the_list(town.world, patient_id=patient)
        start = town.began + timedelta(days=1, hours=3)
        book(town.world, DESK, patient, "v1", a_wish(start, place="200 Elm St"))
        assert Schedule(town.world).put("v2", start=(start + timedelta(days=3)).isoformat(), place="200 Elm St").status == 201
        town.clock.now = start - timedelta(days=1, minutes=5)

    return before


def _visits_whole(program: str) -> Callable[[Town], list[str]]:
    """Each visit once, where it belongs, opened by that place's key alone; its texts told once, due once."""

    def wrong(town: Town) -> list[str]:
        visits = town.store.rows(Appointment)
        found = [f"visit of {each.patient_id} in {each.program}" for each in visits if (each.patient_id, each.program) != ("alice", program)]
        found += [f"{len(visits)} visits"] if len(visits) != 2 else []
        town.plan.armed = False
        found += ["opens no more" for each in visits if open_details(town.world, each, "test").place != "200 Elm St"]
        found += [f"{move.kind} {move.state}" for move in town.store.rows(Move) if move.state != "done"]
        told = [row for row in town.store.rows(Message) if row.kind == Kind.REMINDER]
        return found + _in_order(town) + ([] if len(told) <= 1 else [f"{len(told)} reminders"])

    return wrong


STORIES: tuple[Story, ...] = (
    Story("a patient with visits is transferred", transferred, _with_visits("alice"), _visits_whole("harbor")),
    Story("two records with visits are merged", merged, _with_visits("alias"), _visits_whole("adult")),
    Story("a stranger is greeted", _a_stranger_writes, after=greeted_at_most_once),
    Story("a number is matched", matched, _a_stranger_wrote, _moved_whole("adult")),  # type: ignore[arg-type]
    Story("a patient is transferred", transferred, _alice_wrote, _moved_whole("harbor")),  # type: ignore[arg-type]
    Story("two records are merged", merged, _alice_twice, _moved_whole("adult")),  # type: ignore[arg-type]
)

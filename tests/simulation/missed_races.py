"""A re-engagement's text between its queue and its carrier, and what ends it in the same moment: in every order of their calls."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.messages import Status
from chalicelib.core.records import Message, Patient, Update
from chalicelib.flows import reengage, tick
from chalicelib.flows.book_appointment import book, set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.patient_standing import change_status
from tests.appointments import a_wish
from tests.cast import CAROL

from .missed_stories import begun, in_order, left, texts
from .races import Act, Race, sends
from .told import CRISIS
from .town import Town
from .turns import Turns


def queued(town: Town) -> None:
    """The line of the day waits in the outbox."""
    begun(town)
    tick.tick(town.world)
    town.clock.advance(minutes=1)
    assert [row.status for row in texts(town)] == [Status.QUEUED]


def _leaves(town: Town) -> None:
    [row] = texts(town)
    town.again(lambda: deliver(town.world, row.thread_id, row.message_id), tries=1)


def _ticks(town: Town) -> None:
    tick.tick(town.world)


def _books(town: Town) -> None:
    town.again(lambda: book(town.world, CAROL, "alice", "v2", a_wish(town.began + timedelta(days=9))))


def _stops(town: Town) -> None:
    row = town.store.reengagements_of("alice")[0]
    town.again(lambda: reengage.stop(town.world, CAROL, "alice", row.reengagement_id))


def _takes_back(town: Town) -> None:
    town.again(lambda: set_status(town.world, CAROL, "alice", "v1", "booked"))


def _holds(town: Town) -> None:
    town.again(lambda: change_status(town.world, CAROL, "alice", "hold"))


def _item_9(town: Town) -> None:
    town.again(lambda: town.world.store.commit(Update(Patient, ("alice",), set={"item9_at": town.clock.now})))


def _nothing_after(read: str):  # type: ignore[no-untyped-def]
    """N3: what was written before the last look keeps the text here; and in every order all is as it should be."""

    def after(town: Town, turns: Turns) -> list[str]:
        ended = max(at for at, each in enumerate(turns.taken) if each == (0, "store.commit"))
        looked = max((at for at, each in enumerate(turns.taken) if each == (1, f"store.{read}")), default=-1)
        return in_order(town) + (["a text left after what ended it"] if looked > ended and left(town) else [])

    return after


def _once(town: Town, turns: Turns) -> list[str]:
    del turns
    return in_order(town) + ([] if len(texts(town)) <= 1 else ["two lines"])


# What each reads of rows that a text leaving does not write: when it happens changes nothing. Nor does a page.
ASIDE = ("store.get", "store.openings", "pager.page", "store.settings")
ENDS: dict[str, tuple[Act, str]] = {
    "a reply": (sends("on my way back"), "get_many"),
    "an answer": (sends("1"), "get_many"),
    "STOP": (sends("STOP"), "get_many"),
    "a crisis": (sends(CRISIS, crisis=True), "get_many"),
    "a booking": (_books, "appointments_of"),
    "a colleague": (_stops, "get_many"),
    "a click taken back": (_takes_back, "get_many"),
    "a hold": (_holds, "get_many"),
    "an item 9": (_item_9, "get_many"),
}
def _forgets(town: Town) -> None:
    """The same text of a kind that asks nothing of a re-engagement when it leaves."""
    queued(town)
    [row] = texts(town)
    town.world.store.commit(Update(Message, (row.thread_id, row.message_id), set={"kind": "visit_answer"}))


FORGETFUL = Race("a text that asks nothing", ENDS["a reply"][0], _leaves, _forgets, _nothing_after("get_many"), ASIDE)
RACES: tuple[Race, ...] = (
    *(Race(f"a text leaves, and {name}", act, _leaves, queued, _nothing_after(read), ASIDE) for name, (act, read) in ENDS.items()),
    Race("two ticks at its time", _ticks, _ticks, begun, _once, ASIDE),
    Race("its time, and a reply", sends("hello"), _ticks, begun, _once),
    Race("its time, and a click taken back", _takes_back, _ticks, begun, _once, ASIDE),
    Race("its time, and a colleague", _stops, _ticks, begun, _once),
)

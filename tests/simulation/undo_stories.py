"""A text is taken back: it never leaves then, or it has left and the person is told so. Alone, and against everybody else."""

from __future__ import annotations

from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Message, Thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.undo import SECONDS, HasLeft, TakenBack, undo
from chalicelib.flows.write_reply import Draft, Sent, write_reply
from tests.cast import CAROL, ERIN, an_sms

from .races import Race, delivers, sends, ticks
from .told import Story
from .town import Town
from .turns import Turns

SAID: dict[int, list[object]] = {}  # what each town's people were told


def asked(town: Town) -> None:
    """Alice asks."""
    sms = an_sms("When?", at=town.clock.now)
    receive(town.world, sms, inline=True)
    town.clock.advance(minutes=1)


def answered(town: Town) -> None:
    """Alice asks, Carol answers, nothing has left yet."""
    asked(town)
    assert isinstance(write_reply(town.world, CAROL, "alice", _form(town, "At three.")), Sent)
    SAID[id(town)] = []


def may_leave_now(town: Town) -> None:
    answered(town)
    town.clock.advance(seconds=SECONDS)


def _form(town: Town, text: str) -> Draft:
    thread = town.store.get(Thread, "alice")
    assert thread is not None
    return Draft(text, town.world.ids(town.clock.now), thread.last_at)


def _reply(town: Town) -> Message:
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    return row


def takes_back(town: Town) -> None:
    row = _reply(town)
    town.do(lambda: SAID[id(town)].append(undo(town.world, CAROL, row.thread_id, row.message_id)))


def takes_back_and_time_passes(town: Town) -> None:
    takes_back(town)
    town.clock.advance(seconds=SECONDS + 1)
    town.stream()


def as_she_was_told(town: Town) -> list[str]:
    row, sent = _reply(town), town.carriers["twilio"].by_row.get(_reply(town).row, 0)
    said = SAID.pop(id(town))
    if not said:
        return ["nobody was told anything"]
    if isinstance(said[-1], TakenBack):
        wrong = [] if (row.status, sent) == (Status.WITHDRAWN, 0) else [f"taken back, stands as {row.status}, sent {sent} times"]
        thread = town.store.get(Thread, "alice")
        return wrong + ([] if thread is not None and thread.waiting_since else ["taken back, and nobody owes an answer"])
    assert isinstance(said[-1], HasLeft)
    return [] if sent == 1 and row.status != Status.WITHDRAWN else [f"told that it left; {row.status}, sent {sent} times"]


def _told(town: Town, turns: Turns) -> list[str]:
    return as_she_was_told(town)


def answers(who: object, text: str) -> object:
    """Sends from a page that shows what everybody sees before the race, once."""

    def act(town: Town) -> None:
        form = FORMS[id(town)][text]
        town.again(lambda: write_reply(town.world, who, "alice", form), tries=2)  # type: ignore[arg-type]

    return act


FORMS: dict[int, dict[str, Draft]] = {}


def _two_pages_open(town: Town) -> None:
    asked(town)
    FORMS[id(town)] = {text: _form(town, text) for text in ("At three.", "At four.")}


def _one_answer_left(town: Town, turns: Turns) -> list[str]:
    FORMS.pop(id(town))
    rows = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    return [] if len(rows) == 1 else [f"{len(rows)} answers to one text"]


STORIES = (
    Story("an answer taken back", takes_back_and_time_passes, answered, as_she_was_told),
    Story("an answer taken back late", takes_back_and_time_passes, may_leave_now, as_she_was_told),
)
RACES = (
    Race("taking back and leaving", takes_back, delivers, may_leave_now, _told),
    Race("taking back and the tick", takes_back, ticks, may_leave_now, _told),
    Race("taking back twice", takes_back, takes_back, answered, _told),
    Race("taking back and a new text", takes_back, sends("Never mind"), answered, _told),
    Race("two who answer", answers(CAROL, "At three."), answers(ERIN, "At four."), _two_pages_open, _one_answer_left),  # type: ignore[arg-type]
)

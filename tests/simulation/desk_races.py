"""Somebody at a desk and somebody else at the same moment: close, take, merge, transfer, against a text, a page and each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chalicelib.core.records import UNMATCHED, Incident, Message, Move, Patient, Thread
from chalicelib.core.staff import Staff
from chalicelib.flows.merge_patients import Merged, merge
from chalicelib.flows.own_thread import close, give_to
from chalicelib.flows.transfer_patient import Transferred, transfer
from tests.cast import CAROL, ERIN, STRANGER_NUMBER, a_patient, an_sms

from .moving_stories import DESK
from .races import Act, Race, sends, ticks
from .stories import crisis
from .told import CRISIS
from .town import Town
from .turns import Turns


def asked(town: Town) -> None:
    """Alice asked; a page shows it to whoever acts next. What one presses then happens a minute later."""
    town.text(an_sms("When?", at=town.clock.now))
    town.clock.advance(minutes=1)
    thread = town.store.get(Thread, "alice")
    assert thread is not None
    vars(town).update(shown=thread.last_at, done=[], form=town.world.ids(town.clock.now))


def _presses(town: Town, press: Callable[[], object]) -> None:
    """Once, whatever the page says; what it says is kept."""
    town.again(lambda: vars(town)["done"].append(press()), tries=1)


def closes(town: Town) -> None:
    """She read what the page showed."""
    _presses(town, lambda: close(town.world, CAROL, "alice", vars(town)["shown"], "no_answer_needed"))


def takes(who: Staff) -> Act:
    return lambda town: _presses(town, lambda: give_to(town.world, who, "alice", who.staff_id, "") and who.staff_id)


def _nothing_unread_is_put_away(town: Town, turns: Turns) -> list[str]:
    thread = town.store.get(Thread, "alice")
    assert thread is not None
    return ["a text that nobody read was put away"] if thread.closed_at or thread.waiting_since is None else []


def _one_owner(town: Town, turns: Turns) -> list[str]:
    thread, done = town.store.get(Thread, "alice"), vars(town)["done"]
    assert thread is not None
    turned = [turn.detail for turn in thread.turns]
    told = [who for who in done if who]
    return [] if told == turned == [thread.owner] else [f"{told} were told it is theirs; it is {thread.owner}'s after {turned}"]


def merges(town: Town) -> None:
    _presses(town, lambda: merge(town.world, DESK, "alias", "alice", vars(town)["form"]))


def transfers(town: Town) -> None:
    _presses(town, lambda: transfer(town.world, DESK, "alice", "harbor", vars(town)["form"]))


def _alice_twice(town: Town) -> None:
    a_patient(town.world, "alias", STRANGER_NUMBER)
    town.text(an_sms("it is me, new phone", STRANGER_NUMBER, at=town.clock.now))
    asked(town)


def _in_a_crisis(town: Town) -> None:
    """Paged, answered, and nobody has said "mine" for five minutes."""
    crisis(town)
    asked(town)
    town.clock.advance(minutes=1)
    ticks(town)
    town.clock.advance(minutes=3, seconds=1)
    town.began = town.clock.now


def _where_it_belongs(town: Town, turns: Turns) -> list[str]:
    """All of a patient stands with the patient, in the patient's program, once the move has ended. What came after it from a
    number that nobody has any more waits among the unknown numbers."""
    done = [each for each in vars(town)["done"] if isinstance(each, Merged | Transferred)]
    moves = town.store.rows(Move)
    wrong = [f"{move.kind} hangs as {move.state}" for move in moves if move.state != "done"]
    wrong += [] if len(done) <= len(moves) <= 1 else [f"{len(moves)} moves, and {len(done)} were told so"]
    people = {row.patient_id: row for row in town.store.rows(Patient)}
    for row in [*town.store.rows(Message), *town.store.rows(Incident)]:
        if row.program == UNMATCHED and not row.patient_id:
            continue
        person = people.get(row.patient_id)
        if person is None or person.merged_into or row.thread_id != person.patient_id or row.program != person.program:
            wrong.append(f"{type(row).__name__} stands in {row.thread_id}, {row.program}")
    return wrong


def _somebody_waits_there(town: Town, turns: Turns) -> list[str]:
    """The thread that has the texts says that they wait, and shows the urgent item."""
    wrong = _where_it_belongs(town, turns)
    for thread_id in {row.thread_id for row in town.store.rows(Message) if row.direction == "in"}:
        thread = town.store.get(Thread, thread_id)
        if thread is None or thread.waiting_since is None:
            wrong.append(f"nobody is asked to answer in {thread_id}")
    return wrong


def _paged_on(town: Town, turns: Turns) -> list[str]:
    """The transfer did not swallow the page that was due."""
    late = [to for at, to, text in town.pages if at >= town.began - timedelta(seconds=1) and "waits" in text]
    return _where_it_belongs(town, turns) + ([] if late else ["the page that was due never went"])


LONG = frozenset({  # minutes each: `make simulate ARGS=--whole` plays them
    "merging and a crisis from the old number", "transferring and a crisis", "transferring and the page that is due",
})  # fmt: skip
RACES: tuple[Race, ...] = (
    Race("closing and a new text", closes, sends("One more thing"), asked, _nothing_unread_is_put_away),
    Race("closing and a crisis", closes, sends(CRISIS, crisis=True), asked, _nothing_unread_is_put_away),
    Race("two who take one thread", takes(CAROL), takes(ERIN), asked, _one_owner),
    Race("merging and a new text", merges, sends("One more thing"), _alice_twice, _somebody_waits_there),
    Race("merging and a new text from the old number", merges, sends("Hello?", STRANGER_NUMBER), _alice_twice, _somebody_waits_there),
    Race("merging and a crisis from the old number", merges, sends(CRISIS, STRANGER_NUMBER, crisis=True), _alice_twice,
         _somebody_waits_there),
    Race("transferring and a new text", transfers, sends("One more thing"), asked, _somebody_waits_there),
    Race("transferring and a crisis", transfers, sends(CRISIS, crisis=True), asked, _somebody_waits_there),
    Race("transferring and the page that is due", transfers, ticks, _in_a_crisis, _paged_on),
)  # fmt: skip

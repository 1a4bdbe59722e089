"""STOP between the claim and the sending, in every order of their calls, for each kind that a STOP ends."""

from __future__ import annotations

from chalicelib.core.messages import Kind
from chalicelib.core.permission import RULES
from chalicelib.core.records import Message
from chalicelib.flows import outbox
from chalicelib.flows.deliver import deliver

from .races import Race, sends
from .town import Town
from .turns import Turns

# Those whose visit, opening or return would have to stand as well are decided by the same reading of the same two rows.
KINDS = tuple(kind for kind, rule in RULES.items() if not (rule.when_stopped or rule.of_visits or rule.of_slots or rule.of_return))


def _waits(kind: Kind):
    def before(town: Town) -> None:
        contact_id = town.world.hasher.contact_id("+13035550101")
        author = "carol" if kind in (Kind.REPLY, Kind.STAFF) else "auto"
        letter = outbox.Letter("alice", "adult", contact_id, kind, "Hello", author, "alice", template="help")
        town.world.store.commit(*outbox.queue(town.world, letter, town.clock.now))

    return before


def _delivers(kind: Kind):
    def act(town: Town) -> None:
        [row] = [row for row in town.store.rows(Message) if row.kind == kind]
        town.again(lambda: deliver(town.world, row.thread_id, row.message_id))

    return act


def _only_in_the_air(kind: Kind):
    def after(town: Town, turns: Turns) -> list[str]:
        """What was read before the STOP was kept may still leave, as a text in the air does; nothing else."""
        [row] = [row for row in town.store.rows(Message) if row.kind == kind]
        if row.row not in town.carriers["twilio"].by_row:
            return []
        kept = turns.taken.index((0, "store.commit"))
        return [f"{kind} left after the STOP was kept"] if (1, "store.get_many") in turns.taken[kept:] else []

    return after


RACES = tuple(
    Race(f"STOP and a {kind} that leaves", sends("STOP"), _delivers(kind), _waits(kind), _only_in_the_air(kind)) for kind in KINDS
)

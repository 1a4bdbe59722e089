"""Which texts go before a program's visits: look, change, go back to the released ones. One row a program; the texts that are
planned already are planned anew in the background (`replan_sequence`).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.records import Revision, Setting
from ..core.roles import Action
from ..core.sequence_overlay import Wrong, changed_to, problems, text_of
from ..core.sequences import Sequence, Step, named
from ..core.settings import SEQUENCE
from ..core.staff import Staff
from ..errors import Conflict, NotFound
from ..ports import World
from ..texts import approval
from ..texts import visits as visit_texts
from . import trail
from .authority import PURPOSE, demand
from .change_setting import Wish, write
from .plan_touches import sequences_as
from .replan_sequence import begin

ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class SequenceNow:
    """One sequence of a program as it stands. `version`: of the program's row; `history`: its lines about this one."""

    program: str
    sequence: Sequence
    released: Sequence
    version: int
    history: tuple[Revision, ...] = ()

    @property
    def own(self) -> bool:
        return bool(self.sequence.version)


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody else changed it since the form was shown: who and what stands in `now.history`. Nothing was written."""

    now: SequenceNow


def offered() -> tuple[str, ...]:
    """The templates that may stand in a sequence today."""
    return tuple(each for each in visit_texts.offered() if approval.approved(each))


def read_sequences(world: World, who: Staff, program: str) -> tuple[SequenceNow, ...]:
    """Every sequence of a program, in the order in which the first that fits is a visit's own.

    Raises `NotFound` for who may not, or not there; `StoreError`.
    """
    _admit(world, who, program)
    return tuple(_all(world, program))


def read_sequence(world: World, who: Staff, program: str, sequence_id: str) -> SequenceNow:
    """One of them, with its history, newest first. Raises as `read_sequences`."""
    _admit(world, who, program)
    return _look(world, program, sequence_id)


def change_sequence(
    world: World, who: Staff, program: str, sequence_id: str, steps: tuple[Step, ...], seen: str, why: str
) -> SequenceNow | Moved | tuple[Wrong, ...]:
    """The sequence with these steps. `seen`: its tag as the form showed it. The same form again changes nothing more.

    Raises as `read_sequences`.
    """
    _admit(world, who, program)
    if wrong := problems(steps, offered()):
        return wrong
    return _write(world, who, program, sequence_id, steps, seen, why)


def release_sequence(
    world: World, who: Staff, program: str, sequence_id: str, seen: str, why: str = ""
) -> SequenceNow | Moved | tuple[Wrong, ...]:
    """Back to what the service was released with. Raises as `read_sequences`."""
    _admit(world, who, program)
    return _write(world, who, program, sequence_id, None, seen, why)


def _write(
    world: World, who: Staff, program: str, sequence_id: str, steps: tuple[Step, ...] | None, seen: str, why: str
) -> SequenceNow | Moved:
    for _ in range(ATTEMPTS):
        now = _look(world, program, sequence_id)
        wanted = now.released if steps is None else changed_to(now.released, steps)
        if wanted.tag == now.sequence.tag:  # as it stands, or this very form a second time
            return now
        if now.sequence.tag != seen:
            return Moved(now)
        before, after = (text_of(each.steps) if each.version else "" for each in (now.sequence, wanted))
        wish = Wish(SEQUENCE, program, {sequence_id: before}, {sequence_id: after}, now.version, why)
        try:
            write(world, who, wish, begin(program, sequence_id, now.version + 1, world.clock()))
        except Conflict:  # another sequence of the program, or somebody a moment before: look again
            continue
        return _look(world, program, sequence_id)
    raise Conflict(f"{SEQUENCE}#{program}")


def _all(world: World, program: str) -> list[SequenceNow]:
    known = world.store.get(Setting, SEQUENCE, program)
    released = visit_texts.sequences()
    version = known.version if known else 0
    return [SequenceNow(program, now, was, version) for now, was in zip(sequences_as(known), released, strict=True)]


def _look(world: World, program: str, sequence_id: str) -> SequenceNow:
    found = next((each for each in _all(world, program) if each.sequence.sequence_id == sequence_id), None)
    if found is None or named(visit_texts.sequences(), sequence_id) is None:
        raise NotFound("sequence")
    lines = tuple(line for line in world.store.revisions(SEQUENCE, program) if sequence_id in line.after)
    return SequenceNow(program, found.sequence, found.released, found.version, lines)


def _admit(world: World, who: Staff, program: str) -> None:
    demand(world, who, Action.WORDS)
    if program not in world.clinic.programs or not who.may_see(program):
        trail.refuse(world, who, "sequence", "open", PURPOSE)  # what an address held stays out of the trail (N5)
        raise NotFound("sequence")

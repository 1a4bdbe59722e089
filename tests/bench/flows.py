"""The flows of DESIGN §5 on the real adapters: what each run called, in which order, and what it cost us."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.core.messages import Kind
from chalicelib.core.records import Due, Put, Thread
from chalicelib.errors import PorchlightError
from chalicelib.flows import outbox
from chalicelib.flows.deliver import deliver
from chalicelib.flows.read_inbox import read_inbox
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from tests.cast import CAROL, a_patient, an_sms

from .floor import Floor, Run
from .town import Town

Step = Callable[[int], Any]
CRISIS = "I can't do this anymore, I took all my pills"
ORDINARY = "Hi, running ten minutes late because of traffic, can you let Carol know?"


@dataclass(frozen=True)
class Flow:
    """`before`: the stage, once; `each`: before each run; `act`: what is measured. `texts`: how many reach the carrier."""

    name: str
    act: Step
    before: Callable[[], Any] = lambda: None
    each: Step = lambda at: None
    texts: int = 0
    times: int = 0  # 0: as asked


@dataclass(frozen=True)
class Measured:
    """One run: seconds of ours and of the floor's, which is played at once after it; `run`: what it called."""

    ours: float
    least: float
    run: Run


def measure(town: Town, floor: Floor, flow: Flow, times: int) -> list[Measured]:
    """Ours and the floor's in turns, so that a busy minute of the machine weighs on both; the first runs warm both up."""
    town.ledger.take()
    flow.before()
    _play(town, floor, Run(False, town.ledger.take()[0]))
    found = []
    for at in range(flow.times or times):
        town.clock.advance(minutes=1)
        found += _one(town, floor, flow, at)
    assert found, f"{flow.name}: the emulator answered nothing in time"
    return found


def _one(town: Town, floor: Floor, flow: Flow, at: int) -> list[Measured]:
    """Nothing when the emulator, on a busy machine, took longer than our clients wait."""
    try:
        flow.each(at)
        _play(town, floor, Run(False, town.ledger.take()[0]))
        started = time.process_time()
        flow.act(at)
        took = time.process_time() - started
    except PorchlightError:
        _play(town, floor, Run(False, town.ledger.take()[0]))
        return []
    run = Run(True, *town.ledger.take(), flow.texts)
    return [Measured(took, _play(town, floor, run), run)]


def _play(town: Town, floor: Floor, run: Run) -> float:
    """The floor's seconds. Its calls are noted like ours, since noting costs, and are not ours."""
    took = floor.play(run)
    town.ledger.take()
    return took


def number(at: int) -> str:
    """Numbers as many as are needed: a bench knows nobody, and no text leaves the machine."""
    return f"+1303555{at:07d}"


def all_flows(town: Town, times: int) -> list[Flow]:
    return [*_inbound(town, times), *_outgoing(town), *_console(town)]


def _admit(town: Town, mark: str, count: int) -> None:
    for at in range(count):
        a_patient(town.world, f"{mark}{at}", number(hash_of(mark) + at), "harbor")


def hash_of(mark: str) -> int:
    return sum(map(ord, mark)) * 1000


def _text(town: Town, mark: str, at: int, body: str) -> Any:
    sms = an_sms(body, number(hash_of(mark) + at), town.clock.now)
    return receive(town.world, sms, inline=True)


def _inbound(town: Town, times: int) -> list[Flow]:
    return [
        Flow("ordinary inbound, data key cached", lambda at: _text(town, "known", 0, ORDINARY), lambda: _admit(town, "known", 1)),
        Flow("ordinary inbound, data key not cached", lambda at: _text(town, "fresh", at, ORDINARY), lambda: _admit(town, "fresh", times)),
        Flow("crisis inbound, data keys not cached", lambda at: _text(town, "crisis", at, CRISIS), lambda: _admit(town, "crisis", times)),
        Flow(
            "crisis inbound, data keys cached",
            lambda at: _text(town, "warned", at, CRISIS),
            lambda: _admit(town, "warned", times),
            lambda at: (_text(town, "warned", at, ORDINARY), _queue(town, f"warned{at}")),
        ),
    ]


def _queue(town: Town, patient: str, after: timedelta = timedelta(0)) -> tuple[str, str]:
    world = town.world
    contact = world.hasher.contact_id(_number_of(patient))
    letter = outbox.Letter(patient, "harbor", contact, Kind.REPLY, "See you at 3", "carol", patient)
    message, due = outbox.queue(world, letter, town.clock.now - after)
    world.store.commit(message, due)
    return message.record.thread_id, message.record.message_id  # type: ignore[union-attr]


def _number_of(patient: str) -> str:
    mark = patient.rstrip("0123456789")
    return number(hash_of(mark) + int(patient[len(mark) :]))


def _outgoing(town: Town) -> list[Flow]:
    rows: list[tuple[str, str]] = []
    return [
        Flow("deliver one text, data keys cached", lambda at: deliver(town.world, *rows[-1]), each=lambda at: rows.append(_queue(town, "known0")), texts=1),
        Flow("deliver one text, data keys not cached", lambda at: deliver(town.world, *rows[-1]), each=lambda at: rows.append(_queue(town, f"fresh{at}")), texts=1),
        Flow("tick, nothing due", lambda at: tick(town.world), lambda: _forget_due(town)),
    ]


def _forget_due(town: Town) -> None:
    from chalicelib.core.records import Delete

    late = town.clock.now + timedelta(days=3)
    while due := town.world.store.due(outbox.SHARD, late):
        town.world.store.commit(*(Delete(Due, (row.shard, row.at, row.due_id)) for row in due))


def due_now(town: Town, count: int, patients: list[str]) -> None:
    """So many texts that the stream dropped."""
    for at in range(count):
        _queue(town, patients[at % len(patients)], timedelta(minutes=5))


def _console(town: Town) -> list[Flow]:
    return [
        Flow("open a thread's newest page (50)", lambda at: read_thread(town.world, CAROL_WIDE, "talk0"), lambda: _talk(town)),
        Flow("inbox of 500 threads", lambda at: read_inbox(town.world, CAROL_WIDE, "adult"), lambda: _waiting(town), times=20),
    ]


CAROL_WIDE = type(CAROL)("carol", "clinician", ("adult", "harbor", "unmatched"))


def _talk(town: Town) -> None:
    """Sixty texts, to and fro."""
    _admit(town, "talk", 1)
    for at in range(30):
        town.clock.advance(minutes=5)
        _text(town, "talk", 0, f"{ORDINARY} {at}")
        _queue(town, "talk0")


def _waiting(town: Town) -> None:
    """Five hundred threads of registered patients who wait for an answer; forty names a roster is enough for its size."""
    a_patient(town.world, "named0", number(1), "adult")
    for start in range(0, 500, 50):
        now = town.clock.now
        rows = [Put(Thread(f"w{start + at}", "adult", f"c{at}", f"w{start + at}", now, now, unanswered=1)) for at in range(50)]
        town.world.store.commit(*rows)
        town.clock.advance(seconds=1)

"""The dead man's text (PG-6): each quarter of an hour a synthetic crisis goes the whole road to a machine.

It enters at the carriers' door as a signed webhook, is screened, paged, kept and answered like any other; the table's stream
runs its errand, the tick escalates it. Beside it goes a text that the first look passes: only the second look can page for it.
A run looks at how far the ones before it came, clears that away, and sends the next.
It wakes nobody and costs no text. What fails is counted: silence is an alarm too (`infra/alarms.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ..core import exercise
from ..core.exercise import DEAD_MAN, DEAD_MAN_NUMBER, EACH, IN_TIME, SECOND, SECOND_NUMBER, SELF_TEST, SelfTest
from ..core.incidents import code_for
from ..core.messages import Kind, Status
from ..core.records import Change, Contact, Delete, Incident, Message, Receipt, Thread, Update
from ..errors import CarrierError, ParkFailed, PorchlightError, StoreError
from ..ports import World
from ..texts.exercise import body
from .errand_rows import LOST
from .page import urgent
from .synthetic import introduce

WAIT = 1  # seconds for one look at the machine
AT_ONCE = 40  # rows in one transaction
THREADS = {DEAD_MAN: DEAD_MAN_NUMBER, SECOND: SECOND_NUMBER}
PASSED, FAILED = "self_test_passed", "self_test_failed"


def run(world: World) -> SelfTest | None:
    """One dead man's text. None when the schedule fired twice. Raises nothing that it can count instead."""
    began = world.clock()
    before = _read(world)
    if before is not None and before.at is not None and began - before.at < EACH / 2:
        return None
    wrong = _before(world, before)
    first, second = (exercise.marked(DEAD_MAN, world.ids(began)) for _ in THREADS)
    row = _write(world, first, DEAD_MAN)
    quiet = _write(world, second, SECOND)
    pages = _pages(world, (code_for(first), code_for(second)), began)
    took = pages.get(code_for(first))
    wrong += ["door"] if row is None or quiet is None else []
    wrong += ["page"] if took is None else []
    wrong += ["second"] if quiet is not None and code_for(second) not in pages else []
    if row:
        wrong += _answered(world, row)
    return _note(world, began, took, tuple(dict.fromkeys(wrong)))


def _read(world: World) -> SelfTest | None:
    try:
        return world.store.get(SelfTest, DEAD_MAN)
    except StoreError:
        return None


def _before(world: World, before: SelfTest | None) -> list[str]:
    """How far the last one came; then it is cleared away and the number made ready. Tables that are away stop no page."""
    try:
        left = world.store.open_incidents(SELF_TEST)
        rows = [row for thread in THREADS for row in world.store.newest(thread, AT_ONCE)]
        wrong = [part for incident in left for part in _missing(incident, rows)]
        kept = any(incident.thread_id == DEAD_MAN for incident in left)
        if before is not None and not kept and "door" not in before.wrong:
            wrong.append("kept")
        _clear(world, left, rows)
        return wrong
    except PorchlightError as failure:
        world.journal.event("self_test_not_ready", error=type(failure).__name__)
        return ["tables"]


def _missing(incident: Incident, rows: Iterable[Message]) -> Iterator[str]:
    """Which parts of the road it did not go, within the quarter of an hour that it had."""
    done = [step.what for step in incident.steps]
    if incident.tier != 0 and incident.thread_id == DEAD_MAN:
        yield "screen"
    ran = next((step.at for step in incident.steps if step.what == "texted"), None)
    if ran is None or ran - incident.detected_at >= LOST:  # later, the tick did it in the stream's place
        yield "stream"
    if done.count("paged") < 2:
        yield "escalation"
    answers = [row for row in rows if row.kind == Kind.CRISIS_ANSWER and row.incident_id == incident.incident_id]
    if not answers or any(row.status != Status.DELIVERED for row in answers):
        yield "answer"


def _clear(world: World, incidents: Iterable[Incident], rows: Iterable[Message]) -> None:
    """Nothing piles up. The power to delete reaches rows that are called after the dead man alone (`.chalice/`)."""
    contacts = [introduce(world, number, thread, SELF_TEST) for thread, number in THREADS.items()]
    gone: list[Change] = [Delete(Incident, (each.incident_id,)) for each in incidents]
    for row in rows:
        gone.append(Delete(Message, (row.thread_id, row.message_id)))
        gone += [Delete(Receipt, (row.carrier, row.carrier_id))] if row.direction == "in" else []
    gone += [Delete(Thread, (thread,)) for thread in THREADS]
    world.store.commit(*map(_forgets, contacts), *gone[:AT_ONCE])
    for start in range(AT_ONCE, len(gone), AT_ONCE):
        world.store.commit(*gone[start : start + AT_ONCE])


def _forgets(contact: Contact) -> Change:
    fields: dict[str, object] = {"incidents": (), "recent_hashes": (), "version": contact.version + 1}
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})


def _write(world: World, carrier_id: str, thread: str) -> str | None:
    """The row of its answer, "" when there is none or it went another way; None when the door did not take it."""
    try:
        return world.synthetic.write(carrier_id, THREADS[thread], body(thread, 0))
    except CarrierError as failure:
        world.journal.event("self_test_not_taken", reason=failure.reason, code=failure.code)
        return None


def _pages(world: World, codes: tuple[str, ...], began: datetime) -> dict[str, timedelta]:
    """How long the page of each took, by its code; none that did not arrive in time. Pages of the ones before are passed over."""
    found: dict[str, timedelta] = {}
    try:
        while len(found) < len(codes):
            arrived = world.machine.pages(WAIT)
            took = world.clock() - began
            if took <= IN_TIME:
                found |= {code: took for code in codes if urgent(code) in arrived and code not in found}
            if took >= IN_TIME:
                break
    except ParkFailed as failure:
        world.journal.event("machine_not_read", error=type(failure).__name__)
    return found


def _answered(world: World, row: str) -> list[str]:
    try:
        world.synthetic.delivered(row)
    except CarrierError as failure:
        world.journal.event("self_test_not_taken", reason=failure.reason, code=failure.code)
        return ["callback"]
    return []


def _note(world: World, began: datetime, took: timedelta | None, wrong: tuple[str, ...]) -> SelfTest:
    world.journal.count(FAILED if wrong else PASSED)
    if wrong:
        world.journal.event(FAILED, reason=",".join(wrong))
    milliseconds = int(took / timedelta(milliseconds=1)) if took is not None else 0
    fields: dict[str, object] = {"at": began, "milliseconds": milliseconds, "wrong": wrong}
    fields |= {} if wrong else {"passed_at": began}
    try:
        world.store.commit(Update(SelfTest, (DEAD_MAN,), set=fields, create=True))
    except StoreError as failure:
        world.journal.event("self_test_not_noted", error=type(failure).__name__)
    return SelfTest(DEAD_MAN, began, None if wrong else began, milliseconds, wrong)

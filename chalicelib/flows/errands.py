"""Errands to the clinic's own people: committed with what asks for them, woken by the threads table's stream, found by the
tick when the stream forgot. Claimed before anything leaves; one that failed is taken again when its lease is over.

The doors that face the world write errands and cannot open a number: another function, moments later, does them
(docs/decisions/paging-paths.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from ..core.phones import Errand
from ..core.records import Change, Delete, Due, Update
from ..errors import Conflict, Rejected
from ..ports import World
from . import direct_page, drills, lend_keys, phone_test, ring, staff_reply, stop_ringing
from .errand_rows import due_of
from .outbox import gone

LEASE = timedelta(seconds=20)
LASTS = timedelta(minutes=15)  # after that an escalation has called again, and an old call would mislead (T7)

WORK: dict[str, Callable[[World, Errand], Iterable[Change]]] = {
    "page": direct_page.page,
    "stand_down": direct_page.page,
    "say": direct_page.say,
    "code": direct_page.say_code,
    **dict.fromkeys(ring.WHY, ring.ring),
    "hang_up": stop_ringing.stop,
    "code_said": staff_reply.take_by_code,
    "ok_said": staff_reply.pass_test,
    "ok_again": staff_reply.pass_test_alone,
    "words_said": staff_reply.answer_words,
    "start_said": phone_test.test_again,
    "drill": drills.begin,
    "lend": lend_keys.asked,
}


def run(world: World, errand_id: str) -> None:
    """Do one errand if it is ours to take. Raises `StoreError`, `CarrierError`, `VaultError`: the tick tries again."""
    now = world.clock()
    errand = world.store.get(Errand, errand_id)
    if errand is None or not _claim(world, errand, now):
        return
    more = () if now - (errand.not_before or errand.at) > LASTS else tuple(WORK[errand.kind](world, errand))
    world.store.commit(Delete(Errand, (errand_id,)), gone(due_of(errand)), *more)


def run_due(world: World, due: Due) -> None:
    """What the stream dropped, or what failed."""
    run(world, due.target)
    if world.store.get(Errand, due.target) is None:
        world.store.commit(gone(due))


def _claim(world: World, errand: Errand, now: datetime) -> bool:
    if errand.lease_until is not None and now < errand.lease_until:
        return False
    taken = Update(
        Errand, (errand.errand_id,), set={"status": "claimed", "lease_until": now + LEASE}, add={"attempts": 1},
        expect={"attempts": errand.attempts},
    )
    try:
        world.store.commit(taken)
    except (Rejected, Conflict):  # somebody else does it
        return False
    return True

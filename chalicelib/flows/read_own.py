"""What is one person's in every program at once, where colleagues called them, and every urgent item: for three minutes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ..core.incident_clock import by_need
from ..core.records import UNMATCHED, ForYou, Incident, Thread
from ..core.staff import Staff
from ..ports import World
from .notes import asked_to_look
from .read_inbox import Inbox, late_first, mark_of, names_or_none, not_listed, paged_elsewhere
from .roster import Entries


def read_own(world: World, who: Staff, seen: str = "") -> Inbox | None:
    """An inbox without a program, or None when nothing changed since the mark `seen`: then no roster is opened.

    One query, one read, one query for each program's urgent items, and a roster for each program of which something is shown.
    Raises `StoreError`, `OpenFailed`.
    """
    with ThreadPoolExecutor(4) as pool:
        owned = pool.submit(world.store.owned, who.staff_id)
        urgent = [each for found in pool.map(world.store.open_incidents, who.programs) for each in found]
        away = paged_elsewhere(world, who)
        threads = [each for each in owned.result() if who.may_see(each.program) and each.closed_at is None]
        waiting = sorted((each for each in threads if each.waiting_since), key=_due)
        mentions = asked_to_look(world.store.get(ForYou, who.staff_id))
        mark = mark_of([*urgent, *away], threads, world.clock(), mentions)
        if seen and seen == mark:
            return None
        called = not_listed(world, mentions - {each.thread_id for each in threads})
        called = [each for each in called if who.may_see(each.program)]
        people = _people(world, who, [*urgent, *threads, *called])
        return Inbox(
            program="",
            incidents=tuple(by_need(urgent, world.clock())),
            waiting=late_first(waiting, world.clock()),
            recent=tuple(each for each in threads if each.waiting_since is None),
            people=people or {},
            silent=people is None,
            elsewhere=tuple(by_need(away, world.clock())),
            mark=mark,
            mentions=mentions,
            called=tuple(called),
        )


def _due(thread: Thread) -> str:
    """Programs promise differently: what is due first stands first."""
    at = thread.reply_by or thread.waiting_since
    return at.isoformat() if at else ""


def _people(world: World, who: Staff, shown: list[Incident | Thread]) -> Entries | None:
    programs = [each for each in dict.fromkeys(row.program for row in shown) if each != UNMATCHED]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda program: names_or_none(world, who, program, "own"), programs))
        if None in found:
            return None
        return {patient_id: entry for people in found if people for patient_id, entry in people.items()}

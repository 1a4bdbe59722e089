"""Each minute: take what is due, and no more. Pages come before texts; one bad row never stops the others, nor loops fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ..core.records import Due, Put
from ..core.throughput import OF_DUE, Lane
from ..errors import StoreError
from ..ports import World
from . import (
    acknowledged,
    answer_owed,
    ask_back,
    carrier_stop,
    count_campaign,
    drills,
    erase_patient,
    erase_rows,
    errands,
    escalate,
    go_round,
    gone_quiet,
    hand_over,
    lend_keys,
    list_due,
    look_ahead,
    mail_said,
    measure_campaign,
    move_thread,
    number_doubt,
    offer_moves,
    offer_slot,
    outage,
    overdue,
    pacing,
    phone_said,
    phone_test,
    plan_ahead,
    plan_review,
    proxy_end,
    reach_review,
    reconcile_row,
    redact_at_carrier,
    release_campaign,
    replan_sequence,
    second_look,
    send_reengagement,
    send_touch,
    settle_slot,
    sweep_keys,
    tell,
    tell_glass,
    voice_said,
)
from .outbox import SHARD, gone

MOST = 5000  # about one page of DynamoDB's
ALL = 100_000  # of a longer backlog, which must not hide a page behind it: some twenty megabytes
WORK = timedelta(seconds=40)  # for texts, so that a tick ends before the next one begins

HANDLERS: dict[str, Callable[[World, Due], None]] = {
    "escalate": escalate.escalate,
    "repage": escalate.repage,
    "lapse": acknowledged.lapse,
    "stand_down": acknowledged.stand_down,
    "answer_check": overdue.answer_check,
    "deliver": overdue.deliver_overdue,
    "reconcile": reconcile_row.reconcile_row,
    "owed": answer_owed.announce,
    "hand_over": hand_over.go_on,
    "errand": errands.run_due,
    lend_keys.LENT: lend_keys.settle,
    tell_glass.KIND: tell_glass.tell,
    sweep_keys.KIND: sweep_keys.sweep,
    "drill_end": drills.close,
    "phone_test": phone_test.send_test,
    "tell_try": tell.send_test,
    "move": move_thread.carry_on,
    "touch": send_touch.send_touch,
    "reengage": send_reengagement.send,
    "quiet": gone_quiet.look,
    "replan": replan_sequence.go_on,
    "slot": offer_slot.offer,
    "slot_taken": settle_slot.settle,
    "offer_moves": offer_moves.offer_times,
    "look_ahead": look_ahead.look_ahead,
    "plan_ahead": plan_ahead.warn,
    erase_patient.KIND: erase_rows.go_on,
    list_due.KIND: list_due.look,
    redact_at_carrier.KIND: redact_at_carrier.redact,
    "campaign_count": count_campaign.count_due,
    "campaign": release_campaign.release,
    "campaign_measure": measure_campaign.measure,
    "second_look": second_look.unseen,
    "read_inbox": outage.tell,
    "plan_review": plan_review.look,
    "reach_review": reach_review.look,
    "round": go_round.go_on,
    proxy_end.KIND: proxy_end.look,
    "voice_said": voice_said.note,
    "mail_said": mail_said.note,
    "phone_said": phone_said.write_down,
    "number_doubt": number_doubt.mark,
    carrier_stop.KIND: carrier_stop.note,
    ask_back.KIND: ask_back.ask_back,
}
# Before texts, whatever the time, and never put off for long.
PAGES = ("escalate", "repage", "lapse", "drill_end", "answer_check", "second_look", "read_inbox")
NEXT = ("errand", lend_keys.LENT)  # in this order: one waits for a carrier, the other for KMS, and neither stands before a page
# A morning's batch: a text that is due does not wait for it.
LAST = ("quiet", erase_patient.KIND, list_due.KIND, redact_at_carrier.KIND)
# What reads a carrier's log, or many rows. Lambda ends a tick at 55 seconds, in the middle of whatever it does, and no row says
# so: first again in the next tick, it would keep every text behind it waiting for good.
LONG = frozenset(
    {
        "reconcile", "hand_over", "move", "replan", "look_ahead", "plan_ahead", "campaign", "campaign_count", "campaign_measure",
        sweep_keys.KIND, erase_patient.KIND, list_due.KIND, redact_at_carrier.KIND,
    }
)  # fmt: skip
LASTS = timedelta(seconds=50)  # of all of a tick: then what is at hand is left behind, and put off like what fails
SPREADS = ("touch", "reengage")  # one row each; a campaign is one row however many it has
SOON, LATEST = timedelta(minutes=1), timedelta(hours=1)


def tick(world: World, most: int = MOST) -> int:
    """How many due rows were handled. One that fails is put off, longer each time, and never dropped. What the number cannot
    carry in this minute waits for the next (`core.throughput`), behind whoever is before it in its lane."""
    began = world.clock()
    rows = sorted(_due(world, began, most), key=_place)
    minute = pacing.Minute(world, began, Counter(OF_DUE[row.kind] for row in rows if row.kind in OF_DUE))
    paced, handled, left = replace(world, pace=minute), 0, []
    for row in rows:
        if row.kind not in PAGES and world.clock() - began > WORK:
            world.journal.count("due_left_for_later")
            break
        if row.kind in OF_DUE and not minute.room(OF_DUE[row.kind]):
            left.append(row)
            continue
        handled += _handle(paced, row, began)
        minute.wake()
    minute.settle()
    pacing.spread(world, [row for row in left if row.kind in SPREADS], began)
    world.journal.count("due_handled", handled)
    return handled


def _due(world: World, now: datetime, most: int) -> list[Due]:
    """The oldest rows; of those behind them what pages somebody. After minutes without a tick what is urgent is the newest."""
    rows = world.store.due(SHARD, now, most)
    if len(rows) < most:
        return rows
    known = {(row.at, row.due_id) for row in rows}
    behind = world.store.due_between(SHARD, rows[-1].at, now + timedelta(microseconds=1), ALL)
    return rows + [row for row in behind if row.kind in PAGES and (row.at, row.due_id) not in known]


def _place(row: Due) -> tuple[int, Lane, datetime]:
    """Pages, then the second path, then everything else lane by lane, then batches."""
    rank = 0 if row.kind in PAGES else 1 + NEXT.index(row.kind) if row.kind in NEXT else 4 if row.kind in LAST else 3
    return rank, OF_DUE.get(row.kind, Lane.PERSON), row.at


def _handle(world: World, row: Due, began: datetime) -> int:
    try:
        _work(world, row, began)
    except Exception as failure:  # noqa: BLE001  whatever it is, the rows behind it may be somebody's page
        world.journal.event("due_failed", due_id=row.due_id, error=type(failure).__name__)
        world.journal.count("due_failed")
        if world.pace is not None:
            world.pace.forget()
        _put_off(world, row)
        return 0
    return 1


def _work(world: World, row: Due, began: datetime) -> None:
    if row.kind in LONG:
        left = (began + LASTS - world.clock()).total_seconds()
        return world.patience.within(left, lambda: HANDLERS[row.kind](world, row))
    return HANDLERS[row.kind](world, row)


def _put_off(world: World, row: Due) -> None:
    """Behind the rows that wait with it, so that it cannot starve them (C9). A store that is down leaves it where it is."""
    wait = SOON if row.kind in (*PAGES, lend_keys.LENT) else min(SOON * 2 ** min(row.tries, 10), LATEST)
    later = replace(row, at=world.clock() + wait, tries=row.tries + 1)
    try:
        world.store.commit(gone(row), Put(later))
    except StoreError as failure:
        world.journal.event("due_not_put_off", due_id=row.due_id, error=type(failure).__name__)

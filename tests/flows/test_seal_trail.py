"""The trail is sealed hour by hour, whatever the ticks do; whatever is done to what was sealed is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core import sealed
from chalicelib.core.audit import AuditEntry, hour_of, later
from chalicelib.core.records import Put
from chalicelib.core.sealed import Wrong, digest_name, entries_name
from chalicelib.errors import ArchiveUnavailable
from chalicelib.flows import seal_trail, trail
from chalicelib.flows.verify_trail import verify
from chalicelib.ports import World

from ..cast import CAROL, FRANK
from ..fakes.world import TUESDAY_NOON, a_world

FIRST = hour_of(TUESDAY_NOON)


def looks(world: World, *subjects: str) -> list[str]:
    """Carol looks at them, a minute apart. The entries' ids."""
    ids = []
    for subject in subjects:
        put = trail.entry(world, CAROL, subject, "read_thread", "care", world.clock())
        world.store.commit(put)
        ids.append(put.record.entry_id)  # type: ignore[union-attr]
        world.clock.advance(minutes=1)  # type: ignore[attr-defined]
    return ids


def a_trail() -> tuple[World, list[str]]:
    """Three hours, of which the second is empty; the rest of the day is quiet. All sealed."""
    world = a_world()
    ids = looks(world, "alice", "bob", "carol")
    world.clock.advance(hours=2)  # type: ignore[attr-defined]
    ids += looks(world, "dan", "erin")
    world.clock.advance(hours=6)  # type: ignore[attr-defined]
    assert seal_trail.seal(world) == 7
    return world, ids


def files(world: World) -> dict[str, bytes]:
    return world.archive.files  # type: ignore[attr-defined,no-any-return]


def test_a_sealed_trail_is_whole_and_a_late_or_doubled_tick_changes_nothing() -> None:
    world, _ = a_trail()
    verdict = verify(world)
    assert (verdict.hours, verdict.entries, verdict.wrong) == (7, 5, ())
    before = dict(files(world))
    assert seal_trail.seal(world) == 0 and seal_trail.seal(world) == 0
    assert files(world) == before and len(world.archive.puts) == 14  # type: ignore[attr-defined]


def test_an_hour_that_is_not_over_for_a_quarter_of_an_hour_is_not_sealed() -> None:
    world = a_world()
    looks(world, "alice")
    world.clock.advance(hours=1, minutes=13)  # type: ignore[attr-defined]
    seal_trail.seal(world)
    assert entries_name(FIRST) not in files(world) and world.clock().minute == 14
    world.clock.advance(minutes=1)  # type: ignore[attr-defined]
    assert seal_trail.seal(world) == 1 and entries_name(FIRST) in files(world)


def test_what_comes_late_is_sealed_with_a_later_hour() -> None:
    world, _ = a_trail()
    at = world.clock()
    late = replace(trail.entry(world, CAROL, "late", "read_thread", "care", at).record, at=at.replace(minute=1))  # type: ignore[type-var]
    world.clock.advance(hours=1, minutes=30)  # type: ignore[attr-defined]
    seal_trail.seal(world)
    world.store.commit(Put(late))
    world.clock.advance(hours=1)  # type: ignore[attr-defined]
    assert seal_trail.seal(world) == 1
    verdict = verify(world)
    assert verdict.entries == 6 and verdict.wrong == ()


def test_an_outage_of_days_is_made_good_in_order() -> None:
    world, _ = a_trail()
    world.clock.advance(hours=24 * 9)  # type: ignore[attr-defined]
    last = sealed.hour_of_digest(max(name for name in files(world) if "digests" in name))
    assert verify(world).wrong == (Wrong(later(last, 1), "not_sealed"),)
    assert seal_trail.seal(world) == seal_trail.MOST and seal_trail.seal(world) == 16
    assert verify(world).wrong == ()


def test_a_run_that_died_between_file_and_digest_is_gone_on_with() -> None:
    world = a_world()
    looks(world, "alice")
    world.clock.advance(hours=2)  # type: ignore[attr-defined]
    world.archive.fails = []  # type: ignore[attr-defined]
    content = sealed.file_of(FIRST, world.store.trail_in(FIRST), sealed.NOTHING)
    world.archive.put(entries_name(FIRST), content)
    assert seal_trail.seal(world) == 1 and verify(world).wrong == ()


def test_a_place_that_does_not_answer_is_said() -> None:
    world = a_world()
    looks(world, "alice")
    world.clock.advance(hours=2)  # type: ignore[attr-defined]
    world.archive.fails = [ArchiveUnavailable("x")]  # type: ignore[attr-defined]
    with pytest.raises(ArchiveUnavailable):
        seal_trail.seal(world)
    assert seal_trail.seal(world) == 1


def lines_of(world: World, hour: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files(world)[entries_name(hour)].splitlines()]


def rewrite(world: World, hour: str, change: Callable[[list[dict[str, Any]]], Any]) -> None:
    """A clever hand: the file's own chain is made right again."""
    head, *lines = lines_of(world, hour)
    change(lines)
    chain = head["chain"]
    for line in lines:
        chain = sealed.link(chain, sealed.entry_hash(line["entry"]))
        line["chain"] = chain
    files(world)[entries_name(hour)] = b"\n".join(map(sealed.canonical, [head, *lines])) + b"\n"


def another_who(lines: list[dict[str, Any]]) -> None:
    lines[1]["entry"]["who"] = "dan"


def an_insertion(lines: list[dict[str, Any]]) -> None:
    lines.insert(1, {"entry": {**lines[0]["entry"], "entry_id": "forged"}, "chain": ""})


def the_same_twice(lines: list[dict[str, Any]]) -> None:
    lines.insert(1, dict(lines[0]))


TAMPERING: list[tuple[str, Callable[[list[dict[str, Any]]], Any], list[tuple[str, int | str]]]] = [
    ("an entry names somebody else", another_who, [("altered", 1)]),
    ("an entry is gone", lambda lines: lines.pop(1), [("missing", 1)]),
    ("an entry was put in", an_insertion, [("inserted", "forged")]),
    ("an entry stands twice", the_same_twice, [("inserted", 0)]),
    ("two changed places", lambda lines: lines.insert(0, lines.pop(1)), [("reordered", 1), ("reordered", 0)]),
]


@pytest.mark.parametrize(("change", "named"), [case[1:] for case in TAMPERING], ids=[case[0] for case in TAMPERING])
def test_what_was_done_to_a_file_is_named_by_entry(change: Callable[..., Any], named: list[tuple[str, int | str]]) -> None:
    world, ids = a_trail()
    rewrite(world, FIRST, change)
    expected = [Wrong(FIRST, what, ids[which] if isinstance(which, int) else which) for what, which in named]
    assert list(verify(world).wrong) == expected


def gone(name: Callable[[str], str]) -> Callable[[World], None]:
    return lambda world: files(world).pop(name(FIRST)) and None


def forged_digest(world: World) -> None:
    """Everything consistent, but not signed by the key."""
    rewrite(world, FIRST, another_who)
    digest = sealed.read_digest(files(world)[digest_name(FIRST)])
    made = sealed.digest_of(FIRST, files(world)[entries_name(FIRST)], None, TUESDAY_NOON)
    files(world)[digest_name(FIRST)] = sealed.written(replace(made, key=digest.key, signature="00"))


def another_key(world: World) -> None:
    digest = sealed.read_digest(files(world)[digest_name(FIRST)])
    files(world)[digest_name(FIRST)] = sealed.written(replace(digest, key="key-of-somebody"))


def swapped_hours(world: World) -> None:
    one, other = digest_name(sealed.hour_of_digest(digest_name(FIRST))), digest_name(FIRST[:-2] + "20")
    files(world)[one], files(world)[other] = files(world)[other], files(world)[one]


def beginning_gone(world: World) -> None:
    files(world).pop(digest_name(FIRST))
    files(world).pop(entries_name(FIRST))


WHOLE: list[tuple[str, Callable[[World], None], set[tuple[str, str]]]] = [
    ("a file is gone", gone(entries_name), {(FIRST, "missing")}),
    ("a digest is gone", gone(digest_name), {(FIRST, "missing"), (FIRST, "not_sealed")}),
    ("a digest says nothing", lambda w: files(w).update({digest_name(FIRST): b"{}"}), {(FIRST, "unreadable"), (FIRST, "not_sealed")}),
    ("a file says nothing", lambda w: files(w).update({entries_name(FIRST): b"x\ny"}), {(FIRST, "unreadable")}),
    ("a digest that is not signed", forged_digest, {(FIRST, "unsigned"), (FIRST, "altered_in_table")}),
    ("a digest of another key", another_key, {(FIRST, "unsigned")}),
    ("the beginning is gone", beginning_gone, {(FIRST[:-2] + "20", "broken_chain")}),
]


@pytest.mark.parametrize(("change", "named"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE])
def test_what_was_done_to_a_whole_hour_is_named(change: Callable[[World], None], named: set[tuple[str, str]]) -> None:
    world, _ = a_trail()
    change(world)
    assert {(wrong.hour, wrong.what) for wrong in verify(world).wrong} == named


def test_hours_that_changed_places_are_named() -> None:
    world, _ = a_trail()
    swapped_hours(world)
    assert {wrong.what for wrong in verify(world).wrong} >= {"broken_chain"}


def altered(world: World, entry_id: str, **fields: Any) -> None:
    """In the table, behind our back."""
    rows = world.store._rows  # type: ignore[attr-defined]
    place = next((kind, key) for kind, key in rows if kind is AuditEntry and key[1] == entry_id)
    rows[place] = {**rows[place], **fields}


def test_a_table_that_was_changed_behind_our_back_is_named() -> None:
    world, ids = a_trail()
    altered(world, ids[0], who="dan")
    rows = world.store._rows  # type: ignore[attr-defined]
    del rows[next(place for place in rows if place[0] is AuditEntry and place[1][1] == ids[3])]
    put = trail.entry(world, FRANK, "alice", "read_thread", "care", TUESDAY_NOON)
    world.store.commit(put)
    found = {(wrong.what, wrong.entry) for wrong in verify(world).wrong}
    assert found == {("altered_in_table", ids[0]), ("missing_in_table", ids[3]), ("not_sealed", put.record.entry_id)}  # type: ignore[union-attr]


def test_a_part_of_it_can_be_looked_at() -> None:
    world, _ = a_trail()
    hours = sorted(sealed.hour_of_digest(name) for name in files(world) if name.startswith("digests"))
    verdict = verify(world, since=hours[1], until=hours[4])
    assert (verdict.hours, verdict.since, verdict.until, verdict.wrong) == (4, hours[1], hours[4], ())

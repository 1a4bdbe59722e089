"""`python -m infra.drill`: put the tables back beside the live ones, and hold the copy against what was sealed.

    python -m infra.drill restore --copy drill [--to 2026-11-28T06:00:00Z]   tables drill-…, by point-in-time recovery
    python -m infra.drill check   --copy drill [--to 2026-11-28T06:00:00Z]   its trail against the sealed one; rows by table
    python -m infra.drill forget  --copy drill                               delete the copy

The sealed trail lies under Object Lock and is signed: whoever can change a table, or a backup, cannot change it. `--prefix`:
the live stack's. `--to`: the instant that was restored; what was sealed later is not asked of the copy. 0 when all is well.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from chalicelib.core.audit import HOUR, hour_of
from chalicelib.flows.seal_trail import GRACE
from chalicelib.flows.verify_trail import Verdict, verify
from chalicelib.ports import World

from . import audit
from .policy.blind_spots_of_what_is_kept import FORGET

FORGOTTEN = tuple(name.removesuffix("Table").lower() for name in FORGET)  # never in a copy
PATIENCE = 7200  # seconds for DynamoDB to put a table back

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A table and its copy. `extra`: keys that the copy has and the live table has not: what was deleted since."""

    table: str
    live: int
    copy: int
    extra: int

    @property
    def wrong(self) -> bool:
        return self.live > 0 and self.copy == 0


def names(tables: Any, prefix: str) -> list[str]:
    """What a prefix's tables are called without it, but for what is to be forgotten."""
    pages = tables.get_paginator("list_tables").paginate()
    ours = [
        name.removeprefix(f"{prefix}-")
        for page in pages
        for name in page["TableNames"]
        if name.startswith(f"{prefix}-")
    ]
    return sorted(set(ours) - set(FORGOTTEN))


def restore(tables: Any, prefix: str, copy: str, to: datetime | None) -> Iterator[str]:
    """Ask for each table's copy; the names of those that are being made. Raises ValueError for the live prefix."""
    _another(prefix, copy)
    when: dict[str, Any] = {"RestoreDateTime": to} if to else {"UseLatestRestorableTime": True}
    for name in names(tables, prefix):
        tables.restore_table_to_point_in_time(
            SourceTableName=f"{prefix}-{name}", TargetTableName=f"{copy}-{name}", **when
        )
        yield f"{copy}-{name}"


def forget(tables: Any, prefix: str, copy: str) -> Iterator[str]:
    """Delete the copy's tables. Raises ValueError for the live prefix."""
    _another(prefix, copy)
    for name in names(tables, copy):
        if f"{copy}-{name}" != f"{prefix}-{name}":
            tables.update_table(TableName=f"{copy}-{name}", DeletionProtectionEnabled=False)
            tables.delete_table(TableName=f"{copy}-{name}")
            yield f"{copy}-{name}"


def _another(prefix: str, copy: str) -> None:
    if not copy or copy == prefix or copy.startswith(f"{prefix}-") or prefix.startswith(f"{copy}-"):
        raise ValueError(f"--copy {copy}: not the live tables, nor part of their name")


def held(tables: Any, prefix: str, copy: str) -> Iterator[Held]:
    """Each table beside its copy, by keys alone: no content is read."""
    for name in names(tables, prefix):
        live, there = (set(_keys(tables, f"{which}-{name}")) for which in (prefix, copy))
        yield Held(name, len(live), len(there), len(there - live))


def _keys(tables: Any, table: str) -> Iterator[Key]:
    parts = [part["AttributeName"] for part in tables.describe_table(TableName=table)["Table"]["KeySchema"]]
    asked = {"ProjectionExpression": ", ".join(f"#k{n}" for n in range(len(parts))), "ConsistentRead": True}
    called = {f"#k{n}": part for n, part in enumerate(parts)}
    for page in tables.get_paginator("scan").paginate(TableName=table, ExpressionAttributeNames=called, **asked):
        yield from (tuple(sorted((name, str(value)) for name, value in item.items())) for item in page["Items"])


def checked(world: World, to: datetime | None) -> Verdict:
    """The copy's trail against the sealed one, to the last hour that was whole when the copy was taken."""
    until = hour_of(to - 2 * HOUR - GRACE) if to else "9999"
    return verify(world, until=until)


def told(verdict: Verdict, rows: list[Held]) -> Iterator[str]:
    yield from audit.lines_of(verdict)
    for each in rows:
        mark = "EMPTY" if each.wrong else "     "
        yield f"  {mark} {each.table:14} live {each.live:7}  copy {each.copy:7}  of these deleted since {each.extra}"


def main(asked: list[str] | None = None) -> int:
    """0 where nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.drill", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("verb", choices=("restore", "check", "forget"))
    parser.add_argument("--prefix", default="porchlight")
    parser.add_argument("--copy", required=True)
    parser.add_argument("--to", type=audit.an_instant, help="an instant, as 2026-11-28T06:00:00Z")
    parser.add_argument("--laptop", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args(asked)
    if said.verb == "check":
        return _check(said)
    tables = boto3.client("dynamodb")
    began = datetime.now(UTC)
    copying = said.verb == "restore"
    made = list(restore(tables, said.prefix, said.copy, said.to) if copying else forget(tables, said.prefix, said.copy))
    if copying:
        for name in made:
            _until_there(tables, name)
    print(f"{said.verb}: {len(made)} tables in {datetime.now(UTC) - began}")
    return 0


def _check(said: argparse.Namespace) -> int:
    verdict = checked(audit.reach(said, tables=said.copy), said.to)
    rows = list(held(boto3.client("dynamodb"), said.prefix, said.copy))
    print("\n".join(told(verdict, rows)))
    return 1 if verdict.wrong or not verdict.hours or any(each.wrong for each in rows) else 0


def _until_there(tables: Any, name: str) -> None:
    end = datetime.now(UTC) + timedelta(seconds=PATIENCE)
    while tables.describe_table(TableName=name)["Table"]["TableStatus"] != "ACTIVE":
        if datetime.now(UTC) > end:
            raise TimeoutError(name)
        time.sleep(5)


if __name__ == "__main__":
    sys.exit(main())

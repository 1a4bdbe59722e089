"""What visits cost at 1 thousand, 10 thousand and 100 thousand patients: `make scale`, which writes build/scale.json.

On Amazon's DynamoDB Local, which says what capacity each call consumed, and on moto. Patients are written past our own code: it is
their number that matters. Fails when calls or capacity grow with it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws
from moto.dynamodb import dynamodb_backends

from chalicelib.core.records import Appointment, Contact, Due, Patient
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.storage.store import DynamoStore
from infra.local.create import create
from tests.appointments import booked
from tests.cast import a_patient, an_sms
from tests.fakes.world import FakeClock, a_world

REGION, BATCH, PROBES = "us-east-1", 25, 10
SIZES = (1_000, 10_000, 100_000)
TARGET = Path("build/scale.json")


@dataclass
class Ledger:
    """What DynamoDB was asked, and the capacity units that it says this consumed (moto says none)."""

    calls: Counter[str] = field(default_factory=Counter)
    units: float = 0.0

    def listen(self, client: Any) -> None:
        client.meta.events.register("before-parameter-build.dynamodb", self._asks)
        client.meta.events.register("after-call.dynamodb", self._answered)

    def _asks(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls[model.name] += 1
        params["ReturnConsumedCapacity"] = "TOTAL"

    def _answered(self, parsed: dict[str, Any], **_: Any) -> None:
        said = parsed.get("ConsumedCapacity") or []
        self.units += sum(each.get("CapacityUnits", 0.0) for each in (said if isinstance(said, list) else [said]))

    def of(self, act: Callable[[], object], many: int = 1) -> dict[str, Any]:
        """Per piece of `many`."""
        self.calls.clear()
        self.units = 0.0
        began = time.perf_counter()
        act()
        took = time.perf_counter() - began
        calls = {name: round(count / many, 2) for name, count in sorted(self.calls.items())}
        return {"calls": calls, "units": round(self.units / many, 2), "ms": round(took * 1000 / many, 1)}


@dataclass
class Clinic:
    """A world on real tables, and how many people were written into it."""

    store: DynamoStore
    raw: Any
    ledger: Ledger
    on_moto: bool = False
    clock: FakeClock = field(default_factory=FakeClock)
    filled: int = 0
    probed: int = 0

    def __post_init__(self) -> None:
        self.world = a_world(store=self.store, clock=self.clock)
        a_patient(self.world, "pattern", "+13035559999")
        visit = booked(self.world, self.clock.now + timedelta(days=300), patient_id="pattern")
        self.patient, self.visit = self.world.store.get(Patient, "pattern"), visit
        self.contact = self.world.store.get(Contact, self.patient.contact_id) if self.patient else None

    def fill(self, size: int) -> None:
        for first in range(self.filled, size, BATCH):
            several = range(first, min(first + BATCH, size))
            for kind, make in ((Patient, self._patient), (Contact, self._contact), (Appointment, self._visit), (Due, self._due)):
                rows = self.store._tables.of(kind)
                self._write(rows.table, [rows.item(make(at)) for at in several])
        self.filled = size

    def _write(self, table: str, items: list[dict[str, Any]]) -> None:
        """moto's own rows are written directly: a hundred thousand calls would only measure moto."""
        if not self.on_moto:
            self.raw.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in items]})
            return
        backend = dynamodb_backends["123456789012"][REGION]
        for item in items:
            backend.get_table(table).put_item(item)

    def _patient(self, at: int) -> Any:
        assert self.patient is not None
        return replace(self.patient, patient_id=f"many{at:06d}", contact_id=f"c{at:06d}")

    def _contact(self, at: int) -> Any:
        assert self.contact is not None
        return replace(self.contact, contact_id=f"c{at:06d}")

    def _visit(self, at: int) -> Any:
        return replace(self.visit, patient_id=f"many{at:06d}", appointment_id=f"v{at:06d}")

    def _due(self, at: int) -> Any:
        return Due(0, self.clock.now + timedelta(days=290, seconds=at), f"touch#many{at:06d}.v#1d", "touch", f"many{at:06d}.v", "1d")

    def probe(self) -> dict[str, Any]:
        """Ten people book; a tick with nothing due, one with ten touches due; their texts leave and are answered."""
        while tick(self.world):  # what the probe before left
            self.clock.advance(minutes=1)
        people = [f"probe{self.probed + at}" for at in range(PROBES)]
        numbers = {name: f"+1303556{self.probed + at:04d}" for at, name in enumerate(people)}
        self.probed += PROBES
        for name in people:
            a_patient(self.world, name, numbers[name])
        start = self.clock.now + timedelta(days=2)
        found = {"booking": self.ledger.of(lambda: [booked(self.world, start, patient_id=name, rhythm="weekly") for name in people], PROBES)}
        found["tick with nothing due"] = self.ledger.of(lambda: tick(self.world))
        self.clock.now = start - timedelta(days=1, minutes=1)
        while tick(self.world):
            pass
        self.clock.now = start - timedelta(days=1)
        found["tick with ten due, a touch"] = self.ledger.of(lambda: tick(self.world), PROBES)
        texts = [row for name in people for row in self.store.newest(name)]
        self.clock.advance(minutes=2)  # each has its second of the number's minute: now all of them may leave
        found["delivery"] = self.ledger.of(lambda: [deliver(self.world, row.thread_id, row.message_id) for row in texts], PROBES)
        self.clock.advance(minutes=5)
        answers = [an_sms("1", numbers[name], at=self.clock.now) for name in people]
        found["answer"] = self.ledger.of(lambda: [receive(self.world, each, inline=False) for each in answers], PROBES)
        self.clock.advance(days=3)
        found["a list of ten visits"] = self.ledger.of(lambda: self.store.booked("adult", start - timedelta(hours=1), start + timedelta(hours=1)))
        return found


@contextmanager
def a_clinic(local: str) -> Iterator[Clinic]:
    """On DynamoDB Local at this address, or on moto for ""."""
    with nullcontext() if local else mock_aws():
        make = partial(boto3.client, region_name=REGION, endpoint_url=local or None)
        made = create(make, only=("AWS::DynamoDB::Table",), parameters={"TablePrefix": "scale"})
        store, ledger = DynamoStore(made["TablePrefix"], REGION, local or None), Ledger()
        ledger.listen(store._tables.client)
        yield Clinic(store, make("dynamodb"), ledger, not local)


def measured(local: str, sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """One row a size."""
    rows = []
    with a_clinic(local) as clinic:
        for size in sizes:
            began = time.perf_counter()
            clinic.fill(size)
            filling = time.perf_counter() - began
            rows.append({"patients": size, "on": "dynamodb local" if local else "moto", "filling_s": round(filling, 1), "costs": clinic.probe()})
            print(json.dumps(rows[-1]), flush=True)
    return rows


def grown(rows: list[dict[str, Any]]) -> list[str]:
    """What grew with the number of patients: calls at all, capacity by more than a twentieth (sizes of rows differ by a digit)."""
    wrong, first = [], rows[0]
    for row in rows[1:]:
        for what, cost in row["costs"].items():
            was = first["costs"][what]
            if cost["calls"] != was["calls"] or cost["units"] > was["units"] * 1.05:
                wrong.append(f"{what} at {row['patients']}: {cost['calls']}, {cost['units']} units; {was['calls']}, {was['units']} at {first['patients']}")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.bench.visits", description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    asked.add_argument("--moto", action="store_true", help="moto alone, without Java")
    given = asked.parse_args(arguments)
    local = os.environ.get("DYNAMODB_LOCAL", "")
    if not local and not given.moto:
        ourselves = [sys.executable, "-m", "tests.bench.visits", "--sizes", *map(str, given.sizes)]
        return subprocess.run([sys.executable, "-m", "tests.storage.dynamodb_local", "--", *ourselves], check=False).returncode
    rows = measured(local, tuple(given.sizes))
    on_moto = [] if given.moto else measured("", tuple(given.sizes))
    wrong = grown(rows) + (grown(on_moto) if on_moto else [])
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps({"rows": rows + on_moto, "grown": wrong}, indent=2))
    print("\n".join(wrong) or "flat: neither calls nor capacity grow with the number of patients")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

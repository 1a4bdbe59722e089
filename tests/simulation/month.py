"""A month of incidents on the fake clinic: `python -m tests.simulation.month [--incidents N] [--seed N]`.

People sleep through pages, take an item and forget it, do not reach the patient; pages are not taken; ticks are lost, come
twice or late. Told: whether any incident was unpaged or forgotten, and how long everything took. Writes `build/month.json`.
"""

from __future__ import annotations

import argparse
import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from chalicelib.core.clinic import EVERYONE, read_clinic
from chalicelib.core.incidents import IllegalMove
from chalicelib.core.messages import DeliveryEvent, Status
from chalicelib.core.records import Change, Delete, Due, Incident
from chalicelib.core.staff import Staff
from chalicelib.errors import Conflict, PageFailed
from chalicelib.flows import handle_incident
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.tick import tick
from chalicelib.storage.changes import place
from tests.cast import a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import CLINIC, TUESDAY_NOON, FakeClock, a_world

MONTH, TICK = timedelta(days=30), timedelta(minutes=1)
TEXTS = {0: "I took all my pills", 1: "I want to kill myself"}
TURNS = {"since": "2026-03-02", "turn_days": 7, "turn_at": "09:00", "hours": "00:00-24:00"}
ROTA = [
    {"id": "first", "step": "primary", "people": ["erin", "carol", "dan"], **TURNS},
    {"id": "second", "step": "backup", "people": ["carol", "dan", "erin"], **TURNS},
    {"id": "third", "step": "supervisor", "hours": "00:00-24:00", "people": ["boss"]},
]
PEOPLE = {name: Staff(name, "clinician", ("adult",)) for name in ("erin", "carol", "dan", "boss")}


@dataclass(frozen=True, slots=True)
class Odds:
    """How people and machines behave; all of it made up, and worse than one hopes."""

    page_fails: float = 0.05
    answer_blocked: float = 0.05
    tick_lost: float = 0.1
    tick_twice: float = 0.05
    answers: float = 0.6  # a person who is paged takes the item
    answers_within: float = 6.0  # minutes, on average
    forgets: float = 0.2  # took it, and does nothing more until it lapses
    reaches: float = 0.7  # per attempt


class MonthStore(FakeStore):
    """The fake with its due rows and open incidents at hand: a month has very many other rows."""

    def __init__(self) -> None:
        self.dues: set[tuple[Any, ...]] = set()
        self.open_ones: set[tuple[Any, ...]] = set()
        super().__init__()

    def _apply(self, change: Change) -> None:
        super()._apply(change)
        kind, key = place(change)
        if kind is Due:
            (self.dues.discard if isinstance(change, Delete) else self.dues.add)(key)
        elif kind is Incident:
            (self.open_ones.add if self._rows[kind, key].get("open_in") else self.open_ones.discard)(key)

    def open_incidents(self, program: str) -> list[Incident]:
        found = [row for key in sorted(self.open_ones) if (row := self.get(Incident, *key)) is not None]
        return [row for row in found if row.open_in == program]

    def due(self, shard: int, now: datetime, limit: int = 100) -> list[Due]:
        keys = sorted(key for key in self.dues if key[0] == shard and key[1] <= now)[:limit]
        return [row for key in keys if (row := self.get(Due, *key)) is not None]


@dataclass
class Month:
    """One run. `happenings`: what people do, at its instant, in a heap."""

    random: Random
    odds: Odds
    store: MonthStore = field(default_factory=MonthStore)
    clock: FakeClock = field(default_factory=lambda: FakeClock(TUESDAY_NOON))
    happenings: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    order: Any = field(default_factory=count)
    acted: dict[str, datetime] = field(default_factory=dict)  # by incident and what: when first
    pages: list[tuple[datetime, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        clinic = read_clinic({**CLINIC, "shift": [], "layer": ROTA})
        self.world = a_world(store=self.store, clock=self.clock, clinic=clinic, pager=self)

    def page(self, to: str, text: str) -> None:
        """A page that is taken is heard by whom it is for."""
        if self.random.random() < self.odds.page_fails:
            raise PageFailed(to)
        self.pages.append((self.clock.now, to, text))
        if "stand down" in text or "not delivered" in text:
            return
        code = text.partition("item ")[2][:4]
        for name in PEOPLE if to == EVERYONE else [to]:
            if self.random.random() < self.odds.answers:
                self.later(self.random.expovariate(1 / self.odds.answers_within), lambda name=name: self.takes(name, code))

    def later(self, minutes: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.happenings, (self.clock.now + timedelta(minutes=minutes), next(self.order), what))

    def incident(self, code: str) -> Incident | None:
        return next((each for each in self.store.open_incidents("adult") if each.code == code), None)

    def takes(self, name: str, code: str) -> None:
        incident = self.incident(code)
        if incident is None or incident.state not in ("detected", "paged"):
            return
        if self.moved(handle_incident.acknowledge, name, incident) and self.random.random() >= self.odds.forgets:
            self.later(self.random.expovariate(1 / 4), lambda: self.calls(name, code))

    def calls(self, name: str, code: str) -> None:
        incident = self.incident(code)
        if incident is None or incident.holder != name or incident.state in ("detected", "paged"):
            return
        if self.random.random() < self.odds.reaches:
            if self.moved(handle_incident.contacted, name, incident):
                self.later(self.random.expovariate(1 / 20), lambda: self.ends(name, code))
        elif self.moved(handle_incident.unable, name, incident):
            self.later(self.random.expovariate(1 / 8), lambda: self.calls(name, code))

    def ends(self, name: str, code: str) -> None:
        incident = self.incident(code)
        if incident is not None and incident.state == "contacted":
            self.moved(lambda world, who, one: handle_incident.resolve(world, who, one, "safe_plan_reviewed"), name, incident)

    def moved(self, move: Callable[..., Incident], name: str, incident: Incident) -> bool:
        try:
            move(self.world, PEOPLE[name], incident.incident_id)
        except (IllegalMove, Conflict):
            return False
        return True

    def writes(self, at: int, tier: int) -> None:
        number = f"+1303555{1000 + at:04d}"
        a_patient(self.world, f"p{at:04d}", number)
        answer = receive(self.world, an_sms(TEXTS[tier], number, at=self.clock.now), inline=True)
        arrived = Status.DELIVERED if self.random.random() >= self.odds.answer_blocked else Status.FAILED_BLOCKED
        record(self.world, DeliveryEvent("twilio", f"SM{at}", arrived, self.clock.now, answer.row))

    def run(self, incidents: int) -> None:
        """Texts spread over the month, one after the other or at once; then on until every one is over, or three days more."""
        for at in range(incidents):
            self.later(self.random.random() * MONTH.total_seconds() / 60, lambda at=at: self.writes(at, at % 2))
        minute = self.clock.now
        ends = minute + MONTH + timedelta(days=3)
        while self.clock.now < ends and (self.happenings or self.store.dues):
            next_tick = max(minute + TICK, self.next_due(ends))
            if self.happenings and self.happenings[0][0] < next_tick:
                self.clock.now, _, what = heapq.heappop(self.happenings)
                what()
                continue
            minute = self.clock.now = next_tick
            self.ticks()

    def next_due(self, otherwise: datetime) -> datetime:
        return min((key[1] for key in self.store.dues), default=otherwise)

    def ticks(self) -> None:
        """One minute's tick, unless it is lost; some come twice."""
        if self.random.random() < self.odds.tick_lost:
            return
        for _ in range(2 if self.random.random() < self.odds.tick_twice else 1):
            tick(self.world)


def minutes_to(incident: Incident, what: str) -> float | None:
    """Minutes from the text to the first step of this kind."""
    at = next((step.at for step in incident.steps if step.what == what), None)
    return None if at is None else (at - incident.detected_at).total_seconds() / 60


def spread(values: list[float]) -> dict[str, float]:
    """Median, 90th hundredth and worst, in minutes."""
    cuts = quantiles(values, n=10, method="inclusive") if len(values) > 1 else values * 9
    return {"median": round(cuts[4], 1), "p90": round(cuts[8], 1), "worst": round(max(values), 1), "n": len(values)}


def told(month: Month) -> dict[str, Any]:
    """What became of every incident."""
    rows = month.store.rows(Incident)
    clocks = {key[2].partition("#")[2] for key in month.store.dues}
    unpaged = [row for row in rows if not any(step.what == "paged" for step in row.steps)]
    forgotten = [row for row in rows if row.state not in ("contacted", "resolved") and row.incident_id not in clocks]
    times = {what: [at for row in rows if (at := minutes_to(row, what)) is not None] for what in ("paged", "acknowledged", "contacted", "resolved")}
    return {
        "incidents": len(rows),
        "unpaged": len(unpaged),
        "forgotten": len(forgotten),
        "still_open": sum(row.state != "resolved" for row in rows),
        "lapsed": sum(any(step.what == "lapsed" for step in row.steps) for row in rows),
        "pages": len(month.pages),
        "minutes_to": {what: spread(values) for what, values in times.items() if values},
    }


def a_month(incidents: int, seed: int, odds: Odds | None = None) -> dict[str, Any]:
    month = Month(Random(seed), odds or Odds())
    month.run(incidents)
    return told(month)


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.month", description=__doc__)
    asked.add_argument("--incidents", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args(arguments)
    print(f"{given.incidents} incidents over {MONTH.days} days, seed {given.seed} …", flush=True)
    found = a_month(given.incidents, given.seed)
    target = Path("build/month.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=2))
    print(json.dumps(found, indent=2))
    return 1 if found["unpaged"] or found["forgotten"] else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""`python -m tests.bench [--times N]`: figures beside the budgets of DESIGN §5; `build/bench.json`. Never fails for slowness.

CPU is our process's own (`process_time`), warm; the emulator and the carrier run in processes of their own. Each run of ours is
held against the floor's that is played right after it: the median of these ratios, and their quartiles.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

from . import cold, scale
from .budgets import BUDGETS, COLD, IMPORT, Budget
from .floor import Floor
from .flows import Flow, all_flows, measure
from .town import Calls, Town, a_town, made_tables, servers

OUT = Path(__file__).parents[2] / "build" / "bench.json"
WARM = 5  # runs that do not count


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=40)
    asked.add_argument("--cold", type=int, default=15)  # with seven, one quiet start more or less moved the ratio by a tenth
    asked.add_argument("--sizes", type=int, nargs=2, default=(500, 3000))
    options = asked.parse_args()
    # Logs and metrics are written all the same, to nowhere.
    with servers() as (aws, carrier), open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        figures = _run(aws, carrier, options)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2))
    _print(figures)


def _run(aws: str, carrier: str, options: Any) -> dict[str, Any]:
    with a_town(aws, carrier, "ours") as town:
        made_tables(town.client, "floor", ("AWS::DynamoDB::Table",))
        town.ledger.take()
        floor = Floor(aws, carrier, ("ours", "floor"))
        rows = [_row(town, floor, flow, options.times) for flow in all_flows(town, options.times)]
        ticks = scale.ticks(town, options.sizes)
        starts = cold.measure(options.cold)
    return {"machine": _machine(), "flows": rows, "tick with n due": ticks, "starts": starts, "verdicts": _starts(starts)}


def _row(town: Town, floor: Floor, flow: Flow, times: int) -> dict[str, Any]:
    before = floor.missed
    runs = measure(town, floor, flow, times)
    warm, calls = runs[WARM:], runs[-1].run.calls
    budget = next((each for each in BUDGETS if each.flow == flow.name), Budget(flow.name))
    cpu, base = (statistics.median(getattr(run, whose) for run in warm) for whose in ("ours", "least"))
    middle, quartiles = _ratio([run.ours for run in warm], [run.least for run in warm])
    found = {
        "flow": flow.name, "calls": len(calls), "named": _named(calls), "cpu_ms": round(cpu * 1000, 2),
        "floor_ms": round(base * 1000, 2), "times_the_floor": middle, "quartiles": quartiles,
        "budget": budget.said, "cpu_budget": budget.cpu, "floor_calls_refused": floor.missed - before, "runs": len(warm),
    }
    found["calls_met"] = budget.calls is None or len(calls) <= budget.calls
    found["cpu_met"] = budget.cpu is None or middle <= budget.cpu
    if "crisis" in flow.name:
        found["page_before_any_write"] = all(_page_first(each.run.calls) for each in runs)
    return found


def _named(calls: Calls) -> str:
    return ", ".join(f"{count} {name}" if count > 1 else name for name, count in Counter(f"{each[0]}:{each[1]}" for each in calls).items())


def _page_first(calls: Calls) -> bool:
    names = [name for _, name, _ in calls]
    writes = [at for at, name in enumerate(names) if name in ("TransactWriteItems", "UpdateItem", "PutItem")]
    return "Publish" in names and (not writes or names.index("Publish") < writes[0])


def _starts(starts: dict[str, dict[str, list[float]]]) -> list[dict[str, Any]]:
    pairs = (
        ("import of app.py where texts move", "import app, no console", "import chalice", IMPORT),
        ("import of app.py with the console", "import app", "import chalice", IMPORT),
        ("cold start until a page can leave", "page: app", "page: boto3 and SNS", COLD),
        ("the same, with everything a crisis text needs", "page: app, a crisis text", "page: boto3 and SNS", COLD),
    )
    rows = []
    for name, ours, least, limit in pairs:
        (wall, _), (cpu, quartiles) = (_ratio(starts[ours][kind], starts[least][kind]) for kind in ("wall", "cpu"))
        rows.append({"what": name, "times": {"wall": wall, "cpu": cpu}, "quartiles": quartiles, "budget": limit, "met": cpu <= limit})
        rows[-1] |= {"ms": _ms(starts[ours]), "floor_ms": _ms(starts[least])}
    return rows


def _ratio(ours: list[float], least: list[float]) -> tuple[float, list[float]]:
    """The median of the ratios of what was measured together, and their quartiles."""
    low, middle, high = statistics.quantiles((mine / floor for mine, floor in zip(ours, least, strict=True)), n=4)
    return round(middle, 2), [round(low, 2), round(high, 2)]


def _ms(took: dict[str, list[float]]) -> dict[str, float]:
    """The quickest: what disturbs a start only ever makes it longer."""
    return {kind: round(min(seconds) * 1000) for kind, seconds in took.items()}


def _machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def _between(quartiles: list[float]) -> str:
    return "-".join(f"{each:.2f}" for each in quartiles)


def _print(figures: dict[str, Any]) -> None:
    print(f"{'flow':46} {'calls':>5} {'ms':>7} {'floor':>7} {'×':>5} {'quartiles':>10}  met  budget")
    for row in figures["flows"]:
        met = "yes" if row["calls_met"] and row["cpu_met"] else "NO "
        print(f"{row['flow']:46} {row['calls']:>5} {row['cpu_ms']:>7} {row['floor_ms']:>7} {row['times_the_floor']:>5} {_between(row['quartiles']):>10}  {met}  {row['budget']}")
        print(f"{'':46}   {row['named']}")
    for row in figures["tick with n due"]:
        print(f"tick, {row['due']} due among {row['patients']} patients: {row['calls']} calls ({row['named']}), {row['cpu_ms']} ms")
    for row in figures["verdicts"]:
        print(f"{row['what']}: {row['ms']} against {row['floor_ms']} ms, × {row['times']} ({_between(row['quartiles'])}), budget {row['budget']}, met: {row['met']}")
    print(f"written to {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")


if __name__ == "__main__":
    main()

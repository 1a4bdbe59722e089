"""`python -m tests.simulation [--ports-only | --deeper]`: the crash explorer, in two processes.

The ports: every fault at every port call, every pair of faults, every order of two workers. Then the production
adapters, every fault of AWS and of the carrier at every attempt. Writes `build/simulation.json`; exits 1 on a violation.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .explorer import Finding, Point
from .levels import AWS, DEEPER, LONG, PORTS, Found

PROCESSES = 2
def explore(level: str, work: Callable[[str], Found], names: Iterable[str]) -> dict[str, Any]:
    """Every story of a level, told as it is done."""
    began, told = time.monotonic(), []
    print(f"{level}:", flush=True)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(work, name): name for name in names}
        for done in as_completed(waiting):
            points, findings = _result(done, waiting[done])
            print(f"  {waiting[done]}: {points} points, {len(findings)} with violations", flush=True)
            told.append({"story": waiting[done], "points": points, "violations": [_written(each) for each in findings]})
    points, seconds = sum(each["points"] for each in told), time.monotonic() - began
    print(f"  {points} points in {seconds:.0f} s", flush=True)
    return {"points": points, "seconds": round(seconds, 1), "stories": told}


def _result(done: Future[Found], name: str) -> Found:
    """A story that goes wrong by itself is a violation too, and no reason to leave out the others."""
    try:
        return done.result()
    except AssertionError as broken:
        return 1, [Finding(Point(name, "no call", -1, "no fault"), (str(broken),))]


def _written(finding: Finding) -> dict[str, Any]:
    point = finding.point
    print(f"VIOLATION {point.story} | {point.number} {point.call} | {point.fault}: {'; '.join(finding.wrong)}")
    return {"call": point.call, "number": point.number, "fault": point.fault, "wrong": finding.wrong}


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    asked.add_argument("--ports-only", action="store_true", help="without the production adapters")
    asked.add_argument("--deeper", action="store_true", help="pairs of faults at the ports: `make test` plays single faults and two workers")
    given = asked.parse_args(arguments)
    levels = DEEPER if given.deeper else PORTS if given.ports_only else {**PORTS, **LONG, **AWS}
    told = {level: explore(level, work, names) for level, (work, names) in levels.items()}
    points = sum(each["points"] for each in told.values())
    wrong = sum(len(story["violations"]) for each in told.values() for story in each["stories"])
    print(f"{points} points explored, {wrong} with violations")
    target = Path("build/simulation.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"points": points, "violations": wrong, "levels": told}, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

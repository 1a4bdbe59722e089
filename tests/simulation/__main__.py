"""`python -m tests.simulation [--whole | --ports-only | --deeper]`: the crash explorer, in two processes.

Every story at the ports: every fault at every call, every pair of faults of those that receive and deliver, every order of two
workers. And on the production adapters every fault of AWS and of the carrier at every attempt: of the main path, a quarter of an
hour with the ports; of every story with `--whole`, which takes two hours. Writes `build/simulation.json`; exits 1 on a violation.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .explorer import Finding, Point
from .levels import AWS, DEEPER, LONG, MAIN_ON_AWS, PORTS, Found, Level

PROCESSES = 2
Levels = dict[str, Level]


def explore(levels: Levels) -> dict[str, Any]:
    """Every story of these levels, told as it is done; none waits for the last of the level before."""
    began = time.monotonic()
    told: dict[str, Any] = {level: {"points": 0, "stories": []} for level in levels}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(work, name): (level, name) for level, (work, names) in levels.items() for name in names}
        for number, done in enumerate(as_completed(waiting), 1):
            level, name = waiting[done]
            points, findings = _result(done, name)
            at = f"{number} of {len(waiting)}, {time.monotonic() - began:.0f} s"
            print(f"{at} | {level} | {name}: {points} points, {len(findings)} with violations", flush=True)
            told[level]["points"] += points
            told[level]["stories"].append({"story": name, "points": points, "violations": [_written(each) for each in findings]})
    return told


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


def _asked_for(given: argparse.Namespace) -> Levels:
    if given.whole:
        return {**LONG, **AWS, **PORTS}
    if given.deeper or given.ports_only:
        return DEEPER if given.deeper else PORTS
    return {"two workers": PORTS["two workers"], **MAIN_ON_AWS, **PORTS}  # the longest race is first, and nobody waits for it at the end


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    asked.add_argument("--whole", action="store_true", help="every story on the production adapters, and races of thousands of orders: two hours")
    asked.add_argument("--ports-only", action="store_true", help="without the production adapters")
    asked.add_argument("--deeper", action="store_true", help="pairs of faults at the ports: `make test` plays single faults and two workers")
    given = asked.parse_args(arguments)
    began = time.monotonic()
    told = explore(_asked_for(given))
    points = sum(each["points"] for each in told.values())
    wrong = sum(len(story["violations"]) for each in told.values() for story in each["stories"])
    seconds = round(time.monotonic() - began)
    print(f"{points} points explored in {seconds} s, {wrong} with violations")
    target = Path("build/simulation.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"points": points, "violations": wrong, "seconds": seconds, "levels": told}, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

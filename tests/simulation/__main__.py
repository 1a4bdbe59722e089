"""`python -m tests.simulation`: the crash explorer; writes `build/simulation.json` and exits 1 on a violation."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .explorer import explore


def main() -> int:
    points, findings = explore(progress=lambda line: print(line, flush=True))
    for finding in findings:
        print(f"VIOLATION {finding.point.story} | {finding.point.number} {finding.point.call} | {finding.point.fault}: {'; '.join(finding.wrong)}")
    print(f"{points} points explored, {len(findings)} with violations")
    target = Path("build/simulation.json")
    target.parent.mkdir(exist_ok=True)
    found = [{"story": f.point.story, "call": f.point.call, "number": f.point.number, "fault": f.point.fault, "wrong": f.wrong} for f in findings]
    target.write_text(json.dumps({"points": points, "violations": found}, indent=1))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m infra.policy`: the template before every checker we could find, and before our own rules for what they do not see.

    python -m infra.policy [--only cdk-nag --only porchlight] [--template build/package/expanded.json]

0 when every finding has its reason in infra/exceptions.toml, and every reason still has its finding.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from ..package import package
from .blind_spots import found_by_us
from .filled import Tree
from .findings import Finding, exceptions, judged
from .tools import HOME, TOOLS

EVERY = {**TOOLS, "porchlight": found_by_us}


def ask(template: Tree, tools: list[str]) -> set[Finding]:
    """What each of them says, and how long it took."""
    found: set[Finding] = set()
    for tool in tools:
        began = time.monotonic()
        said = set(EVERY[tool](template))
        found |= said
        print(f"{tool:12} {len(said):4} findings  {time.monotonic() - began:5.1f} s", flush=True)
    return found


def main(asked: list[str] | None = None) -> int:
    """0 when nothing is open and nothing is stale."""
    parser = argparse.ArgumentParser(prog="python -m infra.policy", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", choices=sorted(EVERY), help="this tool alone; may be said again")
    parser.add_argument("--template", type=Path, help="an expanded template; without it one is made, without wheels")
    chosen = parser.parse_args(asked)
    tools = chosen.only or list(EVERY)
    template = (
        json.loads(chosen.template.read_text()) if chosen.template else package(HOME / "package", dependencies=False)
    )
    found = ask(template, tools)
    kinds = {name: each["Type"] for name, each in template["Resources"].items()}
    known = exceptions()
    wrong = judged(found, known, kinds, tools, datetime.now(UTC).date())
    print("\n".join(wrong) or f"{len(found)} findings, each with its reason among {len(known)} (infra/exceptions.toml)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

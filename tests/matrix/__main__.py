"""Writes `docs/who-gets-what.md`; `--row KIND` prints what the code does for one kind today, to be read and pasted into the table."""

from __future__ import annotations

import sys
from pathlib import Path

from .decide import outcome
from .page import alone, page
from .table import CONSENT, HOURS, LEVELS, PHONES, STATES

PAGE = Path(__file__).parents[2] / "docs" / "who-gets-what.md"


def row(kind: str) -> str:
    groups = (CONSENT, HOURS, LEVELS, STATES, PHONES)
    return f"{kind:18} | " + " | ".join(" ".join(outcome(kind, *alone(name))[0].ljust(len(name)) for name in group) for group in groups)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--row"]:
        print("\n".join(row(kind) for kind in sys.argv[2:]))
    else:
        PAGE.write_text(page(), encoding="utf-8")

"""Measures how well free words are read as an opt-out: `python -m tests.eval.optout [--misses]`.

`tests/eval/optout_sets/out.jsonl` holds texts by which a reasonable person asks for no more texts (TCPA-3), `stay.jsonl` texts that
must not opt anybody out. Every row is read as a text of a known patient is: the screen first, then the words. Three outcomes: "out" (all texts stopped
at receipt), "held" (a person decides, automatic texts wait), "kept" (neither). The half chosen by a hash of the id is only measured:
`--misses` prints rows of the other half alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib import texts
from chalicelib.core import meaning
from chalicelib.core.keywords import OF_KINDS, Word
from chalicelib.core.messages import InboundSms
from chalicelib.core.people import Contact, PatientRef
from chalicelib.lexicon import load_screen

from .measure import share, unread

SETS = Path(__file__).parent / "optout_sets"
NOON = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
KNOWN = Contact("c1", 1, patients=(PatientRef("alice", "adult"),))
Row = Mapping[str, Any]


def rows() -> Iterator[Row]:
    for name in ("out", "stay"):
        for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def outcome(text: str, screen: Any) -> str:
    """out, held or kept."""
    sms = InboundSms("twilio", "SM1", "+13035550101", "+13035550199", text, NOON)
    word = texts.keywords().read(text)
    meant = meaning.read(sms, screen.look(text), word, KNOWN)
    if meant.consent == "revoked" and word is not Word.WRONG_NUMBER:
        return "out"
    if meant.tightens in OF_KINDS:  # the one kind that they named, and a confirmation that offers STOP for all
        return "out"
    return "held" if meant.note == "maybe_stop" else "kept"


def score(seen: Sequence[tuple[Row, str]]) -> dict[str, Any]:
    """Recall and precision of "out"; how many are at least held; what a wrong "out" or "held" costs who never asked."""
    asked = [found for row, found in seen if row["label"] == "out"]
    others = [found for row, found in seen if row["label"] == "stay"]
    out = [row["label"] == "out" for row, found in seen if found == "out"]
    return {
        "recall_out": share(asked.count("out"), len(asked)),
        "recall_out_or_held": share(len(asked) - asked.count("kept"), len(asked)),
        "precision_out": share(sum(out), len(out)),
        "wrongly_out": share(others.count("out"), len(others)),
        "wrongly_held": share(others.count("held"), len(others)),
    }


def report() -> dict[str, Any]:
    screen = load_screen()
    seen = [(row, outcome(row["text"], screen)) for row in rows()]
    halves = {"looked_at": [pair for pair in seen if not unread(pair[0]["id"])], "only_measured": [p for p in seen if unread(p[0]["id"])]}
    by_language = {lang: score([pair for pair in halves["only_measured"] if pair[0]["lang"] == lang]) for lang in ("en", "es")}
    return {"rows": len(seen), **{half: score(pairs) for half, pairs in halves.items()}, "only_measured_by_language": by_language}


def misses() -> Iterator[str]:
    """What is read otherwise than its label says, of the half that may be looked at."""
    screen = load_screen()
    for row in rows():
        found = outcome(row["text"], screen)
        if not unread(row["id"]) and (found == "out") != (row["label"] == "out"):
            yield f"{row['id']} {row['label']:4} read {found:4} {row['text']}"


def main(arguments: Sequence[str]) -> int:
    if "--misses" in arguments:
        print("\n".join(misses()))
    else:
        print(json.dumps(report(), indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

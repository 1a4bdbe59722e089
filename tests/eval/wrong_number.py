"""Measures how well free words are read as "this is not their phone": `python -m tests.eval.wrong_number [--misses]`.

`wrong_number_sets/wrong.jsonl` holds texts by which whoever answers says that the number is not, or no longer, the patient's (SAFE-7);
`theirs.jsonl` what patients write that must put no number in doubt. All were written by the project. Read as a text of a known patient is.
The half chosen by a hash of the id is only measured: `--misses` prints rows of the other half alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib import texts
from chalicelib.core import meaning
from chalicelib.core.messages import InboundSms
from chalicelib.lexicon import load_screen

from .measure import share, unread
from .optout import KNOWN, NOON

SETS = Path(__file__).parent / "wrong_number_sets"
Row = Mapping[str, Any]


def rows() -> Iterator[Row]:
    for name in ("wrong", "theirs"):
        for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def outcome(text: str, screen: Any) -> str:
    """doubt (the number is held in doubt), stopped (all texts stopped, so that nothing leaves either), or kept."""
    sms = InboundSms("twilio", "SM1", "+13035550101", "+13035550199", text, NOON)
    meant = meaning.read(sms, screen.look(text), texts.keywords().read(text), KNOWN)
    if meant.doubt:
        return "doubt"
    return "stopped" if meant.consent == "revoked" else "kept"


def score(seen: Sequence[tuple[Row, str]]) -> dict[str, Any]:
    """Recall and precision of "doubt"; how many at least get no further text."""
    wrong = [found for row, found in seen if row["label"] == "wrong"]
    theirs = [found for row, found in seen if row["label"] == "theirs"]
    doubted = [row["label"] == "wrong" for row, found in seen if found == "doubt"]
    return {
        "recall": share(wrong.count("doubt"), len(wrong)),
        "recall_doubt_or_stopped": share(len(wrong) - wrong.count("kept"), len(wrong)),
        "precision": share(sum(doubted), len(doubted)),
        "wrongly_in_doubt": share(theirs.count("doubt"), len(theirs)),
    }


def report() -> dict[str, Any]:
    screen = load_screen()
    seen = [(row, outcome(row["text"], screen)) for row in rows()]
    halves = {"looked_at": [p for p in seen if not unread(p[0]["id"])], "only_measured": [p for p in seen if unread(p[0]["id"])]}
    by_language = {lang: score([p for p in seen if p[0]["lang"] == lang]) for lang in ("en", "es")}
    return {"rows": len(seen), **{half: score(pairs) for half, pairs in halves.items()}, "by_language": by_language}


def misses() -> Iterator[str]:
    screen = load_screen()
    for row in rows():
        found = outcome(row["text"], screen)
        if not unread(row["id"]) and (found == "doubt") != (row["label"] == "wrong"):
            yield f"{row['id']} {row['label']:6} read {found:7} {row['text']}"


def main(arguments: Sequence[str]) -> int:
    print("\n".join(misses()) if "--misses" in arguments else json.dumps(report(), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

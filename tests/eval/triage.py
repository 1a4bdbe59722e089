"""Scores the crisis screen over a folder of labelled texts: `python -m tests.eval.triage DIR [--predictions OUT.jsonl]`.

Every `*.jsonl` of the folder is scored by itself, and the project's own sets (`tests/eval/sets`) apart: one object per line with
`id`, `text` (or `texts`, a thought split over several), `label` and, where known, `category` and `lang`. The first look alone is
reported, and both looks where the second is installed (`--first` leaves it out). Tier 0 or 1 counts as "would page". Rows labelled
`unsure` are never scored. Apart stand the half that nobody read and the rows that no model learnt from. Prints JSON without any text.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from chalicelib.core.triage import Screen
from chalicelib.lexicon import load_screen
from training.second_look.corpus import may_train

from .measure import by, flagged, share, unread, wilson
from .second import Reads, second_look

__all__ = ["main", "rows", "score", "wilson"]
SETS = Path(__file__).parent / "sets"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """One row and what each look made of it; `both` is None without a second look."""

    row: Row
    first: bool
    both: bool | None


def rows(path: Path) -> Iterator[Row]:
    """The rows of one file; a split thought also has its parts as one `text`."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                yield row | {"text": " ".join(row["texts"])} if "texts" in row else row


def looked_at(row: Row, screen: Screen, second: Reads | None) -> Seen:
    """The texts of a row as they would arrive, one after the other: the first look sees each alone, the second all so far."""
    texts: Sequence[str] = row["texts"] if "texts" in row else (row["text"],)
    first = any(screen.look(text).pages for text in texts)
    if second is None:
        return Seen(row, first, None)
    return Seen(row, first, first or any(second.read(texts[:count]).pages for count in range(1, len(texts) + 1)))


def score(pairs: Sequence[tuple[Row, bool]]) -> dict[str, Any]:
    """Recall over the crises (by category, language and wording), what is flagged of the rest, precision."""
    crises = [(row, flag) for row, flag in pairs if row["label"] == "crisis"]
    others = [(row, flag) for row, flag in pairs if row["label"] != "crisis"]
    result: dict[str, Any] = {}
    if crises:
        result |= {
            "recall": flagged(crises),
            "recall_but_suicide": flagged(
                [pair for pair in crises if pair[0].get("category") not in ("suicide", "", None)]
            ),
            "recall_by_category": by("category", crises),
            "recall_by_language": by("lang", crises),
        }
        if "explicit_phrase" in crises[0][0]:
            result["recall_by_explicit_phrase"] = by("explicit_phrase", crises)
    if others:
        result["false_pages_per_1000"] = share(sum(flag for _, flag in others), len(others), 1000)
        result["flagged_by_label"] = by("label", others)
    if crises and others:
        paged = [row for row, flag in pairs if flag]
        result["precision"] = share(sum(row["label"] == "crisis" for row in paged), len(paged))
    return result


def of_file(path: Path, screen: Screen, second: Reads | None, predictions: TextIO | None) -> dict[str, Any]:
    """The scores of one file, of the half of it that nobody read while writing the rules, and of the rows that no model learnt from."""
    seen = [looked_at(row, screen, second) for row in rows(path)]
    if predictions:
        for one in seen:
            flag = one.first if one.both is None else one.both
            predictions.write(json.dumps({"id": one.row["id"], "flag": flag, "first": one.first}) + "\n")
    kept = [one for one in seen if one.row["label"] != "unsure"]
    looks = {"first": [(one.row, one.first) for one in kept]}
    if second is not None:
        looks["both"] = [(one.row, bool(one.both)) for one in kept]
    halves = {look: [pair for pair in pairs if unread(pair[0]["id"])] for look, pairs in looks.items()}
    unseen = {look: [pair for pair in pairs if not may_train(pair[0])] for look, pairs in looks.items()}
    return (
        {"rows": len(kept)}
        | {look: score(pairs) for look, pairs in looks.items()}
        | {"unread_half": {look: score(pairs) for look, pairs in halves.items()}}
        | {"never_learnt_from": {look: score(pairs) for look, pairs in unseen.items()}}
    )


def main(arguments: list[str]) -> int:
    """Exit status 1 when the folder holds nothing to score."""
    parser = argparse.ArgumentParser(prog="tests.eval.triage", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--predictions", type=Path, help="where each row's id and verdict go, as JSON lines")
    parser.add_argument("--first", action="store_true", help="the first look alone")
    asked = parser.parse_args(arguments)
    screen = load_screen()
    second = None if asked.first else second_look(screen)
    with asked.predictions.open("w", encoding="utf-8") if asked.predictions else nullcontext() as predictions:
        scores = {
            path.stem: of_file(path, screen, second, predictions) for path in sorted(asked.folder.glob("*.jsonl"))
        }
    report: dict[str, Any] = {"pages_at": "tier 0 or 1", "second_look": second is not None, "files": scores}
    if asked.folder.resolve() != SETS.resolve():
        own = sorted(SETS.glob("*.jsonl"))
        report["project_sets"] = {path.stem: of_file(path, screen, second, None) for path in own}
    json.dump(report, sys.stdout, indent=1)
    print()
    return 0 if scores else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

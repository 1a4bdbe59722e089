"""Scores the first look over a folder of labelled texts: `python -m tests.eval.triage DIR [--predictions OUT.jsonl]`.

Every `*.jsonl` of the folder is scored by itself: one object per line with `id`, `text`, `label` and, where known,
`category`; a thought split over several texts has `texts`, read here as one. Tier 0 or 1 counts as "would page". Rows
labelled `unsure` are never scored. Prints JSON without any text.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from chalicelib.core.triage import Screen
from chalicelib.lexicon import load_screen

Z = 1.959964  # 95 %
Row = Mapping[str, Any]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a rate."""
    if of == 0:
        return 0.0, 1.0
    rate, spread = hits / of, Z * Z / of
    middle = (rate + spread / 2) / (1 + spread)
    half = Z * math.sqrt(rate * (1 - rate) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(hits: int, of: int, per: int = 1) -> dict[str, Any]:
    """A rate per `per` with its counts and interval."""
    low, high = wilson(hits, of)
    return {
        "hits": hits,
        "of": of,
        "rate": _short(hits / of * per if of else None),
        "ci95": [_short(low * per), _short(high * per)],
    }


def _short(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def rows(path: Path) -> Iterator[Row]:
    """The rows of one file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                yield row | {"text": " ".join(row["texts"])} if "texts" in row else row


def flags(screen: Screen, path: Path, predictions: TextIO | None) -> list[tuple[Row, bool]]:
    """Each scored row with whether it would page; every row, also the unsure ones, goes to `predictions`."""
    seen: list[tuple[Row, bool]] = []
    for row in rows(path):
        flag = screen.look(row["text"]).pages
        if predictions:
            predictions.write(json.dumps({"id": row["id"], "flag": flag}) + "\n")
        if row["label"] != "unsure":
            seen.append((row, flag))
    return seen


def score(seen: list[tuple[Row, bool]]) -> dict[str, Any]:
    """Recall over the crises (by category, language and wording), what is flagged of the rest, precision."""
    crises = [(row, flag) for row, flag in seen if row["label"] == "crisis"]
    others = [(row, flag) for row, flag in seen if row["label"] != "crisis"]
    result: dict[str, Any] = {"rows": len(seen)}
    if crises:
        result |= {
            "recall": _flagged(crises),
            "recall_by_category": _by("category", crises),
            "recall_by_language": _by("lang", crises),
        }
        if "explicit_phrase" in crises[0][0]:
            result["recall_by_explicit_phrase"] = _by("explicit_phrase", crises)
    if others:
        result["false_pages_per_1000"] = share(sum(flag for _, flag in others), len(others), 1000)
        result["flagged_by_label"] = _by("label", others)
    if crises and others:
        paged = [row for row, flag in seen if flag]
        result["precision"] = share(sum(row["label"] == "crisis" for row in paged), len(paged))
    return result


def _flagged(seen: list[tuple[Row, bool]]) -> dict[str, Any]:
    return share(sum(flag for _, flag in seen), len(seen))


def _by(field: str, seen: list[tuple[Row, bool]]) -> dict[str, Any]:
    values = sorted({str(row.get(field, "")) for row, _ in seen})
    return {
        value: _flagged([(row, flag) for row, flag in seen if str(row.get(field, "")) == value]) for value in values
    }


def main(arguments: list[str]) -> int:
    """Exit status 1 when the folder holds nothing to score."""
    parser = argparse.ArgumentParser(prog="tests.eval.triage", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--predictions", type=Path)
    asked = parser.parse_args(arguments)
    screen, files = load_screen(), sorted(asked.folder.glob("*.jsonl"))
    predictions = asked.predictions.open("w", encoding="utf-8") if asked.predictions else None
    try:
        scores = {path.stem: score(flags(screen, path, predictions)) for path in files}
    finally:
        if predictions:
            predictions.close()
    json.dump({"pages_at": "tier 0 or 1", "files": scores}, sys.stdout, indent=1)
    print()
    return 0 if scores else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

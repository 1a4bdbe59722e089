"""The scorer's arithmetic, on a small folder of the project's own sentences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.eval import triage
from tests.eval.measure import unread, wilson
from tests.eval.triage import SETS, looked_at, main
from tests.first_look import the_screen

ROWS = (
    {"id": "a", "text": "I want to die", "label": "crisis", "category": "suicide", "lang": "en"},
    {"id": "b", "text": "nothing a rule would know", "label": "crisis", "category": "danger", "lang": "en"},
    {"id": "c", "text": "see you Monday", "label": "none", "category": "", "lang": "en"},
    {"id": "d", "text": "I want to die", "label": "unsure", "category": "", "lang": "en"},
    {"id": "e", "text": "I want to die of it all", "label": "none", "category": "", "lang": "en"},
)

pytestmark = pytest.mark.slow  # whole runs


@dataclass
class Reading:
    pages: bool


class WordReader:
    """A second look that knows one word, in what it is given so far."""

    def read(self, texts: Sequence[str]) -> Reading:
        return Reading("nothing" in " ".join(texts))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hand.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    (tmp_path / "sms.jsonl").write_text(json.dumps(ROWS[2]) + "\n", "utf-8")
    (tmp_path / "sealed.bin").write_bytes(b"\x00\xff")
    return tmp_path


def test_scores_per_file_and_leaves_unsure_rows_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder), "--first"]) == 0
    report = json.loads(capsys.readouterr().out)
    files = report["files"]
    assert set(files) == {"hand", "sms"}
    assert files["hand"]["rows"] == 4
    first = files["hand"]["first"]
    assert first["recall"]["hits"] == 1 and first["recall"]["of"] == 2
    assert first["recall_but_suicide"]["of"] == 1
    assert first["recall_by_category"]["suicide"]["rate"] == 1.0
    assert files["sms"]["first"]["false_pages_per_1000"]["rate"] == 0.0
    assert "both" not in files["hand"] and report["second_look"] is False
    assert set(report["project_sets"]) == {path.stem for path in SETS.glob("*.jsonl")}


def test_both_looks_page_when_either_does(folder: Path) -> None:
    scores = triage.of_file(folder / "hand.jsonl", the_screen(), WordReader(), None)
    assert scores["first"]["recall"]["hits"] == 1
    assert scores["both"]["recall"]["hits"] == 2


def test_a_split_thought_is_read_as_it_arrives() -> None:
    row = {"id": "s", "texts": ["I want", "to die", "nothing else"], "label": "crisis"}
    seen = looked_at(row, the_screen(), WordReader())
    assert (seen.first, seen.both) == (False, True)
    assert looked_at(row, the_screen(), None).both is None


def test_predictions_flag_every_row_of_the_folder(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "flags.out"
    main([str(folder), "--first", "--predictions", str(out)])
    written = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["id"] for row in written] == ["a", "b", "c", "d", "e", "c"]
    assert written[0]["flag"] is True and written[2]["flag"] is False


def test_the_unread_half_is_scored_apart(folder: Path) -> None:
    scores = triage.of_file(folder / "hand.jsonl", the_screen(), None, None)
    crises = [row["id"] for row in ROWS if row["label"] == "crisis" and unread(str(row["id"]))]
    assert scores["unread_half"]["first"].get("recall", {"of": 0})["of"] == len(crises)


def test_rows_that_no_model_learnt_from_are_scored_apart(folder: Path) -> None:
    learnt = {"license": "MIT"}
    (folder / "hand.jsonl").write_text("".join(json.dumps(row | learnt) + "\n" for row in ROWS[:1]) + json.dumps(ROWS[1]), "utf-8")
    scores = triage.of_file(folder / "hand.jsonl", the_screen(), None, None)
    assert scores["first"]["recall"]["of"] == 2
    assert scores["never_learnt_from"]["first"]["recall"]["of"] == 1


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert main([str(tmp_path), "--first"]) == 1


def test_wilson_interval_of_8_in_10() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)

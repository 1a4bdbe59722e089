"""The scorer's arithmetic, on a small folder of the project's own sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.eval.triage import main, rows, wilson

ROWS = (
    {"id": "a", "text": "I want to die", "label": "crisis", "category": "suicide", "lang": "en"},
    {"id": "b", "text": "nothing a rule would know", "label": "crisis", "category": "suicide", "lang": "en"},
    {"id": "c", "text": "see you Monday", "label": "none", "category": "", "lang": "en"},
    {"id": "d", "text": "I want to die", "label": "unsure", "category": "", "lang": "en"},
    {"id": "e", "text": "I want to die of it all", "label": "none", "category": "", "lang": "en"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hand.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    (tmp_path / "sms.jsonl").write_text(json.dumps(ROWS[2]) + "\n", "utf-8")
    (tmp_path / "sealed.bin").write_bytes(b"\x00\xff")
    return tmp_path


def test_scores_per_file_and_leaves_unsure_rows_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert set(files) == {"hand", "sms"}
    assert files["hand"]["rows"] == 4
    assert files["hand"]["recall"]["hits"] == 1 and files["hand"]["recall"]["of"] == 2
    assert files["hand"]["recall_by_category"]["suicide"]["rate"] == 0.5
    assert files["sms"]["false_pages_per_1000"]["rate"] == 0.0


def test_predictions_flag_every_row(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "flags.out"
    main([str(folder), "--predictions", str(out)])
    written = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["id"] for row in written] == ["a", "b", "c", "d", "e", "c"]
    assert written[0]["flag"] is True and written[2]["flag"] is False


def test_a_thought_split_over_texts_is_read_as_one(tmp_path: Path) -> None:
    split = {"id": "a", "texts": ["I want", "to die"], "label": "crisis", "category": "suicide", "lang": "en"}
    (tmp_path / "split.jsonl").write_text(json.dumps(split), "utf-8")
    assert [row["text"] for row in rows(tmp_path / "split.jsonl")] == ["I want to die"]


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 1


def test_wilson_interval_of_8_in_10() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)

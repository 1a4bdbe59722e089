"""The command that applies a proposal: what it writes, what it says, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.core.lexicon_change import LexiconChange
from chalicelib.core.proposal_file import as_toml
from chalicelib.core.proposals import Agreed, Proposal
from chalicelib.lexicon import load_lexicon, read_texts
from chalicelib.lexicon.edit import edited

from . import proposal
from .proposal import report
from .triage import SETS

WANTS = "en.suicide.want-to-die"
LOWER = LexiconChange("lower", WANTS, "a test of the command")
FEW = 12  # rows of each set
LEAD = Agreed("grace", "clinical_lead", "2026-11-27T20:00:00+00:00")


def a_file(folder: Path, change: LexiconChange = LOWER) -> Path:
    path = folder / "proposal.toml"
    path.write_text(as_toml(Proposal("01JX", change, "accepted", "sue", None, agreed=(LEAD,))), encoding="utf-8")
    return path


def test_it_writes_the_change_and_its_sentences(tmp_path: Path) -> None:
    after = edited(read_texts(), LOWER, "s", "2026-11-27")
    paths = proposal.write(tmp_path, after, "01JX", a_file(tmp_path).read_text())
    assert [str(path.relative_to(tmp_path)) for path in paths] == [
        "chalicelib/lexicon/en/suicide.toml", "tests/lexicon/proposed/01jx.toml",
    ]  # fmt: skip
    texts = {**read_texts(), "en/suicide.toml": paths[0].read_text("utf-8")}
    assert next(e.rule.tier for e in load_lexicon(texts).entries if e.rule.id == WANTS) == 2  # type: ignore[union-attr]
    assert proposal.read(paths[1]) == ("01JX", "2026-11-27", LOWER)


def test_it_says_what_moves_by_set_and_by_row() -> None:
    before = {"c1": ("s", True, True, True), "c2": ("s", True, True, True), "o1": ("s", False, True, True)}
    after = {"c1": ("s", True, False, True), "c2": ("s", True, False, False), "o1": ("s", False, False, False)}
    said = report(before, after).splitlines()
    assert said[0] == "s: crises found, first look: 2 of 2 (0.342-1.000) -> 0 of 2 (0.000-0.658)"
    assert said[1].startswith("s: crises found, both looks: 2 of 2") and "-> 1 of 2" in said[1]
    assert said[-4:] == ["lost: 1 c2", "newly found: 0", "spared: 1 o1", "new false: 0"]


@pytest.mark.parametrize("text", ["", "nothing"])
def test_what_is_no_proposal_changes_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    assert proposal.main([str(path)], tmp_path) == 1 and proposal.main([str(tmp_path / "none.toml")], tmp_path) == 1
    path = a_file(tmp_path, LexiconChange("lower", "en.suicide.gone", "no such rule any more"))
    assert proposal.main([str(path)], tmp_path) == 1 and not (tmp_path / "chalicelib").exists()


@pytest.mark.slow
def test_the_whole_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in SETS.glob("*.jsonl"):
        few = path.read_text(encoding="utf-8").splitlines(keepends=True)[:FEW]
        (tmp_path / path.name).write_text("".join(few), encoding="utf-8")
    assert proposal.main([str(a_file(tmp_path)), "--sets", str(tmp_path)], tmp_path) == 0
    said = capsys.readouterr().out
    assert f"of {FEW} (" in said and "sms_crises: crises found, both looks:" in said and "wrote tests/lexicon/proposed/01jx.toml" in said

"""docs/deploy.md, walked as it is written: from a fresh clone to the first text, an upgrade, a rollback, an end that refuses, and a trial's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from infra.account.emulator import exports, running
from infra.package import ROOT

from .guide import Shell, Step, fits, steps

GUIDE = ROOT / "docs" / "deploy.md"
TOKEN = "a-token-of-the-walk"


def test_a_guide_is_read_as_it_is_typed() -> None:
    said = "```\nnot this\n```\n```console\n$ one \\\n> two\nan answer\n…\n$ three\n```\n"
    assert [(step.command, step.answer) for step in steps(said)] == [("one \\\ntwo", ("an answer", "…")), ("three", ())]


@pytest.mark.parametrize(("answer", "expected", "fit"), [
    ("Add 255\n", ("Add 267",), True), ("Add 255\nmore\n", ("Add 267",), False), ("Add 255\nmore\nend\n", ("…", "end"), True),
    ("release 1a2b3c4d5e6f-0a1b2c3d\n", ("release ffffffffffff-00000000",), True), ("refused: no\n", ("refused: …",), True), ("", ("x",), False), ("", (), True),
])  # fmt: skip
def test_what_differs_each_time_is_the_same_and_nothing_else_is(answer: str, expected: tuple[str, ...], fit: bool) -> None:
    assert fits(answer, expected) is fit


@pytest.mark.deployed
def test_every_command_of_the_guide_answers_what_the_guide_says(tmp_path: Path) -> None:
    """In a clone of what is committed, against an emulator of its own. Between two releases a comment changes."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(tmp_path / "porchlight")], check=True)
    with running(tmp_path / "ministack.log") as endpoint:
        shell = Shell(tmp_path, somebodys())
        try:
            shell.says(exports(endpoint))
            wrong = [told for step in steps(GUIDE.read_text(encoding="utf-8")) if (told := differs(shell, step))]
        finally:
            shell.close()
    assert not wrong, "\n".join(wrong)


def somebodys() -> dict[str, str]:
    """The environment of who walks it: nothing of the make that runs the tests."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTEST", "AWS_"))}
    return ours | {f"GIT_{who}_{what}": "somebody@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def differs(shell: Shell, step: Step) -> str:
    """What was said where it is not what the guide says, else ""."""
    said = shell.says(step.command, f"{TOKEN}-{step.line}")  # each time that it asks, another one
    return "" if fits(said, step.answer) else f"docs/deploy.md:{step.line}: {step.command}\n{said}"

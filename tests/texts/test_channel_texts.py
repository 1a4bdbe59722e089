"""What goes by e-mail: one line, and nobody is at its other end."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import chalicelib.texts

ROWS = tomllib.loads((Path(chalicelib.texts.__file__).parent / "channels.toml").read_text(encoding="utf-8"))["template"]
MAILS = [row for row in ROWS if row["id"].startswith("email") and row["id"] != "email_subject"]
SAYS = {"en": ("nobody reads answers", "911", "988"), "es": ("nadie lee respuestas", "911", "988")}


@pytest.mark.parametrize("row", MAILS, ids=lambda row: f"{row['id']}-{row['language']}")
def test_every_e_mail_says_that_nobody_reads_an_answer_and_where_help_is(row: dict[str, str]) -> None:
    assert all(words in row["body"] for words in SAYS[row["language"]])


def test_there_are_some_in_each_language() -> None:
    assert {row["language"] for row in MAILS} == set(SAYS)

"""The clinic's file in the zip is a module: it says what the file says, and a file that nobody could run is not packaged."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.package import packaged_clinic

FILE = (Path(__file__).parents[2] / "infra" / "local" / "clinic.toml").read_text(encoding="utf-8")


def _read(module: str) -> Any:
    made: dict[str, Any] = {}
    exec(module, made)  # as Lambda imports it
    return made["DATA"]


def test_it_says_what_the_file_says_dates_too() -> None:
    data = _read(packaged_clinic(FILE))
    assert data == tomllib.loads(FILE)
    assert isinstance(data["vendor"][0]["baa"], date)


def test_words_that_look_like_code_stay_words() -> None:
    name = '\\"\'\'\' + exit() # {DATA!r} ñ \\\\'
    text = FILE.replace(f'name = "{tomllib.loads(FILE)["program"][0]["name"]}"', f'name = "{name}"', 1)
    data = _read(packaged_clinic(text))
    assert data == tomllib.loads(text) != tomllib.loads(FILE)


@pytest.mark.parametrize(("old", "new"), [("[[program]]", "[[program"), ('zone = "America/', 'zone = "Nowhere/')])
def test_a_file_that_is_wrong_is_not_packaged(old: str, new: str) -> None:
    assert old in FILE
    with pytest.raises(ValueError):
        packaged_clinic(FILE.replace(old, new))

"""What a voice says on the telephone, from `voice.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def sentences() -> dict[str, str]:
    with resources.files(__package__).joinpath("voice.toml").open("rb") as file:
        return dict(tomllib.load(file)["says"])


def say(sentence_id: str, **fields: str) -> str:
    """One sentence, filled. Raises KeyError for an unknown id or field."""
    return sentences()[sentence_id].format(**fields)

"""Tags as people type them, and what a search means."""

from __future__ import annotations

import pytest

from chalicelib.core.matching import How, how_found
from chalicelib.core.tags import LONGEST, MOST, read_tags, wrong_tags

ID = "01M8A9V3Y1DCTDYBM25F76Y3SF"


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        (" , ;", ()),
        ("interpreter", ("interpreter",)),
        ("#interpreter, school  letter", ("interpreter", "school letter")),
        ("Court; court, COURT", ("COURT",)),
        ("niño, nino", ("nino",)),
    ],
)
def test_tags_are_read_as_people_type_them(text: str, tags: tuple[str, ...]) -> None:
    assert read_tags(text) == tags


def test_tags_are_few_and_short() -> None:
    assert wrong_tags(("a" * LONGEST,)) == ""
    assert "letters" in wrong_tags(("a" * (LONGEST + 1),))
    assert "at most" in wrong_tags(tuple(f"tag {n}" for n in range(MOST + 1)))


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        ("jose", How.NAME),
        ("núñ jos", How.NAME),
        ("jn", How.INITIALS),
        ("J. N.", How.INITIALS),
        ("JN", How.INITIALS),
        ("unez", How.INSIDE),
        ("interp", How.TAG),
        ("#interp", How.TAG),
        ("#jose", None),
        ("school letter", How.TAG),
        (ID[-6:].lower(), How.ID),
        (ID[-5:], None),
        ("nobody", None),
        ("#", None),
        ("  ", None),
    ],
)
def test_what_a_search_means(asked: str, how: How | None) -> None:
    assert how_found(asked, "José Núñez", ("Interpreter", "school letter"), ID) is how

"""What a choice means: which subscriptions are reached."""

from __future__ import annotations

import pytest

from chalicelib.core.telling import Way, addresses, read_ways, written

SMS, EMAIL = Way.SMS, Way.EMAIL


@pytest.mark.parametrize(
    ("kept", "ways"), [("", (SMS,)), ("none", ()), ("email", (EMAIL,)), ("email sms", (SMS, EMAIL)), ("pigeon", ())]
)
def test_what_was_kept(kept: str, ways: tuple[Way, ...]) -> None:
    assert read_ways(kept) == ways


@pytest.mark.parametrize("ways", [(), (SMS,), (EMAIL,), (SMS, EMAIL)])
def test_a_choice_is_read_as_it_was_written(ways: tuple[Way, ...]) -> None:
    assert read_ways(written(ways)) == ways


@pytest.mark.parametrize(
    ("who", "ways", "last", "to"),
    [
        ("carol", (SMS,), False, ("carol",)),
        ("carol", (SMS, EMAIL), False, ("carol", "carol:email")),
        ("carol", (EMAIL,), True, ("carol:email",)),
        ("carol", (), False, ()),
        ("carol", (), True, ("carol",)),  # nobody is told after the last
        ("everyone", (), True, ("everyone",)),
        ("everyone", (EMAIL,), False, ("everyone",)),
    ],
)
def test_whom_a_choice_reaches(who: str, ways: tuple[Way, ...], last: bool, to: tuple[str, ...]) -> None:
    assert addresses(who, ways, last) == to

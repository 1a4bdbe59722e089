"""Ports that are made at their first use, and once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.errors import SecretUnavailable
from chalicelib.late import Late, made


class Thing:
    word = "here"


def test_nothing_is_made_before_it_is_asked_for() -> None:
    made_of: list[Thing] = []

    def make() -> Thing:
        made_of.append(Thing())
        return made_of[-1]

    port = Late(make)
    assert made_of == []
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: port.word, range(50))) == {"here"}
    assert len(made_of) == 1
    assert made(port) is made_of[0]


def test_what_could_not_be_made_is_tried_again() -> None:
    tries: list[int] = []

    def make() -> Thing:
        tries.append(1)
        if len(tries) == 1:
            raise SecretUnavailable("not yet")
        return Thing()

    port = Late(make)
    with pytest.raises(SecretUnavailable):
        _ = port.word
    assert port.word == "here"


def test_a_port_that_is_no_late_one_is_itself() -> None:
    thing = Thing()
    assert made(thing) is thing

"""The days ahead: each program has what its own rows of the rota say, and those without any have the clinic's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.coverage import days_ahead, stretches
from chalicelib.core.rota import Closed, Override, Rota

from .test_rota import ALWAYS, DENVER, MONDAY, a_layer, at

START, END = at(MONDAY), at(MONDAY + timedelta(days=2))
CLINICS = a_layer("erin", "carol")


@pytest.mark.parametrize("rota", [
    Rota((CLINICS, a_layer("dan", programs=("harbor",)))),
    Rota((CLINICS,), (Override("o", 0, ("harbor",), START + timedelta(hours=3), END, "dan", accepted=True),)),
    Rota((CLINICS,), closed=(Closed("c", ("harbor",), DENVER, ALWAYS),)),
], ids=["a layer", "an override", "a closed time"])  # fmt: skip
def test_a_program_with_a_row_of_its_own_has_its_own_days_ahead(rota: Rota) -> None:
    ahead = days_ahead(rota, ("adult", "harbor", "teens"), START, END)
    assert ahead == {program: tuple(stretches(rota, program, START, END)) for program in ("adult", "harbor", "teens")}
    assert ahead["harbor"] != ahead["adult"] == ahead["teens"]


def test_no_program_is_left_out() -> None:
    assert list(days_ahead(Rota((CLINICS,)), ("adult", "harbor"), START, END)) == ["adult", "harbor"]
    assert days_ahead(Rota(), (), START, END) == {}

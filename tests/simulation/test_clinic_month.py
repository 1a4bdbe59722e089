"""The month of a synthetic clinic, in short; and it would name what must not be."""

from __future__ import annotations

from random import Random

import pytest

from tests.simulation import clinic_month
from tests.simulation.clinic_month import ClinicMonth, a_month
from tests.simulation.month import Odds


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_n3_and_n4_hold_for_every_text_of_a_month(seed):
    found = a_month(60, seed)
    assert found["wrong"] == {} and found["still_queued"] == 0
    assert found["texts_that_left"]["reminder"] > 100 and found["touches"]["sent"] > 100 and found["they_wrote"]["1"] > 40


@pytest.mark.slow
def test_a_text_outside_hours_and_one_that_leaves_twice_would_be_named():
    class Narrow(ClinicMonth):
        @staticmethod
        def safe(local, own):
            return local.hour != 9 and ClinicMonth.safe(local, own)

        def sends(self, sms):
            super().sends(sms)
            return super().sends(sms)

    month = Narrow(Random(1), Odds())
    month.live(15)
    assert any("N4" in wrong for wrong in month.wrong) and any("N3" in wrong for wrong in month.wrong)


def test_the_change_of_clocks_is_inside_the_month():
    assert clinic_month.BEGINS.month == 2 and clinic_month.DAYS == 30 and "America/Denver" in clinic_month.ZONES

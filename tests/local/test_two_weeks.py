"""The clock of the phones' page shows a whole two-week sequence: press "+1 day", and each text before Cherry's intake comes."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from chalicelib.core.records import Appointment
from chalicelib.flows.tick import tick
from infra.local import synthetic
from infra.local.clock import Clock
from infra.local.controls import LaptopControls
from infra.local.events import Schedule
from infra.local.visits import book_visits
from tests.cast import a_patient
from tests.fakes.world import a_world
from tests.simulation.clinic_month import ClinicMonth
from tests.simulation.month import Odds

MONDAY = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # ten in the morning in Denver


class Aws:
    """Nothing of it is down."""

    store_is_down = False


def a_laptop(changed=lambda: None):
    """The synthetic clinic's own visits on rows in memory, and the phones' page's own controls over its clock."""
    clock, month = Clock(lambda: MONDAY), ClinicMonth(Random(1), Odds(tick_lost=0, tick_twice=0))
    world = a_world(store=month.store, clock=clock.now, clinic=synthetic.clinic())
    for at, resident in enumerate(synthetic.residents()):
        a_patient(world, f"r{at}", f"+1303555{3000 + at}", resident.program, zone=world.clinic.zone.key)
    names = {resident.name: f"r{at}" for at, resident in enumerate(synthetic.residents())}
    book_visits(world, names.items())

    def ticks(_):
        from chalicelib.flows.deliver import deliver

        tick(world)
        for key in sorted(month.store.queued):
            deliver(world, *key)

    schedule = Schedule(clock, ticks, lambda _: None, lambda _: None, lambda _: None)
    return world, names, LaptopControls(clock, Aws(), lambda: schedule, lambda: world, changed)


def test_a_press_on_a_day_brings_each_text_of_the_sequence_to_the_phone():
    world, names, controls = a_laptop()
    cherry = names["Synthetic Cherry"]
    [visit] = [visit for visit in world.store.rows(Appointment) if visit.patient_id == cherry]
    planned = {touch.name for touch in visit.touches if touch.state == "planned"}
    number = next(f"+1303555{3000 + at}" for at, each in enumerate(synthetic.residents()) if each.name == "Synthetic Cherry")
    days = []
    for day in range(17):
        before = len(got(world, number))
        assert controls.jump("day").startswith("Moved 1 day")
        days += [day] * (len(got(world, number)) - before)
    assert {"14d", "7d", "3d", "1d"} <= planned and len(days) == len(planned) and len(set(days)) >= 4
    again = world.store.get(Appointment, cherry, visit.appointment_id)
    assert {touch.name for touch in again.touches if touch.state == "sent"} == planned
    assert (again.start_at.astimezone(ZoneInfo("America/Denver")) - MONDAY).days >= 14


def test_a_press_while_the_clock_moves_moves_it_no_further():
    said, seen = [], []
    _, _, controls = a_laptop(lambda: (seen.append(controls.moving), said.append(controls.jump("day"))))
    assert controls.jump("hour") == "Moved 1 h: 60 ticks."
    assert (seen, said) == ([True], ["The clock is moving already."])
    assert not controls.moving


def test_next_due_goes_from_text_to_text():
    world, _, controls = a_laptop()
    for _ in range(6):
        if got(world, None):
            return
        assert controls.jump("due").startswith("Moved")
    raise AssertionError("six presses and no text")


def got(world, number):
    return [sms for sms in world.carriers["twilio"].sent if number in (None, sms.recipient)]

"""The clinic is never waited for: the file, then the last answer, whatever the store does."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.settings import Setting
from chalicelib.errors import StoreUnavailable
from chalicelib.storage.live_clinic import MAX_AGE, OLD, PATIENCE, WAITS, LiveClinic

from ..fakes.world import CLINIC

FILE = read_clinic(CLINIC)


@dataclass
class Shelf:
    """A store whose answers and whose clock we hold; work put aside waits in `later`, until somebody waits for it if it is `quick`."""

    name: str = "Adults"
    away: bool = False
    asked: int = 0
    seconds: float = 0.0
    quick: bool = False
    later: list[Callable[[], None]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def read(self) -> list[Setting]:
        self.asked += 1
        if self.away:
            raise StoreUnavailable("away")
        return [Setting("program", "adult", 1, {"name": self.name})]

    def work(self) -> None:
        while self.later:
            self.later.pop(0)()

    def aside(self, work: Callable[[], None]) -> Callable[[float], None]:
        self.later.append(work)
        return self.wait

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        if self.quick:
            self.work()

    def open(self) -> LiveClinic:
        return LiveClinic(FILE, self.read, clock=lambda: self.seconds, aside=self.aside)


def name(live: LiveClinic) -> str:
    return live.now().programs["adult"].name


def test_n2_the_first_look_is_the_file_when_the_store_says_nothing() -> None:
    shelf = Shelf()
    live = shelf.open()
    assert live.now() is FILE
    assert (shelf.asked, len(shelf.later), shelf.waited) == (0, 1, [WAITS])
    shelf.work()
    assert name(live) == "Adults"


def test_a_change_is_seen_after_its_age_and_the_old_serves_meanwhile() -> None:
    shelf = Shelf()
    live = shelf.open()
    live.now(), shelf.work()
    shelf.name = "Grown-ups"
    shelf.seconds = MAX_AGE - 1
    assert (name(live), shelf.later) == ("Adults", [])
    shelf.seconds = MAX_AGE
    assert (name(live), shelf.waited) == ("Adults", [WAITS])  # the first look alone
    shelf.work()
    assert name(live) == "Grown-ups"


def test_a_start_asks_and_waits_for_nobody() -> None:
    shelf = Shelf(quick=True)
    live = shelf.open()
    assert live.now(waits=False) is FILE
    assert (len(shelf.later), shelf.waited) == (1, [])
    assert name(live) == "Adults"  # the first event does


def test_who_slept_while_something_was_changed_does_not_page_by_what_was_before() -> None:
    """Between two events a function stands still for minutes or hours, and nobody asks for anything meanwhile."""
    shelf = Shelf(quick=True)
    live = shelf.open()
    live.now()
    shelf.name, shelf.seconds = "Grown-ups", OLD
    assert name(live) == "Grown-ups"
    assert shelf.waited == [WAITS, WAITS]


def test_n2_a_store_that_hangs_is_waited_for_a_moment_and_the_old_answer_serves() -> None:
    shelf = Shelf()
    live = shelf.open()
    live.now(), shelf.work()
    shelf.seconds = 3600.0
    assert (name(live), shelf.waited) == ("Adults", [WAITS, WAITS])
    assert WAITS <= 0.5


def test_what_was_asked_before_a_sleep_is_no_answer_of_now() -> None:
    """Lambda may freeze a function between the store's answer and its keeping: hours later it says what was true then."""
    shelf = Shelf()

    def asleep() -> list[Setting]:
        shelf.seconds += 3600.0
        return shelf.read()

    live = LiveClinic(FILE, asleep, clock=lambda: shelf.seconds, aside=shelf.aside)
    live.now(), shelf.work()
    live.now()
    assert len(shelf.later) == 1


def test_ages_are_told_by_a_clock_that_goes_on_while_a_function_is_frozen() -> None:
    """https://github.com/hashicorp/vault-lambda-extension/pull/150: Lambda suspends the monotonic one with the function."""
    assert inspect.signature(LiveClinic).parameters["clock"].default is time.time


def test_a_clock_that_was_set_back_keeps_nobody_from_asking() -> None:
    shelf = Shelf(seconds=9000.0)
    live = shelf.open()
    live.now(), shelf.work()
    shelf.name, shelf.seconds = "Grown-ups", 1000.0
    live.now(), shelf.work()
    assert name(live) == "Grown-ups"


def test_n2_a_store_that_never_answers_leaves_the_file() -> None:
    shelf = Shelf(away=True)
    live = shelf.open()
    for _ in range(3):
        assert live.now() is FILE
        shelf.work()
        shelf.seconds += PATIENCE
    assert shelf.asked == 3


def test_a_store_that_went_away_leaves_what_it_said_last() -> None:
    shelf = Shelf()
    live = shelf.open()
    live.now(), shelf.work()
    shelf.away, shelf.seconds = True, MAX_AGE
    live.now(), shelf.work()
    assert name(live) == "Adults"
    shelf.away, shelf.name, shelf.seconds = False, "Back", MAX_AGE + PATIENCE
    live.now(), shelf.work()
    assert name(live) == "Back"


def test_one_asks_at_a_time_however_many_look() -> None:
    shelf = Shelf()
    live = shelf.open()
    for _ in range(5):
        live.now()
        shelf.seconds += MAX_AGE
    assert len(shelf.later) == 1


def test_who_changes_something_is_not_kept_waiting_for_the_age() -> None:
    shelf = Shelf()
    live = shelf.open()
    live.now(), shelf.work()
    shelf.name = "Grown-ups"
    live.stale()
    live.now(), shelf.work()
    assert name(live) == "Grown-ups"


def test_the_same_clinic_is_the_same_object() -> None:
    shelf = Shelf()
    live = shelf.open()
    live.now(), shelf.work()
    first = live.now()
    live.stale()
    live.now(), shelf.work()
    assert live.now() is first


def test_an_error_that_nobody_foresaw_does_not_hold_the_lock() -> None:
    shelf = Shelf()
    live = LiveClinic(FILE, lambda: 1 / 0, clock=lambda: 0.0, aside=shelf.aside)  # type: ignore[arg-type, return-value]
    live.now()
    with pytest.raises(ZeroDivisionError):
        shelf.later.pop()()
    live.stale()
    live.now()
    assert len(shelf.later) == 1

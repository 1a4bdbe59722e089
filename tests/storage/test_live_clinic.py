"""The clinic is never waited for: the file, then the last answer, whatever the store does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.settings import Setting
from chalicelib.errors import StoreUnavailable
from chalicelib.storage.live_clinic import MAX_AGE, PATIENCE, LiveClinic

from ..fakes.world import CLINIC

FILE = read_clinic(CLINIC)


@dataclass
class Shelf:
    """A store whose answers and whose clock we hold; work put aside waits in `later`."""

    name: str = "Adults"
    away: bool = False
    asked: int = 0
    seconds: float = 0.0
    later: list[Callable[[], None]] = field(default_factory=list)

    def read(self) -> list[Setting]:
        self.asked += 1
        if self.away:
            raise StoreUnavailable("away")
        return [Setting("program", "adult", 1, {"name": self.name})]

    def work(self) -> None:
        while self.later:
            self.later.pop(0)()

    def open(self) -> LiveClinic:
        return LiveClinic(FILE, self.read, clock=lambda: self.seconds, aside=self.later.append)


def name(live: LiveClinic) -> str:
    return live.now().programs["adult"].name


def test_n2_the_first_look_is_the_file_and_waits_for_nobody() -> None:
    shelf = Shelf()
    live = shelf.open()
    assert live.now() is FILE
    assert (shelf.asked, len(shelf.later)) == (0, 1)
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
    assert name(live) == "Adults"
    shelf.work()
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
    answers: list[Callable[[], None]] = []
    live = LiveClinic(FILE, lambda: 1 / 0, clock=lambda: 0.0, aside=answers.append)  # type: ignore[arg-type, return-value]
    live.now()
    with pytest.raises(ZeroDivisionError):
        answers.pop()()
    live.stale()
    live.now()
    assert len(answers) == 1

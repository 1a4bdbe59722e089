"""Exercises: a dead man's text never wakes anybody, whatever fails; a drill always says what it is, and always ends."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.exercise import DEAD_MAN, DRILL, MACHINE
from chalicelib.core.records import Incident
from chalicelib.core.staff import Staff
from chalicelib.flows import drills, handle_incident, self_test, tick
from tests.cast import CAROL

from .told import Story
from .town import Town

GRACE = Staff("grace", "supervisor", ("adult",))


def _tested(town: Town) -> None:
    town.again(lambda: self_test.run(town.world), tries=1)
    town.stream()


def _quarter(town: Town) -> None:
    for _ in range(3):
        town.clock.advance(minutes=5)
        town.again(lambda: tick.tick(town.world), tries=1)
        town.stream()


def _tested_again(town: Town) -> None:
    _quarter(town)
    _tested(town)


def _woke_nobody(town: Town) -> list[str]:
    woken = [f"{to}: {text}" for _, to, text in town.pages if to != MACHINE]
    texted = [sms.body for sms in town.sent]
    return [f"woken: {each}" for each in woken] + [f"texted: {each}" for each in texted]


def _piles_nothing_up(town: Town) -> list[str]:
    """A further run, without faults, leaves one of each; and it passes, or says what of the run before it failed."""
    wrong = _woke_nobody(town)
    town.clock.advance(minutes=15)
    self_test.run(town.world)
    town.stream()
    open_ones = [each for each in town.store.rows(Incident) if each.exercise == DEAD_MAN]
    return wrong + ([] if len(open_ones) == 2 else [f"{len(open_ones)} dead man's incidents lie about"])


def _drill(town: Town) -> None:
    town.do(lambda: drills.start(town.world, GRACE, "adult", 1))
    town.stream()
    town.clock.advance(minutes=1)
    town.again(lambda: tick.tick(town.world), tries=1)
    town.stream()


def _taken(town: Town) -> None:
    [drill] = [each for each in town.store.rows(Incident) if each.exercise == DRILL]

    def press() -> None:
        if town.store.get(Incident, drill.incident_id).state != "resolved":
            handle_incident.acknowledge(town.world, CAROL, drill.incident_id)

    town.do(press)
    town.stream()


def _said_so(town: Town) -> list[str]:
    """Somebody real was called, every call said first that it is a drill, and it is over within the half hour and a little."""
    found = [each for each in town.store.rows(Incident) if each.exercise == DRILL]
    called = [text for _, _, text in town.pages]
    wrong = [] if called else ["nobody was called"]
    wrong += [f"not said to be a drill: {text}" for text in called if not text.startswith("DRILL")]
    wrong += [f"a drill is {each.state}" for each in found if each.state != "resolved"]
    wrong += [f"texted: {sms.body}" for sms in town.sent if not sms.body.startswith("DRILL")]
    return wrong


def _over(town: Town) -> list[str]:
    [drill] = [each for each in town.store.rows(Incident) if each.exercise == DRILL]
    late = [text for at, _, text in town.pages if at > drill.steps[-1].at + timedelta(minutes=5)]
    return _said_so(town) + [f"called after it was taken: {text}" for text in late]


STORIES: tuple[Story, ...] = (
    Story("a dead man's text", _tested, after=_piles_nothing_up),
    Story("a dead man's text after another", _tested_again, _tested, _piles_nothing_up),
    Story("a drill that nobody takes", _drill, after=_said_so),
    Story("a drill is taken", _taken, _drill, _over),
)

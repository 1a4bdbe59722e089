"""Campaigns: whatever fails, nobody gets a text twice, nobody of the hold-out gets one, and what was stopped stays stopped."""

from __future__ import annotations

from collections import Counter

from chalicelib.core.messages import Status
from chalicelib.core.records import Campaign, Due, Message, PacedDay, Patient, Recipient, Update
from chalicelib.flows import campaign_desk as desk
from chalicelib.flows import tick
from tests.campaigns import GINA, HENRY, a_wish
from tests.cast import a_patient
from tests.waitlist import NUMBERS

from .told import Story
from .town import Town

GONE = frozenset({Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED, Status.UNKNOWN})


def a_minute(town: Town) -> None:
    town.again(lambda: tick.tick(town.world), tries=1)
    town.clock.advance(seconds=10)
    town.stream()


def _program(town: Town) -> None:
    agreed = dict.fromkeys(("conversation", "re_engagement"), town.clock.now)
    town.world.store.commit(Update(Patient, ("alice",), set={"consent": agreed}))
    for name in ("bea", "cleo"):
        a_patient(town.world, name, NUMBERS[name], consent=agreed)


def _make(town: Town) -> None:
    town.do(lambda: desk.make(town.world, GINA, "adult", "k1", a_wish(hold_out=50)))
    a_minute(town)


def _ready(town: Town) -> None:
    _program(town)
    desk.make(town.world, GINA, "adult", "k1", a_wish(hold_out=50))


def running(town: Town) -> None:
    _ready(town)
    for what in ("approve", "start"):
        desk.move(town.world, HENRY, "adult", "k1", what)


def written(town: Town) -> None:
    """Its texts are in the outbox, each with its second."""
    running(town)
    tick.tick(town.world)
    town.clock.advance(seconds=10)


def press(what: str):  # type: ignore[no-untyped-def]
    def act(town: Town) -> None:
        town.do(lambda: desk.move(town.world, HENRY, "adult", "k1", what))

    return act


def _start(town: Town) -> None:
    for what in ("approve", "start"):
        press(what)(town)
    a_minute(town)


def _released(town: Town) -> None:
    for _ in range(3):
        a_minute(town)
        town.clock.advance(seconds=50)


def _stopped(town: Town) -> None:
    press("stop")(town)
    town.stream()
    _released(town)


def texts(town: Town) -> list[Message]:
    return [row for row in town.store.rows(Message) if row.campaign == "k1"]


def in_order(town: Town) -> list[str]:
    people = {row.patient_id: row for row in town.store.rows(Recipient)}
    per_person = Counter(row.patient_id for row in texts(town))
    wrong = [f"{times} texts to one person" for times in per_person.values() if times > 1]
    wrong += ["a text to somebody held out" for who in per_person if people[who].arm != "text"]
    wrong += ["written, and no text" for who, row in people.items() if row.state == "written" and not per_person[who]]
    campaign = town.store.get(Campaign, "adult", "k1")
    if campaign is not None and campaign.written != sum(row.state == "written" for row in people.values()):
        wrong.append("counted otherwise")
    for day in town.store.rows(PacedDay):
        if sum(day.parts.values()) > day.taken:
            wrong.append("more parts left than were taken")
    return wrong


def _counted(town: Town) -> list[str]:
    people = town.store.rows(Recipient)
    campaign = town.store.get(Campaign, "adult", "k1")
    if campaign is None:
        return in_order(town) + (["people of no campaign"] if people else [])
    waits = any(due.kind == "campaign_count" for due in town.store.rows(Due))
    same = sum(campaign.counts.values()) == len(people)
    lost = campaign.state == "counting" and not waits
    return in_order(town) + ([] if same else ["counted otherwise"]) + (["counted by nobody"] if lost else [])


def _all_of_them(town: Town) -> list[str]:
    """Everybody whose turn it was has a text, or it is still due."""
    waits = any(due.kind == "campaign" for due in town.store.rows(Due))
    left = [row for row in town.store.rows(Recipient) if row.state == "waiting"]
    return in_order(town) + (["forgotten"] if left and not waits else [])


def stopped_means(town: Town) -> list[str]:
    """What was read after the stop did not leave."""
    campaign = town.store.get(Campaign, "adult", "k1")
    if campaign is None or campaign.state != "stopped":
        return in_order(town)
    at = next(step.at for step in campaign.steps if step.what == "stop")
    late = [sms for carrier in town.carriers.values() for row, left in carrier.left_at.items() if left > at for sms in (row,)]
    mine = {row.row for row in texts(town)}
    return in_order(town) + ["a text left after the stop" for row in late if row in mine]


STORIES: tuple[Story, ...] = (
    Story("a campaign is counted", _make, _program, _counted),
    Story("a campaign is approved and begins", _start, _ready, _all_of_them),
    Story("a campaign leaves in slices", _released, running, _all_of_them),
    Story("a campaign is stopped with texts in the outbox", _stopped, written, stopped_means),
)

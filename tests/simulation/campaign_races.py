"""Pause, stop and STOP against a campaign's text, between claim and send too, in every order of their calls."""

from __future__ import annotations

from chalicelib.core.messages import Status
from chalicelib.core.records import Campaign
from chalicelib.flows import tick
from chalicelib.flows.deliver import deliver
from tests.waitlist import NUMBERS

from .campaign_stories import in_order, press, running, stopped_means, texts, written
from .races import Race, sends
from .town import Town
from .turns import Turns


def _delivers(town: Town) -> None:
    for row in texts(town):
        deliver(town.world, row.thread_id, row.message_id)


def _ticks(town: Town) -> None:
    tick.tick(town.world)


def _held(town: Town, turns: Turns) -> list[str]:
    """N3: a text that was read after the stop was written has not left, whatever came between its claim and its sending."""
    campaign = town.store.get(Campaign, "adult", "k1")
    stopped = campaign is not None and campaign.state == "stopped"
    stop = max((at for at, (who, call) in enumerate(turns.taken) if (who, call) == (1, "store.commit")), default=-1)
    late, read = [], False
    for at, (who, call) in enumerate(turns.taken):
        read = at > stop if who == 0 and call == "store.get_many" else read
        if who == 0 and call == "carrier.send" and read and stopped and stop >= 0:
            late.append("a text left that was read after the stop")
    return stopped_means(town) + late


def _waits(town: Town, turns: Turns) -> list[str]:
    """A text that was read while it ran has left; every other one waits, and none is lost."""
    del turns
    campaign = town.store.get(Campaign, "adult", "k1")
    paused = campaign is not None and campaign.state == "paused"
    lost = [row for row in texts(town) if row.status in (Status.REFUSED, Status.FAILED_OTHER)]
    return in_order(town) + (["a pause let a text go for good"] if paused and lost else [])


def _one_each(town: Town, turns: Turns) -> list[str]:
    del turns
    return in_order(town) + (["twice to the carrier"] if any(times > 1 for times in town.carriers["twilio"].by_row.values()) else [])


RACES: tuple[Race, ...] = (
    Race("a campaign's text and its stop", _delivers, press("stop"), written, _held),
    Race("a campaign's text and its pause", _delivers, press("pause"), written, _waits),
    Race("a campaign's text and STOP", _delivers, sends("STOP", NUMBERS["bea"]), written, _one_each),
    Race("a campaign's slice and its stop", _ticks, press("stop"), running, _held),
    Race("a campaign's slice and another tick", _ticks, _ticks, running, _one_each),
)

"""A campaign in the words of a clinic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.campaign_figures import OUTCOMES, REPLIES, Compared, compare, counted
from ..core.campaign_rules import WHY
from ..core.campaigns import AUDIENCES, STATES, Campaign, Recipient
from ..core.interval import Share
from ..core.plan_of_day import duration
from ..core.throughput import LABELS, PACED, Throughput
from ..flows.plan_ahead import Day
from . import times, words
from .times import Place

TONES = {"ready": "wait", "approved": "wait", "running": "good", "paused": "wait", "counting": "wait"}
ARMS = {"text": "gets the text", "hold_out": "held out", "": "left out"}
PERSON = {"waiting": "waits for the turn", "held_out": "gets no text, to compare with", "written": "written", "left_out": ""}
STEPS = {
    "made": "made it", "approve": "approved it", "start": "started it", "pause": "paused it", "resume": "let it go on",
    "stop": "stopped it",
}  # fmt: skip
DONE: dict[str, tuple[str, str]] = {
    "made": ("Made. Nothing leaves before somebody else has approved it.", "good"),
    "approve": ("Approved. Start it when it is time.", "good"),
    "start": ("Started. The first texts leave within a minute, in safe hours.", "good"),
    "pause": ("Paused: what was queued waits too.", "good"),
    "resume": ("It goes on within a minute. What waited since the pause follows within ten.", "good"),
    "stop": ("Stopped. Nothing more leaves, also of what was queued.", "good"),
    "state": ("That is not possible any more: look at it as it is now.", "wait"),
    "second": ("You made it: somebody else approves it.", "wait"),
    "stale": ("It was counted more than a week ago: make it anew.", "wait"),
    "words": ("Its words are not approved any more: nothing leaves.", "wait"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign in a list."""

    campaign_id: str
    label: str
    who: str
    state: str
    tone: str
    says: str
    by: str


def row_of(campaign: Campaign, labels: Mapping[str, str], place: Place) -> Row:
    text = campaign.counts.get("text", 0)
    says = f"{campaign.written} of {text} written" if campaign.started_at else f"{text} would get it"
    return Row(
        campaign.campaign_id, labels.get(campaign.template, campaign.template),
        AUDIENCES.get(campaign.audience, campaign.audience),
        STATES.get(campaign.state, campaign.state), TONES.get(campaign.state, "quiet"), says,
        f"{words.person(campaign.made_by)}, {place.stamp(campaign.made_at)}",
    )  # fmt: skip


def left_out(campaign: Campaign) -> list[tuple[str, int]]:
    """Why, and how many, the most first."""
    return [(WHY.get(why, why), count) for why, count in counted(campaign)]


def takes(campaign: Campaign, limits: Throughput) -> str:
    return times.span(duration(campaign.parts, limits))


def figures_of(campaign: Campaign) -> dict[str, list[tuple[str, int]]]:
    """Tables of the report: what became of the texts, what came back, who was left out when it was their turn."""
    found = campaign.figures
    late = sorted((name.removeprefix("left_out."), count) for name, count in found.items() if name.startswith("left_out."))
    since = [(WHY.get(why, why), count - campaign.counts.get(why, 0)) for why, count in late]
    return {
        "What became of the texts": [(says, found.get(f"outcome.{name}", 0)) for name, says in OUTCOMES.items()],
        "What came back within a week": [(says, found.get(f"reply.{name}", 0)) for name, says in REPLIES.items()],
        "Left out when their turn came": [(why, count) for why, count in since if count > 0],
    }


@dataclass(frozen=True, slots=True)
class Measure:
    says: str
    text: str
    held: str
    difference: str
    sure: str


def measures(campaign: Campaign) -> list[Measure]:
    names = {"booked": "Booked a visit within 30 days", "kept": "Came to a visit within 30 days"}
    return [_measure(says, compare(campaign.figures, name)) for name, says in names.items()]


def _measure(says: str, found: Compared) -> Measure:
    if found.difference is None:
        return Measure(says, _share(found.text), _share(found.hold_out), "nobody to compare with", "")
    middle, low, high = (round(each * 100) for each in (found.difference, found.low, found.high))
    points = f"{middle:+d} points ({low:+d} to {high:+d})"
    return Measure(says, _share(found.text), _share(found.hold_out), points, "" if found.sure else "This may be chance.")


def _share(share: Share) -> str:
    return f"{share.hits} of {share.of} ({share.rate * 100:.0f} %)" if share.rate is not None else "nobody"


@dataclass(frozen=True, slots=True)
class OnePerson:
    patient_id: str
    name: str
    says: str
    why: str


def person_of(each: Recipient, names: Mapping[str, str]) -> OnePerson:
    name = names.get(each.patient_id) or "Somebody of another program now"
    why = WHY.get(each.why, each.why) if each.why else PERSON.get(each.state, "")
    return OnePerson(each.patient_id, name, ARMS.get(each.arm, each.arm), why)


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane of one day. `tone`: bad where something does not fit."""

    label: str
    left: int
    texts: int
    parts: int
    through: str
    over: str
    tone: str


def lanes_of(day: Day, place: Place) -> list[LaneRow]:
    return [_lane(day, lane, place) for lane in PACED]


def _lane(day: Day, lane: object, place: Place) -> LaneRow:
    found = next(each for each in day.lanes.values() if each.lane == lane)
    through = place.clock(found.through) if found.through else "nothing planned" if not found.texts else "not that day"
    over = f"{found.over} texts" if found.over else "none"
    left = day.left.get(found.lane.name, 0)
    return LaneRow(LABELS[found.lane], left, found.texts, found.parts, through, over, "late" if found.over else "")

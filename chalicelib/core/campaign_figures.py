"""What came of a campaign, counted: by intention, everybody in the group that chance gave them, and how sure one may be of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .appointments import Appointment
from .campaigns import MEASURED, Campaign, Recipient
from .interval import Share, wilson
from .messages import Direction, Status
from .records import Message

ANSWERS_FOR = timedelta(days=7)  # a text later than this answers something else
CAME = frozenset({"arrived", "checked-in", "fulfilled"})
OUTCOMES: dict[str, str] = {
    "delivered": "Delivered",
    "sent": "Handed to the carrier, no word since",
    "failed": "Not delivered",
    "refused": "Not sent: something had changed when it was to leave",
    "waiting": "Not gone yet",
    "elsewhere": "In another record now",
}
REPLIES: dict[str, str] = {
    "words": "Wrote to us",
    "answer": "Answered a question about a visit",
    "urgent": "Wrote something urgent",
    "stop": "STOP, or a wrong number",
    "other": "Something else (a picture, HELP)",
}
_OUTCOME: dict[str, str] = {
    Status.DELIVERED: "delivered", Status.HANDED_TO_CARRIER: "sent", Status.QUEUED_AT_CARRIER: "sent", Status.UNKNOWN: "sent",
    Status.REFUSED: "refused", Status.QUEUED: "waiting", Status.CLAIMED: "waiting", Status.MOVED: "elsewhere",
}  # fmt: skip
STOPS = ("stop", "stop_again", "wrong_number")


def outcome_of(message: Message | None) -> str:
    return _OUTCOME.get(message.status, "failed") if message is not None else "elsewhere"


def reply_of(rows: Iterable[Message], since: datetime) -> tuple[str, bool]:
    """The kind of the first text of theirs in the week after ours, and whether any since was an opt-out."""
    later = [row for row in rows if row.direction == Direction.IN and since < row.at]
    stops = any(row.meaning in STOPS for row in later if row.at < since + MEASURED)
    first = min((row for row in later if row.at < since + ANSWERS_FOR), key=lambda row: row.at, default=None)
    return _reply(first) if first else "", stops


def _reply(row: Message) -> str:
    if row.meaning in STOPS:
        return "stop"
    if row.meaning == "crisis" or (row.tier is not None and row.tier <= 1):
        return "urgent"
    return "answer" if row.meaning.startswith("answer") else "words" if row.meaning == "words" else "other"


def visits_of(visits: Iterable[Appointment], started_at: datetime) -> tuple[bool, bool]:
    """Whether they booked a visit in the thirty days after the start, and whether they came to one."""
    found, until = tuple(visits), started_at + MEASURED
    booked = any(each.created_at is not None and started_at < each.created_at <= until for each in found)
    return booked, any(each.status in CAME and started_at < each.start_at <= until for each in found)


def tally(people: Iterable[Recipient]) -> dict[str, int]:
    """Counts by name: "text", "text.kept", "outcome.delivered", "reply.words", "left_out.no_consent" …"""
    found: Counter[str] = Counter()
    for each in people:
        if each.arm:
            found[each.arm] += 1
            found[f"{each.arm}.booked"] += each.booked
            found[f"{each.arm}.kept"] += each.kept
        if each.state == "left_out":
            found[f"left_out.{each.why}"] += 1
        if each.state == "written":
            found[f"outcome.{each.outcome or 'waiting'}"] += 1
            found["opted_out"] += each.opted_out
            if each.reply:
                found[f"reply.{each.reply}"] += 1
    return {name: count for name, count in sorted(found.items()) if count}


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of both groups. `low`, `high`: the 95 % interval of the difference (Newcombe's hybrid score)."""

    name: str
    text: Share
    hold_out: Share
    low: float
    high: float

    @property
    def difference(self) -> float | None:
        return self.text.rate - self.hold_out.rate if self.text.rate is not None and self.hold_out.rate is not None else None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.difference is not None and (self.low > 0 or self.high < 0)


def compare(figures: Mapping[str, int], name: str) -> Compared:
    """`name`: booked or kept."""
    text = Share(figures.get(f"text.{name}", 0), figures.get("text", 0))
    held = Share(figures.get(f"hold_out.{name}", 0), figures.get("hold_out", 0))
    low, high = difference_interval(text, held)
    return Compared(name, text, held, low, high)


def difference_interval(one: Share, other: Share) -> tuple[float, float]:
    """Of one rate less the other; everything is possible where one group is empty."""
    if not one.of or not other.of:
        return -1.0, 1.0
    p, q = one.hits / one.of, other.hits / other.of
    (low_p, high_p), (low_q, high_q) = wilson(one.hits, one.of), wilson(other.hits, other.of)
    return p - q - math.hypot(p - low_p, high_q - q), p - q + math.hypot(high_p - p, q - low_q)


def counted(campaign: Campaign) -> Sequence[tuple[str, int]]:
    """Who the dry run left out, the largest first."""
    why = [(name, count) for name, count in campaign.counts.items() if name not in ("text", "hold_out")]
    return sorted(why, key=lambda each: (-each[1], each[0]))

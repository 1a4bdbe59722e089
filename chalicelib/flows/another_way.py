"""A reminder whose first channel is not a text, or whose text cannot go: a round begins instead, at the moment it was due.

Somebody whom nobody asked how to reach gets texts alone, as ever, and no round."""

from __future__ import annotations

from datetime import datetime

from ..core.appointments import AboutVisit
from ..core.channels import Channel
from ..core.permission import Refuse, Verdict, Wait
from ..core.records import Change, Patient, Put, Round
from ..core.rounds import OF_THE_CHANNEL, REMINDER, THEIR_NO, Tried
from ..ports import World
from ..texts.reach import limits
from .outbox import keep_due
from .round_rows import due_at


def takes_over(patient: Patient, verdict: Verdict, rank: int) -> bool:
    """Whether this reminder goes another way from its beginning. What they themselves said no to sends nobody after them; neither
    does a text of lesser weight."""
    if not patient.channels or isinstance(verdict, Wait):
        return False
    if isinstance(verdict, Refuse) and (verdict.why not in OF_THE_CHANNEL or rank > 1):
        return False
    return isinstance(verdict, Refuse) or patient.channels[0] != Channel.TEXT


def begun(
    world: World, patient: Patient, told: tuple[AboutVisit, ...], touch: str, now: datetime, text_id: str = "", why: str = ""
) -> list[Change]:
    """`text_id`: the text that its first turn is; "": no turn yet. `why`: why a text cannot be it. Nothing for whom texts are the
    only way."""
    ways = patient.channels
    if not ways or (text_id and ways[0] != Channel.TEXT):
        return []
    if why in THEIR_NO:
        ways = tuple(each for each in ways if each not in (Channel.PERSON, Channel.LETTER))
    tried = (Tried(Channel.TEXT, now, text_id, why),) if text_id or why else ()
    left = tuple(each for each in ways if not (tried and each == Channel.TEXT))
    row = Round(
        patient.patient_id, world.ids(now), patient.program, REMINDER, now, min(each.start_at for each in told), told, touch,
        left, tried,
    )  # fmt: skip
    at = now + limits()[REMINDER].waits[Channel.TEXT] if text_id else now
    return [Put(row), keep_due(due_at(row, at))]

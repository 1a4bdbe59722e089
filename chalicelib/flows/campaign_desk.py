"""What people of the clinic do with a campaign: make it, let a second person approve it, start, pause, resume, stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core.campaigns import AUDIENCES, COUNT_HOLDS, HOLD_OUTS, MOVES, RUNS_FOR, Campaign
from ..core.incident_rows import Step
from ..core.records import Change, Put
from ..core.roles import Action
from ..core.staff import Staff
from ..core.stage import STAGES
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import campaign_words, trail
from .authority import demand
from .book_appointment import Wrong
from .campaign_rows import COUNT, MEASURE, MEASURES, RELEASE, changed, due_of
from .count_campaign import one_slice
from .outbox import keep_due
from .waitlist_desk import admit_program

PURPOSE = "campaign"
ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class CampaignWish:
    """What a form asks for. `hold_out`: percent."""

    template: str
    audience: str
    language: str = ""
    hold_out: int = 10
    reader: str = ""


def admit_desk(world: World, who: Staff, program: str, action: str) -> None:
    """Raises `NotFound` for a role or a program that may not, and leaves a trace of it."""
    demand(world, who, Action.CAMPAIGNS)
    admit_program(world, who, program, action)


def make(world: World, who: Staff, program: str, form_id: str, wish: CampaignWish) -> Campaign | Wrong:
    """A campaign with the first slice of its dry run; the same form twice makes one. Raises `NotFound`, `StoreError`."""
    admit_desk(world, who, program, "make_campaign")
    if wrong := wrong_with(wish):
        return Wrong(wrong)
    now = world.clock()
    text = campaign_words.approved()[wish.template]
    campaign = Campaign(
        program, form_id, wish.template, text.purpose, wish.audience, who.staff_id, now, language=wish.language,
        hold_out=wish.hold_out, reader=wish.reader, steps=(Step(now, who.staff_id, "made"),),
    )  # fmt: skip
    entry = trail.entry(world, who, f"campaign#{campaign.ref}", "make_campaign", PURPOSE, now)
    try:
        world.store.commit(Put(campaign), keep_due(due_of(campaign, COUNT, now)), entry)
        return one_slice(world, campaign, now)  # a small program is counted at once; the rest is the tick's
    except (Rejected, Conflict):
        return read(world, program, form_id)  # the same form again, or the tick was faster


def wrong_with(wish: CampaignWish) -> dict[str, str]:
    """What is wrong, beside its field."""
    text = campaign_words.approved().get(wish.template)
    found: dict[str, str] = {}
    if text is None:
        return {"template": "Choose a sentence that is approved."}
    if wish.audience not in AUDIENCES or (wish.audience in STAGES) != (text.purpose == "stage"):
        found["audience"] = "Choose who it is for. A sentence about a stage goes to people of that stage alone."
    elif text.purpose == "stage" and wish.audience != text.stage:
        found["audience"] = "This sentence is for another stage."
    if wish.hold_out not in HOLD_OUTS:
        found["hold_out"] = "Choose one of the shares."
    if wish.language not in ("", "en", "es"):
        found["language"] = "Choose a language."
    if text.question and not wish.reader:
        found["reader"] = "It asks an open question: name who reads the answers."
    return found


def read(world: World, program: str, campaign_id: str) -> Campaign:
    """Raises `NotFound`, `StoreError`. The caller has let the person in."""
    found = world.store.get(Campaign, program, campaign_id)
    if found is None:
        raise NotFound("campaign")  # what an address says stays out of an error's words (N5)
    return found


def move(world: World, who: Staff, program: str, campaign_id: str, what: str) -> str:
    """approve, start, pause, resume, stop. "" when done; else a word: state, second, stale, words. Raises as `make`."""
    admit_desk(world, who, program, f"{what}_campaign" if what in MOVES else "move_campaign")
    for _ in range(ATTEMPTS):
        campaign, now = read(world, program, campaign_id), world.clock()
        if refused := _refused(who, campaign, what, now):
            return refused
        entry = trail.entry(world, who, f"campaign#{campaign.ref}", f"{what}_campaign", PURPOSE, now)
        try:
            world.store.commit(*_moved(campaign, who, what, now), entry)
        except (Rejected, Conflict):
            continue
        return ""
    raise Conflict(campaign_id)


def _refused(who: Staff, campaign: Campaign, what: str, now: datetime) -> str:
    states, _ = MOVES.get(what, ((), ""))
    if campaign.state not in states:
        return "state"
    if what == "approve" and who.staff_id == campaign.made_by:
        return "second"
    if what in ("approve", "start", "resume") and campaign.template not in campaign_words.approved():
        return "words"
    return "stale" if what in ("approve", "start") and now - campaign.made_at >= COUNT_HOLDS else ""


def _moved(campaign: Campaign, who: Staff, what: str, now: datetime) -> list[Change]:
    fields: dict[str, object] = {
        "state": MOVES[what][1], "steps": (*campaign.steps, Step(now, who.staff_id, what))[-30:],
    }  # fmt: skip
    changes: list[Change] = []
    if what == "approve":
        fields["approved_by"] = who.staff_id
    if what == "start":
        fields |= {"started_at": now, "until": now + RUNS_FOR}
        changes += [keep_due(due_of(campaign, MEASURE, now + after)) for after in MEASURES]
    if what in ("start", "resume"):
        changes.append(keep_due(due_of(campaign, RELEASE, now)))
    return [changed(campaign, **fields), *changes]



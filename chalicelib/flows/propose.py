"""Proposals for the first look's rules: made, tried on the evaluation sets, agreed to or not. The running screen stays as it is.

A proposal is a setting of its own kind, so that its history is append-only and each step names a person. It holds the
proposer's own sentences; no text of a patient is read, shown or kept for it (N5).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from ..core.lexicon_change import LexiconChange, Outcome, as_fields, of_fields, problems
from ..core.proposals import ACCEPTED, DECLINED, OPEN, WITHDRAWN, Agreed, Proposal, agreed_of, agreed_text, missing
from ..core.records import Incident, Message, Revision, Setting
from ..core.roles import Action
from ..core.settings import PROPOSAL
from ..core.staff import Staff
from ..core.triage import Rule
from ..errors import Conflict, NotFound
from ..ports import World
from .authority import demand
from .change_setting import Wish, write


class Rehearses(Protocol):
    """Where a change is tried: `lexicon.rehearsal`."""

    @property
    def rules(self) -> Mapping[str, Rule]: ...

    def pattern(self, rule: str) -> str: ...

    def plain(self, phrase: str) -> str: ...

    def try_out(self, change: LexiconChange) -> Outcome:
        """Raises `ValueError` for what does not fit the rules' files."""


class BadProposal(ValueError):
    """`wrong`: field to a word of what is wrong with it."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(wrong)))
        self.wrong = dict(wrong)


def read_proposals(world: World, who: Staff) -> list[Proposal]:
    """The clinic's, newest first. Raises `NotFound` for a role that may not, `StoreError`."""
    demand(world, who, Action.SCREEN)
    return sorted(map(_proposal, world.store.settings(PROPOSAL)), key=lambda each: each.proposal_id, reverse=True)


def read_proposal(world: World, who: Staff, proposal_id: str) -> tuple[Proposal, tuple[Revision, ...]]:
    """One, and its history, newest first. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.SCREEN)
    held = world.store.get(Setting, PROPOSAL, proposal_id)
    if held is None:
        raise NotFound("proposal")
    return _proposal(held), tuple(world.store.revisions(PROPOSAL, proposal_id))


def propose(world: World, who: Staff, rehearses: Rehearses, proposal_id: str, change: LexiconChange, about: str = "") -> Proposal:
    """Keep it. `proposal_id`: the form's own, so that sent twice it is one. Raises `BadProposal`, `NotFound`, `StoreError`."""
    demand(world, who, Action.SCREEN)
    change = replace(change, phrases=tuple(rehearses.plain(each) for each in change.phrases))
    if wrong := problems(change, {rule_id: rule.tier for rule_id, rule in rehearses.rules.items()}):
        raise BadProposal(wrong)
    try:
        outcome = rehearses.try_out(change)
    except ValueError:
        raise BadProposal({"rule": "cannot"}) from None
    after = {
        **as_fields(change), "state": OPEN, "by": who.staff_id, "about": about if _theirs(world, who, about) else "",
        "agreed": "[]", "outcome": json.dumps(outcome.summary()),
    }  # fmt: skip
    write(world, who, Wish(PROPOSAL, proposal_id, {}, after, 0, change.reason))
    return read_proposal(world, who, proposal_id)[0]


def agree(
    world: World, who: Staff, rehearses: Rehearses, proposal_id: str, version: int, seen: str, why: str = ""
) -> tuple[Proposal, list[str]]:
    """One more yes, to the effect that this person saw. What still stands between it and acceptance: words of `core.proposals`.

    Raises `Conflict` when it moved, or its effect did, `NotFound`, `StoreError`.
    """
    proposal, _ = read_proposal(world, who, proposal_id)
    outcome = rehearses.try_out(proposal.change)
    if proposal.version == version + 1 and _said(proposal, who, why):
        return proposal, missing(outcome, proposal.agreed)
    if proposal.state != OPEN or proposal.version != version or seen != seen_as(outcome):
        raise Conflict(f"{PROPOSAL}#{proposal_id}")
    yes = Agreed(who.staff_id, who.role, world.clock().isoformat(timespec="seconds"), why)
    agreed = (*(each for each in proposal.agreed if each.who != who.staff_id), yes)
    wanted = missing(outcome, agreed)
    fields = {"agreed": agreed_text(agreed), "outcome": json.dumps(outcome.summary())}
    return _write(world, who, proposal, fields | ({} if wanted else {"state": ACCEPTED}), why), wanted


def _said(proposal: Proposal, who: Staff, why: str) -> bool:
    """Whether this very yes was the last step: its form came twice."""
    last = proposal.agreed[-1] if proposal.agreed else None
    return last is not None and (last.who, last.why) == (who.staff_id, why)


def decline(world: World, who: Staff, proposal_id: str, version: int, why: str) -> Proposal:
    """It ends; whoever proposed it takes it back. Raises `Conflict`, `BadProposal` without a reason, `NotFound`, `StoreError`."""
    proposal, _ = read_proposal(world, who, proposal_id)
    if proposal.state != OPEN or proposal.version != version:
        raise Conflict(f"{PROPOSAL}#{proposal_id}")
    own = proposal.by == who.staff_id
    if not why and not own:
        raise BadProposal({"why": "short"})
    return _write(world, who, proposal, {"state": WITHDRAWN if own else DECLINED, "ended_by": who.staff_id}, why)


def seen_as(outcome: Outcome) -> str:
    """A name for what a page showed of an effect: another one is another effect."""
    return hashlib.sha256(json.dumps(outcome.summary()).encode()).hexdigest()[:16]


def _write(world: World, who: Staff, proposal: Proposal, fields: dict[str, str], why: str) -> Proposal:
    held = world.store.get(Setting, PROPOSAL, proposal.proposal_id)
    before = held.value if held else {}
    write(world, who, Wish(PROPOSAL, proposal.proposal_id, before, {**before, **fields}, proposal.version, why))
    return read_proposal(world, who, proposal.proposal_id)[0]


def _theirs(world: World, who: Staff, about: str) -> bool:
    """Whether the item, or the text, that it came from is of a program of theirs."""
    thread_id, _, message_id = about.partition(".")
    row = world.store.get(Message, thread_id, message_id) if message_id else world.store.get(Incident, about) if about else None
    return row is not None and who.may_see(row.program)


def _proposal(held: Setting) -> Proposal:
    value = held.value
    return Proposal(
        held.setting_id, of_fields(value), value.get("state", OPEN), value.get("by", ""), held.changed_at, value.get("about", ""),
        agreed_of(value.get("agreed", "")), value.get("ended_by", ""), held.version,
    )  # fmt: skip

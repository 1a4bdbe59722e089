"""What a proposal must say, who must agree to it, and that its file reads back as it was written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.lexicon_change import LexiconChange, Outcome, Told, as_fields, of_fields, problems
from chalicelib.core.proposal_file import NotAProposal, as_toml, of_toml
from chalicelib.core.proposals import Agreed, Proposal, agreed_of, agreed_text, missing

WANTS = "en.suicide.want-to-die"
KNOWN: dict[str, int | None] = {WANTS: 1, "en.suicide.word": 2}
LOWER = LexiconChange("lower", WANTS, "It wakes people for cracked screens")
UNLESS = LexiconChange("unless", WANTS, "It wakes people for cracked screens", ("my screen cracked",), (), ("I want to die, it cracked",))
NEW = LexiconChange("new", "en.suicide.no-more", "Said often here", ("no more mornings",), ("no more mornings",), ("no more forms",), 1, "suicide")
LOST = Outcome(lost=(Told("sc-1", "sms_crises", "…"),))
LEAD, OTHER = Agreed("grace", "clinical_lead", "t"), Agreed("sue", "supervisor", "t")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (LOWER, {}),
        (UNLESS, {}),
        (NEW, {}),
        (replace(LOWER, kind="delete"), {"kind"}),
        (replace(LOWER, rule="en.suicide.word"), {"kind"}),
        (replace(LOWER, rule="en.nobody"), {"rule"}),
        (replace(LOWER, reason="no"), {"reason"}),
        (replace(UNLESS, phrases=()), {"phrases"}),
        (replace(UNLESS, phrases=("a|b.*",)), {"phrases"}),
        (replace(UNLESS, must_not=()), {"must_not"}),
        (replace(NEW, rule="fr.suicide.no-more"), {"rule"}),
        (replace(NEW, rule="en.suicide.No More"), {"rule"}),
        (replace(NEW, category=""), {"tier"}),
        (replace(NEW, tier=3), {"tier"}),
        (replace(NEW, must=()), {"must"}),
        (replace(NEW, must=("x" * 161,)), {"must"}),
        (replace(NEW, must=("a\nb",)), {"must"}),
        (replace(NEW, must_not=("x",) * 9), {"must_not"}),
    ],
)
def test_what_a_proposal_must_say(change: LexiconChange, wrong: set[str]) -> None:
    assert set(problems(change, KNOWN)) == set(wrong)


def test_a_rule_that_is_there_is_not_new() -> None:
    assert set(problems(replace(NEW, rule=WANTS), KNOWN)) == {"rule"}


@pytest.mark.parametrize(
    ("outcome", "agreed", "wanted"),
    [
        (Outcome(), (), ["lead"]),
        (Outcome(), (OTHER,), ["lead"]),
        (Outcome(), (LEAD,), []),
        (Outcome(broken=("x",)), (LEAD,), ["broken"]),
        (LOST, (LEAD,), ["second", "why"]),
        (LOST, (replace(LEAD, why="Another rule is coming"),), ["second"]),
        (LOST, (LEAD, replace(OTHER, why="fine")), ["why"]),
        (LOST, (replace(LEAD, why="Another rule is coming"), OTHER), []),
        (LOST, (replace(LEAD, why="a"), replace(LEAD, why="b")), ["second"]),
    ],
)
def test_a_crisis_lost_needs_the_lead_another_person_and_a_reason(outcome: Outcome, agreed: tuple[Agreed, ...], wanted: list[str]) -> None:
    assert missing(outcome, agreed) == wanted


@pytest.mark.parametrize("change", [LOWER, UNLESS, NEW, replace(NEW, must=('she said "no" \\ é 🖤',))])
def test_it_is_kept_and_written_as_it_was(change: LexiconChange) -> None:
    assert of_fields(as_fields(change)) == change
    proposal = Proposal("01J", change, "accepted", "sue", None, "item", (replace(LEAD, at="2026-11-27T20:00:00+00:00"),))
    assert of_toml(as_toml(proposal)) == ("01J", "2026-11-27", change)
    assert "item" not in as_toml(proposal), "what it came from stays in the clinic"


@pytest.mark.parametrize("text", ["", "a =", "[proposal]\nid = 1", 'verified_on = 2026-01-01\n[proposal]\nid = "x"\nphrases = 3'])
def test_a_file_that_is_none(text: str) -> None:
    with pytest.raises(NotAProposal):
        of_toml(text)


def test_agreements_are_kept() -> None:
    assert agreed_of(agreed_text((LEAD, OTHER))) == (LEAD, OTHER) and agreed_of("") == ()

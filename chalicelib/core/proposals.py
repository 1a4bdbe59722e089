"""What becomes of a proposal: who must agree before it is accepted. Accepted, it still changes nothing until a release (N2)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .lexicon_change import LexiconChange, Outcome
from .quick import Later, carried
from .sealed_json import of_map, told

OPEN, ACCEPTED, DECLINED, WITHDRAWN = "open", "accepted", "declined", "withdrawn"
LEAD = "clinical_lead"


@dataclass(frozen=True, slots=True)
class Agreed:
    """One person's yes. `why`: what they wrote with it. `at`: an instant as ISO 8601 says it."""

    who: str
    role: str
    at: str
    why: str = ""
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Proposal:
    """`about`: the item or the text ("<thread>.<message>") that it came from, or "". `by`: who proposed it."""

    proposal_id: str
    change: LexiconChange
    state: str
    by: str
    at: datetime | None
    about: str = ""
    agreed: tuple[Agreed, ...] = ()
    ended_by: str = ""
    version: int = 0


def missing(outcome: Outcome, agreed: Iterable[Agreed]) -> list[str]:
    """What stands between these agreements and acceptance: words of this file. Empty: nothing.

    A change that loses any crisis of the evaluation sets needs the clinical lead, somebody else, and the lead's written reason.
    """
    people = {each.who: each for each in agreed}
    leads = [each for each in people.values() if each.role == LEAD]
    wanted = ["broken"] if outcome.broken else []
    wanted += [] if leads else ["lead"]
    if outcome.lost:
        wanted += [] if len(people) > 1 else ["second"]
        wanted += [] if any(each.why for each in leads) else ["why"]
    return wanted


def agreed_text(agreed: Iterable[Agreed]) -> str:
    return json.dumps([{**dict(each.later), **told(each)} for each in agreed], ensure_ascii=False)


def agreed_of(text: str) -> tuple[Agreed, ...]:
    found = [of_map(Agreed, each) for each in json.loads(text or "[]")]
    return tuple(Agreed(**said, **later) for said, later in found)

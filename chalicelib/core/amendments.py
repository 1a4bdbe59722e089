"""A patient asks that their record be corrected (45 CFR 164.526). The words stand as notes in the thread, and no message is
ever changed; this row says how it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

ACT_WITHIN, LONGER = timedelta(days=60), timedelta(days=30)  # 164.526(b)(2): once longer, with a written reason
ASKED, ACCEPTED, DENIED = "asked", "accepted", "denied"
STATES: dict[str, str] = {ASKED: "Asked, not decided", ACCEPTED: "Accepted", DENIED: "Denied"}
# 164.526(a)(2): nothing else is a reason to say no.
REASONS: dict[str, str] = {
    "accurate": "It is accurate and complete",
    "not_ours": "We did not write it, and whoever did can be asked",
    "not_record": "It is no part of the record that decisions are made by",
    "not_shown": "It is something that they may not see either (164.524)",
}


@dataclass(frozen=True, slots=True)
class Amendment:
    """`about`: the message that it is of, or "". `asked`, `said`, `disagrees`: the notes with the words, by message id.
    `reason`: of a denial, a word of REASONS."""

    key: ClassVar[tuple[str, ...]] = ("patient_id", "amendment_id")
    patient_id: str
    amendment_id: str
    at: datetime
    by: str
    state: str = ASKED
    about: str = ""
    asked: str = ""
    said: str = ""
    disagrees: str = ""
    reason: str = ""
    longer_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    version: int = 1

    @property
    def act_by(self) -> datetime:
        return self.at + ACT_WITHIN + (LONGER if self.longer_at else timedelta())

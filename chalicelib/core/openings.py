"""An opening as AWS saw it: one use of the content key, with the encryption context that it was asked with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """`session`: the name at the end of the caller's role session: a function's, or a person's id where they use their own
    credentials. `role`: the role's name. `error`: CloudTrail's errorCode, "" for none."""

    at: datetime
    event_id: str
    session: str
    role: str
    patient: str
    program: str
    kind: str
    error: str = ""
    source: str = ""

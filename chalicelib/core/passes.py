"""What a signed-in person's session holds to read with a key of their own. Secrets: they show nothing of themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OwnKey:
    """Credentials of one person, for opening and nothing else. Never logged, never in a row but under the cookie's own key."""

    access: str = field(repr=False)
    secret: str = field(repr=False)
    session: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Pass:
    """What gets a person their next key: an ID token that is a moment old, or the word that renews it."""

    id_token: str = field(default="", repr=False)
    renews: str = field(default="", repr=False)
    key: OwnKey | None = None

"""What somebody wrote in a form, and what can become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core.permission import Verdict
from ..core.word_lint import Finding
from .read_thread import Opened
from .send_later import NotThen

__all__ = ["AboveLevel", "BadDraft", "Draft", "LookOnce", "NewerText", "NotThen", "Outcome", "Sent", "WillNotLeave"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form sent. `form_id`: the ULID minted with the form, which becomes the message's id. `seen`: the
    thread's `last_at` when it was shown. `at`: when it is to leave, None for now. `snippets`: what was put in, by id.
    `above_level`: why it may say more than the patient's level, a word of `core.permission.ABOVE_LEVEL`. `advised`: what the
    check of words said of this form already, as rules."""

    text: str
    form_id: str
    seen: datetime | None
    at: datetime | None = None
    snippets: tuple[str, ...] = ()
    above_level: str = ""
    advised: tuple[str, ...] = ()
    page: str = ""  # not as a text but as a page of the patient's, by its purpose (`core.page_links`)
    about: str = ""  # of such a page: the form, or what is shared, ids with a space between


@dataclass(frozen=True, slots=True)
class Sent:
    """In the outbox. `again`: this form had been sent before, and nothing was done."""

    message_id: str
    verdict: Verdict
    again: bool = False
    until: datetime | None = None  # it waits so long, for its writer or for its time


@dataclass(frozen=True, slots=True)
class NewerText:
    """Somebody wrote meanwhile: `newer` holds what to read before sending again. Nothing was sent."""

    newer: tuple[Opened, ...]


@dataclass(frozen=True, slots=True)
class WillNotLeave:
    """N3 says no, for this reason. Nothing was sent."""

    why: str


@dataclass(frozen=True, slots=True)
class BadDraft:
    """`why`: empty, too_long or stale_form."""

    why: str


@dataclass(frozen=True, slots=True)
class AboveLevel:
    """It says more than this patient allows (`level` over `allowed`): a person must say why, for this one text."""

    level: int
    allowed: int
    what: str = ""  # the words that need it; empty where a template does


@dataclass(frozen=True, slots=True)
class LookOnce:
    """Something grave stands in it: said once, then it goes as its writer wants. Nothing was sent."""

    found: tuple[Finding, ...]


Outcome = Sent | NewerText | WillNotLeave | BadDraft | AboveLevel | LookOnce | NotThen

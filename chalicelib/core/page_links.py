"""A patient's page: the link that leads to it, the session of whoever has shown who they are, and the rules of both. Pure.

A link is 128 random bits, of which we keep a hash; it opens one thing, for a while, and looking at it changes nothing (ID-4).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import ClassVar

from .people import Prompt
from .quick import dataclass

MESSAGE, VISITS, CHOICES, PLAN = "message", "visits", "choices", "plan"
FORM, ROOM, RESOURCES = "form", "room", "resources"
LIVES: dict[str, timedelta] = {
    MESSAGE: timedelta(days=7), VISITS: timedelta(days=7), CHOICES: timedelta(days=2), PLAN: timedelta(days=2),
    FORM: timedelta(days=7), ROOM: timedelta(days=14), RESOURCES: timedelta(days=30),
}  # fmt: skip
PURPOSES = tuple(LIVES)
KEPT = timedelta(days=30)  # after its end: somebody may have the page open still
TRIES = 3  # ID-1: then a call
IDLE = timedelta(minutes=10)  # a page that nobody touches says nothing any more
LONGEST = timedelta(minutes=30)
KEEPS_TYPING = timedelta(hours=2)  # what somebody wrote meanwhile is still taken, and nothing is shown for it
PAGE = "page"  # the carrier of what comes by a page, and the kind of what is sealed for one
MOST_LETTERS = 4000  # of one message on a page, either way
ASKS = "texts"  # where another page has its token: the page on which anybody may ask for texts
TOKEN = re.compile(r"[0-9a-f]{32}")
OLDEST = 120  # years


@dataclass(frozen=True, slots=True)
class Link:
    """A way to one page. `token_hash`: SHA-256 of what stands in the address, which is kept nowhere.

    `born`: keyed hash of the birth date, bound to this link; "" where none is known. `closed_why`: tries, revoked.
    """

    key: ClassVar[tuple[str, ...]] = ("token_hash",)
    token_hash: str
    purpose: str
    program: str
    patient_id: str
    contact_id: str
    message_id: str  # the text that carries it
    language: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    born: str = ""
    tries: int = 0  # wrong ones in a row
    closed_at: datetime | None = None
    closed_why: str = ""
    opened_at: datetime | None = None  # when somebody first showed who they are
    answered: tuple[datetime, ...] = ()
    about: str = ""  # the form, or the visit, that it is for
    kept_until: datetime | None = None  # danger is heard behind it so long
    channel: str = ""  # what brought it; "": a text to their number
    code: str = ""  # keyed hash of the newest code by a second channel (`core.page_codes`), bound to the browser that asked
    code_by: str = ""  # hash of what that browser holds
    code_at: datetime | None = None
    codes: int = 0  # how many were asked for
    asks: Prompt | None = None  # of a message that went another way: what a bare digit answers there

    @property
    def name(self) -> str:
        """What the trail calls it: enough to tell links apart, and of no use to open one."""
        return f"page:{self.token_hash[:12]}"


@dataclass(frozen=True, slots=True)
class PageSession:
    """Somebody who has shown who they are, for one link. Found by the hash of the cookie's token."""

    key: ClassVar[tuple[str, ...]] = ("token_hash",)
    token_hash: str
    link: str
    csrf: str
    started_at: datetime
    last_seen_at: datetime
    expires_at: datetime  # when the row may be forgotten


def is_open(link: Link, now: datetime) -> bool:
    return link.closed_at is None and link.tries < TRIES and now < link.expires_at


def may_look(session: PageSession, link: Link, now: datetime) -> bool:
    """Whether this session may be shown what the link is for."""
    mine = session.link == link.token_hash
    return mine and now - session.last_seen_at < IDLE and now - session.started_at < LONGEST


def may_write(session: PageSession, link: Link, now: datetime) -> bool:
    """Whether what was typed is taken: slow typing must lose nobody's words (N1)."""
    return session.link == link.token_hash and now - session.started_at < KEEPS_TYPING


def read_birth_date(said: str, today: date) -> str:
    """"1990-05-25" for 05/25/1990, 5-25-1990, 05251990, and 25/05/1990, where only one reading is a date; "" for none."""
    runs = re.findall(r"\d+", said)[:4]
    parts = [int(each) for each in runs if len(each) <= 4]  # no year is longer, and what no clock can show is no error
    bare = re.fullmatch(r"\s*(\d{2})(\d{2})(\d{4})\s*", said)
    if bare:
        parts = [int(each) for each in bare.groups()]
    if len(parts) != 3 or (len(runs) != 3 and not bare):
        return ""
    first, second, third = parts
    ways = [(first, second, third)] if first > 31 else [(third, first, second), (third, second, first)]
    return next((found for way in ways if (found := _date(*way, today))), "")


def _date(year: int, month: int, day: int, today: date) -> str:
    try:
        found = date(year, month, day)
    except ValueError:
        return ""
    return found.isoformat() if today.year - OLDEST <= year and found <= today else ""

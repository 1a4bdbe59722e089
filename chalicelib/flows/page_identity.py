"""Who is there: a link alone shows nothing. A birth date, the chosen word, or a code by a second channel opens it for some
minutes; three wrong ones close it and ask a person to call (ID-1, ID-2).

Every way to a no costs the same work and says the same words: whether the word is needed, which of them was wrong (no
enumeration by timing or wording).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from ..core import tasks
from ..core.crisis_answers import UNSAFE
from ..core.page_codes import holds, read_code
from ..core.page_links import (
    KEEPS_TYPING,
    TOKEN,
    TRIES,
    Link,
    PageSession,
    is_open,
    may_look,
    may_write,
    read_birth_date,
)
from ..core.people import Contact, Patient
from ..core.records import ABSENT, Change, Delete, Put, Task, Tasks, Update
from ..core.safe_phone import own_word
from ..core.said_by_phone import stricter
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import World
from . import desk_tasks, trail
from .page_link import born_hash, hashed
from .plan_rows import is_their_word

ATTEMPTS = 4
CLOSED = "page_closed"  # the task of a call
SEEN_AGAIN = 60  # seconds after which a look is written down as one


@dataclass(frozen=True, slots=True)
class Door:
    """What stands behind an address and a cookie. `inside`: they showed who they are and may be shown what it is for. `writes`:
    they did, and what they typed is taken. `session` only then."""

    link: Link
    patient: Patient
    session: PageSession | None = None
    inside: bool = False
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """They are who they say. `token`: for the cookie, kept nowhere."""

    token: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """`left`: how many tries the link has; 0: it is closed now."""

    left: int


def find(world: World, token: str, cookie: str, now: datetime) -> Door | None:
    """Looking changes nothing. None for a link that is unknown, old, closed, or no longer theirs: one answer for all.

    Raises `StoreError`.
    """
    token_hash = hashed(token)
    asked = [(Link, (token_hash,)), (PageSession, (hashed(cookie or token),))]
    link, session = world.store.get_many(asked)
    whose = (link.patient_id, link.contact_id) if isinstance(link, Link) else (token_hash, token_hash)
    patient, contact = world.store.get_many([(Patient, whose[:1]), (Contact, whose[1:])])
    if not isinstance(link, Link) or not isinstance(patient, Patient) or not TOKEN.fullmatch(token):
        return None
    contact = contact if isinstance(contact, Contact) else None
    patient = stricter(patient, contact)  # what the phone said a moment ago counts
    others = link.channel in patient.read_by_others  # of a mailbox
    patient = replace(patient, needs_word=others or own_word(patient, contact).needed)  # who shares the phone now, too
    in_doubt = not link.channel and contact is not None and bool(contact.doubt)  # RND-2: somebody else's, until a person knows
    if in_doubt or not _theirs(link, patient) or not is_open(link, now):
        return None
    if not isinstance(session, PageSession):
        return Door(link, patient)
    looks = may_look(session, link, now) and not _before_a_warning(session, patient)
    return Door(link, patient, session, looks, may_write(session, link, now))


def _before_a_warning(session: PageSession, patient: Patient) -> bool:
    """Whoever came in before their word for "not safe" did may be who it warns of."""
    return patient.held_at is not None and session.started_at <= patient.held_at


def _theirs(link: Link, patient: Patient) -> bool:
    """A number that changed, a record that was joined or moved, a person who died: the link leads nowhere (C43)."""
    same = (link.contact_id, link.program) == (patient.contact_id, patient.program)
    return same and not patient.merged_into and patient.status != "deceased"


def verify(world: World, token: str, said: str, where: str = "", asker: str = "") -> Opened | Wrong | None:
    """One try. `asker`: what binds a code to this browser. None where there is nothing to open. Raises `StoreError`,
    `SecretUnavailable`: no try is used up then."""
    for _ in range(ATTEMPTS):
        now = world.clock()
        door = find(world, token, "", now)
        if door is None:
            return None
        right = matches(world, door.link, door.patient, said, now, asker)
        try:
            return _let_in(world, door, now, where) if right else _turned_away(world, door, now, where)
        except (Conflict, Rejected):  # two tries at one moment: each counts
            continue
    raise Conflict("page")


def code_hash(world: World, token_hash: str, asker: str, code: str) -> str:
    """Of a code, for one link and one browser. Raises `SecretUnavailable`."""
    return world.hasher.text_hash(f"code\n{token_hash}\n{asker}\n{code}")


def matches(world: World, link: Link, patient: Patient, said: str, now: datetime, asker: str = "") -> bool:
    """All three are always worked out and compared. Neither a birth date nor a code opens anything of who is known by their word
    alone (SAFE-3): whoever is near may read their mail.

    `patient`: as `find` has them."""
    born = born_hash(world, link.token_hash, read_birth_date(said, now.astimezone(world.clinic.zone).date()) or "none")
    by_date, by_word = hmac.compare_digest(born, link.born or "-"), is_their_word(world, patient, said)
    code = code_hash(world, link.token_hash, asker, read_code(said) or "none")
    by_code = hmac.compare_digest(code, link.code or "-") and holds(link, now)
    return by_word or ((by_date or by_code) and not patient.needs_word)


def _let_in(world: World, door: Door, now: datetime, where: str) -> Opened:
    link, token = door.link, secrets.token_hex(16)
    session = PageSession(hashed(token), link.token_hash, secrets.token_hex(16), now, now, now + KEEPS_TYPING)
    opened = _changed(link, {"tries": 0, "opened_at": link.opened_at or now, "code": None})  # good for once (ID-2)
    world.store.commit(opened, Put(session), trace(world, link, "open_page", now, where))
    return Opened(token)


def _turned_away(world: World, door: Door, now: datetime, where: str) -> Wrong:
    link, tries = door.link, door.link.tries + 1
    fields: dict[str, object] = {"tries": tries}
    changes: list[Change] = []
    if tries >= TRIES:
        fields |= {"closed_at": now, "closed_why": "tries"}
        changes = _call(world, door, now)
    world.store.commit(_changed(link, fields), *changes, trace(world, link, "open_page", now, where, "refused"))
    return Wrong(TRIES - tries)


def _changed(link: Link, fields: dict[str, object]) -> Update:
    return Update(Link, (link.token_hash,), set=fields, expect={"tries": link.tries, "closed_at": ABSENT})


def _call(world: World, door: Door, now: datetime) -> list[Change]:
    """Somebody calls, or is told not to call this phone, where whoever tried may hold it (SAFE-3); none where the list is full,
    and the thread's link says it all the same."""
    link, patient = door.link, door.patient
    known = world.store.get(Tasks, link.program)
    if known is not None and len(known.items) >= tasks.MOST:
        world.journal.event("tasks_full", program=link.program)
        return []
    about = tasks.NOT_SAFE if patient.safe_phone == UNSAFE or patient.held_at is not None else ""
    task = Task(world.ids(now), CLOSED, link.patient_id, "patient", now, now, patient_id=link.patient_id, about=about)
    return [desk_tasks.add(link.program, task)]


def visitor(link: Link, where: str = "") -> Staff:
    """Whoever is at the page, for the trail: which link, and from where. Whoever they are, they are not staff."""
    return Staff(link.name, "patient", (), f"page {where}".strip())


def trace(world: World, link: Link, action: str, now: datetime, where: str, result: str = "done") -> Put:
    return trail.entry(world, visitor(link, where), link.patient_id, action, "own_page", now, result)


def stays(world: World, door: Door, now: datetime) -> None:
    """Somebody is still there. Raises `StoreError`."""
    session = door.session
    if session is not None and (now - session.last_seen_at).total_seconds() >= SEEN_AGAIN:
        world.store.commit(Update(PageSession, (session.token_hash,), set={"last_seen_at": now}))


def leave(world: World, cookie: str) -> None:
    """The session is over at once. Raises `StoreError`."""
    if cookie:
        world.store.commit(Delete(PageSession, (hashed(cookie),)))

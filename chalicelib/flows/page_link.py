"""A link to a patient's page is made with the text that carries it, and taken back by whoever may write to them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from ..core.page_links import KEPT, LIVES, Link
from ..core.people import Contact, Patient, Prompt
from ..core.records import ABSENT, Change, Message, Update
from ..core.safe_phone import own_word
from ..core.staff import Staff
from ..errors import NotFound, Rejected
from ..ports import World
from ..texts import pages
from . import trail
from .read_thread import admit
from .sender import of_patient

REVOKED = "revoked"  # a person took it back


@dataclass(frozen=True, slots=True)
class Carried:
    """A link, and the line that brings it. `line` holds the only copy of its token: it is sealed as a text is."""

    link: Link
    line: str
    template: str
    address: str = ""


def hashed(token: str) -> str:
    """What is kept of a token. It has 128 bits of its own, so that no key is needed."""
    return sha256(token.encode()).hexdigest()


def born_hash(world: World, token_hash: str, birth_date: str) -> str:
    """Of a birth date, for one link. Without the key, thirty thousand dates are tried in no time. Raises `SecretUnavailable`."""
    return world.hasher.text_hash(f"born\n{token_hash}\n{birth_date}")


def why_not(
    world: World, patient: Patient | None, contact: Contact | None, birth_date: date | None, channel: str = ""
) -> str:
    """Why no link can be made for this patient, or ""."""
    if patient is None:
        return "page_nobody"
    if not world.pages_url:
        return "page_no_address"
    word = own_word(patient, contact)
    if (word.needed or channel in patient.read_by_others) and not word.hashed:
        return "page_needs_word"
    return "" if birth_date or word.hashed else "page_nothing_to_ask"


def make(
    world: World, who: Staff, patient: Patient, birth_date: date | None, purpose: str, message_id: str, at: datetime,
    channel: str = "", about: str = "", asks: Prompt | None = None,
) -> Carried:  # fmt: skip
    """A new link; the caller commits it with its text. `at`: when the text leaves. `about`: a form, or a visit. `asks`: what a
    bare digit answers there. Raises `SecretUnavailable`."""
    token = secrets.token_hex(16)
    token_hash = hashed(token)
    link = Link(
        token_hash=token_hash,
        purpose=purpose,
        program=patient.program,
        patient_id=patient.patient_id,
        contact_id=patient.contact_id,
        message_id=message_id,
        about=about,
        language=patient.language,
        made_by=who.staff_id,
        made_at=world.clock(),
        expires_at=at + LIVES[purpose],
        kept_until=at + LIVES[purpose] + KEPT,
        channel=channel,
        asks=asks,
        born=born_hash(world, token_hash, birth_date.isoformat()) if birth_date else "",
    )
    address = f"{world.pages_url}/p/{token}"
    said = pages.line(purpose, patient.language, of_patient(world, patient), address)
    return Carried(link, said.body, said.template_id, address)


def closed(token_hash: str, why: str, now: datetime) -> Change:
    """The change by which a link opens nothing any more. Refused where it is closed already."""
    fields = {"closed_at": now, "closed_why": why}
    return Update(Link, (token_hash,), set=fields, expect={"closed_at": ABSENT})


def revoke(world: World, who: Staff, thread_id: str, message_id: str) -> bool:
    """A person takes the link of one text back; False where it was closed already. Raises `NotFound`, `StoreError`."""
    admit(world, who, thread_id, "close_page", "care")
    row = world.store.get(Message, thread_id, message_id)
    if row is None or not row.link:
        raise NotFound(message_id)
    now = world.clock()
    try:
        world.store.commit(closed(row.link, REVOKED, now), trail.entry(world, who, thread_id, "close_page", "care", now))
    except Rejected:
        return False
    return True

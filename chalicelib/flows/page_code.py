"""Somebody at a page asks for a code by a second channel (ID-2). It goes as any text does: a row that N3 is asked about when it
leaves. Whether one left, to where, and whether there is such an address, the page never says.

The code is kept as a keyed hash, bound to its link and to the browser that asked: who reads it elsewhere has no use for it.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from ..core import page_codes
from ..core.channels import CALLS
from ..core.messages import Kind
from ..core.page_codes import CODE, DIGITS, WAYS, channel_for
from ..core.page_links import Link
from ..core.records import ABSENT, Change, Update
from ..errors import Conflict, Rejected
from ..ports import World
from ..texts import channels
from . import outbox
from .page_identity import Door, code_hash, find, trace
from .page_link import hashed
from .sender import of_patient
from .told_by_phone import spoken_context

ATTEMPTS = 4


def ways(world: World, link: Link) -> tuple[str, ...]:
    """What this house can send for such a link; nothing of the patient is in it."""
    can = {"email": bool(world.clinic.mail and world.mailer), "call": bool(world.clinic.voice), "text": True}
    return tuple(way for way in WAYS.get(link.channel, {}) if can[way])


def ask(world: World, token: str, way: str, where: str = "", cookie: str = "") -> str | None:
    """For the browser's cookie, what binds the code to it: `cookie` itself, where its code is younger than a minute. "" where
    none is made any more. None where there is nothing to open.

    Raises `Conflict`, `StoreError`, `SealFailed`, `SecretUnavailable`.
    """
    for _ in range(ATTEMPTS):
        now = world.clock()
        door = find(world, token, "", now)
        if door is None:
            return None
        if page_codes.too_soon(door.link, hashed(cookie), now):
            return cookie
        if way not in ways(world, door.link) or page_codes.spent(door.link):
            return ""
        asker = secrets.token_hex(16)
        try:
            world.store.commit(*_asked(world, door, asker, way, now), trace(world, door.link, "ask_page_code", now, where))
        except (Conflict, Rejected):
            continue
        return asker
    raise Conflict("page")


def _asked(world: World, door: Door, asker: str, way: str, now: datetime) -> list[Change]:
    """The same work whether one leaves or not: a code is made, and the link remembers it."""
    link, code = door.link, f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    kept = code_hash(world, link.token_hash, asker, code)
    fields = {"code": kept, "code_by": hashed(asker), "code_at": now, "codes": link.codes + 1}
    asked = Update(Link, (link.token_hash,), set=fields, expect={"code_at": link.code_at or ABSENT, "closed_at": ABSENT})
    channel = channel_for(link, way, door.patient)
    letter = _letter(world, door, channel or WAYS[link.channel][way][0], code, now)
    return [asked, *(letter if channel else ())]


def _letter(world: World, door: Door, channel: str, code: str, now: datetime) -> tuple[Change, ...]:
    """Level 0, whoever reads or hears it; staff read that there was one, and never the code."""
    patient, message_id = door.patient, world.ids(now)
    template, sealed = ("code_call" if channel in CALLS else "code_sent"), b""
    said = page_codes.spelt(code) if channel in CALLS else code
    words = channels.say(template, patient.language, sender=of_patient(world, patient), code=said)
    if channel in CALLS:
        row = f"{patient.patient_id}.{message_id}.spoken"
        sealed = world.vault.seal(spoken_context(patient.patient_id, patient.program), row, words.body)
    letter = outbox.Letter(
        patient.patient_id, patient.program, patient.contact_id, Kind.CODE, words.body, patient_id=patient.patient_id,
        language=patient.language, template=template, expires_at=now + page_codes.LASTS, message_id=message_id, page=CODE,
        channel=channel, sealed_spoken=sealed,
    )  # fmt: skip
    return outbox.queue(world, letter, now)

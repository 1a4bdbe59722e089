"""A code by a second channel: one more way to show at a page who is there (ID-2). Pure.

What shows is the channel, so it is never the one that the link came by: a link that came by text asks no phone that gets texts.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .channels import Channel

if TYPE_CHECKING:
    from .page_links import Link
    from .people import Patient

CODE = "code"  # of a message: what it is for, beside the purposes of links
LASTS = timedelta(minutes=10)
PAUSE = timedelta(minutes=1)  # pressed twice is one code
MOST = 3  # of one link
DIGITS = 6
# What a page offers, by what brought its link ("": a text), and the channels behind each way, the first that they agreed to.
WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    "": {"email": (Channel.EMAIL,), "call": (Channel.LANDLINE,)},
    Channel.EMAIL: {"call": (Channel.VOICE, Channel.LANDLINE), "text": (Channel.TEXT,)},
}


def channel_for(link: Link, way: str, patient: Patient) -> str:
    """How a code would go, or "". Nothing where only their own word shows that it is them (`patient.needs_word`, as the page's
    door has it), and nothing to a mailbox that others read. N3 is asked besides, when it leaves."""
    if patient.needs_word:
        return ""
    ours = (Channel.TEXT, *(each for each in patient.channels if each in patient.agreed and each not in patient.read_by_others))
    return next((each for each in WAYS.get(link.channel, {}).get(way, ()) if each in ours), "")


def too_soon(link: Link, asker_hash: str, now: datetime) -> bool:
    """Whether this very browser has one that is younger. Another, or one that never got its answer, gets one of its own."""
    return link.code_by == asker_hash and link.code_at is not None and now - link.code_at < PAUSE


def spent(link: Link) -> bool:
    return link.codes >= MOST


def holds(link: Link, now: datetime) -> bool:
    return bool(link.code) and link.code_at is not None and now - link.code_at < LASTS


def read_code(said: str) -> str:
    """Six digits, however they were spaced; "" for anything else."""
    bare = re.sub(r"[\s-]", "", said)
    return bare if re.fullmatch(rf"[0-9]{{{DIGITS}}}", bare) else ""


def spelt(code: str) -> str:
    """As a voice says it: digit by digit."""
    return ", ".join(code)

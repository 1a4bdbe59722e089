"""What the second look will read: a short-lived copy of a text that paged nobody, kept in the text's own transaction.

Every road a text comes by (webhook, topic, replay, reconciliation) ends in `keep_text`, so every text gets its second look.
"""

from __future__ import annotations

import json
from datetime import datetime

from ..core.messages import FromPage, InboundSms, Kind
from ..core.page_links import PAGE
from ..core.recent import REMEMBERED, UNSEEN
from ..core.records import Change, Delete, Due, Message, Put, RecentText
from ..errors import SealFailed
from ..ports import SealContext, World
from . import outbox
from .arrival import Arrived

READER = "job:second_look"


def rows(world: World, arrived: Arrived, message: Message) -> list[Change]:
    """The copy, and a due row in case nobody looks. Nothing for a text without words."""
    sms = arrived.sms
    if not sms.body.strip() or message.kind == Kind.REACTION:
        return []
    try:
        sealed = world.vault.seal(context(message.program), message.row, _inside(sms))
    except SealFailed:  # the text itself is sealed already and must be kept: a person looks instead (N1)
        world.journal.event("copy_not_sealed", message_id=message.message_id)
        return [Put(unseen(message.row, arrived.now))]
    copy = RecentText(
        thread_id=message.thread_id,
        message_id=message.message_id,
        at=arrived.now,
        received_at=sms.received_at,
        program=message.program,
        contact_id=message.contact_id,
        carrier=sms.carrier,
        carrier_id=sms.carrier_id,
        sealed_text=sealed,
        expires_at=arrived.now + REMEMBERED,
        our_number=sms.our_number,
        language=message.language,
        tier=arrived.look.tier,
    )
    return [Put(copy), Put(unseen(copy.row, copy.at))]


def context(program: str) -> SealContext:
    """One data key serves a program's texts for some minutes: a key for each patient would cost every ordinary text one more
    call to KMS before it is kept (DESIGN §5). Who looked at whom stands in the journal, by ids."""
    return SealContext("recent", program, "recent_text")


def opened(world: World, copy: RecentText) -> tuple[str, str]:
    """The sender's number and the words. Raises `OpenFailed`."""
    inside = json.loads(world.vault.open(context(copy.program), copy.row, copy.sealed_text, READER))
    return inside["sender"], inside["body"]


def page_of(copy: RecentText) -> FromPage | None:
    """Whose page it came by: their thread is theirs alone."""
    return FromPage("", copy.contact_id, copy.thread_id) if copy.carrier == PAGE else None


def _inside(sms: InboundSms) -> str:
    return json.dumps({"sender": sms.sender, "body": sms.body})


def unseen(row: str, at: datetime) -> Due:
    """Who looks deletes it; what is left when it comes due was seen by no model and goes to a person (DET-5)."""
    return Due(outbox.SHARD, at + UNSEEN, f"second_look#{row}", "second_look", row)


def seen(copy: RecentText) -> Delete:
    return outbox.gone(unseen(copy.row, copy.at))


def forgotten(copy: RecentText) -> Delete:
    """What somebody was paged for need not be read by a machine again."""
    return Delete(RecentText, (copy.thread_id, copy.message_id))

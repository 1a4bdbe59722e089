"""What goes between the clinic's own two numbers: the week's text in, which shows that a text reaches our door (PG-6), and
whatever our own number wrote to the other. It leaves a receipt and nothing else.

Half of a mark is real: any other word from the second number is an ordinary text, screened and kept, since somebody wrote it.
"""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from ..core.exercise import week_of
from ..core.messages import CarrierRecord, InboundSms
from ..core.records import Change, Put, Receipt, Update
from ..core.triage import FirstLook
from ..errors import Rejected, SecretUnavailable
from ..ports import World
from ..texts.exercise import arriving
from .arrival import Kept


def expected(world: World, at: datetime) -> str:
    """The words of that instant's week, on the clinic's clock. Raises `SecretUnavailable`."""
    return arriving(world.hasher.week_mark(_week(world, at), world.clinic.number))


def is_ours(world: World, sms: InboundSms, look: FirstLook) -> bool:
    """Whether a text that came is no person's. Raises `SecretUnavailable`."""
    if _wrote_itself(world, sms.sender, sms.our_number):
        return True
    return not look.pages and not sms.media and _is_weeks(world, sms.sender, sms.our_number, sms.body, sms.received_at)


def stands_in_log(world: World, line: CarrierRecord) -> bool:
    """Whether a line of the carrier's log is no person's. What cannot be told is somebody's."""
    try:
        numbers = line.sender, line.recipient
        return _wrote_itself(world, *numbers) or (not line.media and _is_weeks(world, *numbers, line.body, line.at))
    except SecretUnavailable:
        world.journal.event("week_not_told", carrier=line.carrier)
        return False


def keep(world: World, sms: InboundSms, now: datetime) -> Kept:
    """Its receipt; of the week's text one by the week too: who looks for it knows no id of the carrier's. Raises `StoreError`."""
    rows: list[Change] = [Put(Receipt(sms.carrier, sms.carrier_id, "", "", now))]
    if not _wrote_itself(world, sms.sender, sms.our_number):
        fields = {"thread_id": "", "message_id": "", "at": now}
        rows.append(Update(Receipt, (sms.carrier, _receipt(world, sms.received_at)), set=fields, create=True))
    try:
        world.store.commit(*rows)
    except Rejected:  # the same webhook once more
        return Kept(True)
    world.journal.count("own_text_received")
    return Kept(True)


def reached_us(world: World, carrier: str, at: datetime) -> bool:
    """Whether that week's text came to our door. Raises `StoreError`."""
    return world.store.get(Receipt, carrier, _receipt(world, at)) is not None


def _wrote_itself(world: World, sender: str, recipient: str) -> bool:
    return (sender, recipient) == world.clinic.own_two


def _is_weeks(world: World, sender: str, recipient: str, body: str, at: datetime) -> bool:
    """Exactly the numbers and exactly the words: a text with one letter more is somebody's."""
    if not world.clinic.test_sender or (recipient, sender) != world.clinic.own_two:
        return False
    return compare_digest(expected(world, at).encode(), body.encode(errors="surrogatepass"))


def _receipt(world: World, at: datetime) -> str:
    return f"way-in-{_week(world, at)}"


def _week(world: World, at: datetime) -> str:
    return week_of(at.astimezone(world.clinic.zone))

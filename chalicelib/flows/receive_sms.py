"""A text arrives: look, page, keep, answer. In this order, whatever fails (N1, N2).

A crisis pages before anything is stored; all look-ups before it together get one second. What the store cannot
take is parked, sealed; what cannot even be sealed is refused, so that the carrier's fallback brings it back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.incidents import Paged
from ..core.messages import InboundSms
from ..core.people import Contact, PatientRef
from ..core.quick import dataclass
from ..core.triage import FirstLook
from ..errors import PorchlightError, SealFailed
from ..ports import World
from .arrival import Arrived, Kept, contact_of, not_safe_for, reacted_to
from .page_first import page_first

# What comes after the page is read after it, where it is used: a cold start must not keep a page waiting for it.

WHOLE = timedelta(seconds=10)  # Twilio hangs up at 15
LOOK_UPS = 1.0  # seconds for all look-ups before a page …
BEFORE = 0.5  # … of which so much, at most, was spent on what was looked up before the text was read: the clinic as it stands
WORDS_GONE = "words_gone"
PARK = 2.0  # seconds kept back for parking


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back in the webhook's own response. Empty: nothing."""

    text: str = ""
    row: str = ""


class NotKept(PorchlightError):
    """The text is nowhere: the carrier must try its fallback."""


def receive(
    world: World, sms: InboundSms, *, inline: bool, paged_before: bool = False, started: datetime | None = None,
    waits: bool = False, found: bool = False,
) -> Answer:  # fmt: skip
    """Take one text. `inline`: an answer may travel in the response. `paged_before`: a replay whose page has left.
    `started`: when the request came in, if something was done with it before. `waits`: it is on the queue already, so
    that what the store cannot take stays there, unanswered anew, instead of being parked once more. `found`: in the carrier's
    own log; it never came to a door.

    Raises NotKept when the text could be neither kept nor parked; a page, when owed, has left by then.
    """
    now = world.clock()
    deadline = (started or now) + WHOLE
    look = first_look(world, sms)
    if sms.sender in world.clinic.own_two and _is_our_own(world, sms, look):
        own = Arrived(sms, look, None, None, inline, now, own=True)
        if not found:  # the receipt says that a door took it (PG-6)
            _keep_or_park(world, own, deadline, paged_before=False, waits=waits)
        return Answer()
    contact = _look_up(world, sms, look, deadline)
    if _quotes_us(world, sms, look, contact):
        look = FirstLook(3, (), ())
    silent = _not_safe(world, sms, contact)
    paged = page_first(world, sms, look, contact, now, paged_before, silent)
    asked = _asked(world, sms, look, contact, now, paged_before)
    arrived = Arrived(sms, look, contact, paged, inline, now, asked, silent)
    kept = _keep_or_park(world, arrived, deadline, paged_before, waits)
    if kept.answer is None:
        return Answer()
    if inline:
        return Answer(kept.answer_text, kept.answer.row if kept.stored else "")
    from .send_now import send_now

    send_now(world, kept.answer, kept.answer_text, sms.sender, stored=kept.stored)
    return Answer()


def first_look(world: World, sms: InboundSms) -> FirstLook:
    """A screen that fails is never "routine", nor are words that nobody can read any more: tier 1 (DET-5, T12). Of many of those
    at once a few page, and the others wait for whoever is paged: a pager that does not stop silences the next crisis."""
    if sms.wordless:
        return FirstLook(2 if sms.of_many else 1, (WORDS_GONE,), ())
    try:
        return world.screen.look(sms.body)
    except Exception:  # noqa: BLE001  whatever it is, it must not stand between a crisis and its page
        world.journal.count("screen_failed")
        return FirstLook(1, ("screen_failed",), ())


def _is_our_own(world: World, sms: InboundSms, look: FirstLook) -> bool:
    """Whether it went between the clinic's own two numbers and no person wrote it. What cannot be told is somebody's."""
    try:
        from . import own_text

        return world.patience.within(LOOK_UPS, lambda: own_text.is_ours(world, sms, look))
    except Exception as failure:  # noqa: BLE001  no key may stand between a text and what it owes
        world.journal.event("look_up_failed", carrier=sms.carrier, error=type(failure).__name__)
        return False


def _look_up(world: World, sms: InboundSms, look: FirstLook, deadline: datetime) -> Contact | None:
    """The contact, or None when it could not be read in time."""
    left = _left(world, deadline)
    spent = min(WHOLE.total_seconds() - left, BEFORE)
    seconds = LOOK_UPS - spent if look.pages else left - PARK - LOOK_UPS
    try:
        return world.patience.within(seconds, lambda: contact_of(world, sms))
    except Exception as failure:  # noqa: BLE001  no look-up may stand between a crisis and its page
        world.journal.event("look_up_failed", carrier=sms.carrier, error=type(failure).__name__)
        return None


def _quotes_us(world: World, sms: InboundSms, look: FirstLook, contact: Contact | None) -> bool:
    """A reaction to our own words is no danger; one that cannot be told to be that is screened like any text."""
    try:
        return look.pages and contact is not None and bool(reacted_to(world, contact, sms.body))
    except Exception as failure:  # noqa: BLE001  no key may stand between a crisis and its page
        world.journal.event("look_up_failed", carrier=sms.carrier, error=type(failure).__name__)
        return False


def _not_safe(world: World, sms: InboundSms, contact: Contact | None) -> tuple[PatientRef, ...]:
    """Whose word for "not safe" it holds. What cannot be told now is told when the text is kept, and the tick pages then."""
    try:
        return not_safe_for(world, sms, contact)
    except Exception as failure:  # noqa: BLE001  no key may stand between a text and what it owes
        world.journal.event("look_up_failed", carrier=sms.carrier, error=type(failure).__name__)
        return ()


def _asked(
    world: World, sms: InboundSms, look: FirstLook, contact: Contact | None, now: datetime, before: bool
) -> Paged | None:
    """The page about a TEXT instead of a call. What cannot be worked out leaves the text to be kept, and the tick to page."""
    if look.pages:
        return None
    try:
        from . import asks_for_texts

        return asks_for_texts.put_in_front(world, sms, look, contact, now, before)
    except Exception as failure:  # noqa: BLE001  whatever a row holds, the text must be kept
        world.journal.event("call_not_worked_out", carrier=sms.carrier, error=type(failure).__name__)
        return None


def _keep_or_park(world: World, arrived: Arrived, deadline: datetime, paged_before: bool, waits: bool) -> Kept:
    """Keep it; if the store cannot, park it; if neither, NotKept."""
    seconds = max(_left(world, deadline) - PARK, 0.5)
    sms = arrived.sms
    try:
        return world.patience.within(seconds, lambda: _keep(world, arrived))
    except SealFailed:
        world.journal.count("seal_failed")
        _suppress(world, arrived, deadline)
        raise NotKept("seal") from None
    except Exception as failure:  # noqa: BLE001  what the store cannot take, for whatever reason, is parked
        world.journal.event("keep_failed", carrier=sms.carrier, error=type(failure).__name__)
    if waits:  # parking it again would answer the patient again, at the queue's own speed
        raise NotKept("store")
    left = any(page is not None and page.at is not None for page in (arrived.paged, arrived.asked))
    _park(world, sms, paged_before or left, deadline)
    from . import crisis_answer

    return crisis_answer.unstored_answer(world, arrived)


def _keep(world: World, arrived: Arrived) -> Kept:
    if arrived.own:
        from . import own_text

        return own_text.keep(world, arrived.sms, arrived.now)
    from . import keep_text

    return keep_text.keep(world, arrived)


def _park(world: World, sms: InboundSms, has_paged: bool, deadline: datetime) -> None:
    try:
        from . import park_text

        world.patience.within(max(_left(world, deadline), 0.5), lambda: park_text.park(world, sms, has_paged))
    except Exception:  # noqa: BLE001  then the carrier must bring it back
        world.journal.count("park_failed")
        raise NotKept("park") from None
    world.journal.count("parked")


def _suppress(world: World, arrived: Arrived, deadline: datetime) -> None:
    try:
        from .suppress import suppress

        world.patience.within(max(_left(world, deadline), 0.5), lambda: suppress(world, arrived))
    except PorchlightError as failure:
        world.journal.event("not_suppressed", error=type(failure).__name__)


def _left(world: World, deadline: datetime) -> float:
    return (deadline - world.clock()).total_seconds()

"""Who asks on our web page to be texted, until the phone itself says yes (docs/decisions/web-form.md). Anybody may type anybody's
number: nothing here is a permission, and nothing of it is in a patient's thread. Pure."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import ClassVar

from .consent import SCOPES, Scope, stopped, unsure
from .people import Contact
from .place import open_prompt
from .quick import Later, carried, dataclass

# What can be asked for: a box each, none ticked for anybody. To texts that name their care one agrees with a person (TXT-1).
KINDS: tuple[str, ...] = tuple(str(scope) for scope in SCOPES if scope not in (Scope.CONVERSATION, Scope.CLINICAL))
WEB = "web"  # the medium of what came by it, and the first word of what our question back is about
RISK_BOX = "risk"  # that texts can be read by others
MOST = 3  # kept of one number: whoever types somebody else's pushes nothing of theirs out
KEPT = timedelta(days=30)
ASKED_BACK = timedelta(days=7)  # one question back to a number in so long, whoever asked, and how often
GOOD_FOR = timedelta(days=3)  # a question that waited longer for their hours comes too late
ANSWERED_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Ask:
    """One form. `words`: the version that was shown; `sealed`: the number, name and birth date as they were typed. `asked_at`:
    when our question went out that it is one of the reasons for."""

    ask_id: str
    at: datetime
    language: str
    words: str
    kinds: tuple[str, ...]
    risk: bool
    rule_version: str
    sealed: bytes
    asked_at: datetime | None = None
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of one number; `sealed_number` as a contact holds it, so that whoever texts it need not open what was
    typed. `pushed_at`: when a form was pushed out that had not every box which all others have."""

    key: ClassVar[tuple[str, ...]] = ("contact_id",)
    contact_id: str
    version: int
    sealed_number: bytes
    asks: tuple[Ask, ...] = ()
    texted_at: datetime | None = None
    forgotten_at: datetime | None = None
    pushed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the forms of one number say together: the phone said yes to none of them by name. `common`: boxes that each has;
    `ticked`: that any has."""

    common: frozenset[str] = frozenset()
    ticked: frozenset[str] = frozenset()
    differ: bool = False


@dataclass(frozen=True, slots=True)
class AskCount:
    """How many forms came from one address in an hour, by its keyed hash, or from all of them in a day. `recent`: of danger that
    was typed, whose items began when."""

    key: ClassVar[tuple[str, ...]] = ("counter",)
    counter: str
    count: int = 0
    expires_at: datetime | None = None
    recent: dict[str, datetime] = field(default_factory=dict)


def with_one_more(asks: tuple[Ask, ...], ask: Ask) -> tuple[Ask, ...]:
    """The first stays, which our question was about, and the newest of the others."""
    return (*asks[:1], *(*asks[1:], ask)[-(MOST - 1) :])


def boxes(ask: Ask) -> frozenset[str]:
    return frozenset((*ask.kinds, *((RISK_BOX,) if ask.risk else ())))


def pushes(asked: Asked, ask: Ask) -> bool:
    """Whether this form pushes out one without which the others would agree on more."""
    kept = with_one_more(asked.asks, ask)
    common = frozenset.intersection(*(boxes(each) for each in kept if each.asked_at is None))
    gone = [each for each in asked.asks if each not in kept and each.asked_at in (None, asked.texted_at)]
    return any(not common <= boxes(each) for each in gone)


def agreed(asked: Asked, ask: Ask, yes_at: datetime) -> Agreed:
    """What a yes to this form can mean. Somebody else may have typed one in the same minute: so what all say that were kept by
    then, but for those of an earlier question."""
    said = [boxes(each) for each in asked.asks if each.at <= yes_at and each.asked_at in (None, ask.asked_at)]
    if asked.pushed_at is not None:
        return Agreed(ticked=frozenset((*KINDS, RISK_BOX)), differ=True)
    return Agreed(frozenset.intersection(*said), frozenset.union(*said), len(set(said)) > 1)


def asked_about(asked: Asked, ask: Ask, now: datetime) -> dict[str, object]:
    """What the row keeps as our question goes: which one it is about, and which were there."""
    asks = tuple(replace(each, asked_at=each.asked_at or now) for each in with_first(asked.asks, ask))
    old = asked.pushed_at is not None and asked.texted_at is not None and asked.pushed_at <= asked.texted_at
    return {"texted_at": now, "asks": asks, "pushed_at": None if old else asked.pushed_at, "version": asked.version + 1}


def newest_first(asks: tuple[Ask, ...]) -> list[Ask]:
    return sorted(asks, key=lambda ask: ask.at, reverse=True)


def with_first(asks: tuple[Ask, ...], ask: Ask) -> tuple[Ask, ...]:
    """The one that our question is about goes where no other pushes it out: somebody is about to say yes to it."""
    return (ask, *(each for each in asks if each.ask_id != ask.ask_id))


def may_ask_back(asked: Asked, contact: Contact | None, now: datetime) -> bool:
    """Whether our one question may go to this number: never to who said stop, may be somebody else, is in danger, is a
    colleague, or is not alone on their phone. N3 and `why_not` are asked again as it leaves."""
    if not asked.asks or (asked.texted_at is not None and now - asked.texted_at < ASKED_BACK):
        return False
    return contact is None or not (stopped(contact) or unsure(contact) or contact.doubt or why_not(contact))


def why_not(contact: Contact) -> str:
    """Why nobody is asked there, besides STOP and doubt; "". Asked again as the question leaves, which may be a morning later."""
    if contact.incidents:
        return "open_incident"
    alone = len(contact.patients) < 2 and all(ref.role == "self" for ref in contact.patients)
    return "" if alone and not contact.staff else "not_alone"


def waits_for(contact: Contact | None, now: datetime) -> datetime | None:
    """Until when another question is open on this phone: "1" must not come to mean something else. None: it may be asked now."""
    asked = open_prompt(contact, now) if contact else None
    return asked.expires_at if asked else None

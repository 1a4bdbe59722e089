"""What was asked for on our web page for one number, for staff who look at its thread or its patient. It is nobody's word
until the phone said yes; what was typed opens for who may see numbers that are nobody's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ..core.asked import GOOD_FOR, KINDS, RISK_BOX, Ask, Asked, agreed, newest_first
from ..core.consent_ledger import ConsentEntry
from ..core.records import UNMATCHED, Contact
from ..core.sealed_json import known
from ..core.staff import Staff
from ..errors import OpenFailed
from ..ports import World
from .ask_form import context_of, row_of
from .said_consent import JOIN_WORDS


@dataclass(frozen=True, slots=True)
class Typed:
    """As it was typed; the number is the thread's own."""

    name: str = ""
    born: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """`typed`: None where this person may not open it, or nobody can. `yes_at`: when the phone said yes to it. `noted_at`: when
    staff noted it for the patient. `common`: the kinds that can be noted, and `risk`; `ticked`: what any form for this number
    has; `differ`: they do not say the same. `anothers`: the number has changed hands since the yes."""

    ask: Ask
    typed: Typed | None
    yes_at: datetime | None = None
    noted_at: datetime | None = None
    common: tuple[str, ...] = ()
    risk: bool = False
    ticked: frozenset[str] = frozenset()
    differ: bool = False
    anothers: bool = False


def forms_of(
    world: World, who: Staff | None, contact: Contact, number: Iterable[ConsentEntry], own: Iterable[ConsentEntry] = ()
) -> tuple[Form, ...]:
    """The newest first. `who`: who reads what was typed, None where nobody does. `number`, `own`: the ledger's lines of the
    number and of the patient. The caller has let them in and leaves the trace. Raises `StoreError`."""
    asked = world.store.get(Asked, contact.contact_id)
    if asked is None:
        return ()
    number, own = tuple(number), tuple(own)
    forms = (Form(ask, _typed(world, who, asked.contact_id, ask), noted_at=_noted(ask, own)) for ask in newest_first(asked.asks))
    return tuple(_said(form, asked, _yes(asked, form.ask, contact, number), contact) for form in forms)


def _said(form: Form, asked: Asked, yes_at: datetime | None, contact: Contact) -> Form:
    if yes_at is None:
        return form
    if contact.owner_at is not None and yes_at <= contact.owner_at:
        return replace(form, anothers=True)
    all_say = agreed(asked, form.ask, yes_at)
    common = tuple(kind for kind in KINDS if kind in all_say.common)
    risk, differ = RISK_BOX in all_say.common, all_say.differ
    return replace(form, yes_at=yes_at, common=common, risk=risk, ticked=all_say.ticked, differ=differ)


def _typed(world: World, who: Staff | None, contact_id: str, ask: Ask) -> Typed | None:
    if who is None or not who.may_see(UNMATCHED):
        return None
    try:
        said = world.vault.open(context_of(contact_id), row_of(contact_id, ask.ask_id), ask.sealed, who.staff_id)
    except OpenFailed:
        return None
    return Typed(**known(Typed, said))


def _yes(asked: Asked, ask: Ask, contact: Contact, number: Iterable[ConsentEntry]) -> datetime | None:
    """To this very form, or by a JOIN from that phone soon after it; a STOP after it ended both."""
    if contact.joined_at is None:
        return None
    since = max(filter(None, (ask.at, contact.stopped_at)))
    said = [line.at for line in number if line.change == "granted" and line.at >= since and _of(asked, ask, line)]
    return max(said, default=None)


def _of(asked: Asked, ask: Ask, line: ConsentEntry) -> bool:
    """A JOIN says yes to the newest form and to none that our question was sent about: who let that lie never meant it, whoever
    had ticked what there."""
    if line.ask_id or line.words != JOIN_WORDS:
        return line.ask_id == ask.ask_id
    newest = max(each.at for each in asked.asks if each.at <= line.at)
    unasked = asked.texted_at is None or asked.texted_at < ask.at
    return unasked and ask.at == newest and line.at - ask.at < GOOD_FOR


def _noted(ask: Ask, own: Iterable[ConsentEntry]) -> datetime | None:
    return max((line.at for line in own if line.ask_id == ask.ask_id), default=None)

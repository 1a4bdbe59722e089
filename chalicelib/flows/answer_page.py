"""What somebody writes, or presses, on their page takes the road of a text: looked at first, paged before it is kept, in their
thread (N1, N2). No look-up of the page's own stands before the look at the words."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from .. import texts
from ..core.keywords import TIGHTENS, Word
from ..core.meaning import MOVE, VISIT
from ..core.messages import DeliveryEvent, FromPage, InboundSms, Status
from ..core.not_safe import phrases
from ..core.page_links import PAGE
from ..core.records import Contact, Link, Patient, Prompt, Update
from ..errors import PorchlightError, StoreError
from ..ports import World
from ..texts import pages
from . import page_unkept, receive_sms, record_delivery
from .page_identity import Door, find
from .page_link import hashed
from .plan_rows import duress_hash
from .receive_sms import NotKept, first_look

PRESSES = {"confirmed": "1", "wants_move": "2", "cannot_come": "3"}  # as to a text about a visit
ASKED_FOR = timedelta(minutes=5)
MOST_ANSWERS = 20

__all__ = ["Came", "NotKept", "come_in", "press", "write"]


@dataclass(frozen=True, slots=True)
class Came:
    """A post after the first look at its words. `door`: None where nobody can be let in. `said`: the crisis answer, shown there
    and then whoever it was."""

    door: Door | None
    kept: bool = False
    said: str = ""


def come_in(world: World, token: str, cookie: str, csrf_holds: Callable[[Door], bool], text: str, form_id: str) -> Came:
    """A message that was posted. Danger is paged and answered even where the session ran out or the store is silent; other words
    are kept only for who showed who they are. Raises `NotKept`, `StoreError`."""
    nobodys = FromPage(hashed(token))
    danger = _is_danger(world, nobodys, text)
    try:
        door = find(world, token, cookie, world.clock())
    except StoreError:
        if not (danger or cookie or _tightens(text)):
            raise
        return Came(None, True, write(world, nobodys, text, form_id))
    if door is not None and ((door.writes and csrf_holds(door)) or danger):
        return Came(door, True, write(world, of(door), text, form_id))
    return Came(door, said=overhear(world, token, text, form_id))


def apart(world: World, text: str, own: str) -> tuple[str, ...]:
    """What is taken as texts: what somebody typed beside what they chose stands by itself, first, where it says by itself what
    it does not among other lines: a word that is danger, or STOP, as the whole of a text (N2, TCPA-3)."""
    alone, among = (first_look(world, _sms(world, FromPage(""), said, "")).tier for said in (own, text))
    more = alone < among or (_tightens(own) and texts.keywords().read(own) != texts.keywords().read(text))
    return (own, text) if more and own.strip() else (text,)


def of(door: Door) -> FromPage:
    return of_link(door.link)


def of_link(link: Link) -> FromPage:
    """What the message behind it asks comes along: "1" means there what it would have meant in a text."""
    return FromPage(link.token_hash, link.contact_id, link.patient_id, link.asks)


def write(world: World, page: FromPage, text: str, form_id: str) -> str:
    """Take it; the answer to danger, or "". The same form again is the same text (N4), but for STOP after
    a START. Raises `NotKept`."""
    page = _answering(page, text)
    sms = _sms(world, page, text, form_id + _since(world, page, text))
    try:
        answer = receive_sms.receive(world, sms, inline=True)
    except NotKept:
        page_unkept.remember(world, sms)
        raise
    if answer.row:
        _shown(world, answer.row)
    if page.contact_id:
        _remember(world, page.link)
    return answer.text


def _answering(page: FromPage, text: str) -> FromPage:
    """A bare digit that the message behind this page asked for is its answer."""
    digit = text.strip().rstrip(".!")
    asked = page.question is not None and not page.choice and digit in page.question.accepted
    return replace(page, choice=digit) if asked else page


def press(world: World, door: Door, what: str, visit_id: str, slot_id: str, form_id: str) -> None:
    """A button of a visit: the question and its answer at once, decided as a text's would be. Raises `NotKept`, KeyError."""
    now, words = world.clock(), pages.words(door.link.language)
    patient_id = door.patient.patient_id
    about = (visit_id, slot_id) if what == "take" else (visit_id,)
    kind, accepted = (MOVE, ("1",)) if what == "take" else (VISIT, tuple(PRESSES.values()))
    asked = Prompt(f"page#{form_id[:26]}", patient_id, kind, accepted, now + ASKED_FOR, now, about=about)
    choice = "1" if what == "take" else PRESSES[what]
    page = replace(of(door), question=asked, choice=choice)
    write(world, page, words[f"post_{what}"], form_id)


def overhear(world: World, token: str, said: str, form_id: str = "") -> str:
    """Words from somebody who is not let in: the session ran out, the page has ended, or a birth date was asked for. What is
    danger, what only tightens (TCPA-8), and their word for "not safe" (SAFE-4) is heard all the same, for a month after the
    link's end, as it is from whoever holds a phone. The page looks as it would without it. The answer to danger, or "".

    Raises `NotKept`, `StoreError`."""
    nobodys, form = FromPage(hashed(token)), form_id or f"word {world.clock():%Y%m%d%H%M}"
    heard = _is_danger(world, nobodys, said) or _tightens(said)
    try:
        link = world.store.get(Link, nobodys.link)
        if link is None or not (heard or _not_safe(world, link, said)):
            return ""
    except StoreError:
        if not heard:
            raise
        return write(world, nobodys, said, form)
    return write(world, of_link(link), said, form)


def is_danger(world: World, said: str) -> bool:
    return bool(said) and _is_danger(world, FromPage(""), said)


def _is_danger(world: World, page: FromPage, said: str) -> bool:
    return first_look(world, _sms(world, page, said, "")).pages


def _tightens(said: str) -> bool:
    return texts.keywords().read(said) in TIGHTENS


def _not_safe(world: World, link: Link, said: str) -> bool:
    patient = world.store.get(Patient, link.patient_id)
    if patient is None or not patient.duress:
        return False
    found = (duress_hash(world, patient.patient_id, each) for each in set(phrases(said)))
    return any(hmac.compare_digest(each, patient.duress) for each in found)


def _since(world: World, page: FromPage, text: str) -> str:
    """What makes a STOP another than the one before in the same form: texts were allowed again between them (TCPA-8). Where that
    cannot be read, nor whose page it is, it is another, each minute anew: one too many stops nobody twice."""
    if texts.keywords().read(text) is not Word.STOP:
        return ""
    unread = f" unread {world.clock():%Y%m%d%H%M}"
    try:
        contact = world.store.get(Contact, page.contact_id) if page.contact_id else None
    except StoreError:
        return unread
    if not page.contact_id:
        return unread
    allowed = [at for at in (contact.started_at, contact.kept_at) if at is not None] if contact else []
    return f" {max(allowed).isoformat()}" if allowed else ""


def _sms(world: World, page: FromPage, text: str, form_id: str) -> InboundSms:
    """The same words in the same form of one link, or the same button of the same visit, are one text; others, after going back
    to the form, are another. The form's id has 80 random bits and is kept nowhere, so that this says nothing of the words."""
    about = page.question.about if page.question else ()
    said = "\n".join((page.link, form_id, page.choice, *about, text))
    name = sha256(said.encode(errors="surrogatepass")).hexdigest()[:32]
    return InboundSms(PAGE, name, "", "", text, world.clock(), page=page)


def _shown(world: World, row: str) -> None:
    """The page that goes back is the delivery. Where this cannot be written down, a person is told to call after 90 seconds."""
    try:
        record_delivery.record(world, DeliveryEvent(PAGE, "", Status.DELIVERED, world.clock(), row))
    except PorchlightError as failure:
        world.journal.event("answer_not_recorded", row=row, error=type(failure).__name__)


def _remember(world: World, link: str) -> None:
    """When they answered, for their own eyes. Losing it loses nothing."""
    try:
        known = world.store.get(Link, link)
        if known is not None and len(known.answered) < MOST_ANSWERS:
            at = {"answered": (world.clock(),)}
            world.store.commit(Update(Link, (link,), append=at, expect={"expires_at": known.expires_at}))
    except StoreError as failure:
        world.journal.event("page_not_marked", error=type(failure).__name__)

"""What a text tells goes another way where somebody's first channel is no text, or where the text cannot go: a round begins, at
the moment the text would have been queued (`texts/rounds.toml` says which channels carry what).

Somebody whom nobody asked how to reach gets texts alone, as ever, and no round."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..core.appointments import AboutVisit
from ..core.channels import Channel
from ..core.consent import Scope
from ..core.messages import Kind, Status
from ..core.page_links import FORM, LIVES, MESSAGE, RESOURCES, ROOM, VISITS
from ..core.permission import Leave, Refuse, Verdict, Wait, cap_frees, over_cap
from ..core.permission_rules import RULES
from ..core.reaching import why_not
from ..core.records import Change, Contact, Message, Patient, Put, Round
from ..core.rounds import OF_THE_CHANNEL, PAGE, REMINDER, THEIR_NO, Said, Tried, asked_besides, ways
from ..ports import World
from ..texts.reach import limits
from . import outbox
from .outbox import Letter, keep_due
from .round_rows import due_at
from .visit_words import Shows

PAGES = (MESSAGE, FORM, ROOM, RESOURCES, VISITS)
BY_HAND = (Channel.PERSON, Channel.LETTER)


def takes_over(patient: Patient, verdict: Verdict, rank: int = 1, purpose: str = REMINDER) -> bool:
    """Whether this goes another way from its beginning. What they themselves said no to sends nobody after them; neither does a
    text of lesser weight."""
    theirs = ways(limits()[purpose], patient.channels)
    if not theirs or isinstance(verdict, Wait):
        return False
    if isinstance(verdict, Refuse) and (verdict.why not in OF_THE_CHANNEL or rank > 1):
        return False
    return theirs[0] != Channel.TEXT or (isinstance(verdict, Refuse) and len(theirs) > 1)


def otherwise(
    verdict: Verdict, kind: Kind, purpose: str, patient: Patient, contact: Contact | None, scope: str, now: datetime
) -> Verdict:
    """N3's verdict on a text that nobody is sent after, as it holds for all of their channels: it may leave where another than
    a text would carry it now. Each is asked again when it leaves; only the cap is asked here, since it is of no channel."""
    if not patient.channels:
        return verdict
    theirs = ways(limits()[purpose], patient.channels)
    if not theirs:
        return verdict if isinstance(verdict, Refuse) else Refuse("not_in_plan")
    if isinstance(verdict, Refuse) and verdict.why not in OF_THE_CHANNEL:
        return verdict
    whys = {each: why_not(each, patient, contact, scope, now) for each in theirs if each != Channel.TEXT}
    if not isinstance(verdict, Refuse):
        return verdict if Channel.TEXT in theirs or "" in whys.values() else Refuse(whys[theirs[0]])
    if "" not in whys.values() or contact is None:
        return verdict
    return Wait(cap_frees(contact, now), "frequency_cap") if RULES[kind].capped and over_cap(contact, now) else Leave()


def begun(
    world: World, patient: Patient, told: tuple[AboutVisit, ...], touch: str, now: datetime, text_id: str = "", why: str = ""
) -> list[Change]:
    """Of a reminder. `text_id`: the text that its first turn is; "": no turn yet. `why`: why a text cannot be it. Nothing for
    whom texts are the only way."""
    if not patient.channels or (text_id and patient.channels[0] != Channel.TEXT):
        return []
    row = Round(
        patient.patient_id, world.ids(now), patient.program, REMINDER, now, min(each.start_at for each in told), told, touch
    )
    return _rows(patient, row, now, text_id, why)


def queue(
    world: World, patient: Patient, letter: Letter, purpose: str, now: datetime, contact: Contact | None = None, scope: str = "",
    shows: Shows | None = None,
) -> tuple[Change, ...]:  # fmt: skip
    """As `outbox.queue`, with the round that begins with this text; or the round alone, where their first channel is another or a
    text cannot go (`contact`: as read; None where nobody looked). `scope`: the permission of a campaign. `shows`: what a page
    shows in its place. Nothing where no channel of theirs may carry it. Raises
    `SealFailed`, `SecretUnavailable`."""
    theirs = ways(limits()[purpose], patient.channels)
    if not patient.channels:
        return outbox.queue(world, letter, now)
    if not theirs or not outbox.may_say(world, letter):
        return ()
    text = outbox.write(world, letter, now, Status.QUEUED)
    letter = replace(letter, message_id=text.message_id)  # the round asks what became of this very row
    said = _said(text, letter.subject, scope)
    if shows is not None:
        said = replace(said, page=shows.page, subject=shows.subject, sealed=_sealed(world, patient, said.message_id, shows))
    row = Round(
        patient.patient_id, world.ids(now), patient.program, purpose, now, letter.expires_at or now, letter.visits, said=said
    )
    why = _no_text(patient, contact, said.scope, now) if theirs[0] == Channel.TEXT else ""
    if theirs[0] != Channel.TEXT or (why in OF_THE_CHANNEL and len(theirs) > 1):
        return tuple(_rows(patient, row, now, why=why))
    return (*outbox.queue(world, letter, now), *_rows(patient, row, now, said.message_id))


def page_goes_by(world: World, patient: Patient | None, contact: Contact | None, now: datetime) -> str:
    """email, where a page that a person sends goes by it: the first of their channels that may carry it now; "" for a text."""
    if patient is None or contact is None or not world.clinic.mail:
        return ""
    for each in ways(limits()[PAGE], patient.channels):
        if not why_not(each, patient, contact, Scope.CONVERSATION, now):
            return Channel.EMAIL.value if each == Channel.EMAIL else ""
    return ""


def after_page(patient: Patient, letter: Letter, round_id: str, now: datetime) -> list[Change]:
    """The round of a page whose first turn is this letter; nothing where no other channel of theirs carries it. A page of what
    they allow (choices, plan) is for the phone that it is about."""
    first = letter.channel or Channel.TEXT
    left = tuple(each for each in ways(limits()[PAGE], patient.channels) if each not in (first, Channel.PAGE))
    if letter.page not in PAGES or not left:
        return []
    said = Said(
        Kind.STAFF, letter.message_id, letter.program, letter.sealed_page, letter.language, letter.template,
        scope=Scope.CONVERSATION, author=letter.author, page=letter.page, subject=letter.subject,
    )  # fmt: skip
    leaves = max(letter.not_before or now, now)
    row = Round(
        patient.patient_id, round_id, patient.program, PAGE, now, leaves + LIVES[letter.page], left=left,
        tried=(Tried(first, leaves, letter.message_id),), said=said,
    )  # fmt: skip
    return [Put(row), keep_due(due_at(row, leaves + limits()[PAGE].waits[first]))]


def _no_text(patient: Patient, contact: Contact | None, scope: str, now: datetime) -> str:
    if contact is None:
        return "no_phone" if patient.no_phone else ""
    return why_not(Channel.TEXT, patient, contact, scope, now)


def _sealed(world: World, patient: Patient, message_id: str, shows: Shows) -> bytes:
    context, row = outbox.page_context(patient.patient_id, patient.program), outbox.page_row(patient.patient_id, message_id)
    return world.vault.seal(context, row, shows.words)


def _said(text: Message, subject: str, scope: str) -> Said:
    """What of the text the next channel needs. What answers somebody on their phone begins anew elsewhere: it needs a yes."""
    kind = Kind.STAFF if text.kind == Kind.REPLY else Kind(text.kind)
    return Said(
        kind, text.message_id, text.program, text.sealed_page if text.page else text.sealed_body, text.language, text.template,
        text.content_level, scope or RULES[kind].consent, text.prompt, text.slots, text.reengagement, text.campaign, text.author,
        text.page, subject,
    )  # fmt: skip


def _rows(patient: Patient, row: Round, now: datetime, text_id: str = "", why: str = "") -> list[Change]:
    theirs = ways(limits()[row.purpose], patient.channels)
    if why in THEIR_NO:
        theirs = tuple(each for each in theirs if each not in BY_HAND)
    tried = (Tried(Channel.TEXT, now, text_id, why),) if text_id or why else ()
    also = "" if why in THEIR_NO else asked_besides(limits()[row.purpose], patient.also, theirs)
    left = tuple(each for each in theirs if each != also and not (tried and each == Channel.TEXT))
    at = now + limits()[row.purpose].waits[Channel.TEXT] if text_id and not also else now
    return [Put(replace(row, left=left, tried=tried, also=also)), keep_due(due_at(row, at))]

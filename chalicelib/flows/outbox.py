"""Put a text into the outbox: a row that waits to leave, and a due row in case the stream drops it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.crisis_answers import Wording
from ..core.messages import Direction, Kind, Status
from ..core.records import AboutVisit, Change, Delete, Due, Message, Owed, Prompt, Put, Update
from ..core.throughput import Lane, lane_of
from ..errors import OpenFailed, SecretUnavailable
from ..ports import SealContext, World
from ..texts import approval, crisis

SHARD = 0  # one shard until a number's throughput asks for more (docs/decisions/due-index.md)
AFTER = timedelta(milliseconds=1)  # ids of one millisecond have no order: an answer stands after its text
LOST = timedelta(seconds=60)  # when the tick looks whether the stream forgot a row


@dataclass(frozen=True, slots=True)
class Letter:
    """One text to write. `text` in clear: it lives only until it is sealed. `wording`: the same by reference, where its words
    are public; then nothing is sealed."""

    thread_id: str
    program: str
    contact_id: str
    kind: Kind
    text: str
    author: str = "auto"
    patient_id: str = ""
    carrier: str = ""
    language: str = "en"
    template: str = ""
    content_level: int = 0
    in_reply_to: str = ""
    incident_id: str = ""
    expires_at: datetime | None = None
    not_before: datetime | None = None
    prompt: Prompt | None = None
    message_id: str = ""
    owed: Owed | None = None
    scheduled: bool = False
    above_level: str = ""
    level_then: int = 0
    visits: tuple[AboutVisit, ...] = ()
    wording: Wording | None = None
    slots: tuple[str, ...] = ()
    reengagement: tuple[str, ...] = ()
    campaign: str = ""
    page: str = ""
    link: str = ""
    sealed_page: bytes = b""
    channel: str = ""
    sealed_spoken: bytes = b""
    subject: str = ""  # of a page: what it is about; kept with its link and its round


# N2, TCPA-7, CTIA-3, CTIA-4: what danger or the law asks for leaves whatever a table of ours says.
CONFIRMS = (Kind.STOP_CONFIRMATION, Kind.START_CONFIRMATION, Kind.KEEP_CONFIRMATION)
WITHOUT_APPROVAL = frozenset({Kind.CRISIS_ANSWER, Kind.HELP, *CONFIRMS})


def queue(world: World, letter: Letter, now: datetime) -> tuple[Change, ...]:
    """The changes that queue it; the caller commits them with its own. None, and a count, for automatic words that nobody
    approved (`texts/approved.toml`). Raises `SealFailed`, `SecretUnavailable`."""
    if not may_say(world, letter):
        return ()
    message = _paced(world, letter.text, write(world, letter, now, Status.QUEUED))
    return (Put(message), Put(delivery_due(message)))


def may_say(world: World, letter: Letter) -> bool:
    """N8: a person's own words, or words that somebody approved."""
    if letter.author != "auto" or letter.kind in WITHOUT_APPROVAL or not (why := approval.why_not(letter.template)):
        return True
    world.journal.event("template_not_approved", code=letter.template, reason=why)
    world.journal.count("template_not_approved")
    return False


def _paced(world: World, text: str, message: Message) -> Message:
    """What we begin leaves when the number has room for it (DLC-6)."""
    if lane_of(message.kind) is Lane.PERSON:
        return message
    from ..core.segments import count  # who answers a crisis need not read it

    message = replace(message, parts=count(text).parts)
    at = world.pace.slot(message.kind, message.parts or 1, message.row) if world.pace else None
    return message if at is None else replace(message, not_before=max(at, message.not_before or at))


AS_WRITTEN = (
    "template", "content_level", "not_before", "expires_at", "in_reply_to", "incident_id", "prompt", "owed", "scheduled",
    "above_level", "level_then", "visits", "wording", "slots", "reengagement",
    "campaign", "page", "link", "sealed_page", "channel", "sealed_spoken",
)  # fmt: skip


def write(world: World, letter: Letter, now: datetime, status: Status) -> Message:
    """The row for a letter, in the given status. Raises `SealFailed`, `SecretUnavailable`."""
    message_id = letter.message_id or world.ids(now + AFTER)
    row = f"{letter.thread_id}.{message_id}"
    context = SealContext(letter.patient_id or letter.contact_id, letter.program, "outgoing_text")
    return Message(
        thread_id=letter.thread_id,
        message_id=message_id,
        direction=Direction.OUT,
        kind=letter.kind,
        status=status,
        at=now,
        program=letter.program,
        contact_id=letter.contact_id,
        sealed_body=b"" if letter.wording else world.vault.seal(context, row, letter.text),
        patient_id=letter.patient_id,
        our_number=world.clinic.number,
        carrier=letter.carrier or world.clinic.carrier,
        language=letter.language,
        author=letter.author,
        body_hash=world.hasher.text_hash(letter.text),
        status_at=now,
        **{name: getattr(letter, name) for name in AS_WRITTEN},
    )


SHOWS = {
    "visits": "A link to the page of their visits.", "choices": "A link to the page of what we may text them.",
    "plan": "A link to the page of how we reach them.", "form": "A link to a form.",
    "code": "A code, asked for at a page of theirs.",
}  # fmt: skip
SEALED_AS: dict[str, str] = {Direction.IN: "inbound_text", Direction.OUT: "outgoing_text", Direction.NOTE: "note"}


def context_of(row: Message) -> SealContext:
    """Under what a row's words are sealed."""
    return SealContext(row.patient_id or row.contact_id, row.program, SEALED_AS[row.direction])


def words_of(world: World, row: Message, reader: str) -> str:
    """What a row says: opened, or put together from public words exactly as it was then. Raises `OpenFailed`, also when the
    words do not come out as they were sent: a row never shows others."""
    if row.wording is None:
        return world.vault.open(context_of(row), row.row, row.sealed_body, reader)
    try:
        text = crisis.said(row.wording)
        same = world.hasher.text_hash(text) == row.body_hash
    except (KeyError, SecretUnavailable) as problem:
        raise OpenFailed(f"wording of row {row.row}: {type(problem).__name__}") from None
    if not same:
        raise OpenFailed(f"wording of row {row.row}: other words")
    return text


def page_words(world: World, row: Message, reader: str) -> str:
    """What the page of a text says, sealed for the pages' door and for staff, never for whoever sends; of one without words what
    it is for. The line with its link is nobody's to read: staff could open the page. Raises `OpenFailed`."""
    if not row.sealed_page:
        return SHOWS.get(row.page, "")
    context = page_context(row.patient_id, row.program)
    return world.vault.open(context, page_row(row.thread_id, row.message_id), row.sealed_page, reader)


def page_context(patient_id: str, program: str) -> SealContext:
    """Under what is sealed what only a page shows: the pages' door opens this kind and no other."""
    return SealContext(patient_id, program, "page")


def page_row(thread_id: str, message_id: str) -> str:
    """The row of a page's words: not its text's own, so that neither opens as the other."""
    return f"{thread_id}.{message_id}.page"


def delivery_due(message: Message) -> Due:
    """The row's own due row: when it may leave, or a while after it was queued (the stream is faster)."""
    at = message.not_before or message.at + LOST
    return Due(SHARD, at, f"deliver#{message.row}", "deliver", message.row)


def split_row(row: str) -> tuple[str, str]:
    """A row's thread and message id. Raises ValueError when it is not one of ours."""
    thread_id, dot, message_id = row.partition(".")
    if not (thread_id and dot and message_id):
        raise ValueError("not a row")
    return thread_id, message_id


def keep_due(due: Due) -> Update:
    """The same matter at the same instant is one row, however often it is asked for: a transaction never fails over it."""
    fields = {"kind": due.kind, "target": due.target, "about": due.about or None}
    return Update(Due, (due.shard, due.at, due.due_id), set=fields, create=True)


def gone(due: Due) -> Delete:
    """A due row that is done with. Deleting what is not there is no error: two ticks may both be done."""
    return Delete(Due, (due.shard, due.at, due.due_id))

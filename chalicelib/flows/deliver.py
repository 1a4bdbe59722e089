"""Send one queued text: claim, check N3 at this moment, open, send, record. At most once (N4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.exercise import is_nobodys
from ..core.meaning import open_prompt
from ..core.messages import Kind, OutboundSms, Reason, Status, behind
from ..core.permission import RULES, Leave, Refuse, Wait
from ..core.records import Change, Contact, Delete, Due, Message, Patient, Prompt, Put, Thread, Update
from ..core.reengagement import ENDS
from ..errors import CarrierRefused, CarrierUnknown, Conflict, OpenFailed, Rejected, StoreError
from ..ports import SealContext, World
from . import crisis_rows, held_back, number_doubt, outbox, reassigned, said_of_number, send_channel
from .around_text import around_text, leaves_now

READER = "job:deliver"
LEASE = timedelta(seconds=30)
RETRY = timedelta(minutes=1)  # doubled with each attempt
MOST_ATTEMPTS = 6
ASK_CARRIER = timedelta(minutes=2)  # when an unknown outcome is first looked up
REFUSED_AS: dict[str, Status] = {
    Reason.BAD_NUMBER: Status.FAILED_NUMBER,
    Reason.OPTED_OUT: Status.FAILED_BLOCKED,
    Reason.BLOCKED: Status.FAILED_BLOCKED,
}
SAYS_OF_NUMBER: dict[str, str] = {Reason.BAD_NUMBER: said_of_number.GONE, Reason.OPTED_OUT: said_of_number.OPTED_OUT}


def deliver(world: World, thread_id: str, message_id: str) -> None:
    """Deliver one row if it is ours to take. Raises `StoreError`; the lease then says when to ask the carrier."""
    now = world.clock()
    message = _claim(world, thread_id, message_id, now)
    if message is None:
        return
    try:
        around = around_text(world, message)
    except StoreError:  # nothing has left: it need not wait for the lease and a person
        return _put_back(world, message, now + RETRY, "not_read")
    verdict, contact = leaves_now(world, message, around, now), around.contact
    if isinstance(verdict, Wait):
        _put_back(world, message, verdict.until, verdict.why)
    elif isinstance(verdict, Refuse):
        silent = [number_doubt.doubted(message, "silence", now)] if verdict.why == "number_silent" else []
        _finish(world, message, Status.REFUSED, verdict.why, *silent)
    elif isinstance(verdict, Leave) and contact is not None:
        _send(world, message, contact, now) if message.by_text else _hand_over(world, message, contact, around.patient, now)


def _claim(world: World, thread_id: str, message_id: str, now: datetime) -> Message | None:
    """Asked twice under one token: a claim whose answer was lost is ours still, and the text goes on time."""
    token = world.ids(now)
    try:
        return world.store.claim(thread_id, message_id, now, now + LEASE, token)
    except StoreError:
        return world.store.claim(thread_id, message_id, now, now + LEASE, token)


@dataclass(frozen=True, slots=True)
class _Open:
    number: str
    body: str


def _send(world: World, message: Message, contact: Contact, now: datetime) -> None:
    try:
        opened = _unseal(world, message, contact)
    except OpenFailed:
        world.journal.event("open_failed", row=message.row)
        return _later_or_fail(world, message, "cannot_open")
    if is_nobodys(opened.number):  # an exercise costs no text
        return _finish(world, message, Status.REFUSED, "exercise")
    if reassigned.has_another_owner(world, message, contact, opened.number, now):
        return _finish(world, message, Status.REFUSED, "number_in_doubt", number_doubt.doubted(message, "reassigned", now))
    name = message.carrier or contact.carrier
    if name not in world.carriers:
        return _finish(world, message, Status.FAILED_OTHER, "no_carrier")
    if message.prompt is not None:
        asked = _open_prompt(world, message, contact, message.prompt, now)
        if asked is None:
            return _put_back(world, message, now + RETRY, "contended")
        contact = asked
    sms = OutboundSms(message.our_number, opened.number, opened.body, message.row, message.expires_at)
    try:
        carrier_id = world.carriers[name].send(sms)
    except CarrierUnknown:
        return _unknown(world, message)
    except CarrierRefused as refusal:
        return _refused(world, message, refusal)
    _sent(world, message, contact, carrier_id, now)


def _hand_over(world: World, message: Message, contact: Contact, patient: Patient | None, now: datetime) -> None:
    """By another channel than a text."""
    try:
        carrier_id = send_channel.send(world, message, patient, contact)
    except StoreError:  # rows are read and written before the carrier is asked: nothing has left
        return _put_back(world, message, now + RETRY, "not_read")
    except OpenFailed:
        world.journal.event("open_failed", row=message.row)
        return _later_or_fail(world, message, "cannot_open")
    except CarrierUnknown:
        return _unknown(world, message)
    except CarrierRefused as refusal:
        return _refused(world, message, refusal)
    _sent(world, message, contact, carrier_id, now)


def _refused(world: World, message: Message, refusal: CarrierRefused) -> None:
    """Nothing left: for good, which may say something of the number, or for now."""
    held_back.note(world, refusal)
    world.journal.event("carrier_refused", row=message.row, reason=refusal.reason, code=refusal.code)
    if not refusal.permanent:
        return _later_or_fail(world, message, refusal.reason)
    status = REFUSED_AS.get(refusal.reason, Status.FAILED_OTHER)
    said = SAYS_OF_NUMBER.get(refusal.reason, "")
    _finish(world, message, status, refusal.reason, *said_of_number.changes(message, said, world.clock()))


def _unseal(world: World, message: Message, contact: Contact) -> _Open:
    number = SealContext(contact.contact_id, "numbers", "number")
    return _Open(
        world.vault.open(number, contact.contact_id, contact.sealed_number, READER),
        outbox.words_of(world, message, READER),
    )


def _open_prompt(world: World, message: Message, contact: Contact, prompt: Prompt, now: datetime) -> Contact | None:
    """Open the row's question on its number, just before it leaves (T16); None when the contact changed meanwhile."""
    open_one = open_prompt(contact, now)
    replaced = open_one is not None and (open_one.replaced or open_one.prompt_id != prompt.prompt_id)
    return _set_prompt(world, contact, replace(prompt, opened_at=now, replaced=replaced))


def _close_prompt(world: World, message: Message) -> None:
    """A question that never left is not open: "1" would answer nothing."""
    contact = world.store.get(Contact, message.contact_id)
    if contact is not None and contact.prompt and message.prompt and contact.prompt.prompt_id == message.prompt.prompt_id:
        _set_prompt(world, contact, None)


def _set_prompt(world: World, contact: Contact, prompt: Prompt | None) -> Contact | None:
    change = {"prompt": prompt, "version": contact.version + 1}
    try:
        world.store.commit(Update(Contact, (contact.contact_id,), set=change, expect={"version": contact.version}))
    except (Rejected, Conflict):
        return None
    return replace(contact, prompt=prompt, version=contact.version + 1)


def _sent(world: World, message: Message, contact: Contact, carrier_id: str, now: datetime) -> None:
    """Record it with the contact's memory; the memory may lose a race, the record may not."""
    recorded = _moved(message, Status.QUEUED_AT_CARRIER, now, {"carrier_id": carrier_id})
    fresh: Contact | None = contact
    for _ in range(3):
        if fresh is None:
            break
        try:
            return world.store.commit(*recorded, _remember(fresh, message, now))
        except Rejected as refusal:
            if 0 in refusal.failed:  # a callback came first: its word stands
                recorded = recorded[1:]
        except Conflict:
            pass
        fresh = world.store.get(Contact, contact.contact_id)
    world.store.commit(*recorded)


def _remember(contact: Contact, message: Message, now: datetime) -> Update:
    fields: dict[str, object] = {
        "recent_hashes": crisis_rows.hashes_with(contact, message.body_hash),
        "version": contact.version + 1,
    }
    if message.author not in ("", "auto"):
        fields["person_at"] = now
    if RULES[Kind(message.kind)].capped:
        fields["auto_sent"] = (*contact.auto_sent, now)[-10:]
    if contact.carrier_out_at and message.by_text:  # it took one: they are back there, too
        fields["carrier_out_at"] = None
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})


def _moved(message: Message, to: Status, now: datetime, fields: dict[str, object]) -> list[Change]:
    """The row in its next status, and its due row gone."""
    changed = {"status": to, "status_at": now, **fields}
    row = Update(
        Message, (message.thread_id, message.message_id), set=changed,
        expect={"status": behind(to)}, any_of=("status",),
    )
    return [row, Delete(Due, due_key(message))]


def due_key(message: Message) -> tuple[int, datetime, str]:
    due = outbox.delivery_due(message)
    return due.shard, due.at, due.due_id


def _finish(world: World, message: Message, status: Status, why: str, *of_number: Change) -> None:
    """It will not leave; the thread says so to a person. `of_number`: what that showed of the number."""
    changes = _moved(message, status, world.clock(), {"status_reason": why})
    place = {"program": message.program, "contact_id": message.contact_id}
    note = Update(Thread, (message.thread_id,), set={"note": "not_sent"}, set_once=place, create=True)
    world.store.commit(*changes, *([] if _as_it_should(message, why) else [note]), *of_number)
    if message.prompt is not None:
        _close_prompt(world, message)
    world.journal.event("not_sent", row=message.row, reason=why)


def _as_it_should(message: Message, why: str) -> bool:
    """They wrote, booked, or were called; or their phone is left alone: nothing that a person must look at beside that. Nor is a
    code that did not leave: the page has other ways, and its third wrong try asks for a call. Nor is a question that anybody's
    form began (`core.asked`)."""
    return why == "not_safe" or message.kind in (Kind.CODE, Kind.ASK_BACK) or (RULES[Kind(message.kind)].of_return and why in
    ENDS)


def _put_back(world: World, message: Message, until: datetime, why: str) -> None:
    """Queued again, from `until` on. The due row moves with it."""
    fields = {"status": Status.QUEUED, "not_before": until, "status_reason": why}
    row = Update(
        Message, (message.thread_id, message.message_id), set=fields,
        expect={"status": Status.CLAIMED, "attempts": message.attempts},
    )
    due = Due(outbox.SHARD, until, f"deliver#{message.row}", "deliver", message.row)
    old = due_key(message)
    moves: list[Change] = [] if old[1] == until else [Delete(Due, old), Put(due)]
    world.store.commit(row, *moves)


def _later_or_fail(world: World, message: Message, why: str) -> None:
    """Nothing left: try again, more slowly each time, and give up aloud."""
    if message.attempts >= MOST_ATTEMPTS:
        return _finish(world, message, Status.FAILED_OTHER, why)
    _put_back(world, message, world.clock() + RETRY * 2 ** (message.attempts - 1), why)


def _unknown(world: World, message: Message) -> None:
    """The request left and no answer came: only the carrier's record can tell. Never resent (N4)."""
    now = world.clock()
    due = Due(outbox.SHARD, now + ASK_CARRIER, f"reconcile#{message.row}", "reconcile", message.row)
    changes = _moved(message, Status.UNKNOWN, now, {"status_reason": "no_answer"})
    try:
        world.store.commit(*changes, Put(due))
    except Rejected:  # a callback came first: then it is known
        world.journal.count("unknown_resolved_by_callback")

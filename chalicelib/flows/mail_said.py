"""An e-mail came back, or whoever got it complained: its row has failed, so that its round goes on; an address that does not
exist is used no more, and a complaint is a no to e-mail (TCPA-3)."""

from __future__ import annotations

from datetime import datetime

from ..core.channels import Channel
from ..core.consent import EVERYTHING, RULE_VERSION
from ..core.mail import BOUNCED, COMPLAINED, MailEvent
from ..core.messages import Status, behind
from ..core.records import Address, Change, ConsentEntry, Due, Message, Patient, Put, ReachSheet, Update
from ..errors import Conflict, Rejected
from ..ports import World
from . import trail
from .find_row import find_row
from .outbox import SHARD, gone, keep_due

SAID, JOB = "mail_said", "mail"


def keep(world: World, event: MailEvent) -> None:
    """For the tick: this function may read and change no patient. Told twice, it is one row. Raises `StoreError`."""
    now = world.clock()
    world.store.commit(keep_due(Due(SHARD, now, f"{SAID}#{event.row}#{event.what}", SAID, event.row, event.what)))


def note(world: World, due: Due) -> None:
    """Raises `StoreError`. Somebody who changes the patient meanwhile is read again by the next tick."""
    message = find_row(world, due.target)
    if message is None or message.channel != Channel.EMAIL:
        world.journal.count("mail_said_of_unknown_row")
        return world.store.commit(gone(due))
    now = world.clock()
    try:
        world.store.commit(*_failed(message, due.about, now), *_of_the_address(world, message, due.about, now), gone(due))
    except (Rejected, Conflict):
        world.journal.count("mail_said_contended")


def _failed(message: Message, what: str, now: datetime) -> list[Change]:
    """The first final word stands."""
    status = Status.FAILED_NUMBER if what == BOUNCED else Status.FAILED_BLOCKED if what == COMPLAINED else Status.FAILED_OTHER
    if message.status not in behind(status):
        return []
    fields = {"status": status, "status_at": now, "status_reason": what}
    return [Update(Message, (message.thread_id, message.message_id), set=fields, expect={"status": message.status})]


def _of_the_address(world: World, message: Message, what: str, now: datetime) -> list[Change]:
    """Nothing where another address was written down since, or this word was heard before."""
    patient = world.store.get(Patient, message.patient_id)
    if patient is None or what not in (BOUNCED, COMPLAINED) or _is_older(world, message):
        return []
    fields: dict[str, object] = {}
    if what == BOUNCED and patient.bounced.get(Channel.EMAIL, message.at) <= message.at:
        fields["bounced"] = {**patient.bounced, Channel.EMAIL.value: now}
    if what == COMPLAINED and patient.agreed.get(Channel.EMAIL, now) < message.at:
        fields["agreed"] = {name: at for name, at in patient.agreed.items() if name != Channel.EMAIL}
    if not fields:
        return []
    key, version = (patient.patient_id,), patient.version
    changed = Update(Patient, key, set={**fields, "version": version + 1}, expect={"version": version})
    no = [_no(world, patient, message, now)] if "agreed" in fields else []
    return [changed, *no, trail.job(world, JOB, patient.patient_id, f"mail_{what}", "care", now)]


def _is_older(world: World, message: Message) -> bool:
    """Whether the address was written down anew after this mail left. Raises `StoreError`."""
    address = world.store.get(Address, message.patient_id, Channel.EMAIL)
    sheet = world.store.get(ReachSheet, message.patient_id, address.version) if address else None
    return address is None or (sheet is not None and sheet.at > message.at)


def _no(world: World, patient: Patient, message: Message, now: datetime) -> Put:
    return Put(ConsentEntry(
        patient.patient_id, world.ids(now), EVERYTHING, "revoked", "email", now, "patient", RULE_VERSION, message.message_id,
        channel=Channel.EMAIL, program=patient.program,
    ))  # fmt: skip

"""Keep one text with all that it means, in one transaction: message, thread, incident, consent, answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from .. import texts
from ..core import meaning
from ..core.clinic import WORKING_DAY
from ..core.crisis_answers import read_choice
from ..core.meaning import ASKS_FOR_TEXTS, Meaning, Place, place
from ..core.messages import Status
from ..core.records import ABSENT, Change, Contact, IncidentRef, Message, Put, Receipt, Thread, Update
from ..core.reply_by import reply_by
from ..errors import Conflict, Rejected, StoreUnavailable
from ..ports import SealContext, World
from ..texts import visits as visit_texts
from . import (
    asks_for_texts,
    closed_notice,
    copy_recent,
    crisis_answer,
    crisis_rows,
    kept_message,
    prompt_answers,
    said_consent,
)
from . import not_safe_word as not_safe
from .answer_owed import owed_clock
from .arrival import Arrived, Kept, contact_of, incident_ref, not_safe_for, reacted_to
from .automatic_answer import automatic_answer
from .colleague import colleague_said, from_a_colleague, is_answered
from .find_row import find_row

if TYPE_CHECKING:
    from .tighten import Tightened

ATTEMPTS = 4


def keep(world: World, arrived: Arrived) -> Kept:
    """Commit, reading again when somebody else was there first. Raises `StoreError`, `SealFailed`."""
    message_id = world.ids(arrived.now)
    for attempt in range(ATTEMPTS):
        contact = arrived.contact if attempt == 0 else None
        if contact is None:
            contact = contact_of(world, arrived.sms)
        plan = _Plan(world, arrived, contact, message_id)
        try:
            world.store.commit(*plan.changes())
        except Conflict:
            continue
        except Rejected as refusal:
            if 0 in refusal.failed:  # the receipt: this text is kept already
                return _again(world, arrived, contact)
            continue
        return plan.kept
    raise StoreUnavailable("contended")


def _again(world: World, arrived: Arrived, contact: Contact) -> Kept:
    """The same text once more: only a crisis answer is given again (N4). One that was to be sent directly, and of which
    nobody wrote down that it was tried, died on its way: a second one is safer than none."""
    if not arrived.look.pages:
        return Kept(True)
    ref = incident_ref(contact, arrived.look, arrived.sms.received_at)
    if ref is None or not ref.answer_row or not ref.paged_for or ref.paged_for[-1] != arrived.sms.carrier_id:
        return Kept(True)
    row = find_row(world, ref.answer_row)
    if row is None or not (arrived.inline or row.status == Status.CLAIMED):
        return Kept(True)
    return Kept(True, row, crisis_answer.answer_text(world, read_choice(row.template), row.language, row.program, arrived.now))


class _Plan:
    """The changes for one attempt, and what will have been kept if they are taken."""

    def __init__(self, world: World, arrived: Arrived, contact: Contact, message_id: str):
        self.world, self.arrived, self.contact, self.message_id = world, arrived, contact, message_id
        self.where: Place = place(contact, arrived.sms.received_at, arrived.look)
        self.kept = Kept(True)
        self._silent = arrived.silent or not_safe_for(world, arrived.sms, contact)
        self._alarm = not_safe.alarm(world, arrived, contact, self._silent)
        self._reacted_to = "" if arrived.look.pages and arrived.paged else reacted_to(world, contact, arrived.sms.body)
        self._contact_fields: dict[str, object] = {}

    def changes(self) -> list[Change]:
        asked = prompt_answers.asked_about(self.world, self.contact, self.arrived, self.where)
        meant, answered = prompt_answers.settled(self._meaning(), asked, self.arrived), self._answered_incident()
        asks = asks_for_texts.incident_asked(self.contact, self.where.thread_id) if meant.name == ASKS_FOR_TEXTS else None
        tightened = self._tightened(meant)
        if tightened is not None and not tightened.sure:  # a day that nobody could read: a person looks
            meant = replace(meant, owed=True, note="quiet_day")
        message = self._message(meant, answered or asks)
        rows, thread_fields = list[Change]([self._receipt(), Put(message)]), dict[str, object]()
        if self._alarm is not None:
            message, crisis_changes, thread_fields = self._crisis(self._alarm, message)
            rows = [rows[0], Put(message), *crisis_changes]
        if not (self.arrived.paged and self.arrived.look.pages) and answered is None:
            rows += copy_recent.rows(self.world, self.arrived, message)
        rows += self._shown(answered, asks)
        rows += (*tightened.changes, *tightened.answer) if tightened else self._said(meant)
        rows += prompt_answers.rows(self.world, self.arrived, self.contact, self.where, meant, asked, self.message_id)
        rows += self._consent(meant)
        rows += from_a_colleague(self.world, self.arrived, self.contact, self.message_id)
        self._contact_fields |= {"who_at": self.arrived.now} if is_answered(self.arrived, self.contact) else {}
        rows.append(self._thread(meant, thread_fields))
        if meant.owed:
            rows.append(owed_clock(self.where.thread_id, self._reply_by))
        return rows + self._contact()

    def _crisis(self, alarm: not_safe.Alarm, message: Message) -> tuple[Message, list[Change], dict[str, object]]:
        """The text's row, what is committed beside it, and what its thread shows. Nothing of a "not safe" word is answered."""
        paged, where, answers = alarm.arrived, alarm.where, self.arrived.look.pages
        crisis = crisis_rows.rows(self.world, paged, self.contact, where, self.message_id, answers)
        self._contact_fields["incidents"] = crisis.incidents
        self._contact_fields |= {} if self.arrived.sms.exercise else {"incident_at": self.arrived.now}
        if crisis.answer is not None:
            self._contact_fields["recent_hashes"] = crisis_rows.hashes_with(self.contact, crisis.answer.body_hash)
        self.kept = Kept(True, crisis.answer, crisis.answer_text)
        changes, shown = crisis.changes, crisis_rows.on_thread(paged, crisis.ref)
        if self._silent:
            people, tightened = not_safe.tightened(self.world, self.arrived, self.contact, self._silent, self.message_id)
            self._contact_fields |= {"patients": people, "no_more": not_safe.no_more(self.contact, self._silent)}
            changes += tightened
        if where.thread_id != self.where.thread_id:  # on a phone of several people the text itself waits to be told apart
            changes.append(Update(Thread, (where.thread_id,), set=shown))
            shown = {}
        return replace(message, incident_id=crisis.ref.incident_id), changes, shown

    def _shown(self, answered: IncidentRef | None, asks: IncidentRef | None) -> list[Change]:
        """What an open item shows of a text that is no crisis itself: a tapback to its answer, or TEXT instead of a call."""
        if answered is None and asks is None:
            return []
        if answered is not None:
            refs, told = crisis_rows.reaction(self.contact, answered, self.message_id, self.arrived.now)
            self._contact_fields["incidents"] = refs
            return [told]
        assert asks is not None
        refs, changes = asks_for_texts.rows(self.world, self.contact, asks, self.arrived, self.message_id)
        self._contact_fields["incidents"] = refs
        return changes

    def _said(self, meant: Meaning) -> tuple[Change, ...]:
        """What we say by ourselves: one line or nothing."""
        answer = automatic_answer(self.world, self.arrived, self.contact, self.where, meant, self.message_id)
        if answer and meant.answer and meant.answer[1] in meaning.GREETS and not self.contact.patients:
            self._contact_fields["greeted_at"] = self.arrived.now
        return answer or self._closed(meant)

    def _tightened(self, meant: Meaning) -> Tightened | None:
        """What they ask of this phone: read only for who asks."""
        if not meant.tightens:
            return None
        from .tighten import tighten

        found = tighten(self.world, self.arrived, self.contact, self.where, meant, self.message_id)
        self._contact_fields |= {"patients": found.people} if found.people != self.contact.patients else {}
        self._contact_fields |= {"no_more": found.no_more} if found.no_more else {}
        return found

    def _closed(self, meant: Meaning) -> tuple[Change, ...]:
        """What is said once per closed time, and that it was."""
        opens = closed_notice.opens_next(self.world, self.arrived, self.contact, self.where, meant)
        if opens is None:
            return ()
        self._contact_fields["told_until"] = opens
        return closed_notice.closed_notice(self.world, self.arrived, self.contact, self.where, opens, self.message_id)

    def _meaning(self) -> Meaning:
        if self._reacted_to:
            return Meaning("reaction", owed=False)
        sms = self.arrived.sms
        if not self.arrived.look.pages and (said := colleague_said(sms.body, self.contact)) and not self.contact.patients:
            return Meaning(f"staff_{said}", owed=False)
        words, reply = texts.keywords().read(sms.body), visit_texts.replies().read(sms.body)
        of_offer = prompt_answers.said_of_offer(self.contact, sms)
        meant = meaning.read(sms, self.arrived.look, words, self.contact, reply, of_offer)
        return replace(meant, owed=False) if sms.exercise else meant  # nobody waits for an answer

    def _receipt(self) -> Put:
        sms = self.arrived.sms
        return Put(Receipt(sms.carrier, sms.carrier_id, self.where.thread_id, self.message_id, self.arrived.now))

    def _message(self, meant: Meaning, answered: IncidentRef | None) -> Message:
        incident_id = answered.incident_id if answered else ""
        return kept_message.row(self.world, self.arrived, self.contact, self.where, meant, self.message_id, incident_id)

    def _answered_incident(self) -> IncidentRef | None:
        """The open incident whose crisis answer this is a tapback to."""
        ref = next((ref for ref in self.contact.incidents if ref.thread_id == self.where.thread_id), None)
        return ref if ref and self._reacted_to and self._reacted_to == ref.answer_hash else None

    def _consent(self, meant: Meaning) -> list[Change]:
        if meant.closes_prompt and self.contact.prompt is not None and not self.arrived.sms.page:  # which asks its own
            self._contact_fields["prompt"] = None
        self._contact_fields |= said_consent.fields(meant, self.contact, self.arrived.now, self._written())
        return said_consent.rows(self.world, self.arrived, self.contact, self.where, meant, self.message_id, self._written())

    def _thread(self, meant: Meaning, fields: dict[str, object]) -> Update:
        now = self.arrived.now
        fields |= {"program": self.where.program, "contact_id": self.contact.contact_id, "last_at": now}
        fields |= {} if self.arrived.sms.exercise else {"heard_at": now}
        if self.where.patient_id:
            fields["patient_id"] = self.where.patient_id
        if not meant.owed:
            return Update(Thread, (self.where.thread_id,), set=fields, create=True)
        fields |= {"last_inbound_id": self.message_id, "closed_at": None, "closed_why": None}
        if meant.note:
            fields["note"] = meant.note
        once = {"waiting_since": self._written(), "reply_by": self._reply_by}
        return Update(Thread, (self.where.thread_id,), set=fields, set_once=once, add={"unanswered": 1}, create=True)

    @cached_property
    def _reply_by(self) -> datetime:
        program = self.world.clinic.programs.get(self.where.program)
        minutes = program.response_minutes if program else WORKING_DAY
        return reply_by(self.world.clinic, self.where.program, self._written(), minutes)

    def _written(self) -> datetime:
        """Since when somebody waits, or has stopped: a text that comes late has waited all the while. No carrier's clock is ahead
        of ours."""
        return min(self.arrived.sms.received_at, self.arrived.now)

    def _contact(self) -> list[Change]:
        """The contact changes only when something about the number does. An ordinary text asks that it is as it was read:
        otherwise it would land with the patient or program that the number has just left."""
        fresh = self.contact.version == 0
        if not (fresh or self._contact_fields):
            return [Update(Contact, (self.contact.contact_id,), expect={"version": self.contact.version})]
        fields = dict(self._contact_fields)
        if fresh:
            context = SealContext(self.contact.contact_id, "numbers", "number")
            number = self.world.vault.seal(context, self.contact.contact_id, self.arrived.sms.sender)
            fields |= {"sealed_number": number, "created_at": self.arrived.now, "carrier": self.arrived.sms.carrier}
            fields |= {"patients": self.contact.patients} if self.contact.patients else {}
        fields["version"] = self.contact.version + 1
        expect = {"version": ABSENT if fresh else self.contact.version}
        return [Update(Contact, (self.contact.contact_id,), set=fields, expect=expect, create=fresh)]

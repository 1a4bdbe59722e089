"""How somebody is asked about an open time: a text with one question, a call by a person with the same hold, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core import rounds, tasks
from ..core.appointments import Appointment
from ..core.consent import Scope
from ..core.meaning import OFFER, open_prompt
from ..core.messages import Direction, Kind, Status
from ..core.permission import Leave, Refuse, Wait, may_leave
from ..core.records import Change, Contact, Message, Offer, Patient, Prompt, Slot, Task, Tasks, Update, WaitlistEntry
from ..core.waitlist import STAYS_OPEN
from ..core.waitlist_rank import Ranked
from ..ports import World
from . import another_way, desk_tasks, offer_words, outbox

CALL = "offer_call"  # the kind of task
BY = "waitlist"
QUESTION_RESTS = timedelta(hours=3)  # a question this young is not replaced by ours: its "1" would be taken for a yes to us
PURPOSES = {Kind.OFFER: rounds.OFFER, Kind.TIMES: rounds.TIMES}  # an answer to what they wrote goes where they wrote from
NEVER = frozenset({"no_patient", "merged", "deceased", "on_hold"})  # neither text nor call


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody to ask now. `by`: text, phone, both."""

    ranked: Ranked
    patient: Patient
    by: str
    contact: Contact | None = None


def way_to(
    world: World, ranked: Ranked, patient: Patient, contact: Contact | None, slot: Slot, until: datetime, now: datetime
) -> str | datetime:
    """text, phone, both; "" for nobody to ask; an instant from which they can be asked."""
    entry = ranked.candidate.entry
    if patient.program != slot.program:
        return ""
    sketch, held = _sketch(slot, patient, until, now), _held(slot, patient, until, now)
    verdict = may_leave(sketch, contact, patient, world.clinic.zone, now, slots=held)
    verdict = another_way.otherwise(verdict, Kind.OFFER, rounds.OFFER, patient, contact, Scope.WAITLIST, now)
    if isinstance(verdict, Refuse) and verdict.why in NEVER:
        return ""
    call = _call_at(world, slot.program, now)
    calls = entry.by_phone or isinstance(verdict, Refuse) or ranked.priority
    text = None if entry.by_phone or isinstance(verdict, Refuse) else _text_at(verdict, contact, now)
    texted, called = text is not None and text <= now, calls and call is not None and call <= now
    if texted and called:
        return "both"
    if called and not texted:
        return "phone"
    if texted:
        return "text"
    return min((at for at in (text, call if calls else None) if at is not None), default="")


def _text_at(verdict: Leave | Wait, contact: Contact | None, now: datetime) -> datetime:
    """When a text may leave without taking an answer that belongs to another question."""
    asked = open_prompt(contact, now) if contact else None
    rests = asked.opened_at + QUESTION_RESTS if asked else now
    return max(rests, verdict.until if isinstance(verdict, Wait) else now)


def _call_at(world: World, program: str, now: datetime) -> datetime | None:
    """A hold by phone begins while somebody is there to call."""
    return world.clinic.next_open(program, now)


def _sketch(slot: Slot, patient: Patient, until: datetime, now: datetime) -> Message:
    return Message(
        patient.patient_id, "", Direction.OUT, Kind.OFFER, Status.QUEUED, now, slot.program, patient.contact_id, b"",
        patient_id=patient.patient_id, expires_at=until, slots=(slot.slot_id,),
    )  # fmt: skip


def _held(slot: Slot, patient: Patient, until: datetime, now: datetime) -> tuple[Slot]:
    return (replace(slot, offers=(*slot.offers, Offer(patient.patient_id, "", now, until))),)


def make(world: World, slot: Slot, chosen: list[Chosen], until: datetime, now: datetime) -> tuple[Slot, list[Change]]:
    """The opening with its offers, and every row that they need. Raises `StoreError`, `SealFailed`."""
    offers: list[Offer] = []
    changes: list[Change] = []
    calls: list[Task] = []
    for each in chosen:
        offer, rows = _one(world, slot, each, until, now)
        if each.by != "text":
            whose = each.patient.patient_id
            call = Task(world.ids(now), CALL, whose, BY, now, until, patient_id=whose, about=slot.slot_id)
            calls.append(call)
            offer = replace(offer, task_id=call.task_id)
        offers.append(offer)
        changes += [*rows, _noted(each.ranked.candidate.entry, until, now)]
    changes += _calls(world, slot.program, calls)
    return replace(slot, state="offered", offers=(*slot.offers, *offers)), changes


def _one(world: World, slot: Slot, each: Chosen, until: datetime, now: datetime) -> tuple[Offer, tuple[Change, ...]]:
    entry = each.ranked.candidate.entry
    zone = offer_words.spoken_zone(world, each.patient, slot)
    offer = Offer(
        entry.patient_id, entry.visit_id or world.ids(now), now, until, by=each.by, why=each.ranked.reasons, zone=zone,
        message_id=world.ids(now) if each.by != "phone" else "",
    )  # fmt: skip
    visit = each.ranked.candidate.visit
    rows = text_rows(world, each.patient, (slot,), visit, offer, contact=each.contact) if offer.message_id else ()
    return offer, rows


def text_rows(
    world: World, patient: Patient, slots: tuple[Slot, ...], visit: Appointment | None, offer: Offer,
    kind: Kind | None = None, contact: Contact | None = None,
) -> tuple[Change, ...]:  # fmt: skip
    """The text with its one question, and what follows it (`another_way`). `kind`: other than the offer's own.

    It expires with the hold; the question stays a while, so that who is late is answered."""
    said = offer_words.offer_text(world, patient, slots, visit, offer.until, offer.move)
    first = min(slot.start_at for slot in slots)
    accepted = tuple(str(n + 1) for n in range(len(slots))) if offer.move else ("1", "2")
    letter = outbox.Letter(
        thread_id=patient.patient_id,
        program=slots[0].program,
        contact_id=patient.contact_id,
        kind=kind or (Kind.MOVES if offer.move else Kind.OFFER),
        text=said.text,
        patient_id=patient.patient_id,
        language=patient.language,
        template=said.template.template_id,
        expires_at=offer.until,
        message_id=offer.message_id,
        slots=tuple(slot.slot_id for slot in slots),
        prompt=Prompt(
            f"offer#{offer.message_id}", patient.patient_id, "move" if offer.move else OFFER, accepted,
            min(offer.until + STAYS_OPEN, first), offer.at, about=(offer.visit_id, *(slot.slot_id for slot in slots)),
        ),
    )
    purpose = PURPOSES.get(letter.kind)
    if not purpose:
        return outbox.queue(world, letter, offer.at)
    return another_way.queue(world, patient, letter, purpose, offer.at, contact)


def _noted(entry: WaitlistEntry, until: datetime, now: datetime) -> Update:
    """Their own cap, and one offer at a time."""
    fields = {"offered": (*entry.offered, now)[-10:], "held_until": until, "version": entry.version + 1}
    return Update(WaitlistEntry, (entry.program, entry.patient_id), set=fields, expect={"version": entry.version})


def _calls(world: World, program: str, calls: list[Task]) -> list[Change]:
    known = world.store.get(Tasks, program) if calls else None
    if known is not None and len(known.items) + len(calls) > tasks.MOST:
        world.journal.event("tasks_full", program=program)
        return []
    return [desk_tasks.add(program, *calls)] if calls else []


def without_calls(world: World, was: Slot, slot: Slot) -> list[Change]:
    """Calls about offers that have just ended are nothing to do any more."""
    open_ones = {each.task_id for each in slot.offers if each.state == "offered"}
    over = {each.task_id for each in was.offers if each.task_id and each.state == "offered"} - open_ones
    return ended_calls(world, slot.program, over)


def ended_calls(world: World, program: str, task_ids: set[str]) -> list[Change]:
    known = world.store.get(Tasks, program) if task_ids else None
    there = {each.task_id for each in known.items} & task_ids if known else set()
    return [desk_tasks.without(known, *there)] if known is not None and there else []



"""A misdirected text opens a case by itself; the compliance officer weighs the four factors, and sees no word of it (TXT-6)."""

from __future__ import annotations

from ..core.breaches import BREACH, DONE, OPEN, BreachCase, Sent, facts, undecided
from ..core.messages import Direction, Status
from ..core.records import Change, Contact, Message, Patient, Put, Update
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import NotFound, Rejected
from ..ports import World
from . import trail
from .authority import demand
from .read_thread import admit

PURPOSE = "compliance"
LOOKED = 200  # of the newest rows of a thread
LEFT = frozenset({Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED, Status.UNKNOWN})


def of_number(world: World, who: Staff, contact: Contact, patient: Patient, case_id: str) -> Put:
    """The case that goes with "this number is somebody else's": of what left for it since it was last known to be theirs."""
    rows = world.store.newest(patient.patient_id, LOOKED)
    last = max((at for at in (contact.confirmed_at, contact.heard_at, patient.created_at) if at), default=None)
    texts = [row for row in rows if _left(row) and row.contact_id == contact.contact_id and (last is None or row.at >= last)]
    back = any(row.direction == Direction.IN and row.at >= min(each.at for each in texts) for row in rows) if texts else False
    sent = _sent(world, patient, contact, texts, stopped=True, answered=back)
    return _case(world, who, patient, case_id, "number", sent, "Whoever has the number now")


def misdirected(world: World, who: Staff, thread_id: str, message_id: str) -> str:
    """Somebody says of one text that it reached another person: its case, one however often. Raises `NotFound`, `StoreError`."""
    _, patient = admit(world, who, thread_id, "misdirected", "care")
    row = world.store.get(Message, thread_id, message_id)
    if patient is None or row is None or not _left(row):
        raise NotFound(message_id)
    contact = world.store.get(Contact, row.contact_id) or Contact(row.contact_id)
    stopped = patient.patient_id not in {ref.patient_id for ref in contact.patients}
    sent = _sent(world, patient, contact, [row], stopped, answered=False)
    made = _case(world, who, patient, message_id, "message", sent, "Whoever reads that phone")
    try:
        world.store.commit(made, trail.entry(world, who, patient.patient_id, "misdirected", "care", world.clock()))
    except Rejected:
        if world.store.get(BreachCase, message_id) is None:
            raise
    return message_id


def cases(world: World, who: Staff) -> list[BreachCase]:
    """The newest first; ids and words of ours. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.BREACH)
    world.store.commit(trail.entry(world, who, "breach", "read_breaches", PURPOSE, world.clock()))
    return world.store.keeping(BreachCase)


def read_case(world: World, who: Staff, case_id: str) -> BreachCase:
    """Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.BREACH)
    case = world.store.get(BreachCase, case_id)
    if case is None:
        raise NotFound(case_id)
    world.store.commit(trail.entry(world, who, case.patient_id, "read_breach", PURPOSE, world.clock()))
    return case


def decide(world: World, who: Staff, case_id: str, risks: dict[str, str], decision: str) -> str:
    """decided, or why not: decision, factors, low, moved. Raises `NotFound`, `StoreError`."""
    case = read_case(world, who, case_id)
    wrong = undecided(case, risks, decision)
    if wrong:
        return wrong
    fields = {"state": decision, "risks": risks, "decided_at": world.clock(), "decided_by": who.staff_id}
    return _changed(world, who, case, fields, "breach_decided", decision, "decided")


def tell(world: World, who: Staff, case_id: str, whom: str) -> str:
    """That somebody was told: told, or moved. Raises `NotFound`, `StoreError`."""
    case = read_case(world, who, case_id)
    if whom not in DONE or case.state != BREACH:
        return "decision"
    fields: dict[str, object] = {"done": {**case.done, whom: case.done.get(whom) or world.clock()}}
    return _changed(world, who, case, fields, "breach_told", whom, "told")


def is_open(case: BreachCase) -> bool:
    return case.state == OPEN or (case.state == BREACH and not {"person", "hhs"} <= set(case.done))


def _changed(
    world: World, who: Staff, case: BreachCase, fields: dict[str, object], action: str, result: str, done: str
) -> str:
    changes: list[Change] = [
        Update(BreachCase, (case.case_id,), set={**fields, "version": case.version + 1}, expect={"version": case.version}),
        trail.entry(world, who, case.patient_id, action, PURPOSE, world.clock(), result),
    ]
    try:
        world.store.commit(*changes)
    except Rejected:
        return "moved"
    return done


def _left(row: Message) -> bool:
    return row.direction == Direction.OUT and row.status in LEFT


def _sent(
    world: World, patient: Patient, contact: Contact, texts: list[Message], stopped: bool, answered: bool
) -> Sent:
    program = world.clinic.programs.get(patient.program)
    return Sent(
        len(texts), sum(row.status == Status.DELIVERED for row in texts), max((row.content_level for row in texts), default=0),
        any(row.above_level for row in texts), sum(bool(row.page) for row in texts), answered,
        program is None or program.substance_use, stopped, len(contact.patients) > 1,
    )  # fmt: skip


def _case(world: World, who: Staff, patient: Patient, case_id: str, source: str, sent: Sent, why: str) -> Put:
    message_id = case_id if source == "message" else ""
    return Put(BreachCase(
        case_id, patient.patient_id, patient.program, world.clock(), who.staff_id, source, message_id, sent.texts, sent.part2,
        facts(sent, why),
    ))  # fmt: skip

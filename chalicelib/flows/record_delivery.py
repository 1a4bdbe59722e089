"""A carrier's word on one of our texts: first, twice, late or never; the status only moves forward."""

from __future__ import annotations

from ..core import exercise
from ..core.clinic import EVERYONE
from ..core.incidents import OPEN, listed
from ..core.messages import FAILED, DeliveryEvent, Kind, Status, behind, moves_forward
from ..core.not_safe import warned
from ..core.records import Due, Incident, Message, Put, Step, Thread, Update
from ..errors import Conflict, Rejected, StoreError
from ..ports import World
from ..texts.exercise import page as worded
from . import errand_rows, held_back, said_of_number
from .find_row import find_row
from .outbox import SHARD
from .page import send_page

ATTEMPTS = 4
ASKED_DIRECTLY = ("carrier", "page_failed")  # who and what of the line that says: only their own phone was called


def record(world: World, event: DeliveryEvent) -> None:
    """Move the row forward; an undelivered crisis answer pages first. Raises `StoreError`: the carrier may repeat."""
    try:
        message = find_row(world, event.row)
    except ValueError:
        world.journal.count("status_without_row")
        return
    if message is None:
        world.journal.event("status_of_unknown_row", row=event.row)
        return
    if not moves_forward(Status(message.status), event.status):
        return
    held_back.heard(world, event)
    if message.kind == Kind.CRISIS_ANSWER and event.status in FAILED and not _is_over(world, message.incident_id):
        _tell(world, message)
    _move(world, message, event)


def _is_over(world: World, incident_id: str) -> bool:
    """A person has ended it: a carrier's log can tell a failure hours later. What cannot be read is not over."""
    try:
        incident = world.store.get(Incident, incident_id) if incident_id else None
    except StoreError:
        return False
    return incident is not None and incident.state not in OPEN


def _tell(world: World, message: Message) -> None:
    """Page now; when the pager does not take it, the tick tries until it does."""
    if not reply_not_delivered(world, message.incident_id):
        due = Due(SHARD, world.clock(), f"answer_check#{message.row}", "answer_check", message.row)
        world.store.commit(Put(due))


def _move(world: World, message: Message, event: DeliveryEvent) -> None:
    fields = {"status": event.status, "status_at": event.at, "carrier_id": event.carrier_id}
    if event.error_code:
        fields["status_reason"] = event.error_code
    change = Update(
        Message, (message.thread_id, message.message_id), set=fields,
        expect={"status": behind(event.status)}, any_of=("status",),
    )
    for attempt in range(ATTEMPTS):  # `deliver` records the same row at the same moment, and few carriers repeat
        of_number = said_of_number.changes(message, event.number, world.clock())
        try:
            return world.store.commit(change, *_note(message, event), *of_number)
        except Rejected:
            there = find_row(world, event.row)
            if there is None or there.thread_id == message.thread_id:
                return world.journal.count("status_came_late")
            return _move(world, there, event)  # it moved to another thread at this moment
        except Conflict:
            if attempt == ATTEMPTS - 1:
                raise


def _note(message: Message, event: DeliveryEvent) -> list[Update]:
    """A person's text that did not arrive asks for a person; automatic lines only show it in the thread."""
    if event.status not in FAILED or message.author in ("", "auto"):
        return []
    place = {"program": message.program, "contact_id": message.contact_id}  # never over where the thread is by now
    return [Update(Thread, (message.thread_id,), set={"note": "not_sent"}, set_once=place, create=True)]


def reply_not_delivered(world: World, incident_id: str) -> bool:
    """Tell the holder to call (CR-7); whether the pager took it. The page leaves even when the incident cannot be read."""
    try:
        incident = world.store.get(Incident, incident_id) if incident_id else None
    except StoreError:
        incident = None
    holder = incident.holder if incident and incident.holder else _unread(incident_id)
    code = f"item {incident.code}" if incident else "urgent item"
    said = warned(f"Porchlight: {code}: reply not delivered: call. Open the console.", incident.categories if incident else ())
    text = worded(exercise.of(incident_id), said)
    left = send_page(world, holder, text)
    if incident is not None:
        _mark(world, incident, holder, text, left)
    return left


def _unread(incident_id: str) -> str:
    return exercise.MACHINE if exercise.of(incident_id) == exercise.DEAD_MAN else EVERYONE


def _mark(world: World, incident: Incident, holder: str, text: str, left: bool) -> None:
    """The second path is asked once, with the pager's first try, whether or not the pager took it (PG-5)."""
    now = world.clock()
    asked = any((step.who, step.what) == ASKED_DIRECTLY for step in incident.steps)
    if asked and not left:
        return
    steps = listed(incident, Step(now, "carrier", "reply_undelivered")) if left else (Step(now, *ASKED_DIRECTLY, holder),)
    change = Update(
        Incident, (incident.incident_id,), set={"reply_undelivered": True} if left else {}, append={"steps": steps},
        add={"version": 1}, expect={"state": OPEN}, any_of=("state",),
    )
    directly = [] if asked else errand_rows.calls(world, (holder,), text, now, incident_id=incident.incident_id)
    try:
        world.store.commit(change, *directly)
    except StoreError as failure:
        world.journal.event("incident_not_marked", incident_id=incident.incident_id, error=type(failure).__name__)

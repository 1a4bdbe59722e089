"""Nobody acknowledged in time: page the next step. Publishing comes first; a doubled tick may page twice, never not at all.

The steps go by the clock and not by the pager: while it takes nothing it is asked each minute, and the phones of the next step
are called when their time has come (PG-5). Whom it never took is asked for once more with the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core import incidents
from ..core.clinic import EVERYONE
from ..core.escalation import Call
from ..core.meaning import ASKS_FOR_TEXTS
from ..core.not_safe import warned
from ..core.records import Change, Contact, Due, Incident, Put, Step, Update
from ..errors import Conflict, Rejected, StoreError
from ..ports import World
from ..texts.exercise import page as worded
from . import errand_rows
from .asks_for_texts import page_text
from .crisis_rows import escalation_due, repage_due
from .outbox import gone, keep_due
from .page import call_at, call_out, send_page, urgent, with_reply

TRY_AGAIN = timedelta(minutes=1)
HANDED = "handed"  # what such a page is about
TAKEN = ("acknowledged", "unable")  # nobody needs to be told of it again
ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class _Turn:
    """Whose turn it is now at an item: the next step's, or `again` this one's, whom the pager did not take. `owed`: whom it never
    took of the step before."""

    incident: Incident
    call: Call
    again: bool
    owed: tuple[str, ...]
    now: datetime

    @property
    def text(self) -> str:
        """The page, without its code for an answer."""
        text = f"Porchlight: urgent item {self.incident.code} waits. Open the console."
        return worded(self.incident.exercise, warned(text, self.incident.categories))

    def next_look(self, left: bool) -> datetime:
        """When the clock looks again. `left`: whether the pager took it."""
        ends = (incidents.began(self.incident) if self.again else self.now) + self.call.wait
        return ends if left else min(self.now + TRY_AGAIN, ends)


def escalate(world: World, due: Due) -> None:
    """Page the next step of an unacknowledged incident, or this one's again that the pager did not take, and set its next clock;
    otherwise forget the row."""
    now = world.clock()
    incident = world.store.get(Incident, due.target)
    if incident is None or incident.state not in incidents.UNACKNOWLEDGED or _runs_on(world, incident, now):
        return world.store.commit(gone(due))  # over, or another clock of this incident runs further
    turn = _turn(world, incident, now)
    _advance(world, due, turn, call_out(world, dict.fromkeys((*turn.call.to, *turn.owed)), turn.text))


def _runs_on(world: World, incident: Incident, now: datetime) -> bool:
    wait = call_at(world, incident.program, incident.tier, incident.step, now).wait
    return incidents.next_step_at(incident, wait) > now


def _turn(world: World, incident: Incident, now: datetime) -> _Turn:
    before = call_at(world, incident.program, incident.tier, incident.step, now)
    untaken = incidents.untaken(incident)
    if untaken and now < incidents.began(incident) + before.wait:
        return _Turn(incident, before, True, (), now)
    owed = before.to if untaken else ()
    return _Turn(incident, call_at(world, incident.program, incident.tier, incident.step + 1, now), False, owed, now)


def _advance(world: World, due: Due, turn: _Turn, called: tuple[str, ...]) -> None:
    incident, now, to = turn.incident, turn.now, turn.call.to[0]
    left = to in called
    at, what = turn.next_look(left), "paged" if left else "page_failed"
    steps = (Step(now, "pager", what, to), *(Step(now, "pager", "paged", other) for other in called if other != to))
    fields: dict[str, object] = {"escalate_at": at, "holder": to, "state": incidents.move(incident.state, what)}
    fields |= {"page_owed": not left} if incident.page_owed == left else {}
    fields |= {} if turn.again else {"step": incident.step + 1, "step_at": now}
    change = Update(
        Incident, (incident.incident_id,), set=fields | newest_calls(incident), add={"version": 1},
        append={"steps": incidents.listed(incident, *steps)},
        expect={"version": incident.version, "state": incidents.UNACKNOWLEDGED}, any_of=("state",),
    )
    try:
        world.store.commit(change, gone(due), keep_due(escalation_due(incident.incident_id, at)), *_directly(world, turn))
    except (Rejected, Conflict):  # acknowledged or joined meanwhile: the next tick looks again
        world.journal.event("escalation_raced", incident_id=incident.incident_id)
    else:
        tell_the_door(world, incident, to)


def _directly(world: World, turn: _Turn) -> list[Change]:
    """Calls to the phones of the step themselves, once a step whatever the pager says."""
    incident = turn.incident
    if turn.again and any(step.what in (*incidents.CALLED, "page_failed") for step in incident.steps):
        return []
    text = with_reply(turn.text, incident.code)
    return errand_rows.calls(world, turn.call.to, text, turn.now, incident_id=incident.incident_id)


def newest_calls(incident: Incident) -> dict[str, object]:
    """What the row need not name any more: calls of steps that are long over."""
    return {"calls": incident.calls[-incidents.CALLS :]} if len(incident.calls) > 2 * incidents.CALLS else {}


def tell_the_door(world: World, incident: Incident, to: str) -> None:
    """Later texts page whoever was called last. A store that fails now leaves them to the person before."""
    for _ in range(ATTEMPTS):
        try:
            contact = world.store.get(Contact, incident.contact_id)
            if contact is None or not any(ref.incident_id == incident.incident_id for ref in contact.incidents):
                return
            refs = tuple(replace(ref, holder=to) if ref.incident_id == incident.incident_id else ref for ref in contact.incidents)
            change = {"incidents": refs, "version": contact.version + 1}
            return world.store.commit(
                Update(Contact, (contact.contact_id,), set=change, expect={"version": contact.version})
            )
        except (Rejected, Conflict):
            continue
        except StoreError:
            break
    world.journal.event("holder_not_told", incident_id=incident.incident_id)


def repage(world: World, due: Due) -> None:
    """A later text's page was not taken: page the holder again, whatever the state but resolved. Their own phone is called
    once more, whatever the pager says (PG-5)."""
    now = world.clock()
    incident = world.store.get(Incident, due.target)
    if incident is None or incident.state == "resolved" or (due.about == HANDED and incident.state in TAKEN):
        return world.store.commit(gone(due))
    to = incident.holder or EVERYONE
    said = page_text(incident.code) if due.about == ASKS_FOR_TEXTS else urgent(incident.code)
    text = worded(incident.exercise, warned(said, incident.categories))
    directly = directly_once(world, due, (to,), text, incident.incident_id, now)
    if not send_page(world, to, text):
        return world.store.commit(gone(due), put_off(due, now), *directly)
    change = Update(
        Incident, (incident.incident_id,), add={"version": 1},
        append={"steps": incidents.listed(incident, Step(now, "pager", "paged", to))},
        expect={"state": incidents.OPEN}, any_of=("state",),
    )
    world.store.commit(change, gone(due), *directly)


def handed_due(incident_id: str, at: datetime) -> Due:
    """The pager did not take it that somebody was handed an item: it is asked again, until they take it. Their own phone was
    called by the hand-over itself."""
    return replace(repage_due(incident_id, HANDED, at), tries=1)


def put_off(due: Due, now: datetime) -> Change:
    """The pager did not take it: the next tick but one asks again. How often it was asked stands in the row."""
    return Put(replace(due, at=now + TRY_AGAIN, tries=due.tries + 1))


def directly_once(world: World, due: Due, to: tuple[str, ...], text: str, incident_id: str, now: datetime) -> list[Change]:
    """The second path with the first try of the first, so that neither waits for the other nor rings each minute (PG-5)."""
    return errand_rows.calls(world, to, text, now, incident_id=incident_id) if due.tries == 0 else []

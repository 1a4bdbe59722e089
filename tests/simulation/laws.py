"""N1–N4 as checks on what a run left behind. Each returns what is wrong, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from chalicelib.core import exercise
from chalicelib.core.consent import keeps, stopped
from chalicelib.core.incidents import ANSWER_AGAIN, UNACKNOWLEDGED
from chalicelib.core.messages import Kind, Status
from chalicelib.core.permission import RULES
from chalicelib.core.records import Contact, Due, Errand, Incident, Message, Thread
from chalicelib.flows.acknowledged import HELD

from .faults import AT_ONCE
from .town import Town

ANSWERED_WITHIN = timedelta(minutes=15)
OWED = ("words", "crisis", "picture")
OVERDUE = timedelta(minutes=3)


def n1_nothing_is_lost(town: Town) -> Iterator[str]:
    """Every text that arrived is in a thread exactly once."""
    kept = Counter(m.carrier_id for m in town.store.rows(Message) if m.direction == "in")
    for sms in town.arrived:
        if kept[sms.carrier_id] != 1:
            yield f"N1: text kept {kept[sms.carrier_id]} times"
    for _ in town.forgotten:
        yield "N1: answered for, and only the carrier's log brought it back"
    if town.parked or town.later:
        yield f"N1: {len(town.parked) + len(town.later)} texts still wait"


def n2_a_crisis_is_never_silent(town: Town) -> Iterator[str]:
    """A page, an answer with resources, and an incident, whatever failed."""
    for at, sms in town.crises:
        within = town.plan.patience_of_a_page + town.delay
        in_time = [page for page in town.pages if at <= page[0] <= at + within]
        if not in_time:
            yield "N2: nobody was paged in time"
        said = [when for when, body in town.phone(sms.sender).got if "988" in body]
        if not any(at - ANSWER_AGAIN < when <= at + ANSWERED_WITHIN for when in said):
            if not any("not delivered" in text for _, _, text in town.pages):
                yield "N2: no answer, and nobody told to call"
    known = {incident.incident_id for incident in town.store.rows(Incident)}
    rows = {row.carrier_id: row for row in town.store.rows(Message) if row.direction == "in"}
    for _, sms in town.crises:
        if sms.carrier_id in rows and rows[sms.carrier_id].incident_id not in known:
            yield "N2: a crisis text without its incident"


def n2_until_somebody_acknowledges(town: Town) -> Iterator[str]:
    """An open incident keeps its clock until the patient is reached, and the door knows it until it is over."""
    clocks = {due.target for due in town.store.rows(Due) if due.kind == "escalate"}
    holds = {due.target for due in town.store.rows(Due) if due.kind == "lapse"}
    at_the_door = {ref.incident_id for contact in town.store.rows(Contact) for ref in contact.incidents}
    for incident in town.store.rows(Incident):
        if incident.state in UNACKNOWLEDGED and incident.incident_id not in clocks:
            yield f"N2: nobody escalates a {incident.state} incident"
        if incident.state in HELD and incident.incident_id not in holds:
            yield f"N2: a forgotten {incident.state} incident would stay forgotten"
        if (incident.state != "resolved") != (incident.incident_id in at_the_door):
            yield f"N2: the door is wrong about a {incident.state} incident"


def n3_only_with_permission(town: Town) -> Iterator[str]:
    """Nothing but the exceptions leaves for a number once its STOP is known, which it is by the next minutes, whatever failed."""
    exempt = {Kind.CRISIS_ANSWER, Kind.STOP_CONFIRMATION, Kind.HELP}
    texts = town.store.rows(Message)
    rows = [row for row in texts if row.direction == "out" and row.kind not in exempt]
    for contact in town.store.rows(Contact):
        if contact.stopped_at is None or not stopped(contact):
            continue
        known = _known_at(texts, contact, contact.stopped_at)
        if known > contact.stopped_at + town.plan.patience_of_a_page + town.delay:
            yield "N3: a STOP was known too late"
        for row in rows:
            left = [carrier.left_at[row.row] for carrier in town.carriers.values() if row.row in carrier.left_at]
            if row.contact_id == contact.contact_id and not keeps(contact, RULES[Kind(row.kind)].consent) and any(at > known for at in left):
                yield f"N3: {row.kind} left after STOP"


def _known_at(texts: list[Message], contact: Contact, stopped_at: datetime) -> datetime:
    """When a sender could know of it. A text that says STOP, and that our store did not take, waits in the parking queue; what a
    person or a page says is kept while they wait."""
    kept = [row.at for row in texts if row.contact_id == contact.contact_id and row.meaning == "stop" and row.at >= stopped_at]
    return min(kept, default=stopped_at + AT_ONCE)


def n4_never_twice(town: Town) -> Iterator[str]:
    kinds = {row.row: row.kind for row in town.store.rows(Message)}
    for carrier in town.carriers.values():
        for row, times in carrier.by_row.items():
            if times > 1 and row and kinds.get(row) != Kind.CRISIS_ANSWER:
                yield f"N4: {kinds.get(row)} left {times} times"


def _by_a_person(row: Message) -> bool:
    return row.direction == "out" and row.author not in ("", "auto") and row.status != Status.WITHDRAWN


def _rests(town: Town, row: Message) -> bool:
    """A person paused its campaign, they asked for quiet until a day, another question is open there, or the e-mail that went beside
    it took the day's room while the carrier was down: it is looked at again until it expires."""
    waits = ("campaign_paused", "quiet", "frequency_cap", "other_question")
    return row.status_reason in waits and any(due.target == row.row for due in town.store.rows(Due))


def everything_ends(town: Town) -> Iterator[str]:
    """No row is stuck between states once things have calmed down."""
    for row in town.store.rows(Message):
        if row.direction == "out" and row.status in (Status.QUEUED, Status.CLAIMED) and not _rests(town, row):
            yield f"stuck: {row.kind} {row.status} {row.status_reason}"
    for thread in town.store.rows(Thread):
        if exercise.of(thread.thread_id):  # nobody wrote
            continue
        words = [row for row in town.store.rows(Message) if row.thread_id == thread.thread_id and row.meaning in OWED]
        answers = [row for row in town.store.rows(Message) if row.thread_id == thread.thread_id and _by_a_person(row)]
        answered = words and any(row.at >= max(word.at for word in words) for row in answers)
        if words and not answered and thread.waiting_since is None:
            yield "nobody is asked to answer"
    for errand in town.store.rows(Errand):
        yield f"stuck: errand {errand.kind} {errand.status}"
    for due in town.store.rows(Due):
        if due.at < town.clock.now - OVERDUE:
            yield f"overdue: {due.kind}"
    for failure in town.unexpected:
        yield f"unexpected: {failure}"


LAWS: tuple[Callable[[Town], Iterator[str]], ...] = (
    n1_nothing_is_lost,
    n2_a_crisis_is_never_silent,
    n2_until_somebody_acknowledges,
    n3_only_with_permission,
    n4_never_twice,
    everything_ends,
)


def violations(town: Town) -> list[str]:
    return [wrong for law in LAWS for wrong in law(town)]

"""What a text said of texts themselves: STOP, START, KEEP, or words that may mean it. The line in the number's ledger, what the
number remembers of it, and who must do something, all with the text (TCPA-5: suppressed at receipt)."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core import tasks
from ..core.consent import EVERYTHING, RULE_VERSION, SCOPES, Scope
from ..core.keywords import bare
from ..core.meaning import INITIALS, JOIN, STOP_AFTER_CRISIS, STOP_KEEP, WHO, Meaning, Place, open_prompt
from ..core.messages import InboundSms
from ..core.records import Change, ConsentEntry, Contact, Prompt, Put, Task, Tasks
from ..core.whose_number import known_since
from ..ports import World
from . import desk_tasks, number_doubt
from .arrival import Arrived

Fields = dict[str, object]
DAILY, MONTHLY = timedelta(days=1), timedelta(days=30)
KEPT = tuple(scope for scope, about in SCOPES.items() if about.keep)
JOIN_WORDS = "join-1"  # the template of this name, as it was then: a change of its words is a new number here
YES = ("1", "yes", "y", "yes please", "si", "s\u00ed")


def fields(meant: Meaning, contact: Contact, now: datetime, written: datetime) -> Fields:
    """What the number remembers. `written`: the carrier's own instant, never ahead of `now`."""
    said = _said_at(meant, contact, now, written)
    told: dict[str, Fields] = {
        "revoked": {"stopped_at": said, "unsure_at": None, "joined_at": None},
        "granted": {"started_at": said, "unsure_at": None},
        "kept": {"kept": KEPT, "kept_at": now, "unsure_at": None},
        "unsure": {"unsure_at": contact.unsure_at or now},
        "joined": {"joined_at": now},
    }
    asks: Fields = {"keep_asked_at": said} if meant.answer and meant.answer[1] == STOP_KEEP else {}
    asks |= {"who_at": now} if meant.answer and meant.answer[1] in (WHO, INITIALS) else {}
    return told.get(meant.consent, {}) | asks | of_number(meant, contact, now)


def _said_at(meant: Meaning, contact: Contact, now: datetime, written: datetime) -> datetime:
    """STOP and START count from when they were written: after an outage both of ten minutes come in within one second. A STOP
    that comes late stops whatever they said since (N1: out of order they stay stopped), and takes nothing back of one before."""
    if meant.consent not in ("revoked", "granted"):
        return now
    since = (contact.stopped_at, contact.started_at, contact.kept_at) if meant.consent == "revoked" else ()
    known: list[datetime] = [at for at in (contact.unsure_at, *since) if at is not None]
    return max([written, *known])


def of_number(meant: Meaning, contact: Contact, now: datetime) -> Fields:
    """Whose number it is: in doubt after such words; known again, and no oftener than daily, by an answer to a question of ours
    (RND-3). What is in doubt only a person settles."""
    if meant.doubt and not contact.doubt:
        return {"doubt": meant.doubt, "doubt_at": now}
    if contact.doubt or not contact.patients:
        return {}
    known = contact.confirmed_at is not None and now - contact.confirmed_at < DAILY
    if meant.name.startswith("answer:"):
        return {} if known else {"confirmed_at": now}
    since = known_since(contact)
    return {"heard_at": now} if since is not None and now - since >= MONTHLY and meant.name != "who" else {}


def rows(
    world: World, arrived: Arrived, contact: Contact, where: Place, meant: Meaning, message_id: str, written: datetime
) -> list[Change]:
    """The ledger's line, and a task where somebody stopped soon after a crisis."""
    if not meant.consent:
        return []
    asked = open_prompt(contact, arrived.sms.received_at)
    if meant.consent == "joined" and asked is not None and len(asked.about) > 2:  # of a form on our web page
        from . import joined_by_form  # no page waits for it

        return joined_by_form.lines(world, contact, asked.about, message_id, arrived.now)
    kinds = {"kept": KEPT, "joined": (Scope.CONVERSATION,)}.get(meant.consent, (EVERYTHING,))
    change = "granted" if meant.consent == "joined" else meant.consent
    words = JOIN_WORDS if meant.consent == "joined" else ""
    now = arrived.now
    said = _said_at(meant, contact, now, written)
    lines: list[Change] = [
        Put(
            ConsentEntry(
                contact.contact_id, world.ids(now), kind, change, "sms", said, "patient", RULE_VERSION, message_id,
                words=words, language=asked_in(contact, arrived.sms) or where.language if words else "",
            )
        )
        for kind in kinds
    ]  # fmt: skip
    doubted = contact.patients if meant.doubt and not contact.doubt else ()
    return lines + _task(world, where, meant, now) + number_doubt.asked(world, doubted, meant.doubt, now)


def _task(world: World, where: Place, meant: Meaning, now: datetime) -> list[Change]:
    """Whoever stopped may not be out of danger: a person reaches them another way. Once while it is open, also for a STOP that
    could not be sealed and comes back; a full list leaves the thread's own note."""
    reach = meant.reach and where.patient_id
    return reach_another_way(world, where.program, where.thread_id, where.patient_id, now) if reach else []


def reach_another_way(world: World, program: str, thread_id: str, patient_id: str, now: datetime) -> list[Change]:
    known = world.store.get(Tasks, program)
    there = known.items if known else ()
    if len(there) >= tasks.MOST or any((each.kind, each.patient_id) == (STOP_AFTER_CRISIS, patient_id) for each in there):
        return []
    task = Task(world.ids(now), STOP_AFTER_CRISIS, thread_id, "patient", now, now, patient_id=patient_id)
    return [desk_tasks.add(program, task)]


def question(meant: Meaning, where: Place, prompt_id: str, now: datetime, until: datetime) -> Prompt | None:
    """What the answer asks, opened when it leaves."""
    if meant.asks != JOIN:
        return None
    return Prompt(prompt_id, where.patient_id, JOIN, YES, until, now, about=(JOIN, where.language))


def asked_in(contact: Contact, sms: InboundSms) -> str:
    """The language of the open question whether they want texts, where this text says yes to it; ""."""
    asked = open_prompt(contact, sms.received_at)
    if asked is None or asked.kind != JOIN or len(asked.about) < 2 or bare(sms.body) not in asked.accepted:
        return ""
    if asked.about[0] == JOIN:
        return asked.about[1]
    from ..texts.web_form import language_of

    return language_of(asked.about[2])

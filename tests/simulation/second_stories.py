"""The second look: a thought in two texts is paged, or goes to a person; whatever fails, it never passes for an ordinary one."""

from __future__ import annotations

from chalicelib.core.incidents import UNACKNOWLEDGED
from chalicelib.core.messages import Kind
from chalicelib.core.records import Incident, Message, Outage, RecentText, Thread
from tests.cast import STRANGER_NUMBER, an_sms

from .told import Story
from .town import Town

FIRST, LAST = "i think youd all be", "better off without me"


def _first_half(town: Town) -> None:
    town.text(an_sms(FIRST, at=town.clock.now))
    town.recent()
    town.clock.advance(seconds=20)


def _last_half(town: Town) -> None:
    town.text(an_sms(LAST, at=town.clock.now))
    town.recent()


def in_two_texts(town: Town) -> None:
    _first_half(town)
    _last_half(town)


def shown_twice(town: Town) -> None:
    """The stream shows a record again, as it may."""
    _last_half(town)
    town.recent(again=True)


def after_an_incident(town: Town) -> None:
    town.clock.advance(minutes=3)
    _first_half(town)
    _last_half(town)


def _an_incident(town: Town) -> None:
    town.text(an_sms("I want to kill myself", at=town.clock.now), crisis=True)


def through_aws(town: Town) -> None:
    for body in (FIRST, LAST):
        town.text(an_sms(body, carrier="aws", at=town.clock.now))
    town.recent()


def from_a_stranger(town: Town) -> None:
    for body in (FIRST, LAST):
        town.text(an_sms(body, STRANGER_NUMBER, at=town.clock.now))
    town.recent()


def the_stream_stands_still(town: Town) -> None:
    """Nobody is shown the text until the tick finds it."""
    town.text(an_sms("see you at 3", at=town.clock.now))
    town.held_up = {copy.row for copy in town.store.rows(RecentText)}
    town.handed_over |= town.held_up
    town.clock.advance(minutes=3, seconds=1)
    for _ in range(2):
        town.again(lambda: _tick(town), tries=1)


def _tick(town: Town) -> None:
    from chalicelib.flows import tick

    tick.tick(town.world)


def _raised_or_with_a_person(town: Town) -> list[str]:
    """Paged with an incident and an answer; or, when it could not be looked at, marked for a person, and somebody is told."""
    wrong = []
    texts = [row for row in town.store.rows(Message) if row.direction == "in"]
    raised = [row for row in texts if "second_look" in row.categories]
    marked = [thread for thread in town.store.rows(Thread) if thread.note == "not_read_again"]
    if not raised and not marked:
        wrong.append("a crisis in two texts passed for ordinary ones")
    if raised and not [page for page in town.pages if "urgent item" in page[2]]:
        wrong.append("raised, and nobody was paged")
    known = {incident.incident_id: incident for incident in town.store.rows(Incident)}
    if any(row.incident_id not in known for row in raised):
        wrong.append("raised without an incident")
    if raised and not [row for row in town.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER]:
        wrong.append("raised and not answered")
    if len([incident for incident in known.values() if incident.state in UNACKNOWLEDGED]) > 1:
        wrong.append("two incidents for one person")
    if marked and not town.store.rows(Outage):
        wrong.append("nobody is told to read the inbox")
    return wrong


def _with_a_person(town: Town) -> list[str]:
    """A text that came only after the hold-up was looked at as any other."""
    held_up = any(row in town.held_up for row in town.handed_over)
    thread = town.store.get(Thread, "alice")
    return ["nobody asked to read it"] if held_up and (thread is None or thread.note != "not_read_again") else []


STORIES: tuple[Story, ...] = (
    Story("a crisis in two texts", in_two_texts, after=_raised_or_with_a_person),
    Story("a crisis in two texts, shown twice", shown_twice, _first_half, _raised_or_with_a_person),
    Story("two texts join an incident", after_an_incident, _an_incident, _raised_or_with_a_person),
    Story("a crisis in two texts through AWS", through_aws, after=_raised_or_with_a_person),
    Story("a crisis in two texts from a stranger", from_a_stranger, after=_raised_or_with_a_person),
    Story("the second look's stream stands still", the_stream_stands_still, after=_with_a_person),
)

"""An hour of the trail is sealed, whatever fails meanwhile; and a look and its entry exist together or not at all."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.core.records import AuditEntry, Incident, Lending, Message, Tasks
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound
from chalicelib.flows import desk_tasks, handle_incident, review_keys, seal_trail
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.verify_trail import verify
from chalicelib.flows.write_reply import Draft, write_reply
from tests.cast import CAROL, an_sms

from . import lending_stories
from .told import CRISIS, Story
from .town import Town


def looked_at(town: Town) -> None:
    """Carol reads, and that hour is sealed; she reads once more, and that hour is over too."""
    for _ in range(2):
        read_thread(town.world, CAROL, "alice")
        town.clock.advance(hours=1, minutes=20)
        if not town.world.archive.names(""):
            seal_trail.seal(town.world)


def seals(town: Town) -> None:
    town.again(lambda: seal_trail.seal(town.world))


def is_sealed_whole(town: Town) -> list[str]:
    """After the next hour's run nothing is missing, doubled or wrong."""
    town.plan.armed = False
    town.clock.advance(hours=1)
    seal_trail.seal(town.world)
    verdict, entries = verify(town.world), town.store.rows(AuditEntry)
    wrong = [f"{each.hour} {each.what} {each.entry}" for each in verdict.wrong]
    return wrong if verdict.entries == len(entries) else [*wrong, f"{verdict.entries} sealed of {len(entries)}"]


def carol_answers(town: Town) -> None:
    town.do(lambda: write_reply(town.world, CAROL, "alice", Draft("At three.", town.world.ids(town.clock.now), None)))


def written_together(town: Town) -> list[str]:
    """As many entries as texts that a person wrote: neither exists without the other."""
    texts = [row for row in town.store.rows(Message) if row.author == "carol"]
    entries = [row for row in town.store.rows(AuditEntry) if (row.who, row.action) == ("carol", "write")]
    return [] if len(texts) == len(entries) else [f"{len(texts)} texts by carol and {len(entries)} entries"]


NED = Staff("ned", "clinician", ("harbor",))
LEAD_OF_ADULT = Staff("lee", "clinical_lead", ("adult",))


def turned_away(town: Town, work: Callable[[], object]) -> None:
    """What is not theirs is not there for them; they press again only where the page says that it did not work."""

    def press() -> None:
        try:
            work()
        except NotFound:
            town.away = True  # type: ignore[attr-defined]

    town.away = False  # type: ignore[attr-defined]
    town.do(press)


def a_line_says_so(who: Staff, action: str) -> Callable[[Town], list[str]]:
    def after(town: Town) -> list[str]:
        lines = [row for row in town.store.rows(AuditEntry) if (row.who, row.action) == (who.staff_id, action)]
        wrong = [] if town.away else [f"{who.staff_id} was never turned away"]  # type: ignore[attr-defined]
        wrong += [] if lines else ["turned away, and no line says so"]
        return wrong + ["it was done all the same" for line in lines if not line.refused]

    return after


def an_item(town: Town) -> None:
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)
    town.stream()


def acts_on_anothers(town: Town) -> None:
    [incident] = town.store.rows(Incident)
    turned_away(town, lambda: handle_incident.acknowledge(town.world, NED, incident.incident_id))


def something_to_do(town: Town) -> None:
    """Carol asks for an urgent visit."""
    an_item(town)
    [incident] = town.store.rows(Incident)
    assert desk_tasks.ask(town.world, CAROL, incident, "urgent_visit")


def ends_anothers(town: Town) -> None:
    [shelf] = town.store.rows(Tasks)
    turned_away(town, lambda: desk_tasks.end(town.world, NED, shelf.program, shelf.items[0].task_id))


def still_to_do(town: Town) -> list[str]:
    [shelf] = town.store.rows(Tasks)
    return a_line_says_so(NED, "end_task")(town) + ([] if shelf.items else ["it is gone"])


def a_key_of_harbor(town: Town) -> None:
    lending_stories.of_harbor(town)
    lending_stories.pages(town)
    assert town.store.rows(Lending)


def reviews_anothers(town: Town) -> None:
    line = town.store.rows(Lending)[0]
    turned_away(town, lambda: review_keys.review(town.world, LEAD_OF_ADULT, line.lending_id, "right"))


STORIES = (
    Story("an item is another program's", acts_on_anothers, an_item, a_line_says_so(NED, "incident_act")),
    Story("what is to be done is another program's", ends_anothers, something_to_do, still_to_do),
    Story("a lent key is another program's", reviews_anothers, a_key_of_harbor, a_line_says_so(LEAD_OF_ADULT, "read_lent_key")),
    Story("the trail is sealed", seals, looked_at, is_sealed_whole),
    Story("a text and its audit entry", carol_answers, after=written_together),
)

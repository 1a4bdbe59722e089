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
from tests.cast import CAROL, ERIN

from . import lending_stories
from .told import Story
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


NED = Staff("ned", "clinician", ("adult",))
LEE = Staff("lee", "clinical_lead", ("adult",))


def of_harbor(town: Town) -> None:
    """An urgent item, what is to be done about it, and the key that its page lent."""
    lending_stories.of_harbor(town)
    lending_stories.pages(town)
    [incident] = town.store.rows(Incident)
    assert desk_tasks.ask(town.world, ERIN, incident, "urgent_visit") and town.store.rows(Lending)


def turned_away(town: Town, work: Callable[[], object]) -> None:
    """What is not theirs is not there for them; they press again only where the page says that it did not work."""

    def press() -> None:
        try:
            work()
        except NotFound:
            town.away += 1  # type: ignore[attr-defined]

    town.do(press)


def reaches_for_it(town: Town) -> None:
    town.away, world = 0, town.world  # type: ignore[attr-defined]
    [incident], [shelf], lent = town.store.rows(Incident), town.store.rows(Tasks), town.store.rows(Lending)
    turned_away(town, lambda: handle_incident.acknowledge(world, NED, incident.incident_id))
    turned_away(town, lambda: desk_tasks.end(world, NED, shelf.program, shelf.items[0].task_id))
    turned_away(town, lambda: review_keys.review(world, LEE, lent[0].lending_id, "right"))


def a_line_each(town: Town) -> list[str]:
    """Whoever was told no stands in the trail with it, and nothing was done."""
    lines = [row for row in town.store.rows(AuditEntry) if row.who in (NED.staff_id, LEE.staff_id)]
    wrong = [] if {row.action for row in lines} == {"incident_act", "end_task", "read_lent_key"} else [f"{len(lines)} lines"]
    wrong += [f"{row.action} was done" for row in lines if not row.refused]
    wrong += [] if town.away >= 3 and town.store.rows(Tasks)[0].items else ["not turned away"]  # type: ignore[attr-defined]
    return wrong + ["it was taken" for row in town.store.rows(Incident) if row.holder == NED.staff_id]


STORIES = (
    Story("what is another program's turns them away", reaches_for_it, of_harbor, a_line_each),
    Story("the trail is sealed", seals, looked_at, is_sealed_whole),
    Story("a text and its audit entry", carol_answers, after=written_together),
)

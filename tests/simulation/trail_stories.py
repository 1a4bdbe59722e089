"""An hour of the trail is sealed, whatever fails meanwhile; and a look and its entry exist together or not at all."""

from __future__ import annotations

from chalicelib.core.records import AuditEntry, Message
from chalicelib.flows import seal_trail
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.verify_trail import verify
from chalicelib.flows.write_reply import Draft, write_reply
from tests.cast import CAROL

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


STORIES = (
    Story("the trail is sealed", seals, looked_at, is_sealed_whole),
    Story("a text and its audit entry", carol_answers, after=written_together),
)

"""What a page opens is lent off its road, whatever fails; it is taken back, whatever fails; nothing is lent that no row knows."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.own_keys import OPEN
from chalicelib.core.records import AuditEntry, Incident, Lending, LentKey
from chalicelib.core.staff import Staff
from chalicelib.flows import handle_incident, sweep_keys
from chalicelib.flows.break_glass import Asked, break_glass, end
from chalicelib.flows.review_keys import read_lent, review
from tests.cast import ERIN, FRANK, a_patient, an_sms

from .told import CRISIS, Story
from .town import Town

DANI = "+13035550177"


def of_harbor(town: Town) -> None:
    a_patient(town.world, "dani", DANI, "harbor")


def pages(town: Town) -> None:
    town.text(an_sms(CRISIS, DANI, at=town.clock.now), crisis=True)
    town.stream()


def is_lent(town: Town) -> list[str]:
    """To whoever was called, in AWS as in the row, with what 42 CFR 2.51 wants written down (P2-6)."""
    rows = [row for row in town.store.rows(LentKey) if row.open_at(town.clock.now)]
    wrong = [] if rows else ["nobody was lent anything"]
    lines = {line.lending_id: line for line in town.store.rows(Lending)}
    wrong += [f"{row.target} is in no review" for row in rows if row.lending not in lines]
    wrong += [f"{line.lending_id} has no nature or no discloser" for line in lines.values() if not (line.nature and line.by)]
    wrong += [f"{line.lending_id} is nobody's row" for line in lines.values() if line.lending_id not in {row.lending for row in rows}]
    return wrong + [f"{row.target} is not lent in AWS" for row in rows if (row.staff_id, row.subject) not in town.lender.lent]


def paged_and_over(town: Town) -> None:
    """Erin took the item and ended it; a day later nobody needs what it opened."""
    of_harbor(town)
    pages(town)
    [incident] = town.store.rows(Incident)
    for step in (handle_incident.acknowledge, handle_incident.contacted):
        step(town.world, ERIN, incident.incident_id)
    handle_incident.resolve(town.world, ERIN, incident.incident_id, "visit_arranged")
    town.clock.advance(hours=12, minutes=1)
    town.minute()
    town.clock.advance(hours=13)


def is_back(town: Town) -> list[str]:
    rows = town.store.rows(LentKey)
    wrong = [] if rows else ["nobody was lent anything"]
    wrong += [f"{row.target} was not taken back" for row in rows if row.back_at is None or row.token]
    wrong += [f"{line.lending_id} waits for its end" for line in town.store.rows(Lending) if line.back_at is None]
    return wrong + [f"{pair} is still lent in AWS" for pair in town.lender.lent]


A_REASON = Asked("", DANI, "overdose", "Her mother rang: she does not wake.", cannot_ask=True)
OF_ADULT = replace(ERIN, programs=("adult",))
LEAD = Staff("lee", "clinical_lead", ("harbor",))


def opens(town: Town) -> None:
    """Erin is of another program: open for longer than the town needs to calm down. She presses the button, and again where the page says that it did not work."""
    world = replace(town.world, clinic=replace(town.world.clinic, glass_minutes=120))
    town.do(lambda: break_glass(world, OF_ADULT, A_REASON, ("frank",)))
    town.stream()


def is_open(town: Town) -> list[str]:
    """Once, whoever died: in our row, in AWS, for the review, in the trail, and told."""
    wrong = is_lent(town)
    lines, told = town.store.rows(Lending), {to for _, to, _ in town.pages}
    wrong += [] if len(lines) == 1 else [f"{len(lines)} lendings"]
    wrong += [] if {"frank", "dan"} <= told else [f"told {sorted(told)}"]
    entries = [each for each in town.store.rows(AuditEntry) if each.action == "break_glass" and each.result == "overdose"]
    return wrong + ([] if len(entries) == 1 else [f"{len(entries)} lines of the trail"])


def glass_and_over(town: Town) -> None:
    of_harbor(town)
    opens(town)
    town.clock.advance(minutes=121)


def glass_and_back(town: Town) -> None:
    glass_and_over(town)
    town.minute()


def shuts(town: Town) -> None:
    of_harbor(town)
    opens(town)


def sooner(town: Town) -> None:
    """She says that she is done; a second press finds nothing open."""
    town.do(lambda: not _is_open_for(town) or end(town.world, OF_ADULT, "dani"))
    town.minute()


def _is_open_for(town: Town) -> bool:
    row = town.store.get(LentKey, "erin", "dani")
    return row is not None and row.open_at(town.clock.now)


def reviews(town: Town) -> None:
    """Two of the clinic's people at once; whoever is second reads that it is done."""
    for who in (FRANK, LEAD):
        town.do(lambda who=who: read_lent(town.world, who))
        town.do(lambda who=who: _waiting(town) and review(town.world, who, _waiting(town)[0].lending_id, "right"))


def _waiting(town: Town) -> list[Lending]:
    return [line for line in town.store.rows(Lending) if line.shelf == OPEN]


def is_reviewed(town: Town) -> list[str]:
    lines = town.store.rows(Lending)
    wrong = [] if [line.found for line in lines] == ["right"] else [f"found {[line.found for line in lines]}"]
    wrong += [f"{line.lending_id} is still on the shelf of what waits" for line in _waiting(town)]
    entries = [each for each in town.store.rows(AuditEntry) if each.action == "review_lent_key"]
    return wrong + ([] if len(entries) == 1 else [f"{len(entries)} lines of the trail"])


def an_orphan(town: Town) -> None:
    """A grant whose row was never written, and one that is in use."""
    shuts(town)
    town.lender.lend("erin", "alice", f"gone:{int(town.clock.now.timestamp())}:erin")
    town.clock.advance(minutes=31)


def swept(town: Town) -> None:
    """Each hour asks; what one hour missed the next does."""
    for _ in range(2):
        town.again(lambda: sweep_keys.ask(town.world))
        town.minute()
        town.clock.advance(hours=1)


def only_the_orphan(town: Town) -> list[str]:
    return ["the orphan is still lent"] if ("erin", "alice") in town.lender.lent else []


STORIES = (
    Story("a page opens its patient", pages, of_harbor, is_lent),
    Story("what a page opened is over", Town.minute, paged_and_over, is_back),
    Story("the glass is broken", opens, of_harbor, is_open),
    Story("what the glass opened is over", Town.minute, glass_and_over, is_back),
    Story("what the glass opened is closed sooner", sooner, shuts, is_back),
    Story("a lent key is reviewed", reviews, glass_and_back, is_reviewed),
    Story("a grant without its row is taken back", swept, an_orphan, only_the_orphan),
)

"""What would be left without anybody if an account closed: threads, urgent items, turns of the rota, programs that tell them
first, texts they answer for, answers to campaigns, and colleagues they cover for. Sequences belong to a program and to nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..core.absence import Absence
from ..core.campaigns import OVER, Campaign
from ..core.records import UNMATCHED, Incident, Setting, Thread
from ..core.rota import Rota
from ..core.settings import PROGRAM, SNIPPET
from ..ports import World
from .plan_rota import read_rota_now


@dataclass(frozen=True, slots=True)
class Holds:
    """`rota`: places of it that name them. `duty`: programs that tell them first. `texts`: of the staff's own, by setting id.
    `campaigns`: whose answers they read. `covers`: colleagues who are away and whose cover they are."""

    threads: tuple[Thread, ...] = ()
    incidents: tuple[Incident, ...] = ()
    rota: tuple[str, ...] = ()
    duty: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    covers: tuple[Absence, ...] = ()

    def __bool__(self) -> bool:
        return any((self.threads, self.incidents, self.rota, self.duty, self.texts, self.campaigns, self.covers))

    @property
    def programs(self) -> frozenset[str]:
        """Whose patients, or whose late texts, somebody must be able to open who takes it all."""
        of = [each.program for each in self.threads] + [each.program for each in self.incidents]
        return frozenset([*of, *(each.program for each in self.campaigns), *self.duty])


def holds(world: World, staff_id: str, programs: Iterable[str], whole: bool = True) -> Holds:
    """What is theirs in these programs; `whole`: everywhere, and what is of no program. As the store has it now."""
    inside = set(programs)
    threads = tuple(thread for thread in world.store.owned(staff_id) if whole or thread.program in inside)
    asked = [*world.clinic.programs, UNMATCHED] if whole else sorted(inside)
    incidents = tuple(i for program in asked for i in world.store.open_incidents(program) if i.holder == staff_id)
    return _besides(world, staff_id, Holds(threads, incidents)) if whole else Holds(threads, incidents)


def _besides(world: World, staff_id: str, found: Holds) -> Holds:
    campaigns = (each for program in world.clinic.programs for each in world.store.campaigns(program))
    return replace(
        found,
        rota=tuple(_ahead(world, read_rota_now(world).rota).places(staff_id)),
        duty=tuple(program for program, person in duties(world).items() if person == staff_id),
        texts=tuple(row.setting_id for row in world.store.settings(SNIPPET) if _answers(row, staff_id)),
        campaigns=tuple(each for each in campaigns if each.reader == staff_id and each.state not in OVER),
        covers=tuple(each for each in world.store.absences() if each.cover == staff_id and each.state in ("leaving", "away")),
    )


def duties(world: World) -> dict[str, str]:
    """Who is told first, by program."""
    laid = {row.setting_id: row.value for row in world.store.settings(PROGRAM)}
    return {name: laid.get(name, {}).get("duty", program.duty) for name, program in world.clinic.programs.items()}


def _ahead(world: World, rota: Rota) -> Rota:
    """Without what was agreed for hours that are over."""
    return replace(rota, overrides=tuple(each for each in rota.overrides if each.end > world.clock()))


def _answers(row: Setting, staff_id: str) -> bool:
    return row.value.get("owner", "") == staff_id and not row.value.get("off")

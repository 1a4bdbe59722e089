"""A program's hours, promise, names and numbers: look, change, take back. The clinic's file stays the base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.clinic import Program
from ..core.records import Revision, Setting
from ..core.roles import Action
from ..core.settings import PROGRAM
from ..core.settings_overlay import fields_of, problem, with_fields
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from .authority import demand
from .change_setting import Wish, read_revision, write


@dataclass(frozen=True, slots=True)
class ProgramNow:
    """A program as it stands, read from the store and not from what this process remembers."""

    program: Program
    version: int
    history: tuple[Revision, ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        return fields_of(self.program)


def read_programs(world: World, who: Staff) -> list[ProgramNow]:
    """Every program, in the file's order. Raises `NotFound` for who may not, `StoreError`."""
    demand(world, who, Action.PROGRAMS)
    held = {each.setting_id: each for each in world.store.settings(PROGRAM)}
    return [_now(program, held.get(name)) for name, program in world.clinic.programs.items()]


def read_program(world: World, who: Staff, program_id: str) -> ProgramNow:
    """One program with its history, newest first. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.PROGRAMS)
    now = _look(world, program_id)
    return ProgramNow(now.program, now.version, tuple(world.store.revisions(PROGRAM, program_id)))


def change_program(
    world: World, who: Staff, program_id: str, fields: Mapping[str, str], version: int, why: str
) -> ProgramNow:
    """The program after the change. Raises `NotFound`, `Conflict`, `StoreError`, ValueError for a value the form let by."""
    demand(world, who, Action.PROGRAMS)
    now = _look(world, program_id)
    wrong = [name for name, text in fields.items() if name not in now.fields or problem(name, text)]
    if wrong:
        raise ValueError(f"program#{program_id}: {', '.join(sorted(wrong))}")
    before = now.fields if now.version == version else _before(world, program_id, version, now)
    write(world, who, Wish(PROGRAM, program_id, before, fields, version, why))
    return _look(world, program_id)


def undo_program(world: World, who: Staff, program_id: str, undone: int, version: int) -> ProgramNow:
    """Give the fields of one change back what they were before it; a new line says so. Raises as `change_program`."""
    demand(world, who, Action.PROGRAMS)
    now, line = _look(world, program_id), read_revision(world, PROGRAM, program_id, undone)
    before = now.fields if now.version == version else _before(world, program_id, version, now)
    write(world, who, Wish(PROGRAM, program_id, before, line.before, version, undoes=undone))
    return _look(world, program_id)


def _look(world: World, program_id: str) -> ProgramNow:
    program = world.clinic.programs.get(program_id)
    if program is None:
        raise NotFound(f"program#{program_id}")
    return _now(program, world.store.get(Setting, PROGRAM, program_id))


def _now(program: Program, held: Setting | None) -> ProgramNow:
    return ProgramNow(with_fields(program, held.value), held.version) if held else ProgramNow(program, 0)


def _before(world: World, program_id: str, version: int, now: ProgramNow) -> dict[str, str]:
    """The fields as they stood at an older version: later changes taken back. A form sent twice then finds its own line."""
    fields = now.fields
    for line in world.store.revisions(PROGRAM, program_id):
        if line.version > version:
            fields |= line.before
    return fields

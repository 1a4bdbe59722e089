"""Find people by name, initials, number, tag or id, over what this person may see. The search itself is kept nowhere, that it
was made is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..core.matching import How, how_found
from ..core.records import UNMATCHED, Contact, Thread
from ..core.staff import Staff
from ..core.tags import fold
from ..ports import World
from .roster import open_roster

ID_LENGTH = 26
MOST = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A patient, or (no name) the thread of a number that is nobody's. `how`: what was meant by what was typed."""

    patient_id: str
    program: str
    name: str
    tags: tuple[str, ...] = ()
    how: How = How.NAME


def find_patients(world: World, who: Staff, asked: str, number: str = "") -> tuple[Found, ...]:
    """At most fifty, the best first, then by name. `number`: what was asked for, as E.164, when it is a phone number.

    One opening a program; an id or a number narrows it. Raises `StoreError`, `VaultError`, `SecretUnavailable`.
    """
    asked = asked.strip()
    if not asked:
        return ()
    everybody = _everybody(world, who)
    if number:
        return _behind_number(world, everybody, number)
    if len(asked) == ID_LENGTH and asked.upper().isalnum():
        return tuple(each for each in everybody if each.patient_id == asked.upper())
    ways = ((each, how_found(asked, each.name, each.tags, each.patient_id)) for each in everybody)
    hits = [Found(each.patient_id, each.program, each.name, each.tags, how) for each, how in ways if how is not None]
    return tuple(sorted(hits, key=lambda each: (each.how, fold(each.name))))[:MOST]


def find_unknown(world: World, who: Staff, number: str) -> str:
    """The thread of a number that is nobody's, for who works with those; "" when there is none."""
    if not number or not who.may_see(UNMATCHED):
        return ""
    thread = world.store.get(Thread, world.hasher.contact_id(number))
    return thread.thread_id if thread is not None and thread.program == UNMATCHED and thread.last_at is not None else ""


def _everybody(world: World, who: Staff) -> list[Found]:
    programs = [program for program in who.programs if program != UNMATCHED]
    with ThreadPoolExecutor(4) as pool:
        rosters = pool.map(lambda program: open_roster(world, who, program, "find_patient"), programs)
        listed = zip(programs, rosters, strict=True)
        return [Found(each, program, said.name, said.tags) for program, people in listed for each, said in people.items()]


def _behind_number(world: World, everybody: list[Found], number: str) -> tuple[Found, ...]:
    contact = world.store.get(Contact, world.hasher.contact_id(number))
    wanted = {ref.patient_id for ref in contact.patients} if contact else set()
    return tuple(each for each in everybody if each.patient_id in wanted)

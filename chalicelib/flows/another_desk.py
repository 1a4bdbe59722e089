"""A carrier's log is a whole account's: what somebody whom nobody here knows wrote to a number that is not in the clinic's file,
of other software or another desk, is not ours to read and answer. Danger is, whichever number it came to (N2)."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.messages import CarrierRecord
from ..core.own_numbers import OURS, is_number
from ..errors import SecretUnavailable
from ..ports import World
from .bring_in import as_text, is_wordless
from .read_many import contacts_of
from .receive_sms import first_look


def without(world: World, lines: Sequence[CarrierRecord]) -> list[CarrierRecord]:
    """These lines of people without another desk's. Raises `StoreError` when it cannot be told who is known here."""
    ours = _numbers(world)
    if not is_number(world.clinic.number):  # a carrier's pool of numbers: any may be one of it
        return list(lines)
    elsewhere = [line for line in lines if line.recipient not in ours and not _in_danger(world, line)]
    strangers = _strangers(world, {line.sender for line in elsewhere})
    theirs = {line.carrier_id for line in elsewhere if line.sender in strangers}
    if theirs:
        world.journal.count("of_another_desk", len(theirs))
    return [line for line in lines if line.carrier_id not in theirs]


def _numbers(world: World) -> set[str]:
    clinic = world.clinic
    of_programs = (each.phone for each in clinic.programs.values())
    return {*(getattr(clinic, name) for name in OURS), clinic.test_sender, *of_programs}


def _in_danger(world: World, line: CarrierRecord) -> bool:
    """By its words: of another desk's text whose words were taken out of the log nobody is woken."""
    return not is_wordless(line) and first_look(world, as_text(line)).pages


def _strangers(world: World, numbers: set[str]) -> set[str]:
    """Who never wrote here and is nobody's patient. Where no number can be looked up, everybody until the next comparison."""
    try:
        known_as = {world.hasher.contact_id(number): number for number in numbers}
    except SecretUnavailable:
        world.journal.event("another_desk_not_told", count=len(numbers))
        return numbers
    known = contacts_of(world, set(known_as))
    return {number for contact_id, number in known_as.items() if contact_id not in known}

"""Find patients by name, number or id, over what this person may see. The search itself is kept nowhere, that it was made is."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..core.records import UNMATCHED, Contact
from ..core.staff import Staff
from ..ports import World
from .read_inbox import open_roster

ID_LENGTH = 26
MOST = 50


@dataclass(frozen=True, slots=True)
class Found:
    patient_id: str
    program: str
    name: str


def find_patients(world: World, who: Staff, asked: str, number: str = "") -> tuple[Found, ...]:
    """At most fifty, by name. `number`: what was asked for, as E.164, when it is a phone number.

    One opening a program; an id or a number narrows it. Raises `StoreError`, `VaultError`, `SecretUnavailable`.
    """
    asked = asked.strip()
    if not asked:
        return ()
    everybody = _everybody(world, who)
    if number:
        return _among(everybody, _behind_number(world, number))
    if len(asked) == ID_LENGTH and asked.upper().isalnum():
        return _among(everybody, {asked.upper()})
    words = fold(asked).split()
    hits = [each for each in everybody if all(word in fold(each.name) for word in words)]
    return tuple(sorted(hits, key=lambda each: fold(each.name)))[:MOST]


def fold(text: str) -> str:
    """Lower case without accents: "José" and "jose" are the same to somebody who types."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def _everybody(world: World, who: Staff) -> list[Found]:
    programs = [program for program in who.programs if program != UNMATCHED]
    with ThreadPoolExecutor(4) as pool:
        rosters = pool.map(lambda program: open_roster(world, who, program, "find_patient"), programs)
        named = zip(programs, rosters, strict=True)
        return [Found(each, program, name) for program, names in named for each, name in names.items()]


def _behind_number(world: World, number: str) -> set[str]:
    contact = world.store.get(Contact, world.hasher.contact_id(number))
    return {ref.patient_id for ref in contact.patients} if contact else set()


def _among(everybody: list[Found], wanted: set[str]) -> tuple[Found, ...]:
    return tuple(each for each in everybody if each.patient_id in wanted)

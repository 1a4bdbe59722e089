"""The synthetic clinic as its files say it, and its patients, registered by the service itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from chalicelib.core.clinic import Clinic, read_clinic
from chalicelib.core.records import Imported, Put
from chalicelib.core.staff import Staff
from chalicelib.flows.register_patient import NumberInUse, Registration, register
from chalicelib.ports import World

from .phones.network import Phone

HERE = Path(__file__).parent
CLINIC_FILE, PATIENTS_FILE = HERE / "clinic.toml", HERE / "patients.toml"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the clinic, with a made-up password."""

    username: str
    password: str
    role: str
    programs: tuple[str, ...]
    phone: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Resident:
    """A synthetic patient as the file says it. `consent`: paper, or none."""

    name: str
    number: str
    program: str
    language: str
    born: date
    consent: str = "paper"
    stopped: bool = False
    shares: str = ""
    safe_hours: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Wrote:
    """A text that a patient sent before the demonstration began."""

    number: str
    at: datetime
    text: str


def staff(passwords: Mapping[str, str]) -> list[Person]:
    """Everybody in `clinic.toml`. `passwords`: by staff id."""
    rows = tomllib.loads(CLINIC_FILE.read_text())["staff"]
    return [
        Person(row["id"], passwords[row["id"]], row["role"], tuple(row["programs"]), row["phone"], row["name"], row["about"])
        for row in rows
    ]


def staff_ids() -> list[str]:
    return [row["id"] for row in tomllib.loads(CLINIC_FILE.read_text())["staff"]]


@cache
def clinic() -> Clinic:
    return read_clinic(tomllib.loads(CLINIC_FILE.read_text()))


def in_short() -> str:
    """How much of everything, for whoever starts it."""
    programs = {each.program for each in residents()}
    return f"a synthetic clinic: {len(programs)} programs, {len(residents())} patients, {len(staff_ids())} people on staff"


def residents() -> list[Resident]:
    return [Resident(**row) for row in tomllib.loads(PATIENTS_FILE.read_text())["patient"]]


def wrote(now: datetime) -> list[Wrote]:
    """What patients wrote in the last day, oldest first."""
    numbers = {resident.name: resident.number for resident in residents()}
    rows = tomllib.loads(PATIENTS_FILE.read_text())["wrote"]
    texts = [Wrote(numbers[row["name"]], now - timedelta(hours=row["hours_ago"]), row["text"]) for row in rows]
    return sorted(texts, key=lambda text: text.at)


def phones(people: Iterable[Person], patients: Iterable[Resident]) -> list[Phone]:
    """Everybody's phone; one that several patients share appears once, with all their names."""
    owners: dict[str, list[Resident]] = {}
    for patient in patients:
        owners.setdefault(patient.number, []).append(patient)
    return [
        *(Phone(number, _whose(names), "patient", _about(names)) for number, names in owners.items()),
        *(Phone(person.phone, person.name, "clinician", person.about) for person in people),
    ]


def _whose(owners: list[Resident]) -> str:
    first, *others = (owner.name for owner in owners)
    return " & ".join([first, *(name.rpartition(" ")[2] for name in others)])


def _about(owners: list[Resident]) -> str:
    words = ["Spanish"] if owners[0].language == "es" else []
    words += ["shared phone"] if len(owners) > 1 else []
    words += ["no consent"] if all(owner.consent == "none" for owner in owners) else []
    return ", ".join(words + ["opted out"] * owners[0].stopped)


def admit(world: World, patients: Iterable[Resident]) -> list[dict[str, Any]]:
    """Register everybody as the front desk would: each program's at once, then who shares somebody's phone.

    What `demo.json` says of each, in the file's order.
    """
    desk = Staff("front.desk", "front_desk", tuple(world.clinic.programs))
    numbered = [(patient, f"R-{at}") for at, patient in enumerate(patients, 1001)]
    groups = [
        [each for each in numbered if each[0].program == program and not each[0].shares]
        for program in world.clinic.programs
    ]

    def several(group: Iterable[tuple[Resident, str]]) -> list[dict[str, Any]]:
        return [_admit(world, desk, *each) for each in group]

    with ThreadPoolExecutor() as desks:
        done = [row for rows in desks.map(several, groups) for row in rows]
    done += several(each for each in numbered if each[0].shares)
    world.store.commit(*(Put(Imported(_hashed(world, row), row["id"], "")) for row in done))
    return sorted(done, key=itemgetter("record_id"))


def _hashed(world: World, row: Mapping[str, Any]) -> str:
    """The chart's number as a list of patients would have brought it."""
    return world.hasher.text_hash(f"record\0{row['program']}\0{row['record_id']}")


def _admit(world: World, desk: Staff, patient: Resident, record_id: str) -> dict[str, Any]:
    wish = Registration(
        patient_id=world.ids(world.clock()),
        program=patient.program,
        name=patient.name,
        number=patient.number,
        birth_date=patient.born,
        language=patient.language,
        zone=world.clinic.zone.key,
        safe_hours=dict(patient.safe_hours or {}),
        consent_by="" if patient.consent == "none" else patient.consent,
        shared_known=bool(patient.shares),
    )
    done = register(world, desk, wish)
    if isinstance(done, NumberInUse):
        raise ValueError("two synthetic patients have one number: say so with `shares`")
    allowed = patient.consent != "none" and not patient.stopped
    row = {"id": wish.patient_id, "record_id": record_id}
    row |= {"number": patient.number, "program": patient.program, "language": patient.language}
    return row | {"consent": allowed, "opted_out": patient.stopped, "shared": bool(patient.shares)}


def for_demo_json(person: Person) -> dict[str, Any]:
    """One of `staff` in `demo.json`."""
    return {name: value for name, value in asdict(person).items() if name not in ("about",)}

"""Fills the laptop with a synthetic clinic: staff who can sign in and be paged, patients registered by the service itself."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chalicelib.core.clinic import Clinic, read_clinic
from chalicelib.core.phones import Way
from chalicelib.core.records import Imported, Put
from chalicelib.core.staff import Staff
from chalicelib.flows import staff_phones
from chalicelib.flows.phone_code import code_for_phone, pin_for_calls
from chalicelib.flows.practice import put_off
from chalicelib.flows.register_patient import NumberInUse, Registration, register
from chalicelib.ports import World

from .phones.network import Phone

HERE = Path(__file__).parent
CLINIC_FILE, PATIENTS_FILE = HERE / "clinic.toml", HERE / "patients.toml"
NEWEST = "front.desk"
Client = Callable[[str], Any]


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


def hire(client: Client, pool: str, people: Iterable[Person]) -> None:
    """Everybody can sign in at once; attributes that the pool does not know are left out."""
    cognito = client("cognito-idp")
    described = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    known = {attribute["Name"] for attribute in described.get("SchemaAttributes", ())}
    for person in people:
        wanted = {
            "custom:staff_id": person.username,
            "custom:role": person.role,
            "custom:programs": ",".join(person.programs),
            "name": person.name,
        }
        attributes = [{"Name": name, "Value": value} for name, value in wanted.items() if name in known]
        who = {"UserPoolId": pool, "Username": person.username}
        cognito.admin_create_user(**who, UserAttributes=attributes, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**who, Password=person.password, Permanent=True)


def knows_the_work(world: World, people: Iterable[Person]) -> None:
    """Everybody but the newest has seen the practice tasks: the front desk's first day is today."""
    for person in people:
        if person.username != NEWEST:
            put_off(world, Staff(person.username, person.role, person.programs))


def subscribe(client: Client, topic: str, phones_url: str, people: Iterable[Person]) -> None:
    """Each phone hears pages for its owner and for everyone, and no others (every filter lists both), and shows their e-mail."""
    for person in people:
        where = f"{phones_url}/sns/{quote(person.phone)}"
        for endpoint, wanted in ((where, [person.username, "everyone"]), (f"{where}/mail", [f"{person.username}:email"])):
            client("sns").subscribe(
                TopicArn=topic,
                Protocol="http",
                Endpoint=endpoint,
                Attributes={"FilterPolicy": json.dumps({"clinician": wanted})},
            )


def verify_phones(world: World, people: Iterable[Person]) -> None:
    """Everybody's phone is verified as each would have done it: the code came by text, and was entered."""
    for person in people:
        who = Staff(person.username, person.role, person.programs)
        if staff_phones.give(world, who, Way.TEXT, person.phone) is None:
            method = staff_phones.my_phone(world, who).method(Way.TEXT)
            assert method is not None
            staff_phones.verify(world, who, Way.TEXT, code_for_phone(world, who.staff_id, method))


ON_CALL = ("erin", "carol", "supervisor")  # who also gave the number to be called


def verify_calls(world: World, people: Iterable[Person]) -> dict[str, str]:
    """Likewise for calls. Each one's PIN, for whoever tries the demo."""
    pins = {}
    for person in people:
        if person.username not in ON_CALL:
            continue
        who = Staff(person.username, person.role, person.programs)
        staff_phones.give(world, who, Way.CALL, person.phone)
        method = staff_phones.my_phone(world, who).method(Way.CALL)
        assert method is not None
        staff_phones.verify(world, who, Way.CALL, code_for_phone(world, who.staff_id, method))
        pins[person.username] = pin_for_calls(world, who.staff_id, method)
    return pins


def admit(world: World, patients: Iterable[Resident]) -> list[dict[str, Any]]:
    """Register everybody as the front desk would. What `demo.json` says of each."""
    desk = Staff("front.desk", "front_desk", tuple(world.clinic.programs))
    return [_admit(world, desk, patient, f"R-{at}") for at, patient in enumerate(patients, 1001)]


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
    hashed = world.hasher.text_hash(f"record\0{patient.program}\0{record_id}")  # as a list of patients would have brought it
    world.store.commit(Put(Imported(hashed, wish.patient_id, "")))
    allowed = patient.consent != "none" and not patient.stopped
    row = {"id": wish.patient_id, "record_id": record_id}
    row |= {"number": patient.number, "program": patient.program, "language": patient.language}
    return row | {"consent": allowed, "opted_out": patient.stopped, "shared": bool(patient.shares)}


def for_demo_json(person: Person) -> dict[str, Any]:
    """One of `staff` in `demo.json`."""
    return {name: value for name, value in asdict(person).items() if name not in ("about",)}

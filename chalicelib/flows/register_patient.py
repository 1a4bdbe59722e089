"""Register a patient: profile, number, roster, permission, and the first text, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .. import texts
from ..core.clinic import Clinic
from ..core.consent import EVERYTHING
from ..core.consent import RULE_VERSION as RULE_VERSION
from ..core.consent_ledger import RISK, TEXT
from ..core.messages import Kind
from ..core.permission import stopped
from ..core.records import (
    ABSENT,
    Change,
    ConsentEntry,
    Contact,
    Patient,
    PatientRef,
    Profile,
    Put,
    Roster,
    Thread,
    Update,
)
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import SealContext, World
from ..texts.consent import consent_words
from ..texts.hours import hours_words
from . import gone_quiet, outbox, trail
from .patient_rows import changed_hands, profile_text
from .roster import Entries, Entry, entries_in, sealed_roster

ATTEMPTS = 5
CONVERSATION = "conversation"  # the ledger kind that lets us begin a talk


@dataclass(frozen=True, slots=True)
class Registration:
    """What the form said, checked. `patient_id`: minted with the form. `consent_by`: verbal, paper, or "" for none.

    `shared_known`: the person registering has read that the number is in use and goes on.
    """

    patient_id: str
    program: str
    name: str
    number: str
    birth_date: date | None = None
    language: str = "en"
    content_level: int = 0
    zone: str = ""
    safe_hours: dict[str, str] | None = None
    consent_by: str = ""
    signed: str = ""
    shared_known: bool = False
    tags: tuple[str, ...] = ()
    answers: str = ""  # who else answers this phone
    no_phone: bool = False  # they have none: `number` is empty


@dataclass(frozen=True, slots=True)
class Registered:
    """`welcome`: "queued", "no_consent", or "opted_out". `again`: this form had been sent before."""

    patient_id: str
    welcome: str = "no_consent"
    shared: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class NumberInUse:
    """Somebody has this number already. `names` holds only people whom this reader may see anyway (N7)."""

    names: tuple[str, ...]


def register(world: World, who: Staff, wish: Registration) -> Registered | NumberInUse:
    """Raises `NotFound` for a program that is not theirs, `Conflict` after five losing races, `RosterFull`, `StoreError`,
    `VaultError`."""
    if wish.program not in world.clinic.programs or not who.may_see(wish.program):
        trail.refuse(world, who, f"program#{wish.program}", "register", "intake")
        raise NotFound(wish.program)
    contact_id = contact_of(world, wish)
    for _ in range(ATTEMPTS):
        contact, roster, same = _gather(world, contact_id, wish)
        if same is not None:
            return Registered(wish.patient_id, "queued" if same.consent else "no_consent", len(contact.patients) > 1, True)
        people = entries_in(world, who, roster)
        if contact.patients and not wish.shared_known:
            known = [people[ref.patient_id].name for ref in contact.patients if ref.patient_id in people]
            world.store.commit(trail.entry(world, who, contact_id, "find", "intake", world.clock()))
            return NumberInUse(tuple(known))
        try:
            return _write(world, who, wish, contact, roster, people)
        except (Conflict, Rejected):  # the contact, the roster or this form moved: read again
            continue
    raise Conflict(wish.patient_id)


def contact_of(world: World, wish: Registration) -> str:
    """Of a number; of who has none a row of their own, which no number leads to: what their pages and channels need of one is
    there, and no text goes to it (`Patient.no_phone`)."""
    return world.hasher.contact_id(f"no phone {wish.patient_id}" if wish.no_phone else wish.number)


def _gather(world: World, contact_id: str, wish: Registration) -> tuple[Contact, Roster | None, Patient | None]:
    contact, roster, same = world.store.get_many(
        [(Contact, (contact_id,)), (Roster, (wish.program,)), (Patient, (wish.patient_id,))]
    )
    assert contact is None or isinstance(contact, Contact)
    assert roster is None or isinstance(roster, Roster)
    assert same is None or isinstance(same, Patient)
    return contact or Contact(contact_id), roster, same


def _write(
    world: World, who: Staff, wish: Registration, contact: Contact, roster: Roster | None, people: Entries
) -> Registered:
    now = world.clock()
    welcome = "no_consent" if not wish.consent_by else "opted_out" if stopped(contact) else "queued"
    changes: list[Change] = [
        Put(_patient(world, who, wish, contact, now)),
        _contact(world, wish, contact, now),
        sealed_roster(world, roster, wish.program, people, wish.patient_id, Entry(wish.name, wish.tags)),
        _thread(wish, contact, now),
        *gone_quiet.armed(world, wish.patient_id, wish.program, now),
        trail.entry(world, who, wish.patient_id, "register", "intake", now),
    ]
    if wish.consent_by:
        changes += [Put(_consent(world, who, wish, now, *about)) for about in ((TEXT, CONVERSATION), (RISK, EVERYTHING))]
    if welcome == "queued":
        changes += outbox.queue(world, _letter(world, wish, contact), now)
    world.store.commit(*changes)
    return Registered(wish.patient_id, welcome, bool(contact.patients))


def _patient(world: World, who: Staff, wish: Registration, contact: Contact, now: datetime) -> Patient:
    inside = profile_text(Profile(wish.name, wish.number, wish.birth_date, wish.tags, wish.answers))
    context = SealContext(wish.patient_id, wish.program, "profile")
    return Patient(
        patient_id=wish.patient_id,
        program=wish.program,
        contact_id=contact.contact_id,
        sealed_profile=world.vault.seal(context, wish.patient_id, inside),
        language=wish.language,
        content_level=wish.content_level,
        zone=wish.zone,
        safe_hours=wish.safe_hours or {},
        consent={CONVERSATION: now} if wish.consent_by else {},
        unencrypted="yes" if wish.consent_by else "",
        created_at=now,
        created_by=who.staff_id,
        quiet_due=gone_quiet.first_look(world, wish.program, now),
        visits=(),
        no_phone=wish.no_phone,
    )


def _contact(world: World, wish: Registration, contact: Contact, now: datetime) -> Update:
    """Everybody behind a number is kept, never "the first" (T11)."""
    role = "shared" if contact.patients or wish.answers else "self"
    people = (*contact.patients, PatientRef(wish.patient_id, wish.program, role, wish.language, wish.content_level))
    fields: dict[str, object] = {"patients": people, "version": contact.version + 1} | changed_hands(contact, now)
    if contact.version == 0 and not wish.no_phone:
        context = SealContext(contact.contact_id, "numbers", "number")
        fields["sealed_number"] = world.vault.seal(context, contact.contact_id, wish.number)
    if contact.version == 0:
        fields["created_at"] = now
    if not contact.doubt and not wish.no_phone:
        fields["confirmed_at"] = now  # RND-3: they were here
    expect = {"version": contact.version or ABSENT}
    return Update(Contact, (contact.contact_id,), set=fields, expect=expect, create=contact.version == 0)


def _thread(wish: Registration, contact: Contact, now: datetime) -> Put:
    return Put(Thread(wish.patient_id, wish.program, contact.contact_id, patient_id=wish.patient_id, last_at=now))


def _consent(world: World, who: Staff, wish: Registration, now: datetime, ledger: str, kind: str) -> ConsentEntry:
    """The words that are read say that texts are not private (TXT-2): a yes to them is both, each in its ledger (T20)."""
    version = consent_words()[wish.language].version
    return ConsentEntry(
        wish.patient_id, world.ids(now), kind, "granted", wish.consent_by, now, who.staff_id, f"{RULE_VERSION}; {version}",
        ledger=ledger, words=version, language=wish.language, program=wish.program,
    )  # fmt: skip


def _letter(world: World, wish: Registration, contact: Contact) -> outbox.Letter:
    return outbox.Letter(
        thread_id=wish.patient_id,
        program=wish.program,
        contact_id=contact.contact_id,
        kind=Kind.WELCOME,
        text=first_text(world.clinic, wish.program, wish.language, wish.signed),
        patient_id=wish.patient_id,
        carrier=contact.carrier,
        language=wish.language,
        template="welcome",
    )


def first_text(clinic: Clinic, program: str, language: str, signed: str) -> str:
    """The first text, as it will arrive: who writes, when it is read, how soon an answer comes, 988 (CR-6, CTIA-3)."""
    known = clinic.programs[program]
    say = hours_words(language)
    return texts.render(
        "welcome",
        language,
        sender=clinic.sender,
        author=signed or known.team or say.team,
        hours=say.week(known.hours),
        response=say.soon(known.response),
    )

"""What patients said about texts, as staff note it: kinds, everything, that texts can be read by others, a guardian's phone,
Part 2; and the decision about words that may have meant STOP. Each is a line in the ledger and what the row comes to, in one
transaction with its trail (TCPA-14, N6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..core.channels import ASKED
from ..core.consent import EVERYTHING, RULE_VERSION, SCOPES
from ..core.consent_ledger import (
    IN_WRITING,
    MEDIA,
    PART2,
    PART2_ELEMENTS,
    PROXY,
    RISK,
    TEXT,
    Comes,
    ConsentEntry,
    comes_to,
)
from ..core.minors import grant_ends, may_agree_alone
from ..core.records import Change, Contact, Patient, Put, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import SealContext, World
from ..texts.consent import state_rules, version_of
from . import proxy_end, trail
from .outbox import keep_due
from .read_thread import admit, open_profile

ATTEMPTS = 4
MOST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Said:
    """`kinds`: a kind, or EVERYTHING, to whether they want it. `said`: their own words. `elements`: of a Part 2 consent."""

    ledger: str
    kinds: Mapping[str, bool]
    medium: str
    said: str = ""
    given_by: str = ""
    expires_on: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)
    channel: str = "sms"  # or one of `core.channels.ASKED`: all of it, yes or no
    shown: tuple[str, str] | None = None  # of a form on our web page: the version of its words, and their language
    ask_id: str = ""  # and which form


def why_not(said: Said) -> str:
    """What is wrong with it before anybody is looked at, or ""."""
    known = {TEXT: {*SCOPES, EVERYTHING}, PROXY: set(SCOPES), RISK: {EVERYTHING}, PART2: {EVERYTHING}}
    if (said.medium not in MEDIA and not said.ask_id) or not said.kinds or not set(said.kinds) <= known.get(said.ledger, set()):
        return "choose"
    if said.channel in ASKED:
        return "" if said.ledger == TEXT and set(said.kinds) == {EVERYTHING} and len(said.said) <= MOST_WORDS else "choose"
    if said.channel != "sms":
        return "choose"
    if len(said.said) > MOST_WORDS or (said.ledger == TEXT and said.kinds.get(EVERYTHING)):
        return "choose"
    if said.ledger != PART2:
        return ""
    if not said.kinds[EVERYTHING]:
        return "" if said.medium in IN_WRITING else "in_writing"
    return "" if all(said.elements.get(name, "").strip() for name in PART2_ELEMENTS) else "elements"


def record(world: World, who: Staff, patient_id: str, *said: Said) -> str:
    """All of it or nothing. What came of it: saved, minor, or a word of `why_not`. Raises `NotFound`, `Conflict`, `StoreError`,
    `VaultError`."""
    if wrong := next(filter(None, map(why_not, said)), ""):
        return wrong
    action = "consent_" + said[0].ledger
    for _ in range(ATTEMPTS):
        patient = theirs(world, who, patient_id, action)
        now = world.clock()
        if any(_too_young(world, who, patient, each, now) for each in said):
            return "minor"
        changes = _noted(world, who, patient, said, now)
        try:
            world.store.commit(*changes, trail.entry(world, who, patient_id, action, "care", now))
        except (Conflict, Rejected):
            continue
        return "saved"
    raise Conflict(patient_id)


def _noted(world: World, who: Staff, patient: Patient, said: tuple[Said, ...], now: datetime) -> list[Change]:
    """The row as its ledger will come to, and the lines."""
    lines = [_line(world, who, patient, each, kind, wants, now) for each in said for kind, wants in each.kinds.items()]
    comes = comes_to(lines, now, _before(patient))
    fields: dict[str, object] = {
        "consent": comes.consent, "declined": comes.declined, "unencrypted": comes.unencrypted, "proxy": comes.proxy,
        "agreed": comes.agreed, "version": patient.version + 1,
    }  # fmt: skip
    dues: list[Change] = []
    for each in said:
        until, due = _grant_ends(world, who, patient, each, now)
        fields |= until
        dues += due
    row = Update(Patient, (patient.patient_id,), set=fields, expect={"version": patient.version})
    return [row, *dues, *map(Put, lines)]


def _before(patient: Patient) -> Comes:
    """What their row says."""
    return Comes(patient.consent, patient.declined, patient.unencrypted, patient.proxy, agreed=patient.agreed)


def theirs(world: World, who: Staff, patient_id: str, action: str) -> Patient:
    """The patient, for somebody of the program. Raises `NotFound`."""
    _, patient = admit(world, who, patient_id, action, "care")
    if patient is None or not who.may_see(patient.program) or patient.merged_into:
        raise NotFound(patient_id)
    return patient


def _too_young(world: World, who: Staff, patient: Patient, said: Said, now: datetime) -> bool:
    """MIN-2: a yes of somebody under age, given by themselves. A no is always theirs to say."""
    if said.given_by == "guardian" or not any(said.kinds.values()):
        return False
    day = now.astimezone(world.clinic.zone).date()
    known = world.clinic.programs.get(patient.program)
    line = known.service_line if known else ""
    return not may_agree_alone(open_profile(world, who, patient).birth_date, day, world.clinic.state, line, state_rules())


def _grant_ends(world: World, who: Staff, patient: Patient, said: Said, now: datetime) -> tuple[dict[str, object], list[Change]]:
    """MIN-3: a guardian's grant has its end, as a due row."""
    if said.ledger != PROXY or not any(said.kinds.values()):
        return {}, []
    zone = world.clinic.zone
    day = grant_ends(open_profile(world, who, patient).birth_date, now.astimezone(zone).date())
    at = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(now.tzinfo)
    return {"proxy_until": at}, [keep_due(proxy_end.due_row(patient.patient_id, at))]


def _line(
    world: World, who: Staff, patient: Patient, said: Said, kind: str, wants: bool, now: datetime
) -> ConsentEntry:
    entry_id = world.ids(now)
    words = json.dumps(dict(said.elements), sort_keys=True) if said.elements else said.said.strip()
    context = SealContext(patient.patient_id, patient.program, "note")
    version = version_of(said.ledger, kind if said.channel == "sms" else said.channel, patient.language) if wants else ""
    shown, language = said.shown or (version, patient.language)
    return ConsentEntry(
        patient.patient_id, entry_id, kind, "granted" if wants else "revoked", said.medium, now, who.staff_id, RULE_VERSION,
        ledger=said.ledger,
        channel=said.channel,
        words=shown,
        language=language,
        given_by=said.given_by,
        expires_on=said.expires_on,
        sealed_said=world.vault.seal(context, entry_id, words) if words else b"",
        program=patient.program,
        ask_id=said.ask_id,
    )  # fmt: skip


def decide(world: World, who: Staff, patient_id: str, stop: bool) -> bool:
    """A person read what may have been STOP: it was, or it was not. False when there is nothing to decide. A decision that
    meets a new text reads again. Raises as `record`."""
    for _ in range(ATTEMPTS):
        patient = theirs(world, who, patient_id, "decide_stop")
        contact = world.store.get(Contact, patient.contact_id)
        if contact is None or contact.unsure_at is None:
            return False
        now = world.clock()
        fields: dict[str, object] = {"unsure_at": None, "version": contact.version + 1}
        fields |= {"stopped_at": now} if stop else {}
        line = ConsentEntry(
            contact.contact_id, world.ids(now), EVERYTHING, "revoked" if stop else "settled", "sms", now, who.staff_id,
            RULE_VERSION,
        )  # fmt: skip
        changes: list[Change] = [
            Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version}),
            Put(line),
            trail.entry(world, who, patient_id, "decide_stop", "care", now),
        ]
        try:
            world.store.commit(*changes)
        except (Conflict, Rejected):
            continue
        return True
    raise Conflict(patient_id)

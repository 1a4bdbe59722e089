"""Lines of a patient's ledger that follow from something else: a new number, a merge, its undoing (TCPA-14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..core.consent import EVERYTHING, RULE_VERSION, SCOPES, Scope
from ..core.consent_ledger import PROXY, TEXT, ConsentEntry
from ..core.records import Patient, Put
from ..core.staff import Staff
from ..ports import World


def lines(
    world: World, who: Staff, patient_id: str, kinds: Iterable[str], change: str, medium: str, now: datetime, ledger: str = TEXT
) -> list[Put]:
    return [
        Put(ConsentEntry(patient_id, world.ids(now), kind, change, medium, now, who.staff_id, RULE_VERSION, ledger=ledger))
        for kind in kinds
    ]


def channels_ended(world: World, who: Staff, patient: Patient, channels: Iterable[str], now: datetime) -> list[Put]:
    """Another address: what they agreed to for the old one ends."""
    return [
        Put(ConsentEntry(
            patient.patient_id, world.ids(now), EVERYTHING, "revoked", "number_changed", now, who.staff_id, RULE_VERSION,
            channel=channel,
        ))
        for channel in channels
    ]  # fmt: skip


def asked_apart(kinds: Iterable[str]) -> list[str]:
    """Those that the first words do not name: a number, or a merge, takes each of them by a line of its own."""
    return sorted(kind for kind in kinds if kind in SCOPES and not SCOPES[kind].first_words)


def new_number(world: World, who: Staff, patient: Patient, agreed_by: str, now: datetime) -> tuple[dict[str, object], list[Put]]:
    """TCPA-1: permission was given for a number; another number needs another yes, and its guardian another grant. What
    becomes of the row, and the lines that say so."""
    had = Scope.CONVERSATION in patient.consent
    fields: dict[str, object] = {"consent": {Scope.CONVERSATION.value: now} if had and agreed_by else {}, "proxy": ()}
    told = lines(world, who, patient.patient_id, asked_apart(patient.consent), "revoked", "number_changed", now)
    told += lines(world, who, patient.patient_id, patient.proxy, "revoked", "number_changed", now, PROXY)
    if "voice" in patient.agreed:  # a call to the number that was theirs
        fields["agreed"] = {name: at for name, at in patient.agreed.items() if name != "voice"}
        told += channels_ended(world, who, patient, ["voice"], now)
    if had:
        change, medium = ("granted", agreed_by) if agreed_by else ("revoked", "number_changed")
        told += lines(world, who, patient.patient_id, [Scope.CONVERSATION], change, medium, now)
    return fields, told


def merged(world: World, who: Staff, stays: Patient, after: Patient, now: datetime) -> list[Put]:
    """What the stricter of two records took from the one that stays. `after`: as it will be."""
    gone = [kind for kind in stays.consent if kind not in after.consent and (kind == Scope.CONVERSATION or asked_apart([kind]))]
    told = lines(world, who, stays.patient_id, gone, "revoked", "merge", now)
    declined = sorted({*after.declined} - {*stays.declined, *gone})
    return told + lines(world, who, stays.patient_id, declined, "revoked", "merge", now)


def level_line(world: World, patient_id: str, now: datetime, text_id: str) -> Put:
    """A text of theirs took the content level to 0."""
    return no_line(world, patient_id, "content_level_0", now, text_id)


def no_line(world: World, patient_id: str, kind: str, now: datetime, text_id: str) -> Put:
    """A text of theirs said no to one kind."""
    return Put(ConsentEntry(patient_id, world.ids(now), kind, "revoked", "sms", now, "patient", RULE_VERSION, text_id))

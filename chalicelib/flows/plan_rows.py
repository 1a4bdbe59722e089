"""The rows of a safe-phone plan: sealed and opened again, the hashes of its words, and what follows it to another program."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime

from ..core.records import Change, Due, Patient, Put, SafePlan
from ..core.safe_phone import SafePhone, plain
from ..core.sealed_json import read, written
from ..errors import OpenFailed
from ..ports import SealContext, World
from .outbox import SHARD

REVIEW = "plan_review"  # the due row's kind, and the task's


def sealed_row(
    world: World, patient: Patient, plan: SafePhone, by: str, now: datetime, how: str = "", changed: tuple[str, ...] = (),
    program: str = "",
) -> SafePlan:  # fmt: skip
    """The next version of a plan. `program`: another one than the patient's. Raises `SealFailed`."""
    version, program = patient.plan + 1, program or patient.program
    context = SealContext(patient.patient_id, program, "profile")
    sealed = world.vault.seal(context, _row_id(patient.patient_id, version), written(plan))
    return SafePlan(patient.patient_id, version, program, sealed, now, by, how, changed)


def opened(world: World, row: SafePlan | None, reader: str) -> SafePhone:
    """What it says; an empty plan where there is none. Raises `OpenFailed`."""
    if row is None:
        return SafePhone()
    context = SealContext(row.patient_id, row.program, "profile")
    said, later = read(SafePhone, world.vault.open(context, _row_id(row.patient_id, row.version), row.sealed, reader))
    return SafePhone(**said, **later)


def read_opened(world: World, patient: Patient, reader: str) -> SafePhone | None:
    """The plan as it stands, beside something else that is being looked at; None where there is none, or it cannot be opened.
    Raises `StoreError`."""
    row = world.store.get(SafePlan, patient.patient_id, patient.plan) if patient.plan else None
    try:
        return as_it_stands(patient, opened(world, row, reader)) if row or patient.no_voicemail else None
    except OpenFailed:
        world.journal.event("open_failed", thread_id=patient.patient_id)
        return None


def as_it_stands(patient: Patient, plan: SafePhone) -> SafePhone:
    """Hours, level and marks as the row has them now: a text or their page may have tightened them since."""
    return replace(
        plan, hours=dict(patient.safe_hours), level=patient.content_level, phone=patient.safe_phone,
        needs_word=patient.needs_word, label=patient.label or plan.label,
        voicemail="no" if patient.no_voicemail else plan.voicemail,
    )  # fmt: skip


def _row_id(patient_id: str, version: int) -> str:
    return f"{patient_id}.plan.{version}"


def word_hash(world: World, patient_id: str, word: str) -> str:
    """Keyed, and of this patient alone: the same word of two people has two. "" for none. Raises `SecretUnavailable`."""
    return world.hasher.text_hash(f"word\0{patient_id}\0{plain(word)}") if word else ""


def duress_hash(world: World, patient_id: str, folded: str) -> str:
    """Of words that are folded already (`core.keywords.fold`)."""
    return world.hasher.text_hash(f"duress\0{patient_id}\0{folded}")


def is_their_word(world: World, patient: Patient, said: str) -> bool:
    """Whether somebody said the word that this patient chose. Never where none was chosen, and as much work then. Raises
    `SecretUnavailable`."""
    mine = word_hash(world, patient.patient_id, said if plain(said) else "none")
    return hmac.compare_digest(mine, patient.word or "-") and bool(plain(said))


def review_due(patient_id: str, at: datetime) -> Due:
    return Due(SHARD, at, f"{REVIEW}#{patient_id}", REVIEW, patient_id)


def taken_along(
    world: World, patient: Patient, reader: str, program: str, now: datetime
) -> tuple[dict[str, object], list[Change]]:
    """To another program: its newest version sealed anew, as the profile is. Raises `OpenFailed`, `SealFailed`, `StoreError`."""
    if not patient.plan:
        return {}, []
    plan = opened(world, world.store.get(SafePlan, patient.patient_id, patient.plan), reader)
    row = sealed_row(world, patient, plan, reader, now, program=program)
    return {"plan": row.version}, [Put(row)]

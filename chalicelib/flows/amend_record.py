"""A correction is asked for, accepted or denied with a reason, disagreed with: each a note in the thread (45 CFR 164.526)."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.amendments import ACCEPTED, ASKED, DENIED, REASONS, Amendment
from ..core.records import Change, Message, Patient, Put, Thread, Update
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from . import trail
from .legal_hold import settled
from .notes import note_row, noted_in
from .read_thread import Opened, admit, open_all
from .release_record import PURPOSE, admit_records
from .write_reply import LONGEST, form_is_ours

TELLS = {"asked": "The patient asks for a correction", "said": "", "disagrees": "The patient disagrees with the denial"}


@dataclass(frozen=True, slots=True)
class Correction:
    """A row with its words by field; None where one cannot be opened."""

    row: Amendment
    words: dict[str, str | None]


def ask(world: World, who: Staff, patient_id: str, words: str, about: str, form_id: str) -> str:
    """asked, or why not: words, stale_form. `about`: a message of the thread, or "". Raises `NotFound`, `StoreError`,
    `SealFailed`."""
    admit_records(world, who, patient_id, "amendment_asked")
    wrong = _wrong(world, words, form_id)
    if wrong:
        return wrong
    of = world.store.get(Message, patient_id, about) if about else None
    now = world.clock()
    made = Amendment(patient_id, form_id, now, who.staff_id, about=of.message_id if of else "", asked=form_id)
    where = f" of the text of {of.at.astimezone(world.clinic.zone):%Y-%m-%d %H:%M}" if of else ""
    note = f"{TELLS['asked']}{where}: {words.strip()}"
    return _noted(world, who, patient_id, note, form_id, [Put(made)], "amendment_asked", "asked")


def decide(world: World, who: Staff, patient_id: str, amendment_id: str, reason: str, words: str, form_id: str) -> str:
    """accepted (no reason) or denied; or why not: words, reason, already, stale_form. Raises as `ask`."""
    row = _of(world, who, patient_id, amendment_id, "amendment_decided")
    wrong = _wrong(world, words, form_id) or ("reason" if reason and reason not in REASONS else "")
    if wrong or row.state != ASKED:
        return wrong or "already"
    state, now = DENIED if reason else ACCEPTED, world.clock()
    fields: dict[str, object] = {"state": state, "reason": reason or None, "said": form_id, "decided_at": now}
    fields["decided_by"] = who.staff_id
    begins = f"Correction denied: {REASONS[reason].lower()}" if reason else "Correction accepted"
    return _noted(world, who, patient_id, f"{begins}. {words.strip()}", form_id, [_to(row, fields)], "amendment_decided", state)


def disagree(world: World, who: Staff, patient_id: str, amendment_id: str, words: str, form_id: str) -> str:
    """The patient's statement, kept beside the denial (164.526(d)(2)): disagreed, or why not. Raises as `ask`."""
    row = _of(world, who, patient_id, amendment_id, "amendment_disagreed")
    wrong = _wrong(world, words, form_id)
    if wrong or row.state != DENIED or row.disagrees:
        return wrong or "already"
    note = f"{TELLS['disagrees']}: {words.strip()}"
    return _noted(world, who, patient_id, note, form_id, [_to(row, {"disagrees": form_id})], "amendment_disagreed", "disagreed")


def longer(world: World, who: Staff, patient_id: str, amendment_id: str) -> str:
    """Thirty days more, once: longer, or already. Raises `NotFound`, `StoreError`."""
    row = _of(world, who, patient_id, amendment_id, "amendment_longer")
    if row.state != ASKED or row.longer_at:
        return "already"
    now = world.clock()
    entry = trail.entry(world, who, patient_id, "amendment_longer", PURPOSE, now)
    return settled(world, [_to(row, {"longer_at": now}), entry], "longer")


def corrections(world: World, who: Staff, patient_id: str) -> list[Correction]:
    """The newest first; the caller has let them in and left the trace. Raises `StoreError`."""
    found = world.store.keeping(Amendment, patient_id)
    ids = [(each, field, note) for each in found for field in TELLS if (note := getattr(each, field))]
    rows = [world.store.get(Message, patient_id, note) for _, _, note in ids]
    said = {each.row.message_id: each for each in _opened(world, who, [row for row in rows if row is not None])}
    words = {(each.amendment_id, field): said[note].body if note in said else None for each, field, note in ids}
    return [Correction(each, {name: body for (of, name), body in words.items() if of == each.amendment_id}) for each in found]


def _opened(world: World, who: Staff, rows: list[Message]) -> tuple[Opened, ...]:
    return open_all(world, who, [row for row in rows if who.may_see(row.program)])


def _of(world: World, who: Staff, patient_id: str, amendment_id: str, action: str) -> Amendment:
    admit_records(world, who, patient_id, action)
    row = world.store.get(Amendment, patient_id, amendment_id)
    if row is None:
        raise NotFound(amendment_id)
    return row


def _wrong(world: World, words: str, form_id: str) -> str:
    if not words.strip() or len(words) > LONGEST:
        return "words"
    return "" if form_is_ours(world, form_id, world.clock()) else "stale_form"


def _to(row: Amendment, fields: dict[str, object]) -> Update:
    changed = {**fields, "version": row.version + 1}
    return Update(Amendment, (row.patient_id, row.amendment_id), set=changed, expect={"version": row.version})


def _noted(
    world: World, who: Staff, patient_id: str, text: str, form_id: str, changes: list[Change], action: str, done: str
) -> str:
    thread, patient = admit(world, who, patient_id, action, PURPOSE)
    assert isinstance(thread, Thread) and isinstance(patient, Patient)
    note = Put(note_row(world, who, thread, text, form_id))
    entry = trail.entry(world, who, patient_id, action, PURPOSE, world.clock(), done)
    done_before = world.store.get(Message, patient_id, form_id) is not None  # the same form twice
    return done if done_before else settled(world, [*changes, note, noted_in(thread, world), entry], done)

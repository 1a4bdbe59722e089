"""A text somebody has not sent yet, kept sealed per person and thread: a lost connection loses nothing (never in a browser)."""

from __future__ import annotations

from datetime import timedelta

from ..core.records import Delete, KeptDraft, Message, Put, Update
from ..core.staff import Staff
from ..errors import OpenFailed, Rejected
from ..ports import SealContext, World
from . import trail
from .read_thread import admit
from .write_reply import LONGEST, form_is_ours

KEPT = timedelta(days=30)


def keep_draft(world: World, who: Staff, thread_id: str, text: str, form_id: str) -> bool:
    """Keep what is written so far; nothing to keep lets the draft go. False when this form was sent already.

    Raises `NotFound`, `StoreError`, `SealFailed`.
    """
    now = world.clock()
    thread, _ = admit(world, who, thread_id, "draft", "care")
    if len(text) > LONGEST or not form_is_ours(world, form_id, now):
        return False
    sent, old = world.store.get_many([(Message, (thread_id, form_id)), (KeptDraft, (thread_id, who.staff_id))])
    if sent is not None:
        return False
    if not text.strip():
        world.store.commit(Delete(KeptDraft, (thread_id, who.staff_id)))
        return True
    patient = thread.patient_id or thread.contact_id
    sealed = world.vault.seal(SealContext(patient, thread.program, "draft"), f"{thread_id}.{form_id}", text)
    fields = {"draft_id": form_id, "patient": patient, "program": thread.program, "sealed_text": sealed, "at": now}
    more = {"by": who.staff_id, "expires_at": now + KEPT}
    change = Update(KeptDraft, (thread_id, who.staff_id), set=fields | more, create=True)
    known = isinstance(old, KeptDraft) and old.draft_id == form_id  # one line in the trail a form, not one a pause
    world.store.commit(change, *(() if known else (trail.entry(world, who, thread_id, "draft", "care", now),)))
    return True


def open_draft(world: World, who: Staff, draft: KeptDraft) -> str | None:
    """Its words, or None when they do not open. The caller writes the audit entry."""
    context = SealContext(draft.patient, draft.program, "draft")
    try:
        return world.vault.open(context, f"{draft.thread_id}.{draft.draft_id}", draft.sealed_text, who.staff_id)
    except OpenFailed:
        world.journal.event("open_failed", thread_id=draft.thread_id)
        return None


def drop_draft(world: World, who: Staff, thread_id: str) -> None:
    """Raises `NotFound`, `StoreError`."""
    admit(world, who, thread_id, "draft", "care")
    trace = trail.entry(world, who, thread_id, "drop_draft", "care", world.clock())
    world.store.commit(Delete(KeptDraft, (thread_id, who.staff_id)), trace)


def pass_on(world: World, thread_id: str, was: str, to: str) -> bool:
    """A draft goes over with its thread, sealed as it is. False when there is none, or the other has one of their own."""
    draft = world.store.get(KeptDraft, thread_id, was)
    if draft is None or was == to:
        return False
    fields = {name: getattr(draft, name) for name in KeptDraft.__slots__ if name != "staff_id"}
    try:
        world.store.commit(Delete(KeptDraft, (thread_id, was)), Put(KeptDraft(**fields, staff_id=to)))
    except Rejected:
        return False
    return True

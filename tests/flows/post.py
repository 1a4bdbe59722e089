"""Texts on their way out, for stories: queued, due, and opened again."""

from __future__ import annotations

from chalicelib.core.messages import Kind
from chalicelib.core.records import Change, Contact, Due, Message, Update
from chalicelib.errors import Conflict
from chalicelib.flows import outbox
from tests.cast import ALICE_NUMBER
from tests.fakes.store import FakeStore


def a_letter(world, text="see you Thursday", kind=Kind.REPLY, thread_id="alice", **fields):
    """A letter to Alice from Carol unless said otherwise."""
    plain = {
        "program": "adult", "contact_id": world.hasher.contact_id(ALICE_NUMBER), "author": "carol", "patient_id": thread_id, "carrier": "twilio",
    }
    if fields.get("author") == "auto":
        plain["template"] = "greeting"  # only approved words leave by themselves
    return outbox.Letter(thread_id=thread_id, kind=kind, text=text, **{**plain, **fields})


def queued(world, *args, **fields) -> Message:
    """A letter in the outbox, with its due row."""
    put, due = outbox.queue(world, a_letter(world, *args, **fields), world.clock())
    world.store.commit(put, due)
    return put.record


def again(world, message) -> Message:
    return world.store.get(Message, message.thread_id, message.message_id)


def alices(world) -> Contact:
    return world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))


def change_contact(world, **fields) -> None:
    """Somebody changes Alice's contact, as every writer must: by version."""
    known = alices(world)
    fields["version"] = known.version + 1
    world.store.commit(Update(Contact, (known.contact_id,), set=fields, expect={"version": known.version}))


def dues(world, kind="") -> list[Due]:
    return [due for due in world.store.rows(Due) if not kind or due.kind == kind]


class MeddledStore(FakeStore):
    """Before a chosen commit somebody else is there first: `meddle` gets the store and does what it likes, once.

    `conflicts`: how many commits (of those that `about` picks) are cancelled by a conflict.
    """

    def __init__(self, *records):
        self.meddle, self.conflicts, self.about = None, 0, lambda changes: True
        super().__init__(*records)

    def commit(self, *changes: Change) -> None:
        if self.about(changes):
            if self.meddle is not None:
                meddle, self.meddle = self.meddle, None
                meddle()
            if self.conflicts:
                self.conflicts -= 1
                raise Conflict("another transaction")
        super().commit(*changes)


def touches(kind, field=None):
    """Picks commits that change a row of this kind (and this field of it)."""
    return lambda changes: any(
        getattr(change, "record", None) is kind and (field is None or field in change.set) for change in changes
    )

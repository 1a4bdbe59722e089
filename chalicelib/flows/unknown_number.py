"""The number behind a thread that is nobody's yet, for registering who wrote."""

from __future__ import annotations

from ..core.records import Contact
from ..core.staff import Staff
from ..ports import World
from . import trail
from .read_thread import admit, open_number


def read_unknown_number(world: World, who: Staff, thread_id: str) -> str:
    """The number behind a thread that is nobody's yet; "" for a patient's. Raises as `admit` does."""
    thread, patient = admit(world, who, thread_id, "read_number", "intake")
    if patient is None:
        world.store.commit(trail.entry(world, who, thread_id, "read_number", "intake", world.clock()))
    return open_number(world, who, world.store.get(Contact, thread.contact_id)) if patient is None else ""

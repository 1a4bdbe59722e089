"""A guardian's grants have their end: nothing more goes to that phone or mailbox, and somebody asks the patient (MIN-3).

The end is a due row, and a row is in clear: for somebody young it is the first of January of the year in which they come of age,
so that it says a year and no birthday (N5). It freezes early rather than late; staff may grant again meanwhile, month by month.
"""

from __future__ import annotations

from datetime import datetime

from ..core.consent_ledger import PROXY
from ..core.records import Change, Due, Patient, Update
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import World
from . import consent_lines
from .outbox import SHARD, gone
from .plan_review import asked

KIND = "proxy_end"  # the due row's, and the task's
SERVICE = Staff("auto", "service", ())


def due_row(patient_id: str, at: datetime) -> Due:
    return Due(SHARD, at, f"{KIND}#{patient_id}", KIND, patient_id)


def look(world: World, due: Due) -> None:
    """Raises `StoreError`. Grants that were given since have an end, and a row, of their own."""
    patient = world.store.get(Patient, due.target)
    now = world.clock()
    if patient is None or patient.merged_into or patient.proxy_until is None or patient.proxy_until > now:
        return world.store.commit(gone(due))
    theirs = {name: at for name, at in patient.agreed.items() if name not in patient.guarded}
    fields = {"proxy": (), "proxy_until": None, "agreed": theirs, "version": patient.version + 1}
    ended = [name for name in patient.agreed if name in patient.guarded]
    changes: list[Change] = [
        Update(Patient, (patient.patient_id,), set=fields, expect={"version": patient.version}),
        *consent_lines.lines(world, SERVICE, patient.patient_id, patient.proxy, "revoked", "grant_ended", now, PROXY),
        *consent_lines.channels_ended(world, SERVICE, patient, ended, now),
        *asked(world, patient, KIND),
        gone(due),
    ]
    try:
        world.store.commit(*changes)
    except (Rejected, Conflict):
        world.journal.count("proxy_end_contended")  # the next tick looks again

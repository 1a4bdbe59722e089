"""A key for one patient lent to one person besides their programs, by a page; and taken back.

Our own code opens by the page itself (`read_thread.admit`) and never waits for this: what is lent here is AWS's side of the same
door. It is lent off the page's road, by the function that does errands; the tick lends what failed and takes back what is over
(docs/decisions/own-keys.md).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core.clinic import EVERYONE
from ..core.incident_clock import when
from ..core.incidents import called
from ..core.own_keys import AFTERWARDS, PAGE, PAGED, LentKey
from ..core.phones import Errand
from ..core.records import ABSENT, Change, Due, Incident, Update
from ..errors import KeyUnavailable, Rejected, StoreError
from ..ports import Lender, World
from . import trail
from .outbox import SHARD, gone, keep_due

LENT = "lent_key"  # Due.kind
SOON = timedelta(seconds=20)
AT_ONCE = 25  # people whom one page lends to: three changes each, in the errand's own transaction


def for_page(world: World, errand: Errand, incident: Incident | None) -> list[Change]:
    """What a page opens, to be committed with the errand. Nothing here may fail it: the tick lends what could not be lent."""
    if errand.kind != "page" or incident is None or incident.exercise:
        return []
    people = sorted(world.clinic.rota.names())[:AT_ONCE] if errand.to == EVERYONE else [errand.to]
    world = replace(world, lender=_OneFailure(world.lender))
    try:
        return [change for person in people for change in _paged(world, person, errand, incident)]
    except StoreError:
        world.journal.count("key_not_lent")
        return []


def handed(world: World, to: str, incident: Incident) -> list[Change]:
    """For whoever holds it from now on without a page. The console may not lend: the tick does, within the minute."""
    now = world.clock()
    return for_page(replace(world, lender=_Later()), Errand(incident.incident_id, "page", to, now), incident)


class _Later:
    """Lends nothing by itself."""

    def lend(self, staff_id: str, subject: str, name: str) -> str:
        return ""

    def take_back(self, staff_id: str, subject: str) -> int:
        return 0


class _OneFailure:
    """A key service that is silent is waited for once a page: for twenty-five people it would outlast the function, whose work
    would be done again and again, and hold up the tick and everybody else's page."""

    def __init__(self, inner: Lender) -> None:
        self._inner, self._failed = inner, False

    def lend(self, staff_id: str, subject: str, name: str) -> str:
        if self._failed:
            raise KeyUnavailable("grant: not asked again")
        try:
            return self._inner.lend(staff_id, subject, name)
        except KeyUnavailable:
            self._failed = True
            raise

    def take_back(self, staff_id: str, subject: str) -> int:
        return self._inner.take_back(staff_id, subject)


def _paged(world: World, person: str, errand: Errand, incident: Incident) -> list[Change]:
    subject = incident.patient_id or incident.contact_id
    known = world.store.get(LentKey, person, subject)
    if known is not None and known.about == incident.incident_id and known.open_at(errand.at) and known.token:
        return []  # this item opened it before: a page that is repeated changes nothing
    program = world.clinic.programs.get(incident.program)
    emergency = program is not None and program.substance_use
    wish = LentKey(
        person, subject, incident.thread_id, incident.program, PAGE, errand.at, errand.at + PAGED, about=incident.incident_id,
        code=incident.code, reason="paged",
        nature=f"a text read as danger to life, urgency {incident.tier}" if emergency else "",
        by=f"Porchlight, for {program.name}" if emergency and program is not None else "",
    )
    return lend(world, wish, known)


def lend(world: World, wish: LentKey, known: LentKey | None) -> list[Change]:
    """The grant at once, and the changes that write it down. Without the grant they are written all the same, and the due row
    brings it. `known`: what was lent of this pair before."""
    token = _token(world, wish)
    due_at = wish.until if token else world.clock() + SOON
    return [
        _written(replace(wish, token=token), known),
        keep_due(due_for(wish, due_at)),
        trail.job(world, "lend_keys", wish.subject, f"key_lent_{wish.why}", _purpose(wish), world.clock(), wish.staff_id),
    ]


def _purpose(row: LentKey) -> str:
    return "crisis" if row.why == PAGE else row.reason


def _token(world: World, wish: LentKey) -> str:
    try:
        return world.lender.lend(wish.staff_id, wish.subject, _name(wish))
    except KeyUnavailable:
        world.journal.count("key_not_lent")
        return ""


def _name(wish: LentKey) -> str:
    """Asked for twice, it is lent once."""
    return f"{wish.about}:{int(wish.at.timestamp())}:{wish.staff_id}"


def due_for(wish: LentKey, at: datetime) -> Due:
    return Due(SHARD, at, f"lent#{wish.target}", LENT, wish.target)


def _written(wish: LentKey, known: LentKey | None) -> Update:
    """The pair's row, with what is new; a review of what was lent before still stands open."""
    waits = known is not None and known.reviewed_at is None
    fields = {
        "thread_id": wish.thread_id, "program": wish.program, "why": wish.why, "at": wish.at, "until": wish.until,
        "about": wish.about, "code": wish.code, "reason": wish.reason, "nature": wish.nature, "by": wish.by, "token": wish.token,
        "times": known.times + 1 if known is not None and waits else 1, "version": known.version + 1 if known else 1,
        "back_at": None, "reviewed_at": None, "reviewed_by": "", "found": "",
    }  # fmt: skip
    expect = {"version": known.version if known else ABSENT}
    return Update(LentKey, (wish.staff_id, wish.subject), set=fields, expect=expect, create=known is None)


def settle(world: World, due: Due) -> None:
    """What could not be lent is lent; what is over is taken back. Raises `StoreError`, `VaultError`: the tick tries again."""
    staff_id, subject = due.target.split("#", 1)
    row, now = world.store.get(LentKey, staff_id, subject), world.clock()
    if row is None or row.back_at is not None:
        return world.store.commit(gone(due))
    if now >= row.until:
        return _over(world, due, row, now)
    token = row.token or world.lender.lend(staff_id, subject, _name(row))
    have = Update(LentKey, row_key(row), set={"token": token, "version": row.version + 1}, expect={"version": row.version})
    world.store.commit(gone(due), keep_due(due_for(row, row.until)), *([] if row.token else [have]))


def _over(world: World, due: Due, row: LentKey, now: datetime) -> None:
    until = _goes_on(world, row, now) if row.why == PAGE else now
    if until > now:
        again = replace(row, at=now, until=until, token="")
        return world.store.commit(gone(due), *lend(world, again, row))
    world.lender.take_back(row.staff_id, row.subject)
    back = {"back_at": now, "token": "", "version": row.version + 1}
    try:
        world.store.commit(
            gone(due),
            Update(LentKey, row_key(row), set=back, expect={"version": row.version}),
            trail.job(world, "lend_keys", row.subject, "key_taken_back", _purpose(row), now, row.staff_id),
        )
    except Rejected:  # lent again at this moment: what was taken may have been the new one
        _restored(world, row.staff_id, row.subject)
        raise


def _restored(world: World, staff_id: str, subject: str) -> None:
    fresh = world.store.get(LentKey, staff_id, subject)
    if fresh is not None and fresh.open_at(world.clock()):
        token = world.lender.lend(staff_id, subject, f"{_name(fresh)}:again")
        world.store.commit(Update(LentKey, row_key(fresh), set={"token": token}, expect={"version": fresh.version}))


def _goes_on(world: World, row: LentKey, now: datetime) -> datetime:
    """While their item is open, and until its note is written: nobody loses a patient in the middle of the night's work."""
    incident = world.store.get(Incident, row.about)
    if incident is None or not called(incident, row.staff_id, world.clinic.on_rota(row.staff_id)):
        return now
    over = when(incident, "resolved") or when(incident, "dismissed")
    return now + PAGED if over is None else over + AFTERWARDS


def row_key(row: LentKey) -> tuple[str, str]:
    return row.staff_id, row.subject


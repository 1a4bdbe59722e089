"""A key for one patient, lent to one person besides their programs by a page or a broken glass; and taken back.

Our own code opens by the page itself (`read_thread.admit`) and never waits for this: what is lent here is AWS's side of the same
door. It is lent off the page's road, by the function that does errands; the tick lends what failed and takes back what is over
(docs/decisions/own-keys.md).
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

from ..core.clinic import EVERYONE
from ..core.incident_clock import when
from ..core.incidents import called
from ..core.own_keys import AFTERWARDS, OPEN, PAGE, PAGED, Lending, LentKey
from ..core.phones import Errand
from ..core.records import ABSENT, Change, Due, Incident, Put, Update
from ..errors import KeyUnavailable, Rejected, StoreError
from ..ports import Lender, World
from . import trail
from .outbox import SHARD, gone, keep_due

LENT = "lent_key"  # Due.kind
SOON = timedelta(seconds=20)
AT_ONCE = 18  # people in one transaction: five changes each at most


def for_page(world: World, errand: Errand, incident: Incident | None) -> list[Change]:
    """What a page opens, to be committed with the errand. Nothing here may fail it: the tick lends what could not be lent."""
    if errand.kind != "page" or incident is None or incident.exercise:
        return []
    people = sorted(world.clinic.rota.names()) if errand.to == EVERYONE else [errand.to]
    world = replace(world, lender=_OneFailure(world.lender))
    try:
        while len(people) > AT_ONCE:  # those of a large rota before the errand itself
            now, people = people[:AT_ONCE], people[AT_ONCE:]
            world.store.commit(*(change for person in now for change in _paged(world, person, errand, incident)))
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

    def lent_before(self, before: datetime) -> set[tuple[str, str]]:
        return set()


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

    def lent_before(self, before: datetime) -> set[tuple[str, str]]:
        return self._inner.lent_before(before)


def _paged(world: World, person: str, errand: Errand, incident: Incident) -> list[Change]:
    subject = incident.patient_id or incident.contact_id
    known = world.store.get(LentKey, person, subject)
    again = known if known and known.about == incident.incident_id and known.open_at(errand.at) else None
    if again and again.token:
        return []  # this item opened it before: a page that is repeated changes nothing
    program = world.clinic.programs.get(incident.program)
    emergency = program is not None and program.substance_use
    lending = Lending(
        OPEN, (again and again.lending) or world.ids(world.clock()),
        person, subject, incident.thread_id, incident.program, PAGE, errand.at, errand.at + PAGED,
        about=incident.incident_id, code=incident.code,
        nature=f"a text read as danger to life, urgency {incident.tier}" if emergency else "",
        by=discloser(world, incident.program) if emergency else "",
    )
    return lend(world, lending, known)


def discloser(world: World, program: str) -> str:
    """P2-6: who disclosed, where a program treats substance use."""
    known = world.clinic.programs.get(program)
    return f"Porchlight, for {known.name}" if known is not None else "Porchlight"


def lend(world: World, lending: Lending, known: LentKey | None) -> list[Change]:
    """The grant at once, and the changes that write it down. Without the grant they are written all the same, and the due row
    brings it. `known`: what was lent of this pair before."""
    token = _token(world, key_of(lending))
    due_at = lending.until if token else world.clock() + SOON
    return [*rows(lending, known, token, due_at), _said(world, key_of(lending), "key_lent_page")]


def rows(lending: Lending, known: LentKey | None, token: str, due_at: datetime) -> list[Change]:
    """The pair's row as it stands now, the line for its review, and when it is looked at next. What this pair had open before
    goes over into it."""
    key = replace(key_of(lending), token=token)
    expect = {"version": known.version if known else ABSENT}
    held = _fields(replace(key, version=known.version + 1 if known else 1))
    ended = known.lending if known and known.back_at is None and known.lending != lending.lending_id else ""
    over = [shelved(ended, back_at=lending.at)] if ended else []
    return [
        Update(LentKey, (key.staff_id, key.subject), set=held, expect=expect, create=known is None),
        Update(Lending, (OPEN, lending.lending_id), set=_fields(lending), create=True),
        *over,
        keep_due(due_for(key, due_at)),
    ]


def key_of(lending: Lending) -> LentKey:
    return LentKey(
        lending.staff_id, lending.subject, lending.thread_id, lending.program, lending.why, lending.at, lending.until,
        about=lending.about, lending=lending.lending_id,
    )


def _fields(record: LentKey | Lending) -> dict[str, object]:
    return {each.name: getattr(record, each.name) for each in fields(record) if each.name not in record.key}


def shelved(lending_id: str, **changed: object) -> Update:
    """Of the line that waits for its review. Nobody reviews, and so moves, what is not back yet."""
    return Update(Lending, (OPEN, lending_id), set=changed)


def _said(world: World, row: LentKey, action: str) -> Put:
    purpose = "crisis" if row.why == PAGE else "break_glass"
    return trail.job(world, "lend_keys", row.subject, action, purpose, world.clock(), row.staff_id)


def _token(world: World, row: LentKey) -> str:
    try:
        return world.lender.lend(row.staff_id, row.subject, _name(row))
    except KeyUnavailable:
        world.journal.count("key_not_lent")
        return ""


def _name(row: LentKey) -> str:
    """Asked for twice, it is lent once."""
    return f"{row.about}:{int(row.at.timestamp())}:{row.staff_id}"


def due_for(row: LentKey, at: datetime) -> Due:
    return Due(SHARD, at, f"lent#{row.target}", LENT, row.target)


def asked(world: World, errand: Errand) -> list[Change]:
    """A key that somebody asked for in the console, which may not lend. The tick brings what KMS does not give now."""
    row = world.store.get(LentKey, errand.to, errand.subject)
    if row is None or row.token or not row.open_at(world.clock()):
        return []
    token = _token(world, row)
    return [_have(row, token), keep_due(due_for(row, row.until))] if token else []


def settle(world: World, due: Due) -> None:
    """What could not be lent is lent; what is over is taken back. Raises `StoreError`, `VaultError`: the tick tries again."""
    staff_id, subject = due.target.split("#", 1)
    row, now = world.store.get(LentKey, staff_id, subject), world.clock()
    if row is None or row.back_at is not None:
        return world.store.commit(gone(due))
    if now >= row.until:
        return _over(world, due, row, now)
    if row.token and (due.tries or due.at <= row.at):  # of an earlier one: taken back by a run that died, it took this one along
        restored(world, staff_id, subject)
    token = row.token or world.lender.lend(staff_id, subject, _name(row))
    world.store.commit(gone(due), keep_due(due_for(row, row.until)), *([] if row.token else [_have(row, token)]))


def _have(row: LentKey, token: str) -> Update:
    return Update(LentKey, row_key(row), set={"token": token, "version": row.version + 1}, expect={"version": row.version})


def _over(world: World, due: Due, row: LentKey, now: datetime) -> None:
    until = _goes_on(world, row, now) if row.why == PAGE else now
    if until > now:
        return _longer(world, due, replace(row, at=now, until=until))
    world.lender.take_back(row.staff_id, row.subject)
    back = {"back_at": now, "token": "", "version": row.version + 1}
    try:
        world.store.commit(
            gone(due),
            Update(LentKey, row_key(row), set=back, expect={"version": row.version}),
            *([shelved(row.lending, back_at=now)] if row.lending else []),
            _said(world, row, "key_taken_back"),
        )
    except Rejected:  # lent again at this moment: what was taken may have been the new one
        restored(world, row.staff_id, row.subject)
        raise


def _longer(world: World, due: Due, row: LentKey) -> None:
    """The same lending goes on, under a grant of its own."""
    token = _token(world, row)
    held = {"at": row.at, "until": row.until, "token": token, "version": row.version + 1}
    world.store.commit(
        gone(due),
        Update(LentKey, row_key(row), set=held, expect={"version": row.version}),
        *([shelved(row.lending, until=row.until)] if row.lending else []),
        keep_due(due_for(row, row.until if token else world.clock() + SOON)),
        _said(world, row, "key_lent_page"),
    )


def restored(world: World, staff_id: str, subject: str) -> None:
    """After what a pair had was taken back: the grant of what is open to them meanwhile is made anew."""
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


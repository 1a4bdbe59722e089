"""The tables in memory: `ports.Store` to the letter, so that a story told with it also holds on DynamoDB.

`tests/storage/` runs one contract on this and on the real thing. Faults are injected by wrapping it, not by it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from threading import RLock
from typing import Any, TypeVar, get_type_hints

from chalicelib.core.appointments import booked_in
from chalicelib.core.incidents import log_of
from chalicelib.core.records import (
    Absence,
    Access,
    Appointment,
    AuditEntry,
    Campaign,
    Change,
    ConsentEntry,
    Delete,
    Due,
    Incident,
    Lending,
    Message,
    Patient,
    Put,
    Quiet,
    Receipt,
    RecentText,
    Recipient,
    Record,
    Reengagement,
    Revision,
    Setting,
    Slot,
    StaffPhone,
    Thread,
    Update,
    VisitChange,
    WaitlistEntry,
)
from chalicelib.core.waitlist import slot_id
from chalicelib.errors import Rejected
from chalicelib.storage.changes import MOST_READ, Place, check, fields_of, is_absent, key_of, place

R = TypeVar("R", bound=Record)
Row = Mapping[str, Any]  # only the fields that are there; a row that changes is another
EMPTY: dict[type, Any] = {str: "", bytes: b"", int: 0}


class Rows(dict[Place, Row]):
    """Rows by place, and the keys of each kind in order."""

    def __init__(self, rows: Mapping[Place, Row] = {}) -> None:
        super().__init__()
        self.keys_of: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
        for where, row in rows.items():
            self[where] = row

    def __setitem__(self, where: Place, row: Row) -> None:
        if where not in self:
            insort(self.keys_of[where[0]], where[1])
        super().__setitem__(where, row)

    def __delitem__(self, where: Place) -> None:
        super().__delitem__(where)
        keys = self.keys_of[where[0]]
        del keys[bisect_left(keys, where[1])]


class FakeStore:
    """Rows in a dictionary, one lock around it. `rows(Message)` shows a test what is kept."""

    def __init__(self, *records: Record) -> None:
        self._held = Rows()
        self._made: dict[Place, tuple[Row, Record]] = {}  # each row read so far, as a record
        self._lock = RLock()
        for record in records:
            self.commit(Put(record))

    @property
    def _rows(self) -> Rows:
        """For a test that meddles."""
        return self._held

    @_rows.setter
    def _rows(self, rows: Mapping[Place, Row]) -> None:
        self._held = rows if isinstance(rows, Rows) else Rows(rows)

    def rows(self, kind: type[R]) -> list[R]:
        """Every row of a kind, by key. For assertions; no flow can ask for it."""
        with self._lock:
            return [self._record((kind, key)) for key in self._held.keys_of[kind]]

    def get(self, record: type[R], *key: Any) -> R | None:
        with self._lock:
            where = (record, key)
            return self._record(where) if where in self._held else None

    def _record(self, where: Place) -> Any:
        """Records do not change: one for as long as its row stands."""
        row = self._held[where]
        made = self._made.get(where)
        if made is None or made[0] is not row:
            made = self._made[where] = (row, _record(*where, row))
        return made[1]

    def get_many(self, wanted: Sequence[tuple[type[Record], tuple[Any, ...]]]) -> list[Record | None]:
        if len(wanted) > MOST_READ:
            raise ValueError(f"{len(wanted)} rows in one read")
        with self._lock:
            return [self.get(record, *key) for record, key in wanted]

    def commit(self, *changes: Change) -> None:
        check(changes)
        with self._lock:
            failed = [at for at, change in enumerate(changes) if not self._holds(change)]
            if failed:
                raise Rejected(tuple(failed))
            for change in changes:
                self._apply(change)

    def claim(self, thread_id: str, message_id: str, now: datetime, lease_until: datetime, token: str) -> Message | None:
        with self._lock:
            found = self.get(Message, thread_id, message_id)
            if found is not None and found.status == "claimed" and found.claim == token:
                return found
            if found is None or (found.direction, found.status) != ("out", "queued"):
                return None
            if found.not_before is not None and found.not_before > now:
                return None
            taken = {"status": "claimed", "lease_until": lease_until, "status_at": now, "claim": token}
            self.commit(Update(Message, key_of(found), set=taken, add={"attempts": 1}))
            return self.get(Message, thread_id, message_id)

    def newest(self, thread_id: str, limit: int = 50, before: str = "") -> list[Message]:
        found = [m for m in self.rows(Message) if m.thread_id == thread_id and (not before or m.message_id < before)]
        return found[::-1][:limit]

    def recent_texts(self, thread_id: str, upto: str, limit: int = 20) -> list[RecentText]:
        found = [t for t in self.rows(RecentText) if t.thread_id == thread_id and t.message_id <= upto]
        return found[::-1][:limit]

    def waiting(self, program: str, limit: int = 500, after: str = "") -> list[Thread]:
        owing = [t for t in self.rows(Thread) if t.program == program and t.waiting_since]
        owing.sort(key=lambda thread: (thread.waiting_since, thread.thread_id))
        places = [thread.thread_id for thread in owing]
        start = places.index(after) + 1 if after in places else 0
        return owing[start : start + limit]

    def recent(self, program: str, limit: int = 100) -> list[Thread]:
        found = [t for t in self.rows(Thread) if t.program == program and t.last_at]
        return sorted(found, key=lambda thread: (thread.last_at, thread.thread_id), reverse=True)[:limit]

    def owned(self, staff_id: str) -> list[Thread]:
        found = [t for t in self.rows(Thread) if staff_id and t.owner == staff_id and t.last_at]
        return sorted(found, key=lambda thread: (thread.last_at, thread.thread_id), reverse=True)

    def open_incidents(self, program: str) -> list[Incident]:
        found = [i for i in self.rows(Incident) if program and i.open_in == program]
        return sorted(found, key=lambda incident: incident.detected_at)

    def incidents_of(self, program: str, month: str) -> list[Incident]:
        found = [i for i in self.rows(Incident) if i.logged_in == log_of(program, month)]
        return sorted(found, key=lambda incident: incident.detected_at)

    def patients_of(self, program: str, limit: int = 500, after: str = "") -> list[Patient]:
        return [p for p in self.rows(Patient) if p.program == program and p.patient_id > after][:limit]

    def appointments_of(self, patient_id: str, limit: int = 60) -> list[Appointment]:
        return [a for a in self.rows(Appointment) if a.patient_id == patient_id][::-1][:limit]

    def consents_of(self, subject_id: str, limit: int = 500) -> list[ConsentEntry]:
        return [e for e in self.rows(ConsentEntry) if e.subject_id == subject_id][:limit]

    def booked(self, program: str, since: datetime, until: datetime) -> list[Appointment]:
        found = [a for a in self.rows(Appointment) if a.booked_in == booked_in(program, a.start_at) and since <= a.start_at < until]
        return sorted(found, key=lambda a: (a.start_at, a.patient_id))

    def visit_changes(self, program: str, after: str, before: str, limit: int = 100) -> list[VisitChange]:
        return [c for c in self.rows(VisitChange) if c.program == program and after < c.change_id < before][:limit]

    def openings(self, program: str, since: datetime, until: datetime, limit: int = 200) -> list[Slot]:
        first, last = slot_id(since, ""), slot_id(until, "")
        return [s for s in self.rows(Slot) if s.program == program and first <= s.slot_id < last][:limit]

    def waitlist(self, program: str, limit: int = 200) -> list[WaitlistEntry]:
        return [e for e in self.rows(WaitlistEntry) if e.program == program][:limit]

    def reengagements_of(self, patient_id: str, limit: int = 10) -> list[Reengagement]:
        return [r for r in self.rows(Reengagement) if r.patient_id == patient_id][::-1][:limit]

    def quiet(self, program: str, limit: int = 10_000) -> list[Quiet]:
        return [q for q in self.rows(Quiet) if q.program == program][:limit]

    def due(self, shard: int, now: datetime, limit: int = 100) -> list[Due]:
        return [d for d in self.rows(Due) if d.shard == shard and d.at <= now][:limit]

    def due_between(self, shard: int, since: datetime, until: datetime, limit: int) -> list[Due]:
        return [d for d in self.rows(Due) if d.shard == shard and since <= d.at < until][:limit]

    def campaigns(self, program: str, limit: int = 50) -> list[Campaign]:
        return [c for c in self.rows(Campaign) if c.program == program][::-1][:limit]

    def recipients(self, campaign_id: str, limit: int = 500, after: str = "") -> list[Recipient]:
        return [r for r in self.rows(Recipient) if r.campaign_id == campaign_id and r.patient_id > after][:limit]

    def turns(self, campaign_id: str, now: datetime, limit: int = 40) -> list[Recipient]:
        found = [r for r in self.rows(Recipient) if r.turn_in == campaign_id and r.turn_at and r.turn_at <= now]
        return sorted(found, key=lambda r: (r.turn_at, r.patient_id))[:limit]

    def settings(self, kind: str) -> list[Setting]:
        return [s for s in self.rows(Setting) if s.kind == kind]

    def revisions(self, kind: str, setting_id: str, limit: int = 50) -> list[Revision]:
        found = [r for r in self.rows(Revision) if (r.kind, r.setting_id) == (kind, setting_id)]
        return found[::-1][:limit]

    def absences(self) -> list[Absence]:
        return sorted(self.rows(Absence), key=lambda absence: absence.staff_id)

    def accesses(self) -> list[Access]:
        return self.rows(Access)

    def lendings(self, shelf: str, limit: int = 500) -> list[Lending]:
        return [row for row in self.rows(Lending)[::-1] if row.shelf == shelf][:limit]

    def staff_phones(self) -> list[StaffPhone]:
        return self.rows(StaffPhone)

    def trail_of(self, subject_id: str, since: datetime, until: datetime, limit: int = 500) -> list[AuditEntry]:
        return [e for e in self.rows(AuditEntry)[::-1] if e.subject_id == subject_id and since <= e.at < until][:limit]

    def trail_by(self, who: str, since: datetime, until: datetime, limit: int = 500) -> list[AuditEntry]:
        found = [e for e in self.rows(AuditEntry) if e.who == who and since <= e.at < until]
        return sorted(found, key=lambda entry: entry.at, reverse=True)[:limit]

    def trail_in(self, hour: str) -> list[AuditEntry]:
        return sorted((e for e in self.rows(AuditEntry) if e.hour == hour), key=lambda entry: entry.at)

    def keeping(self, record: type[R], of: str = "", limit: int = 500) -> list[R]:
        found = [row for row in self.rows(record) if not of or key_of(row)[0] == of]
        return sorted(found, key=key_of, reverse=True)[:limit]

    def kept(self, carrier: str, carrier_ids: Iterable[str]) -> set[str]:
        return {each for each in carrier_ids if self.get(Receipt, carrier, each) is not None}

    def _holds(self, change: Change) -> bool:
        if isinstance(change, Delete):
            return True
        row = self._held.get(place(change))
        if isinstance(change, Put):
            return row is None
        if row is None and not change.create:
            return False
        return not change.expect or all(_met(change, name, row or {}) for name in change.expect)

    def _apply(self, change: Change) -> None:
        where = place(change)
        if isinstance(change, Delete):
            if where in self._held:
                del self._held[where]
        elif isinstance(change, Put):
            self._held[where] = _row(change.record)
        elif change.set or change.set_once or change.add or change.append:
            self._held[where] = _updated(self._held.get(where, {}), change)


def _met(change: Update, name: str, row: Row) -> bool:
    wanted = change.expect[name]
    allowed = wanted if name in change.any_of else (wanted,)
    if name not in row:
        return any(is_absent(change.record, name, value) for value in allowed)
    return row[name] in [value for value in allowed if not is_absent(change.record, name, value)]


def _updated(was: Row, change: Update) -> Row:
    row = dict(was)
    for name, value in change.set_once.items():
        if name not in row and not is_absent(change.record, name, value):
            row[name] = value
    for name, amount in change.add.items():
        row[name] = row.get(name, 0) + amount
    for name, more in change.append.items():
        if more:
            row[name] = (*row.get(name, ()), *more)
    for name, value in change.set.items():
        if is_absent(change.record, name, value):
            row.pop(name, None)
        else:
            row[name] = value
    return row


def _row(record: Record) -> Row:
    kind = type(record)
    held = ((name, getattr(record, name)) for name in fields_of(kind) if name not in kind.key)
    return {name: value for name, value in held if not is_absent(kind, name, value)}


def _record(kind: Any, key: tuple[Any, ...], row: Row) -> Any:
    """A row made by an update may lack fields without a default: they read as empty."""
    return kind(**{**_empties(kind), **row, **dict(zip(kind.key, key, strict=True))})


@cache
def _empties(kind: type[Any]) -> Row:
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
    hints = get_type_hints(kind)
    return {name: EMPTY.get(hints[name], ()) for name in needed}

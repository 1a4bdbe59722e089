"""`ports.Store` on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, TypeVar

from ..core.incidents import log_of
from ..core.messages import Status
from ..errors import Rejected
from . import layouts as at
from .changes import MOST_READ, check
from .codec import instant, wire
from .pages import batch, pages, whole
from .places import Item, claimable, place
from .refusals import answers
from .tables import Rows, Tables

if TYPE_CHECKING:  # a cold start that only pages reads no more of them than it needs
    from pynamodb.expressions.condition import Condition

    from ..core.absence import Absence
    from ..core.appointments import Appointment, VisitChange
    from ..core.audit import AuditEntry
    from ..core.campaigns import Campaign, Recipient
    from ..core.own_keys import Lending
    from ..core.people import Patient
    from ..core.phones import StaffPhone
    from ..core.quiet import Quiet
    from ..core.recent import RecentText
    from ..core.records import Change, ConsentEntry, Due, Incident, Message, Record, Thread
    from ..core.reengagement import Reengagement
    from ..core.settings import Access, Revision, Setting
    from ..core.waitlist import Slot, WaitlistEntry

R = TypeVar("R", bound="Record")


class DynamoStore:
    """The tables `<prefix>-…`. Safe to share between threads."""

    def __init__(self, prefix: str, region: str, host: str | None = None) -> None:
        self._tables = Tables(prefix, region, host)

    def get(self, record: type[R], *key: Any) -> R | None:
        rows = self._tables.of(record)
        asked = {"TableName": rows.table, "Key": rows.wire_keys(key), "ConsistentRead": True}
        item = self._call("GetItem", asked).get("Item")
        return rows.record(item) if item else None

    def get_many(self, wanted: Sequence[tuple[type[Record], tuple[Any, ...]]]) -> list[Record | None]:
        if len(wanted) > MOST_READ:
            raise ValueError(f"{len(wanted)} rows in one read")
        places = [place(self._tables.of(kind), key) for kind, key in wanted]
        found = batch(self._tables, self._call, dict(places))
        items = [found.get(place) for place, _ in places]
        return [self._tables.of(kind).record(item) if item else None for (kind, _), item in zip(wanted, items, strict=True)]

    def commit(self, *changes: Change) -> None:
        from .writes import written  # a page does not wait for it

        check(changes)
        # Always a transaction, even of one: its token makes botocore's second attempt, after an answer that was lost, safe.
        items, positions = written(self._tables, changes)
        if items:
            self._call("TransactWriteItems", {"TransactItems": items}, positions)

    def claim(self, thread_id: str, message_id: str, now: datetime, lease_until: datetime, token: str) -> Message | None:
        from .writes import expressions

        rows = self._tables.named("Message")
        taken = {"status": Status.CLAIMED, "lease_until": lease_until, "status_at": now, "claim": token}
        changed = [rows.attribute(name).set(wire(value)) for name, value in taken.items()]
        actions = [*changed, rows.attribute("attempts").add(wire(1))]
        asked = {"TableName": rows.table, "Key": rows.wire_keys((thread_id, message_id)), "ReturnValues": "ALL_NEW"}
        try:
            answer = self._call("UpdateItem", asked | expressions(actions, claimable(rows, now)))
        except Rejected:  # also botocore's own second attempt, when the first was written and its answer was lost
            from ..core.records import Message

            held = self.get(Message, thread_id, message_id)
            return held if held is not None and held.status == Status.CLAIMED and held.claim == token else None
        taken_row: Message = rows.record(answer["Attributes"])
        return taken_row

    def newest(self, thread_id: str, limit: int = 50, before: str = "") -> list[Message]:
        rows = self._tables.named("Message")
        # BETWEEN takes its upper end in; `before` itself is dropped.
        inside = rows.attribute("sk").between(wire(at.MESSAGE), wire(at.MESSAGE + (before or "~")))
        found = self._query(rows, thread_id, inside, forward=False, limit=limit + bool(before))
        return [message for message in islice(found, limit + 1) if message.message_id != before][:limit]

    def recent_texts(self, thread_id: str, upto: str, limit: int = 20) -> list[RecentText]:
        rows = self._tables.named("RecentText")
        return list(islice(self._query(rows, thread_id, rows.attribute("sk") <= wire(upto), forward=False, limit=limit), limit))

    def waiting(self, program: str, limit: int = 500, after: str = "") -> list[Thread]:
        rows = self._tables.named("Thread")
        start = self._place_in_waiting(rows, after) if after else None
        return list(islice(self._query(rows, program, index="waiting", limit=limit, start=start), limit))

    def recent(self, program: str, limit: int = 100) -> list[Thread]:
        return list(islice(self._query(self._tables.named("Thread"), program, index="recent", forward=False, limit=limit), limit))

    def owned(self, staff_id: str) -> list[Thread]:
        return list(self._query(self._tables.named("Thread"), staff_id, index="owned", forward=False)) if staff_id else []

    def open_incidents(self, program: str) -> list[Incident]:
        return list(self._query(self._tables.named("Incident"), program, index="open")) if program else []

    def incidents_of(self, program: str, month: str) -> list[Incident]:
        return list(self._query(self._tables.named("Incident"), log_of(program, month), index="log"))

    def patients_of(self, program: str, limit: int = 500, after: str = "") -> list[Patient]:
        rows = self._tables.named("Patient")
        start = {**rows.wire_keys((after,)), "program": wire(program)} if after else None
        return list(islice(self._query(rows, program, index="by_program", limit=limit, start=start), limit))

    def appointments_of(self, patient_id: str, limit: int = 60) -> list[Appointment]:
        return self._newest("Appointment", patient_id, limit, at.VISIT)

    def consents_of(self, subject_id: str, limit: int = 500) -> list[ConsentEntry]:
        return list(islice(self._query(self._tables.named("ConsentEntry"), subject_id, limit=limit), limit))

    def booked(self, program: str, since: datetime, until: datetime) -> list[Appointment]:
        rows = self._tables.named("Appointment")
        last = instant(until - timedelta(microseconds=1))  # BETWEEN takes both ends in
        inside = rows.attribute("start_at").between(wire(instant(since)), wire(last))
        from ..core.appointments import booked_in, days_between

        months = dict.fromkeys(booked_in(program, at) for at in days_between(since, until))
        return [row for month in months for row in self._query(rows, month, inside, index="booked")]

    def visit_changes(self, program: str, after: str, before: str, limit: int = 100) -> list[VisitChange]:
        rows = self._tables.named("VisitChange")
        inside = rows.attribute("sk").between(wire(after or "0"), wire(before))  # both ends in, and dropped here
        found = islice(self._query(rows, at.TOLD_OF + program, inside, limit=limit + 2), limit + 2)
        return [row for row in found if row.change_id not in (after, before)][:limit]

    def openings(self, program: str, since: datetime, until: datetime, limit: int = 200) -> list[Slot]:
        from ..core.waitlist import slot_id

        rows = self._tables.named("Slot")
        inside = rows.attribute("sk").between(wire(slot_id(since, "")), wire(slot_id(until, "")))  # no id is empty
        return list(islice(self._query(rows, at.SLOTS + program, inside, limit=limit), limit))

    def waitlist(self, program: str, limit: int = 200) -> list[WaitlistEntry]:
        return list(islice(self._query(self._tables.named("WaitlistEntry"), at.WAITLIST + program, limit=limit), limit))

    def reengagements_of(self, patient_id: str, limit: int = 10) -> list[Reengagement]:
        return self._newest("Reengagement", patient_id, limit, at.RETURN)

    def quiet(self, program: str, limit: int = 10_000) -> list[Quiet]:
        return list(islice(self._query(self._tables.named("Quiet"), at.QUIET + program, limit=limit), limit))

    def due(self, shard: int, now: datetime, limit: int = 100) -> list[Due]:
        rows = self._tables.named("Due")
        until = rows.attribute("sk") < wire(instant(now) + "$")  # "$" follows "#": this very instant is due too
        return list(islice(self._query(rows, shard, until, limit=limit), limit))

    def due_between(self, shard: int, since: datetime, until: datetime, limit: int) -> list[Due]:
        rows = self._tables.named("Due")
        inside = rows.attribute("sk").between(wire(instant(since)), wire(instant(until)))  # the end's own rows go on behind it
        return list(islice(self._query(rows, shard, inside, limit=limit), limit))

    def campaigns(self, program: str, limit: int = 50) -> list[Campaign]:
        return self._newest("Campaign", at.CAMPAIGNS + program, limit)

    def recipients(self, campaign_id: str, limit: int = 500, after: str = "") -> list[Recipient]:
        rows = self._tables.named("Recipient")
        beyond = rows.attribute("sk") > wire(after) if after else None
        return list(islice(self._query(rows, at.RECIPIENTS + campaign_id, beyond, limit=limit), limit))

    def turns(self, campaign_id: str, now: datetime, limit: int = 40) -> list[Recipient]:
        rows = self._tables.named("Recipient")
        found = self._query(rows, campaign_id, rows.attribute("turn_at") <= wire(now), index="turns", limit=limit)
        return list(islice(found, limit))

    def settings(self, kind: str) -> list[Setting]:
        from ..core.settings import Setting  # asked aside while a page leaves: no other record need be read for it

        return list(whole(self._tables, self._tables.of(Setting), kind))

    def revisions(self, kind: str, setting_id: str, limit: int = 50) -> list[Revision]:
        return self._newest("Revision", f"{at.REVISION}{kind}#{setting_id}", limit)

    def absences(self) -> list[Absence]:
        return list(self._query(self._tables.named("Absence"), at.ABSENCE))

    def accesses(self) -> list[Access]:
        return list(self._query(self._tables.named("Access"), at.ACCESS))

    def lendings(self, shelf: str, limit: int = 500) -> list[Lending]:
        return list(islice(self._query(self._tables.named("Lending"), at.LENDING + shelf, forward=False), limit))

    def staff_phones(self) -> list[StaffPhone]:
        return list(self._query(self._tables.named("StaffPhone"), at.PHONE))

    def trail_of(self, subject_id: str, since: datetime, until: datetime, limit: int = 500) -> list[AuditEntry]:
        rows = self._tables.named("AuditEntry")
        newest = takewhile(lambda entry: entry.at >= since, self._query(rows, subject_id, forward=False))  # ids sort by time
        return list(islice((entry for entry in newest if entry.at < until), limit))

    def trail_by(self, who: str, since: datetime, until: datetime, limit: int = 500) -> list[AuditEntry]:
        rows = self._tables.named("AuditEntry")
        last = instant(until - timedelta(microseconds=1))  # BETWEEN takes both ends in
        inside = rows.attribute("at").between(wire(instant(since)), wire(last))
        return list(islice(self._query(rows, who, inside, index="by_who", forward=False), limit)) if since < until else []

    def trail_in(self, hour: str) -> list[AuditEntry]:
        return list(self._query(self._tables.named("AuditEntry"), hour, index="by_hour"))

    def keeping(self, record: type[R], of: str = "", limit: int = 500) -> list[R]:
        place, mark = self._tables.of(record).layout.to_keys((of, "")[: len(record.key)])
        return self._newest(record.__name__, place, limit, mark)

    def kept(self, carrier: str, carrier_ids: Iterable[str]) -> set[str]:
        from ..core.records import Receipt

        wanted, found = iter(dict.fromkeys(carrier_ids)), set()
        while some := list(islice(wanted, MOST_READ)):
            receipts = self.get_many([(Receipt, (carrier, each)) for each in some])
            found |= {receipt.carrier_id for receipt in receipts if isinstance(receipt, Receipt)}
        return found

    def _place_in_waiting(self, rows: Rows, thread_id: str) -> Item | None:
        """Where a page ended. None, the beginning, when that thread has been answered meanwhile: a page seen
        twice is better than a person not seen."""
        from ..core.records import Thread

        thread = self.get(Thread, thread_id)
        if thread is None or thread.waiting_since is None:
            return None
        place = {"program": wire(thread.program), "waiting_since": wire(thread.waiting_since)}
        return {**rows.wire_keys((thread_id,)), **place}

    def _newest(self, named: str, place: str, limit: int, mark: str = "") -> list[Any]:
        """The last rows of a place, those under a mark where there is one."""
        rows = self._tables.named(named)
        within = rows.attribute("sk").startswith(mark) if mark else None
        return list(islice(self._query(rows, place, within, forward=False, limit=limit), limit))

    def _query(self, rows: Rows, hash_key: str | int, within: Condition | None = None, **how: Any) -> Iterator[Any]:
        return pages(self._tables, rows, hash_key, within, **how)

    def _call(self, operation: str, asked: dict[str, Any], positions: tuple[int, ...] = (0,)) -> dict[str, Any]:
        with answers(operation, positions):
            return self._tables.ask(operation, asked)

"""The tables, as flows ask them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from ..core.appointments import Appointment, VisitChange
    from ..core.audit import AuditEntry
    from ..core.campaigns import Campaign, Recipient
    from ..core.own_keys import Lending
    from ..core.phones import StaffPhone
    from ..core.quiet import Quiet
    from ..core.recent import RecentText
    from ..core.records import Absence, Change, ConsentEntry, Due, Incident, Message, Patient, Record, Thread
    from ..core.reengagement import Reengagement
    from ..core.settings import Access, Revision, Setting
    from ..core.waitlist import Slot, WaitlistEntry

R = TypeVar("R", bound="Record")


class Store(Protocol):
    """The tables. Every method raises `StoreUnavailable` when there is no answer in time."""

    def get(self, record: type[R], *key: Any) -> R | None:
        """One row by its key, read consistently; None when it is not there."""

    def get_many(self, wanted: Sequence[tuple[type[Record], tuple[Any, ...]]]) -> list[Record | None]:
        """Up to 100 rows of any kinds in one round trip (consistent), in the order asked."""

    def commit(self, *changes: Change) -> None:
        """All or none, in one transaction. Raises `Rejected`, `Conflict`, `StoreUnavailable`."""

    def claim(self, thread_id: str, message_id: str, now: datetime, lease_until: datetime, token: str) -> Message | None:
        """Take a queued outgoing row whose `not_before` has come, or None. Sets `claimed`, lease, token, attempts + 1.

        `token`: the claimer's own, new for each claim. A row that is claimed under it already is theirs: that answer was lost.
        """

    def newest(self, thread_id: str, limit: int = 50, before: str = "") -> list[Message]:
        """A page of a thread, newest first; `before` is a message id."""

    def recent_texts(self, thread_id: str, upto: str, limit: int = 20) -> list[RecentText]:
        """The short-lived copies of a thread's texts, newest first, beginning with `upto` (a message id)."""

    def waiting(self, program: str, limit: int = 500, after: str = "") -> list[Thread]:
        """Threads that owe an answer, who has waited longest first; `after` is the previous page's last thread id."""

    def recent(self, program: str, limit: int = 100) -> list[Thread]:
        """Threads by their last text, newest first."""

    def owned(self, staff_id: str) -> list[Thread]:
        """Every thread that is this person's, newest text first."""

    def absences(self) -> list[Absence]:
        """Who was ever away, by staff id: one row a person."""

    def open_incidents(self, program: str) -> list[Incident]:
        """Open incidents of a program, oldest first."""

    def incidents_of(self, program: str, month: str) -> list[Incident]:
        """Every incident that began in a program in a month ("2026-11", UTC), oldest first, wherever it is now."""

    def patients_of(self, program: str, limit: int = 500, after: str = "") -> list[Patient]:
        """The patients of a program, by id; `after` is the previous page's last."""

    def appointments_of(self, patient_id: str, limit: int = 60) -> list[Appointment]:
        """A patient's visits, the newest booked first (consistent)."""

    def consents_of(self, subject_id: str, limit: int = 500) -> list[ConsentEntry]:
        """The ledgers of a patient or of a number, oldest line first (consistent)."""

    def booked(self, program: str, since: datetime, until: datetime) -> list[Appointment]:
        """A program's visits that begin in [since, until), by beginning, whatever became of them."""

    def visit_changes(self, program: str, after: str, before: str, limit: int = 100) -> list[VisitChange]:
        """What a program's schedule is told of, oldest first, with ids in (after, before) (consistent)."""

    def openings(self, program: str, since: datetime, until: datetime, limit: int = 200) -> list[Slot]:
        """A program's openings that begin in [since, until), to the minute, by beginning, whatever became of them."""

    def waitlist(self, program: str, limit: int = 200) -> list[WaitlistEntry]:
        """Everybody of a program who wants sooner, by patient id (consistent)."""

    def reengagements_of(self, patient_id: str, limit: int = 10) -> list[Reengagement]:
        """A patient's re-engagements, the newest first (consistent)."""

    def quiet(self, program: str, limit: int = 10_000) -> list[Quiet]:
        """A program's list of who has gone quiet, by patient id (consistent). All of them: a program holds some five thousand."""

    def due(self, shard: int, now: datetime, limit: int = 100) -> list[Due]:
        """What is due in one shard at `now`, oldest first."""

    def due_between(self, shard: int, since: datetime, until: datetime, limit: int) -> list[Due]:
        """What becomes due in [since, until), oldest first."""

    def campaigns(self, program: str, limit: int = 50) -> list[Campaign]:
        """A program's campaigns, the newest first."""

    def recipients(self, campaign_id: str, limit: int = 500, after: str = "") -> list[Recipient]:
        """Everybody of a campaign, by patient id; `after` is the previous page's last."""

    def turns(self, campaign_id: str, now: datetime, limit: int = 40) -> list[Recipient]:
        """Who of a campaign waits for a text and has the turn, who has waited longest first."""

    def settings(self, kind: str) -> list[Setting]:
        """What administrators changed of one kind, by id."""

    def revisions(self, kind: str, setting_id: str, limit: int = 50) -> list[Revision]:
        """The history of one matter, newest first."""

    def accesses(self) -> list[Access]:
        """The doors of everybody who has one, by staff id."""

    def lendings(self, shelf: str, limit: int = 500) -> list[Lending]:
        """What was lent and waits for review ("open"), or was reviewed and began in a month ("2026-11", UTC), newest first."""

    def staff_phones(self) -> list[StaffPhone]:
        """How everybody who gave a number can be reached, by staff id."""

    def trail_of(self, subject_id: str, since: datetime, until: datetime, limit: int = 500) -> list[AuditEntry]:
        """What was done to one subject in [since, until), newest first (consistent)."""

    def trail_by(self, who: str, since: datetime, until: datetime, limit: int = 500) -> list[AuditEntry]:
        """What one person or job did in [since, until), newest first."""

    def trail_in(self, hour: str) -> list[AuditEntry]:
        """Every entry of one UTC hour ("2026-11-28T00"), oldest first."""

    def keeping(self, record: type[R], of: str = "", limit: int = 500) -> list[R]:
        """The rows of one kind in the table of what is kept beside records, newest id first (consistent): of one patient, or of
        the whole clinic for a kind whose key is one id."""

    def kept(self, carrier: str, carrier_ids: Iterable[str]) -> set[str]:
        """Which of these texts have a receipt."""

"""What flows need from the world, as Protocols. `wiring` says which real thing stands behind each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..core.quick import dataclass
from .stops import StopList
from .store import Store as Store

if TYPE_CHECKING:
    from ..core.calls import CallEvent, OutboundCall, Script
    from ..core.clinic import Clinic
    from ..core.messages import CarrierRecord, DeliveryEvent, InboundSms, OutboundSms
    from ..core.staff import Staff
    from ..core.throughput import Lane
    from ..core.triage import FirstLook, SecondReading
    from .archive import Archive
    from .exercise import Machine, SyntheticPhone
    from .mail import Mailer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SealContext:
    """KMS's encryption context: CloudTrail shows it in clear, so opaque ids only."""

    patient: str  # patient id, or contact id for an unmatched number
    program: str
    kind: str  # inbound_text, outgoing_text, recent_text, number, address, bridge, spoken, profile, roster, parked, page


class Vault(Protocol):
    """Seals and opens content. Only ciphertext leaves it for a store or a queue."""

    def seal(self, context: SealContext, row_id: str, text: str) -> bytes:
        """Raises `SealFailed`."""

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        """Raises `OpenFailed` on any doubt: other context, other row, other bytes, no key. `reader`: a staff id, who reads with
        their own credentials, or "job:<flow>"."""

    def one_request(self) -> Vault:
        """A vault that also keeps a person's data keys, for one request: one KMS call for a page of texts sealed
        together instead of one each. It must not outlive the request."""


class Lender(Protocol):
    """Lends what is one patient's to one person's own key, in AWS itself. Each raises `KeyUnavailable`."""

    def lend(self, staff_id: str, subject: str, name: str) -> str:
        """The token by which it counts at once. The same `name` again is the same lending."""

    def take_back(self, staff_id: str, subject: str) -> int:
        """Whatever was lent of this subject to this person; how many there were."""

    def lent_before(self, before: datetime) -> set[tuple[str, str]]:
        """Whom (staff id) what (subject) is lent in AWS, by a grant of ours from before that instant."""


class Hasher(Protocol):
    """Keyed HMACs. Raises `SecretUnavailable` when the key cannot be read."""

    def contact_id(self, number: str) -> str:
        """32 hex digits for an E.164 number."""

    def text_hash(self, text: str) -> str:
        """For comparing a quoted text with one of ours."""
    def week_mark(self, week: str, number: str) -> str:
        """16 letters that only we can write, for a week (`core.exercise.week_of`) and a number of ours."""


class Pager(Protocol):
    """The door to the clinicians on call. A page holds no content."""

    def page(self, to: str, text: str) -> None:
        """`to`: a staff id or "everyone". Raises `PageFailed`."""


class Carrier(StopList, Protocol):
    """One carrier's REST side. The webhook side is `carriers.<name>.read_inbound` and `read_status`."""

    name: str
    answers_in_response: bool  # whether an answer may travel in the webhook's own response

    def send(self, sms: OutboundSms) -> str:
        """The carrier's id. Raises `CarrierRefused`, `CarrierUnknown`."""
    def log_since(self, since: datetime, until: datetime | None = None) -> Iterable[CarrierRecord]:
        """Its own record, both directions; a little after `until` may be in it. Raises `NoMessageLog`, `CarrierError`."""
    def redact(self, carrier_id: str) -> bool:
        """Empty one line of that record; whether it was seen to be. Raises as `log_since`; "not_final": it may be on its way."""


class Webhook(Protocol):
    """One carrier's incoming side: verify, parse, our own event. The signature is checked over the configured public address,
    never the request's host (WH-2). Raises `BadSignature`, `BadPayload`, `SecretUnavailable`.
    """

    def read_inbound(self, request: WebhookRequest, now: datetime) -> InboundSms: ...
    def read_status(self, request: WebhookRequest, now: datetime) -> DeliveryEvent: ...

    def answer(self, body: str, row: str) -> tuple[str, str]:
        """Content type and body of a response that carries `body` to the sender ("" for none)."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A request as it came, nothing decoded twice. `query` is the raw query string without "?"."""

    path: str
    query: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes


class SignedRequests(Protocol):
    """Requests of the clinic's own schedule (docs/schedule-api.md), checked over the configured public address."""

    def signer(self, request: WebhookRequest, method: str, now: datetime) -> Staff:
        """Whose key signed it: "job:schedule.<key id>", with that key's programs. Raises `BadSignature`, `SecretUnavailable`."""


class Drops(Protocol):
    """Where a clinic's schedule drops files of visits."""

    def read(self, bucket: str, key: str, version: str) -> bytes:
        """One version, cut at a byte more than we take. Raises `NotFound`, `StoreUnavailable`."""

    def report(self, bucket: str, key: str, text: str) -> None:
        """A file beside it. Raises `StoreUnavailable`."""


class Caller(Protocol):
    """One carrier's way to make a telephone ring. Its webhook side is `VoiceWebhook`."""

    name: str

    def call(self, call: OutboundCall) -> str:
        """The carrier's id. Raises `CarrierRefused` (nothing rings), `CarrierUnknown` (it may)."""

    def hang_up(self, carrier_id: str) -> None:
        """End a call that nobody answered yet; one that is over, or answered, is left as it is. Raises as `call`."""


class VoiceWebhook(Protocol):
    """What a carrier asks and tells while a call goes on. Verified as `Webhook` is, and raises as it does."""

    def read(self, request: WebhookRequest, now: datetime) -> CallEvent: ...
    def answer(self, script: Script, row: str) -> tuple[str, str]:
        """Content type and body of a response by which the call goes on as `script` says."""


class Parking(Protocol):
    """The queue of sealed texts that the store could not take."""

    def park(self, text: str) -> None:
        """`text`: JSON with sealed content only. Raises `ParkFailed`."""

    def wake_reconciliation(self, word: str = "{}", seconds: int = 0) -> None:
        """Ask for reconciliation, now or after at most 900 seconds. `word`: what it is told. Raises `ParkFailed`."""


class Later(Protocol):
    """Wakes `deliver` for one row after some seconds, where a tick a minute is too slow."""

    def wake(self, row: str, seconds: int) -> None:
        """`row`: "<thread_id>.<message_id>". At most 900 seconds. Raises `WakeFailed`; the tick finds the row then."""


class Pace(Protocol):
    """What one number may still send in this minute of the tick's (`core.throughput`). Whoever answers a person needs none."""

    def room(self, lane: Lane) -> bool: ...

    def slot(self, kind: str, parts: int, row: str) -> datetime | None:
        """When a text leaves, once it is written; None: at once."""

    def forget(self) -> None:
        """What was asked for was not written after all."""


class Reassigned(Protocol):
    """The FCC's Reassigned Numbers Database."""

    def owner_changed(self, number: str, since: date) -> str:
        """yes, no, or no_data (`core.whose_number.Answer`): was it given up on or after that day? Raises `CarrierError`."""


class Screen(Protocol):
    """The first look."""

    def look(self, text: str) -> FirstLook: ...


class SecondLook(Protocol):
    """The second look: the heavier model. It needs no network and keeps nothing of what it reads."""

    def read(self, texts: Sequence[str]) -> SecondReading:
        """`texts`: one person's texts of the last ten minutes, oldest first, at least one. Raises `ModelUnavailable`."""


class Patience(Protocol):
    """Waits so long and no longer."""

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """The result of `work`, or `DeadlineExceeded`. Work that is late goes on unseen: it must be safe to."""


class Journal(Protocol):
    """Logs and metrics. Fields are on an allow-list; content has no way in (N5)."""

    def event(self, name: str, **ids: Any) -> None: ...

    def count(self, name: str, value: int = 1) -> None: ...


Clock = Callable[[], datetime]
Ids = Callable[[datetime], str]  # a ULID for that instant


@dataclass(frozen=True, slots=True)
class World:
    """Everything a flow may touch, handed to it as its first argument. Tests hand it fakes."""

    store: Store
    vault: Vault
    hasher: Hasher
    pager: Pager
    carriers: Mapping[str, Carrier]
    parking: Parking
    screen: Screen
    clinic: Clinic
    patience: Patience
    journal: Journal
    clock: Clock
    ids: Ids
    later: Later
    second_look: SecondLook
    caller: Caller
    synthetic: SyntheticPhone
    machine: Machine
    archive: Archive
    lender: Lender
    pages_url: str = ""  # where patients' pages are reached, without "/p"; empty: no page can be sent
    pace: Pace | None = None  # the tick's; everything else leaves at once
    reassigned: Reassigned | None = None  # None: no database is connected
    mailer: Mailer | None = None  # None: nobody carries e-mail

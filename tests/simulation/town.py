"""The world around us, as it really behaves: carriers that fall back, queues and streams that deliver again, a clock.

A carrier whose webhook is not answered with 2xx turns to the fallback address, which pages everyone and wakes the
reconciliation (DESIGN §3). It does not send the text again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from chalicelib.core.calls import CallEvent, OutboundCall, Script
from chalicelib.core.carrier_stops import OptedOut
from chalicelib.core.exercise import MACHINE
from chalicelib.core.messages import CarrierRecord, DeliveryEvent, Direction, InboundSms, OutboundSms, Status
from chalicelib.core.records import Due, Errand, Message, RecentText, Record
from chalicelib.errors import CarrierError, NoMessageLog, NoStopList, PorchlightError
from chalicelib.flows import (
    call_ended,
    errands,
    on_the_phone,
    reconcile,
    record_delivery,
    replay_parked,
    second_look,
    tick,
)
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import Answer, NotKept, receive
from chalicelib.ports import World
from tests.cast import CLINIC_NUMBER, a_patient
from tests.fakes.archive import FakeArchive
from tests.fakes.store import FakeStore
from tests.fakes.vault import FakeVault
from tests.fakes.world import FakeClock, FakeHasher, FakeLender, FakeMailer, FakeSecondLook, a_world

from .faults import Died, Faulty, Plan, SimulatedPatience

R = TypeVar("R", bound=Record)
CARRIER = ("send", "log_since", "redact", "stops", "let_back")
STORE = (
    "get", "get_many", "commit", "claim", "newest", "due", "kept", "settings", "revisions", "accesses", "staff_phones", "recent_texts",
    "appointments_of", "open_incidents", "incidents_of", "booked", "openings", "waitlist", "consents_of",
    "trail_of", "trail_by", "trail_in", "reengagements_of", "quiet", "visit_changes",
    "patients_of", "due_between", "lendings", "campaigns", "recipients", "turns",
)


@dataclass
class Phone:
    """What one number has in hand."""

    got: list[tuple[datetime, str]] = field(default_factory=list)


class TownCarrier:
    """Sends, keeps a log of both directions, and remembers each text by our row, and when it left."""

    def __init__(self, town: Town, name: str, inline: bool, keeps_log: bool):
        self.town, self.name, self.answers_in_response, self.keeps_log = town, name, inline, keeps_log
        self.log: list[CarrierRecord] = []
        self.by_row: dict[str, int] = {}
        self.left_at: dict[str, datetime] = {}
        self.listed: list[OptedOut] | None = None

    def send(self, sms: OutboundSms) -> str:
        carrier_id = self.note(sms.sender, sms.recipient, sms.body)
        self.by_row[sms.row] = self.by_row.get(sms.row, 0) + 1
        self.left_at.setdefault(sms.row, self.town.clock.now)
        self.town.sent.append(sms)
        return carrier_id

    def note(self, sender: str, recipient: str, body: str) -> str:
        """A text to a phone, in the carrier's log too."""
        carrier_id = f"SM-{self.name}-{len(self.log)}"
        now = self.town.clock.now
        self.log.append(CarrierRecord(self.name, carrier_id, Direction.OUT, sender, recipient, body, now, Status.HANDED_TO_CARRIER))
        self.town.phone(recipient).got.append((now, body))
        return carrier_id

    def log_since(self, since: datetime, until: datetime | None = None) -> list[CarrierRecord]:
        if not self.keeps_log:
            raise NoMessageLog()
        return [line for line in self.log if line.at >= since]

    def redact(self, carrier_id: str) -> bool:
        if not self.keeps_log:
            raise NoMessageLog()
        self.log[:] = [replace(line, body="") if line.carrier_id == carrier_id else line for line in self.log]
        return True

    def stops(self) -> list[OptedOut]:
        if self.listed is None:
            raise NoStopList()
        return list(self.listed)

    def let_back(self, number: str) -> None:
        self.listed = [line for line in self.listed or () if line.number != number]


class TownCaller:
    """Telephones ring; who answers and what they press, the stories say."""

    name = "twilio"

    def __init__(self, town: Town):
        self.town = town

    def call(self, call: OutboundCall) -> str:
        self.town.rang.append((self.town.clock.now, call))
        return f"CA-{len(self.town.rang)}"

    def hang_up(self, carrier_id: str) -> None:
        self.town.silenced.append(self.town.rang[int(carrier_id.removeprefix("CA-")) - 1][1].recipient)


class TownPager:
    def __init__(self, town: Town):
        self.town = town

    def page(self, to: str, text: str) -> None:
        self.town.pages.append((self.town.clock.now, to, text))


class TownParking:
    def __init__(self, town: Town):
        self.town = town

    def park(self, text: str) -> None:
        self.town.parked.append(text)

    def wake_reconciliation(self, word: str = "{}", seconds: int = 0) -> None:
        self.town.bells.append((self.town.clock.now + timedelta(seconds=seconds), word))


class TownPhone:
    """Our own phone, which another process answers: what dies there, died there."""

    def __init__(self, town: Town):
        self.town = town

    def write(self, carrier_id: str, sender: str, body: str) -> str:
        sms = InboundSms("twilio", carrier_id, sender, CLINIC_NUMBER, body, self.town.clock.now)
        answer = self.town._run(lambda: receive(self.town.world, sms, inline=True), (NotKept,))
        if answer is None:
            raise CarrierError("carrier_down", permanent=False)
        self.town.recent()
        return str(answer.row)

    def delivered(self, row: str) -> None:
        event = DeliveryEvent("twilio", f"exercise-{row}", Status.DELIVERED, self.town.clock.now, row)
        if not self.town.again(lambda: record_delivery.record(self.town.world, event), tries=1):
            raise CarrierError("carrier_down", permanent=False)


class TownMachine:
    """Who is paged by a dead man's text; each look takes its time."""

    def __init__(self, town: Town):
        self.town, self.read = town, 0

    def pages(self, seconds: int) -> list[str]:
        found, self.read = self.town.pages[self.read :], len(self.town.pages)
        texts = [text for _, to, text in found if to == MACHINE]
        if not texts:
            self.town.clock.advance(seconds=seconds)
        return texts


class Reader(Protocol):
    """What the laws read from a store, past all faults."""

    def rows(self, kind: type[R]) -> list[R]: ...

    def get(self, record: type[R], *key: Any) -> R | None: ...


@dataclass(frozen=True)
class Parts:
    """The store as the laws see it, and the world as the flows do."""

    store: Reader
    world: World


def fakes(town: Town) -> Parts:
    """Everything in memory; each port's calls go through the plan."""
    plan, store = town.plan, FakeStore()
    world = a_world(
        store=Faulty("store", store, plan, STORE),
        vault=Faulty("vault", FakeVault(), plan, ("seal", "open")),
        hasher=Faulty("hasher", FakeHasher(), plan, ("contact_id",)),
        pager=Faulty("pager", TownPager(town), plan, ("page",)),
        parking=Faulty("parking", TownParking(town), plan, ("park",)),
        carriers={n: Faulty("carrier", c, plan, CARRIER) for n, c in town.carriers.items()},
        caller=Faulty("caller", TownCaller(town), plan, ("call", "hang_up")),
        mailer=Faulty("mailer", town.mailer, plan, ("send",)),
        second_look=Faulty("second_look", FakeSecondLook(), plan, ("read",)),
        synthetic=Faulty("synthetic", TownPhone(town), plan, ("write", "delivered")),
        machine=Faulty("machine", TownMachine(town), plan, ("pages",)),
        archive=Faulty("archive", FakeArchive(), plan, ("put", "get", "names", "sign")),
        lender=Faulty("lender", town.lender, plan, ("lend", "take_back", "lent_before")),
        patience=SimulatedPatience(plan),
        clock=town.clock,
    )
    return Parts(store, world)


class Town:
    """One run of one story. `after`: called when an invocation has ended, whatever its end."""

    def __init__(
        self,
        plan: Any,
        clock: FakeClock,
        parts: Callable[[Town], Parts] = fakes,
        after: Callable[[], None] = lambda: None,
    ):
        self.plan, self.clock = plan, clock
        self.pages: list[tuple[datetime, str, str]] = []
        self.sent: list[OutboundSms] = []
        self.rang: list[tuple[datetime, OutboundCall]] = []
        self.silenced: list[str] = []
        self.parked: list[str] = []
        self.phones: dict[str, Phone] = {}
        self.bells: list[tuple[datetime, str]] = []  # that wait for the reconciliation: from when, and their word
        self.accepted: list[InboundSms] = []  # what we answered 2xx to
        self.forgotten: list[InboundSms] = []  # of these, what nobody kept within the hour
        self.arrived: list[InboundSms] = []
        self.delay = timedelta()  # how long a text was on its way to us without any fault of ours
        self.crises: list[tuple[datetime, InboundSms]] = []
        self.unexpected: list[str] = []
        self.seen, self.began = 0, clock.now  # what a person last looked at, and when a race began
        self.carriers = {"twilio": TownCarrier(self, "twilio", True, True), "aws": TownCarrier(self, "aws", False, False)}
        self.later: list[Callable[[], Any]] = []
        self.handed_over: set[str] = set()  # copies that the second look's stream has shown
        self.held_up: set[str] = set()  # of these, what it only says it has shown
        self._after = after
        self.lender, self.mailer = FakeLender(), FakeMailer()
        built = parts(self)
        self.store, self.world = built.store, built.world

    def phone(self, number: str) -> Phone:
        return self.phones.setdefault(number, Phone())

    # --- sources -------------------------------------------------------------------------------------------------

    def text(self, sms: InboundSms, crisis: bool = False) -> None:
        """A patient's text, through Twilio's webhook or AWS's topic."""
        if sms not in self.arrived:
            self.arrived.append(sms)
            self.carriers[sms.carrier].log.append(
                CarrierRecord(sms.carrier, sms.carrier_id, Direction.IN, sms.sender, sms.our_number, sms.body, self.clock.now, Status.RECEIVED)
            )
        if crisis:
            self.crises.append((self.clock.now, sms))
        (self._webhook if sms.carrier == "twilio" else self._topic)(sms)

    def own_text(self, sms: InboundSms, leads_here: bool = True) -> None:
        """From the clinic's second number to its first: nobody's, and in no thread. `leads_here`: whether it comes to our door."""
        now = self.clock.now
        line = CarrierRecord("twilio", sms.carrier_id, Direction.IN, sms.sender, sms.our_number, sms.body, now, Status.RECEIVED)
        self.carriers["twilio"].log.append(line)
        if leads_here:
            self._webhook(sms)
            self.accepted = [each for each in self.accepted if each is not sms]

    def _webhook(self, sms: InboundSms) -> None:
        answer = self._run(lambda: receive(self.world, sms, inline=True), (NotKept,))
        if answer is None:
            return self.fallback(sms)
        self.accepted.append(sms)
        if answer.text:
            self._say(sms, answer)

    def _say(self, sms: InboundSms, answer: Answer) -> None:
        """Twilio sends what the response carried, and reports on it."""
        self.carriers["twilio"].note(sms.our_number, sms.sender, answer.text)
        if answer.row:
            event = DeliveryEvent("twilio", f"SM-reply-{len(self.sent)}", Status.HANDED_TO_CARRIER, self.clock.now, answer.row)
            self.again(lambda: record_delivery.record(self.world, event))

    def fallback(self, sms: InboundSms) -> None:
        self.pages.append((self.clock.now, "everyone", "Porchlight: a text could not be read."))
        self.phone(sms.sender).got.append((self.clock.now, "988 911"))
        self.bells.append((self.clock.now, "{}"))

    def _topic(self, sms: InboundSms) -> None:
        """SNS calls the function; Lambda tries twice more, then the text waits on the failure queue for replay."""
        if not self.again(lambda: receive(self.world, sms, inline=False), tries=3):
            self.later.append(lambda: receive(self.world, sms, inline=False))
        self.accepted.append(sms)

    _later: list[Callable[[], Any]]

    def callback(self, event: DeliveryEvent) -> None:
        self.again(lambda: record_delivery.record(self.world, event))

    def asks(self, row: str, moment: str = "", keys: str = "", **told: Any) -> Script | None:
        """A call is answered or a key pressed. What fails ends it: a carrier asks once, and the door says a kind line."""
        event = CallEvent("twilio", "CA1", row, self.clock.now, moment, keys, **told)
        return self._run(lambda: on_the_phone.goes_on(self.world, event), (PorchlightError,))

    def hung_up(self, row: str, ended: str) -> None:
        """The carrier's word on a call that is over."""
        self.again(lambda: call_ended.told(self.world, CallEvent("twilio", "CA1", row, self.clock.now, ended=ended)))

    def stream(self) -> None:
        """Each queued row wakes `deliver`; a batch that fails comes again."""
        for row in self.store.rows(Message):
            if row.direction == "out" and row.status == Status.QUEUED:
                self.again(lambda row=row: deliver(self.world, row.thread_id, row.message_id))
        seen: set[str] = set()
        while waiting := [each for each in self.store.rows(Errand) if each.status == "queued" and each.errand_id not in seen]:
            for errand in waiting:  # one may ask for another: a page rings a phone
                seen.add(errand.errand_id)
                self.again(lambda errand=errand: errands.run(self.world, errand.errand_id))

    def recent(self, again: bool = False) -> None:
        """Each new copy wakes the second look: a few tries, and then the stream goes on without it."""
        for copy in self.store.rows(RecentText):
            if again or copy.row not in self.handed_over:
                self.handed_over.add(copy.row)
                self.again(lambda copy=copy: second_look.look(self.world, copy.thread_id, copy.message_id))

    def minute(self) -> None:
        """One tick, what is parked, what waits."""
        self.again(lambda: tick.tick(self.world), tries=1)
        self.queue()
        heard, self.bells = [bell for bell in self.bells if bell[0] <= self.clock.now], [bell for bell in self.bells if bell[0] > self.clock.now]
        if heard and not self.again(lambda: reconcile.look_now(self.world, [word for _, word in heard]), tries=1):
            self.bells += heard
        self.stream()
        self.recent()

    def hour(self) -> None:
        """The hourly comparison. What we had answered for must not have needed it."""
        kept = {row.carrier_id for row in self.store.rows(Message) if row.direction == "in"}
        self.forgotten = [sms for sms in self.accepted if sms.carrier_id not in kept]
        self.again(lambda: reconcile.reconcile_hourly(self.world))

    def queue(self) -> None:
        waiting, self.parked = self.parked, []
        self.parked += [text for text in waiting if not self.again(lambda text=text: replay_parked.replay(self.world, text), tries=1)]
        later, self.later = self.later, []
        self.later += [work for work in later if not self.again(work, tries=1)]

    def do(self, work: Callable[[], Any]) -> None:
        """A person presses a button, and a minute later again when it fails."""
        for _ in range(8):
            if self.again(work, tries=1):
                return
            self.clock.advance(minutes=1)

    def pressed(self, work: Callable[[], Any]) -> None:
        """A patient presses a button of a page, and again some seconds later while the page says that it did not work."""
        for _ in range(8):
            if self._run(lambda: work() or True, (NotKept, PorchlightError)):
                return
            self.clock.advance(seconds=10)

    def owes(self) -> bool:
        """Whether something waits for the next minute."""
        return bool(self.parked or self.later or self.bells)

    def next_due(self) -> datetime | None:
        """When the due index next has something."""
        return min((row.at for row in self.store.rows(Due)), default=None)

    # --- running -------------------------------------------------------------------------------------------------

    def _run(self, work: Callable[[], Any], expected: tuple[type[BaseException], ...]) -> Any:
        """The result, or None when the process died or refused. Anything else is a defect."""
        try:
            return work()
        except Died:
            return None
        except expected:
            return None
        except Exception as failure:
            self.unexpected.append(f"{type(failure).__name__}: {failure}")
            return None
        finally:
            self._after()

    def again(self, work: Callable[[], Any], tries: int = 3) -> bool:
        """As a source that delivers again until it is taken."""
        for _ in range(tries):
            try:
                work()
                return True
            except (Died, PorchlightError):
                continue
            except Exception as failure:
                self.unexpected.append(f"{type(failure).__name__}: {failure}")
            finally:
                self._after()
        return False


def a_town(plan: Plan) -> Town:
    """Alice on her own phone, everything at rest."""
    town = Town(plan, plan.clock)
    a_patient(town.world)
    return town

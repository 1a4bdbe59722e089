"""Faults where AWS begins: each attempt of a call that botocore makes can go wrong, and one call is chosen.

A fault says what becomes of the first attempt and of every further one. What "took effect" took it at moto. Time is
virtual: silence and botocore's own pauses move the clock of the town.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from threading import local
from typing import Any, TypeVar, cast

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.storage.clients import CONNECT_SECONDS, READ_SECONDS
from tests.fakes.world import FakeClock

from .baton import BatonPatience
from .faults import AT_ONCE, OUTAGE, PAGED_AFTER_FAULTS, PAGED_AFTER_OUTAGE, Died

PAUSE = 1.0  # seconds: the longest that botocore waits before a second attempt


class Move(Enum):
    """What becomes of one attempt. `…_TOOK`: it took effect all the same."""

    FINE = auto()
    NO_CONNECTION = auto()
    HANG_UP_TOOK = auto()
    SILENCE = auto()
    SILENCE_TOOK = auto()
    THROTTLED = auto()
    BROKEN = auto()
    BROKEN_TOOK = auto()
    DENIED = auto()
    CONFLICT = auto()
    IN_PROGRESS = auto()
    REMEMBERED = auto()  # the answer of the first attempt, as DynamoDB gives it to the same token
    DIE = auto()
    DIE_TOOK = auto()
    OPTED_OUT = auto()  # a carrier's word only


TOOK = frozenset({Move.FINE, Move.HANG_UP_TOOK, Move.SILENCE_TOOK, Move.BROKEN_TOOK, Move.DIE_TOOK})


@dataclass(frozen=True)
class AwsFault:
    """`first` attempt, and the `rest`. `only`: the operation it can happen to. `outage`: the service stays away."""

    name: str
    first: Move
    rest: Move
    only: str = ""
    outage: bool = False


TRANSACTION = "dynamodb.TransactWriteItems"
FAULTS: tuple[AwsFault, ...] = (
    AwsFault("no connection", Move.NO_CONNECTION, Move.NO_CONNECTION),
    AwsFault("took effect, hung up", Move.HANG_UP_TOOK, Move.HANG_UP_TOOK),
    AwsFault("silence", Move.SILENCE, Move.SILENCE),
    AwsFault("took effect, silence", Move.SILENCE_TOOK, Move.SILENCE_TOOK),
    AwsFault("throttled", Move.THROTTLED, Move.THROTTLED),
    AwsFault("server error", Move.BROKEN, Move.BROKEN),
    AwsFault("took effect, server error", Move.BROKEN_TOOK, Move.BROKEN_TOOK),
    AwsFault("access denied", Move.DENIED, Move.DENIED),
    AwsFault("conflict", Move.CONFLICT, Move.CONFLICT, TRANSACTION),
    AwsFault("in progress", Move.IN_PROGRESS, Move.IN_PROGRESS, TRANSACTION),
    AwsFault("dies before", Move.DIE, Move.DIE),
    AwsFault("dies after", Move.DIE_TOOK, Move.DIE_TOOK),
    AwsFault("once no connection", Move.NO_CONNECTION, Move.FINE),
    AwsFault("once hung up, took effect", Move.HANG_UP_TOOK, Move.FINE),
    AwsFault("once hung up, took effect, token known", Move.HANG_UP_TOOK, Move.REMEMBERED, TRANSACTION),
    AwsFault("once silence", Move.SILENCE, Move.FINE),
    AwsFault("once silence, took effect", Move.SILENCE_TOOK, Move.FINE),
    AwsFault("once silence, took effect, in progress", Move.SILENCE_TOOK, Move.IN_PROGRESS, TRANSACTION),
    AwsFault("once throttled", Move.THROTTLED, Move.FINE),
    AwsFault("once server error, took effect", Move.BROKEN_TOOK, Move.FINE),
    AwsFault("down for five minutes", Move.NO_CONNECTION, Move.NO_CONNECTION, outage=True),
)
# A carrier is asked once: there is no second attempt.
CARRIER_FAULTS: tuple[AwsFault, ...] = (
    *(fault for fault in FAULTS if fault.first is fault.rest and not fault.only),
    AwsFault("opted out", Move.OPTED_OUT, Move.OPTED_OUT),
)
CARRIERS = ("twilio", "pinpoint-sms-voice-v2")
SERVICES = ("dynamodb", "kms", "sns", "sqs", "s3", "secrets-manager")


# A read has no effect, so these are another of its faults told twice.
SAME_FOR_READS = frozenset(
    {"took effect, silence", "took effect, server error", "dies after", "once silence, took effect"}
)
READS = ("Get", "BatchGet", "Query", "List", "Decrypt", "GenerateDataKey", "Sign")


def faults_of(call: str) -> tuple[AwsFault, ...]:
    """The faults that can happen to a call such as "kms.GenerateDataKey"."""
    service = call.split(".")[0]
    known = FAULTS if service in SERVICES else CARRIER_FAULTS
    known = known if service in (*SERVICES, *CARRIERS) else known[:-1]  # nobody opts out of a user pool, or of mail at SES
    known = tuple(fault for fault in known if fault.only in ("", call))
    if service in SERVICES and call.split(".")[1].startswith(READS):
        return tuple(fault for fault in known if fault.name not in SAME_FOR_READS)
    return known


T = TypeVar("T")
Effect = Callable[[], AWSResponse]
Failure = Callable[[], Exception]


@dataclass
class AwsPlan:
    """Which call goes wrong and how; every call is numbered while `armed`. One for each run."""

    clock: FakeClock
    at: int | None = None
    fault: AwsFault = FAULTS[0]
    second: tuple[int, AwsFault] | None = None  # a second call that goes wrong, and how
    calls: list[str] = field(default_factory=list)
    armed: bool = False
    down: str = ""
    down_until: datetime | None = None
    patience: BatonPatience = field(init=False)
    _thread: Any = field(default_factory=local)
    _died: bool = False

    def __post_init__(self) -> None:
        self.patience = BatonPatience(self.clock)

    @property
    def patience_of_a_page(self) -> timedelta:
        """How late a page may be: at once; at the next ticks when calls went wrong; after an outage."""
        if self.at is None:
            return AT_ONCE
        return PAGED_AFTER_OUTAGE if self.fault.outage or (self.second and self.second[1].outage) else PAGED_AFTER_FAULTS

    def begin(self, service: str, operation: str) -> None:
        """A logical call begins; its attempts follow."""
        self._thread.moves, self._thread.first_answer, self._thread.call = None, None, f"{service}.{operation}"
        if not self.armed:
            return
        fault = self.fault if len(self.calls) == self.at else None
        if self.second is not None and len(self.calls) == self.second[0]:
            fault = self.second[1]
        if fault is not None:
            self._thread.moves, self._thread.rest = [fault.first], fault.rest
            if fault.outage:
                self.down, self.down_until = service, self.clock.now + OUTAGE
        self.calls.append(f"{service}.{operation}")

    def call(self, port: str, name: str, work: Callable[[], T], failed: Failure, lost: Failure, about: str = "") -> T:
        """One call of a port that has no adapter here: it stands in memory, and fails as its carrier would."""
        self.begin(port, name)
        move = self.next_move(port)
        if move is Move.DIE:
            self.die()
        done = work() if move in TOOK else None
        if move is Move.DIE_TOOK:
            self.die()
        if move in (Move.SILENCE, Move.SILENCE_TOOK):
            self.patience.spend(READ_SECONDS)
        if move is not Move.FINE:
            raise lost() if move in (*TOOK, Move.SILENCE) else failed()
        return cast(T, done)

    def next_move(self, service: str) -> Move:
        """What becomes of this attempt."""
        if self.armed and self.down == service and self.down_until is not None and self.clock.now < self.down_until:
            return Move.NO_CONNECTION
        moves: list[Move] | None = self._thread.moves
        if moves is None:
            return Move.FINE
        move, moves[:] = moves[0], [self._thread.rest]
        return move

    def attempt(self, service: str, url: str, effect: Effect) -> AWSResponse:
        """One attempt of a call to AWS."""
        move = self.next_move(service)
        answer = effect() if move in TOOK else None
        self._thread.first_answer = self._thread.first_answer or answer
        if move in (Move.DIE, Move.DIE_TOOK):
            self.die()
        if move is Move.NO_CONNECTION:
            self.patience.spend(CONNECT_SECONDS)
            raise ConnectTimeoutError(endpoint_url=url, error="simulated")
        if move in (Move.SILENCE, Move.SILENCE_TOOK):
            self.patience.spend(READ_SECONDS)
            raise ReadTimeoutError(endpoint_url=url, error="simulated")
        if move is Move.HANG_UP_TOOK:
            raise ConnectionClosedError(endpoint_url=url)
        if move is Move.FINE:
            assert answer is not None
            return answer
        return self._refusal(move, service, url)

    def _refusal(self, move: Move, service: str, url: str) -> AWSResponse:
        if move is Move.REMEMBERED:
            known = self._thread.first_answer
            return AWSResponse(url, known.status_code, known.headers, MockRawResponse(known.content))
        return said(url, service, move)

    def die(self) -> None:
        """The process ends here."""
        self._died = True
        raise Died

    def after(self) -> None:
        """An invocation has ended: what it left behind goes on, unless its process died."""
        alive, self._died = not self._died, False
        self.patience.end(alive=alive)

    def pause(self, wanted: float | bool | None) -> float | bool | None:
        """botocore's own decision to try again, its pause in virtual time."""
        if wanted is None or wanted is False:
            return wanted
        self.patience.spend(PAUSE)
        return 0


REFUSALS: dict[Move, tuple[int, str]] = {
    Move.THROTTLED: (400, "ThrottlingException"),
    Move.BROKEN: (500, "InternalServerError"),
    Move.BROKEN_TOOK: (500, "InternalServerError"),
    Move.DENIED: (400, "AccessDeniedException"),
    Move.IN_PROGRESS: (400, "TransactionInProgressException"),
    Move.CONFLICT: (400, "TransactionCanceledException"),
    Move.OPTED_OUT: (409, "ConflictException"),
}
OTHER_WORDS: dict[tuple[str, Move], tuple[int, str]] = {
    ("dynamodb", Move.THROTTLED): (400, "ProvisionedThroughputExceededException"),
    ("sns", Move.THROTTLED): (400, "Throttling"),
    ("sns", Move.BROKEN): (500, "InternalError"),
    ("sns", Move.DENIED): (403, "AuthorizationError"),
    ("sqs", Move.THROTTLED): (403, "RequestThrottled"),
    ("s3", Move.THROTTLED): (503, "SlowDown"),
    ("s3", Move.BROKEN): (500, "InternalError"),
    ("s3", Move.DENIED): (403, "AccessDenied"),
    ("sesv2", Move.THROTTLED): (429, "TooManyRequestsException"),
    ("kms", Move.BROKEN): (500, "KMSInternalException"),
}


def said(url: str, service: str, move: Move) -> AWSResponse:
    """A refusal as the service words it: XML from SNS and S3, JSON from the others. What took effect fails in the same words."""
    plain = Move.BROKEN if move is Move.BROKEN_TOOK else move
    status, code = OTHER_WORDS.get((service, plain)) or REFUSALS[plain]
    if service == "s3":
        return AWSResponse(url, status, {}, MockRawResponse(f"<Error><Code>{code}</Code><Message/></Error>"))
    if service == "sns":
        xml = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message/></Error><RequestId>0</RequestId></ErrorResponse>"
        return AWSResponse(url, status, {}, MockRawResponse(xml))
    told: dict[str, Any] = {"__type": code, "message": "simulated"}
    if move is Move.CONFLICT:
        told["CancellationReasons"] = [{"Code": "TransactionConflict", "Message": "simulated"}] * 3
    if move is Move.OPTED_OUT:
        told["Reason"] = "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    return AWSResponse(url, status, {"content-type": "application/x-amz-json-1.0"}, MockRawResponse(json.dumps(told)))


__all__ = ["FAULTS", "AwsFault", "AwsPlan", "Move", "faults_of"]

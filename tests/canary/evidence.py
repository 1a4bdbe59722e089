"""What was seen, where; and what watches the places that only speak while something happens."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.core.incidents import IllegalMove
from chalicelib.errors import PorchlightError

# What Python's logging writes of the machine's own clock, process and threads: digits that nothing of ours can be in, and of
# which a run in some thousand has seven that stand as a telephone number does.
THE_MACHINE = ("created", "msecs", "relativeCreated", "process", "thread", "lineno")
TALKATIVE = ("botocore", "boto3", "moto", "werkzeug", "s3transfer", "responses")  # the emulator and AWS's own debug log


@dataclass(frozen=True)
class Piece:
    """`place`: a row of the table of places; `where`: which one of them."""

    place: str
    where: str
    data: bytes


@dataclass
class Evidence:
    """Everything that was seen. Safe to add to from threads."""

    pieces: list[Piece] = field(default_factory=list)

    def see(self, place: str, where: str, data: bytes | str) -> None:
        self.pieces.append(Piece(place, where, data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")))

    def save(self, path: Path) -> None:
        rows = [[piece.place, piece.where, base64.b64encode(piece.data).decode()] for piece in self.pieces]
        path.write_text(json.dumps(rows))

    @classmethod
    def load(cls, path: Path) -> Evidence:
        rows = json.loads(path.read_text())
        return cls([Piece(place, where, base64.b64decode(data)) for place, where, data in rows])


class _Listener(logging.Handler):
    def __init__(self, evidence: Evidence):
        super().__init__(logging.DEBUG)
        self._evidence = evidence

    def emit(self, record: logging.LogRecord) -> None:
        carried = {name: value for name, value in record.__dict__.items() if name not in THE_MACHINE}
        said = [record.getMessage(), repr({**carried, "msg": "", "args": ()})]
        if record.exc_info:
            said.append("".join(traceback.format_exception(*record.exc_info)))
        self._evidence.see("log record", f"{record.name} {record.levelname}", "\n".join(said))


@contextmanager
def listening(evidence: Evidence) -> Iterator[None]:
    """Every logger at DEBUG, whatever it propagates to, but for AWS's own and the emulator's."""
    root, listener = logging.getLogger(), _Listener(evidence)
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(listener)
        root.setLevel(before)


@contextmanager
def seeing_exceptions(evidence: Evidence) -> Iterator[None]:
    """Every exception of ours, caught or not: its message and what it carries.

    Others' exceptions that we catch and drop are not leaks (a date's error quotes the date); those that get out are
    seen where they come out. Python could tell by tracing too, for thirty seconds more a run.
    """
    made: list[BaseException] = []

    def keep(kind: type[BaseException], *args: Any, **named: Any) -> BaseException:
        failure = BaseException.__new__(kind, *args)
        made.append(failure)
        return failure

    roots: tuple[Any, ...] = (PorchlightError, IllegalMove)
    for root in roots:
        root.__new__ = keep
    try:
        yield
    finally:
        for root in roots:
            del root.__new__
        for failure in made:
            evidence.see("exception of ours", type(failure).__name__, f"{failure!r} {failure} {failure.__dict__} {failure.__cause__!r}")


def triggering(evidence: Evidence, name: str, work: Callable[[], Any]) -> Any:
    """What a trigger gives back, or None when it raised: Lambda would log that whole, so it is kept."""
    try:
        return work()
    except Exception as failure:  # whatever came out
        evidence.see("escaped exception", f"{name}: {type(failure).__name__}", "".join(traceback.format_exception(failure)))
        return None

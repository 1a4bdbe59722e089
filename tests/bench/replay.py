"""Sends a file of texts to a running demo as a carrier would, doubled and in disorder, and counts what was kept.

    python -m tests.bench.replay --demo .demo/demo.json FILE.jsonl [--rate N] [--limit N] [--duplicates 0.05] [--shuffle]

The last line on standard output is one JSON object. Exit status 1 when a text was lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.phones.network import Text, real_instant
from infra.local.phones.webhooks import Poster, inbound_fields, read_twiml, status_fields
from tests.bench.kept import Kept, pages_on, read_back

SEED = 20261123
AREAS = (212, 303, 312, 404, 415, 503, 602, 617, 713, 816)  # with 555-01xx: fictional in every area
RETRIES = (0.5, 1.0, 2.0)  # seconds before a text that was not taken is sent again
WINDOW = 25  # how far a text may be overtaken


@dataclass(frozen=True, slots=True)
class Send:
    """One webhook to post."""

    sid: str
    sender: str
    body: str


@dataclass
class Tally:
    """What happened so far. `milliseconds`: of each webhook that was taken."""

    milliseconds: list[float] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    again: int = 0
    answers: int = 0
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def plan(texts: Sequence[str], run: str, duplicates: float, shuffle: bool, numbers: int) -> list[Send]:
    """The webhooks to send, the same for the same arguments: `run` makes the ids of this run its own."""
    chance = random.Random(SEED)
    pool = [f"+1{area}55501{last:02d}" for last in range(100) for area in AREAS]
    senders = chance.sample(pool, min(numbers, len(pool)))
    first = [Send(_sid(run, at), chance.choice(senders), text) for at, text in enumerate(texts)]
    places = [(float(at), send) for at, send in enumerate(first)]
    if shuffle:
        places = [(at + chance.uniform(0, WINDOW), send) for at, send in places]
    repeated = chance.sample(places, round(len(places) * duplicates))
    places += [(at + chance.uniform(0, WINDOW), send) for at, send in repeated]
    return [send for _, send in sorted(places, key=lambda place: place[0])]


def _sid(run: str, at: int) -> str:
    return "SM" + random.Random(f"{SEED} {run} {at}").randbytes(16).hex()


def texts_of(path: Path, limit: int | None) -> list[str]:
    """The `text` of each row, shortened to what one message can hold."""
    with path.open(encoding="utf-8") as rows:
        found = [str(json.loads(row)["text"])[:1600] for row in rows if row.strip()]
    return found[:limit]


class Replay:
    """Posts a plan at a rate and keeps the tally."""

    def __init__(self, demo: dict[str, Any], pause: Callable[[float], object] | None = None):
        self._twilio, self._url = demo["twilio"], demo["inbound"]["twilio"]
        self._poster, self._pause = Poster(self._twilio["auth_token"]), pause or threading.Event().wait
        self.tally = Tally()

    def run(self, sends: Sequence[Send], rate: float, workers: int, progress: Callable[[int], None]) -> Tally:
        """Post everything; `rate` a second, 0 for as fast as `workers` can."""
        with ThreadPoolExecutor(workers) as pool:
            for _ in pool.map(self._one, _paced(sends, rate, self._pause)):
                progress(self.tally.done)
        return self.tally

    def _one(self, send: Send) -> None:
        text = Text(send.sid, send.sender, self._twilio["number"], send.body, "inbound", "received", real_instant())
        fields = inbound_fields(self._twilio["account_sid"], text)
        for wait in (*RETRIES, None):
            began = time.perf_counter()
            answer = self._poster.post(self._url, fields)
            taken = (time.perf_counter() - began) * 1000
            if answer.taken or wait is None or 0 < answer.status < 500:
                break
            self._count_again()
            self._pause(wait)
        with self.tally.lock:
            self.tally.done += 1
            (self.tally.taken if answer.taken else self.tally.refused).add(send.sid)
            if answer.taken:
                self.tally.milliseconds.append(taken)
        for reply in read_twiml(self._url, answer) if answer.taken else ():
            self._confirm(text, reply.body, reply.callback)

    def _confirm(self, asked: Text, body: str, callback: str) -> None:
        """The answer arrives on the phone and the carrier says so."""
        with self.tally.lock:
            self.tally.answers += 1
            sid = f"SM{random.Random(asked.sid + str(self.tally.answers)).randbytes(16).hex()}"
        for status in ("sent", "delivered") if callback else ():
            out = Text(sid, asked.recipient, asked.sender, body, "outbound-reply", status, real_instant())
            self._poster.post(callback, status_fields(self._twilio["account_sid"], out))

    def _count_again(self) -> None:
        with self.tally.lock:
            self.tally.again += 1


def _paced(sends: Sequence[Send], rate: float, pause: Callable[[float], object]) -> Iterator[Send]:
    began = time.monotonic()
    for at, send in enumerate(sends):
        if rate and (early := began + at / rate - time.monotonic()) > 0:
            pause(early)
        yield send


def percentile(values: Sequence[float], part: float) -> float | None:
    """The value that `part` of them do not exceed; None of nothing."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1) if ordered else None


def report(tally: Tally, kept: Kept, pages: int, seconds: float, sends: Sequence[Send]) -> dict[str, Any]:
    sids = {send.sid for send in sends}
    return {
        "texts": len(sids),
        "webhooks": len(sends),
        "lost": len(sids - kept.in_thread),
        "doubled": len(kept.doubled),
        "refused": len(tally.refused - tally.taken),
        "retried": tally.again,
        "pages": pages,
        "would_page": kept.urgent,
        "answers": tally.answers,
        "seconds": round(seconds, 1),
        "webhooks_per_second": round(len(sends) / seconds, 1) if seconds else None,
        "p50_ms": percentile(tally.milliseconds, 0.50),
        "p95_ms": percentile(tally.milliseconds, 0.95),
        "p99_ms": percentile(tally.milliseconds, 0.99),
    }


def bar(total: int) -> Callable[[int], None]:
    """A progress bar on standard error."""

    begin, steps = ("\r", 200) if sys.stderr.isatty() else ("\n", 10)
    shown = -1

    def show(done: int) -> None:
        nonlocal shown
        if (step := steps * done // max(1, total)) > shown:
            shown, full = step, 40 * done // max(1, total)
            end = "\n" if done == total else ""
            print(f"{begin}  [{'#' * full}{'.' * (40 - full)}] {done}/{total}", end=end, file=sys.stderr, flush=True)

    return show


def main(arguments: list[str] | None = None) -> int:
    given = _arguments(arguments)
    demo = json.loads(given.demo.read_text())
    texts = texts_of(given.file, given.limit)
    sends = plan(texts, str(time.time_ns()), given.duplicates, given.shuffle, given.numbers)
    print(f"{len(texts)} texts in {len(sends)} webhooks to {demo['inbound']['twilio']}", file=sys.stderr)
    pages, began = pages_on(demo), time.monotonic()
    tally = Replay(demo).run(sends, given.rate, given.workers, bar(len(sends)))
    seconds = time.monotonic() - began
    kept = read_back(demo, {send.sid for send in sends})
    result = report(tally, kept, pages_on(demo) - pages, seconds, sends)
    print(json.dumps(result))
    return 1 if result["lost"] or result["doubled"] else 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.replay")
    parser.add_argument("file", type=Path, help='rows of {"text": …}')
    parser.add_argument("--demo", type=Path, default=Path(".demo/demo.json"))
    parser.add_argument("--rate", type=float, default=0, help="webhooks a second; 0: as fast as they are taken")
    parser.add_argument("--limit", type=int, default=None, help="only the first rows")
    parser.add_argument("--duplicates", type=float, default=0.0, help="share of the texts that is sent twice")
    parser.add_argument("--shuffle", action="store_true", help="out of order, as carriers are")
    parser.add_argument("--numbers", type=int, default=200, help="how many phones they come from")
    parser.add_argument("--workers", type=int, default=4, help="webhooks at the same time")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

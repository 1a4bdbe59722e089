"""Two hundred webhooks a second for a minute, against a demo of its own: nothing lost, nothing doubled, and how soon a crisis paged meanwhile.

    python -m tests.bench.load [--rate 200] [--seconds 60] [--one-crisis-in 50] [--doubled 0.02] [--wait 300]     (make load)

This process is the carrier: it posts each text at its instant whether or not earlier ones were answered, hangs up after fifteen
seconds, goes to the fallback address where Twilio would, and has the message log that reconciliation reads. All on loopback. The last line
is one JSON object, also in build/load.json. Exit status 1 when a text is not kept though
nothing came for five minutes more, or is doubled, or a crisis paged nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.core.incidents import code_for
from chalicelib.storage.store import DynamoStore
from infra.local.phones.network import Text, new_sid, real_instant
from infra.local.phones.webhooks import inbound_fields, read_twiml
from tests.bench.kept import Kept, read_back
from tests.bench.load_carrier import AT_ONCE, Line, a_demo
from tests.bench.replay import AREAS, percentile

OUT = Path(__file__).parents[2] / "build" / "load.json"
ORDINARY = ("Can I move Thursday to Friday please", "ok thanks see you then", "running five minutes late", "is parking behind the building")
CRISIS = "I can't do this anymore, I took all my pills"
OTHERS = (206, 305, 314, 412, 504, 614, 704, 801, 901, 916)  # numbers of which each writes one crisis and nothing else
BETWEEN = 5.0  # seconds between two looks at what is kept


@dataclass
class Sent:
    """One text and what became of it. `status`: of each webhook, 0 for none in time; `ms`: until its first answer; times are epochs."""

    text: Text
    crisis: bool
    at: float = 0.0
    ms: float = 0.0
    status: tuple[int, ...] = ()
    answered: float = 0.0
    fell_back: int | None = None


def plan(rate: int, seconds: int, one_in: int, account_number: str, chance: random.Random) -> list[Sent]:
    """`rate` texts a second; each crisis from a number of its own, since a second one of the same person need not page again."""
    everybody = [f"+1{area}55501{last:02d}" for last in range(100) for area in AREAS]
    others = iter([f"+1{area}55501{last:02d}" for last in range(100) for area in OTHERS])
    sends = []
    for at in range(rate * seconds):
        worst = at % one_in == one_in // 2
        sender = next(others, None) if worst else chance.choice(everybody)
        body = CRISIS if sender and worst else chance.choice(ORDINARY)
        text = Text(new_sid(), sender or chance.choice(everybody), account_number, body, "inbound", "received", real_instant())
        sends.append(Sent(text, bool(worst and sender)))
    return sends


class Burst:
    """Posts a plan in open loop. `line`: the carrier's side of the demo."""

    def __init__(self, line: Line) -> None:
        self._line, self.late, self.posted = line, 0.0, 0.0

    def run(self, sends: Sequence[Sent], rate: int, doubled: float) -> None:
        """Everything posted and answered. `posted`: the seconds until the last was; `late`: how far we fell behind our own beat."""
        twice = set(random.Random(7).sample(range(len(sends)), round(doubled * len(sends))))
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number, send in enumerate(sends):
                early = began + number / rate - time.monotonic()
                self.late = max(self.late, -early)
                threading.Event().wait(max(0.0, early))
                pool.submit(self._one, send)
                if number in twice:
                    pool.submit(self._one, send)
            self.posted = time.monotonic() - began

    def _one(self, send: Sent) -> None:
        """As Twilio: one webhook, and the fallback address when it did not answer well (TW)."""
        text, began = send.text, time.time()
        if not send.at:
            send.at = began
            self._line.network.record(text)
        fields = inbound_fields(self._line.account.account_sid, text)
        answer = self._line.poster.post(self._line.account.inbound_url, fields)
        send.status += (answer.status,)
        send.ms = send.ms or (time.time() - began) * 1000
        if not answer.taken:
            url = self._line.fallback_url
            again = self._line.poster.post(url, fields | {"ErrorCode": "11200", "ErrorUrl": self._line.account.inbound_url})
            send.fell_back = again.status
            answer, where = again, url
        else:
            where = self._line.account.inbound_url
        if answer.taken and read_twiml(where, answer):
            send.answered = send.answered or time.time()


def report(sends: Sequence[Sent], line: Line, kept: Kept, burst: Burst, drained: float) -> dict[str, Any]:
    """What the run showed. Milliseconds are from the instant at which a text was posted."""
    worst = [send for send in sends if send.crisis]
    pages = {code: at for code, at in line.pages() if code}
    paged = [(pages[code] - send.at) * 1000 for send in worst if (code := code_for(send.text.sid)) in pages]
    served = [send for send in sends if any(200 <= status < 300 for status in send.status)]
    sids = {send.text.sid for send in sends}
    return {
        "asked_per_second": round(len(sends) / burst.posted, 1), "texts": len(sends), "crises": len(worst), "behind_our_own_beat_s": round(burst.late, 2),
        "webhooks": sum(len(send.status) for send in sends), "answers": dict(Counter(str(status) for send in sends for status in send.status)),
        "served": len(served), "fell_back": dict(Counter(str(send.fell_back) for send in sends if send.fell_back is not None)),
        "not_kept_by_then": len(sids - kept.in_thread), "doubled": len(kept.doubled), "looked_for_s": round(drained, 1),
        "text_ms": _three([send.ms for send in served if not send.crisis]),
        "crisis_page_ms": _three(paged), "crises_that_paged_nobody": len(worst) - len(paged),
        "crisis_page_of_served_ms": _three([(pages[code] - send.at) * 1000 for send in worst if send in served and (code := code_for(send.text.sid)) in pages]),
        "crisis_answer_ms": _three([(send.answered - send.at) * 1000 for send in worst if send.answered]),
        "crises_answered_in_the_webhook": sum(bool(send.answered) for send in worst),
        "pages_that_a_text_could_not_be_read": sum(not code for code, _ in line.pages()),
        "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _until_kept(line: Line, sids: set[str], wait: float) -> None:
    """Until reconciliation has brought in what was not served, or nothing has come for so long. By receipts, and of what is
    missing alone: a look at the whole table, or at all of them, would slow down what is being looked at."""
    store = DynamoStore("porchlight", line.demo["region"], line.demo["aws_endpoint"])
    missing, came = set(sids), time.monotonic()
    while time.monotonic() - came < wait:
        kept = store.kept("twilio", missing)
        missing -= set(kept)
        if not missing:
            return
        came = time.monotonic() if kept else came
        print(f"{len(missing)} still to come", file=sys.stderr, flush=True)
        threading.Event().wait(BETWEEN)


def _three(values: Sequence[float]) -> dict[str, float | None]:
    return {f"p{part}": percentile(values, part / 100) for part in (50, 95, 99)}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rate", type=int, default=200)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--one-crisis-in", type=int, default=50)
    asked.add_argument("--doubled", type=float, default=0.02)
    asked.add_argument("--wait", type=float, default=300, help="seconds without one more text kept, after which the rest counts as lost")
    given = asked.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "load", "AWS_SECRET_ACCESS_KEY": "load"}  # of an emulator on loopback
    with tempfile.TemporaryDirectory() as folder, a_demo(Path(folder)) as line:
        sends = plan(given.rate, given.seconds, given.one_crisis_in, line.network.number, random.Random(20261128))
        burst, began = Burst(line), time.monotonic()
        burst.run(sends, given.rate, given.doubled)
        print(f"{len(sends)} texts posted in {burst.posted:.0f} s, answered after {time.monotonic() - began:.0f}", file=sys.stderr, flush=True)
        sids = {send.text.sid for send in sends}
        _until_kept(line, sids, given.wait)
        drained = time.monotonic() - began
        result = report(sends, line, read_back(line.demo, sids, 0), burst, drained)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(result, indent=2))
    print(json.dumps(result))
    return 1 if result["not_kept_by_then"] or result["doubled"] or result["crises_that_paged_nobody"] else 0


if __name__ == "__main__":
    sys.exit(main())

"""Can the clock tell who is known? The same question about somebody known and somebody unknown, in turn, many times, in this process.

    python -m tests.bench.enumeration [--times 300]

Prints both medians and in what share of random pairs the known one took longer: 0.5 is a coin. What AWS takes is not in it; that the
same calls are made is held by `tests/attacks/test_enumeration.py`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from chalicelib.core.page_links import Link
from chalicelib.core.records import Update
from chalicelib.flows import page_identity
from chalicelib.flows.receive_sms import receive
from tests.cast import ALICE_NUMBER, a_patient, an_sms
from tests.flows.office import an_open_office
from tests.pages import link_of, send_page, token_of

Ask = Callable[[], object]


def pairs() -> dict[str, tuple[Ask, Ask]]:
    """What is asked of somebody known, and of somebody unknown."""
    world = an_open_office()
    a_patient(world)
    link = link_of(world, send_page(world))
    token = token_of(world)
    world.store.commit(Update(Link, (link.token_hash,), set={"closed_at": world.clock(), "closed_why": "tries"}))
    other = an_open_office()
    a_patient(other)
    open_link = link_of(other, send_page(other))
    open_token = token_of(other)

    def tried(said: str) -> Ask:
        return lambda: page_identity.matches(other, open_link, page_identity.find(other, open_token, "", other.clock()).patient, said, other.clock())  # type: ignore[union-attr]

    def wrote(number: str) -> Ask:
        return lambda: receive(other, an_sms("thanks", sender=number, at=other.clock()), inline=True)

    return {
        "a link that was closed, one that never was": (lambda: page_identity.find(world, token, "", world.clock()), lambda: page_identity.find(world, "0" * 32, "", world.clock())),
        "a wrong birth date, no date at all": (tried("1/2/1999"), tried("sunflower")),
        "the right birth date, a wrong one": (tried("05/05/1990"), tried("1/2/1999")),
        "a patient's number, nobody's": (wrote(ALICE_NUMBER), wrote("+13035550188")),
    }


def measured(known: Ask, unknown: Ask, times: int) -> dict[str, float]:
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for ask, into in ((known, took[0]), (unknown, took[1])):
            began = time.perf_counter()
            ask()
            into.append((time.perf_counter() - began) * 1000)
    ordered = sorted(took[1])
    longer = sum((bisect_left(ordered, each) + bisect_right(ordered, each)) / 2 for each in took[0]) / times**2
    return {"known_ms": round(statistics.median(took[0]), 3), "unknown_ms": round(statistics.median(took[1]), 3), "known_longer": round(longer, 3)}


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--times", type=int, default=300)
    times = asked.parse_args().times
    for name, (known, unknown) in pairs().items():
        print(json.dumps({"what": name, **measured(known, unknown, times)}))


if __name__ == "__main__":
    main()

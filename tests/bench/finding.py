"""What finding somebody costs as a program grows: bytes of its sealed list, and processor time of a search.

`python -m tests.bench.finding` prints JSON. The real vault seals and opens; only KMS is the emulator.
"""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import replace
from random import Random

from ulid import ULID

from chalicelib.core.staff import Staff
from chalicelib.errors import RosterFull
from chalicelib.flows.find_patient import find_patients
from chalicelib.flows.roster import Entries, Entry, sealed_roster
from chalicelib.ports import World
from chalicelib.storage.clients import client
from chalicelib.storage.vault import KmsVault
from tests.fakes.world import a_world
from tests.storage.aws import REGION, a_laptop

DESK = Staff("desk", "front_desk", ("adult",))
SIZES, TIMES = (500, 2_000, 5_000), 15
FIRST = ("Maya", "Jonathan", "Lucía", "Wei", "Oluwaseun", "Anne-Marie", "Tom", "Guadalupe")
LAST = ("Alder", "Birch", "Cottonwood", "Fir", "Hawthorn", "Juniper", "Sycamore", "Yew")


def main() -> None:
    with a_laptop("AWS::KMS::Key") as made:
        vault = KmsVault(client("kms", REGION), made["ContentKey.Arn"])
        world = replace(a_world(ids=lambda at: str(ULID.from_datetime(at))), vault=vault)
        found = {str(size): _at(world, size) for size in SIZES}
        print(json.dumps({"by_people": found, "most_people": _most(world)}, indent=1))


def _people(world: World, size: int) -> Entries:
    """Made-up names; one in three has a tag."""
    chance = Random(1)
    return {
        world.ids(world.clock()): Entry(
            f"{chance.choice(FIRST)} {chance.choice(LAST)}{at}", ("interpreter",) if at % 3 == 0 else ()
        )
        for at in range(size)
    }


def _at(world: World, size: int) -> dict[str, float]:
    change = sealed_roster(world, None, "adult", _people(world, size), "new", Entry("New Person"))
    world.store.commit(replace(change, expect={}, create=True))
    took = []
    for _ in range(TIMES):
        began = time.process_time()
        find_patients(world, DESK, "birch")
        took.append((time.process_time() - began) * 1000)
    sealed = change.set["sealed_names"]
    assert isinstance(sealed, bytes)
    return {"sealed_kb": round(len(sealed) / 1000, 1), "search_cpu_ms": round(statistics.median(took), 1)}


def _most(world: World) -> int:
    """How many such people one list takes, to the nearest hundred."""
    low, high = 1_000, 12_000
    everybody = list(_people(world, high).items())
    while high - low > 100:
        middle = (low + high) // 2
        try:
            sealed_roster(world, None, "adult", dict(everybody[:middle]), "new", Entry("New Person"))
            low = middle
        except RosterFull:
            high = middle
    return low // 100 * 100


if __name__ == "__main__":
    main()

"""`python -m infra.account.cost_page`: docs/cost.md, of the prices, the use and the sums. A test holds the page to this."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from .cost import SIZES, SURE, Line, counted, estimate, read_prices

PAGE = Path(__file__).parents[2] / "docs" / "cost.md"
COLUMNS = (*SIZES, 1_000_000)
WHERE = {
    SURE: "its own page", "copy": "a kept copy of its own page, of an unknown day", "third": "somebody else's page",
    "memory": "nobody's page",
}  # fmt: skip
SUMS = {"AWS": (True,), "carrier": (False,), "together": (True, False)}  # whether a line of AWS, or of the carrier, counts
ABOUT = """# What it costs

Written by `python -m infra.account.cost_page` from `infra/account/prices.toml`; a test fails where it is not what it says here.
Do not edit it here: a price that changed is one line of that file. Prices of {on}, us-east-1; **{sure} of {all} were read on the
vendor's own page that day**, {copies} in a kept copy of a page of the vendor's, {third} on somebody else's and {memory} nowhere:
this is arithmetic and no promise.
"""
AFTER = """
What the template makes (keys, alarms) is counted from it. At 500 patients most of AWS's part is alarms, keys and the firewall;
from 50,000 on the console's open tabs, which ask every four seconds, are most of it. A million in one clinic is more than one
number may send ([scale.md](scale.md)). Left out: free tiers, taxes, support plans, what networks ask for inbound texts,
and the dollar a month that each yearly rotation of a key adds.

## Prices

| price | US dollars | read on | where |
|---|---|---|---|"""
USE = """
## What a month uses

Which of these are counted and which assumed says `infra/account/prices.toml`.

| | |
|---|---|"""


def page(said: dict[str, Any], counts: dict[str, int]) -> str:
    """The whole page. `counts`: as `counted`."""
    made = [estimate(patients, said, counts) for patients in COLUMNS]
    rows = [_row(line.what, [lines[at].usd for lines in made]) for at, line in enumerate(made[0])]
    sums = [_row(f"**{what}**", [_sum(lines, ours) for lines in made]) for what, ours in SUMS.items()]
    prices = [
        f"| `{name}` | {_plain(each['usd'])} | {WHERE[each['seen']]} | {each['source']} |" for name, each in said["price"].items()
    ]
    use = [f"| `{name}` | {_plain(value)} |" for name, value in said["use"].items()]
    seen = Counter(each["seen"] for each in said["price"].values())
    head = [f"| US dollars a month | {' | '.join(f'{size:,}' for size in COLUMNS)} patients |", "|---" * (len(COLUMNS) + 1) + "|"]
    about = ABOUT.format(
        on=said["verified_on"], all=len(prices), sure=seen[SURE], copies=seen["copy"], third=seen["third"], memory=seen["memory"]
    )
    return "\n".join([about, *head, *rows, *sums, AFTER, *prices, USE, *use, ""])


def _row(what: str, sums: list[float]) -> str:
    return f"| {what} | {' | '.join(f'{usd:,.0f}' for usd in sums)} |"


def _sum(lines: list[Line], ours: tuple[bool, ...]) -> float:
    return sum(line.usd for line in lines if (not line.what.startswith("Carrier")) in ours)


def _plain(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    PAGE.write_text(page(read_prices(), counted()), encoding="utf-8")

"""What a running demo has kept of a replay, read from its store and its phones."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import boto3

THREADS = "porchlight-threads"
WAITS, PATIENCE = 1.0, 60  # seconds between two looks, and how many: parked texts come back a little later


@dataclass(frozen=True, slots=True)
class Kept:
    """`in_thread`: has its receipt and its row. `doubled`: more rows than one. `urgent`: kept as tier 0 or 1."""

    in_thread: frozenset[str]
    doubled: frozenset[str]
    urgent: int


def read_back(demo: dict[str, Any], sids: Collection[str], patience: int = PATIENCE, between: float = WAITS) -> Kept:
    """Look until everything is there or the time is over. `between`: seconds."""
    store = boto3.client(
        "dynamodb",
        endpoint_url=demo["aws_endpoint"],
        region_name=demo["region"],
        aws_access_key_id="replay",
        aws_secret_access_key="replay",
    )
    kept = _look(store, sids)
    for _ in range(patience):
        if len(kept.in_thread) == len(sids):
            break
        threading.Event().wait(between)
        kept = _look(store, sids)
    return kept


def _look(store: Any, sids: Collection[str]) -> Kept:
    rows: Counter[str] = Counter()
    receipts: Counter[str] = Counter()
    urgent = 0
    for page in store.get_paginator("scan").paginate(TableName=THREADS):
        for item in page["Items"]:
            key, sid = item["sk"]["S"], item.get("carrier_id", {}).get("S", "")
            if key == "receipt":
                receipts[item["pk"]["S"].rpartition("#")[2]] += 1
            elif key.startswith("m#") and sid in sids:
                rows[sid] += 1
                urgent += item.get("tier", {}).get("N") in ("0", "1")
    both = frozenset(sid for sid in sids if rows[sid] and receipts[sid])
    return Kept(both, frozenset(sid for sid in sids if rows[sid] > 1 or receipts[sid] > 1), urgent)


def pages_on(demo: dict[str, Any]) -> int:
    """How often a clinician's phone has rung so far, all phones together."""
    return sum(_pages(f"{demo['phones']}/{quote(person['phone'])}.json") for person in demo["staff"])


def _pages(url: str) -> int:
    with urlopen(url, timeout=10) as answer:
        return sum(row["kind"] == "page" for row in json.load(answer))

"""Requests of schemathesis against the app in process: no 5xx, the right type and headers, nothing of the request in the answer.

`python -m tests.attacks.fuzz --examples 200` (`make fuzz`) tries as many of each address, of the kind that the description allows and of the
kind that it does not, and says how many bad inputs each address was given.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from chalicelib.console.web import HEADERS

from .described import description, paths
from .town import ROLES, Town, a_town

OUT = Path(__file__).parents[2] / "build" / "fuzz.json"
SECRET = "wordfeather"
BAD = [
    f"<script>{SECRET}</script>", f'"><img src=x onerror={SECRET}>', f"{{{{7*7}}}}{SECRET}", f"{{% for x in {SECRET} %}}", f"${{jndi:ldap://{SECRET}}}", "=1+1",
    f"\r\nSet-Cookie: x={SECRET}", f"//{SECRET}.example", f"https://{SECRET}.example/", f"javascript:{SECRET}", "../../../etc/passwd", "%00", "\x00", "\ud800",
    "9" * 400, "9" * 5000, "3035550101 1 1", "-1", "1e309", "NaN", "0001-01-01", "9999-12-31", "9999-12-31T23:59", "2026-02-30", "24:60", "é" * 3000, "a" * 70_000, "\u202e\u2066", "' OR 1=1--",
    "[]", "{}", '{"$ne":1}', "null", "true", "Infinity", "٣", "𝟙", "1_0", " 1", "+1", "0x1", "STOP",
]  # fmt: skip
# Where an answer may say a field again, escaped: a form with a mistake in it comes back filled.
SAID_AGAIN = "/console"
PLAIN = {"sms": ("text/xml", "text/plain"), "voice": ("text/xml", "text/plain"), "schedule": ("application/json", "application/problem+json")}


def faults(path: str, method: str, answer: Any, signed: bool) -> list[str]:
    """What is wrong with an answer."""
    body, headers = answer.body.decode("utf-8", "replace"), {name.lower(): value for name, value in answer.headers.items()}
    found = [f"{answer.status_code}"] if answer.status_code >= 500 else []
    found += ["a header of two lines"] if any("\n" in line or "\r" in line for value in headers.values() for line in ([value] if isinstance(value, str) else value)) else []
    found += ["a tag of the request"] if f"<script>{SECRET}" in body or f"<img src=x onerror={SECRET}" in body or f"49{SECRET}" in body else []
    found += ["the request is said again"] if SECRET in body and not path.startswith(SAID_AGAIN) else []
    target = str(headers.get("location", ""))
    found += [f"sent away: {target[:60]}"] if (target and not target.startswith(("/", "http://127.0.0.1:8000/console"))) or target.startswith("//") else []
    return found + _kind(path, answer, headers)


def _kind(path: str, answer: Any, headers: dict[str, Any]) -> list[str]:
    """Its type, and on pages every header that keeps it in its place. Chalice's own refusals are JSON."""
    kind = str(headers.get("content-type", ""))
    if not kind and answer.body:
        return ["no type"]
    if (kind.startswith("application/json") and answer.status_code in (400, 403, 404, 405, 415) and b'"Code"' in answer.body) or answer.status_code in (403, 405, 415):
        return []
    door = path.split("/")[1]
    if door in PLAIN:
        return [] if kind.split(";")[0] in PLAIN[door] or not answer.body else [f"type {kind}"]
    wanted = {name.lower() for name in HEADERS} - {"permissions-policy", "cross-origin-opener-policy"} - ({"cache-control"} if "/static/" in path else set())
    return [f"no {name}" for name in sorted(wanted - headers.keys())] if kind.startswith("text/html") else []


@cache
def operation(path: str, method: str) -> Any:
    """From a description of this address alone: Hypothesis writes the whole of it out each time it speaks of a strategy."""
    return schemathesis.openapi.from_dict({**description(), "paths": {path: description()["paths"][path]}})[path][method]


def wishes(path: str, method: str) -> st.SearchStrategy[tuple[Any, int, list[int], bool, int]]:
    """A case of schemathesis's own, what is done to it, what breaks others, whether it is signed for, and by whom."""
    cases = [operation(path, method).as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    bad = st.lists(st.integers(0, len(BAD) - 1), min_size=3, max_size=3)  # not the values: Hypothesis would write them out too
    return st.tuples(st.one_of(cases), st.integers(0, 3), bad, st.sampled_from([True, True, True, False]), st.integers(0, 2))


def _request(case: Any, town: Town, how: int, bad: list[str]) -> tuple[str, dict[str, str], bytes]:
    """`how` 0: as it came; else with ids that exist, and bad values in place of some fields."""
    if how:
        case.path_parameters = {name: quote(bad[0].encode("utf-8", "replace"), safe="") if how == 3 and at == 0 else town.ids().get(name, value) for at, (name, value) in enumerate(case.path_parameters.items())}
        case.query = _spoilt(case.query, bad, town) if isinstance(case.query, dict) else case.query
        case.body = _spoilt(case.body, bad, town) if isinstance(case.body, dict) else case.body
    if isinstance(case.body, dict) and case.path.startswith("/console"):
        case.body = {**case.body, "csrf": town.csrf()}
    kwargs = case.as_transport_kwargs(base_url="http://x")
    kwargs.pop("cookies", None)
    try:
        prepared = requests.Request(**kwargs).prepare()
    except (ValueError, UnicodeError):  # the client itself refuses to send it
        return "/", {}, b""
    body = prepared.body or b""
    headers = {name: str(value) for name, value in prepared.headers.items() if name.lower() not in ("content-length", "cookie")}
    return prepared.path_url, headers, body if isinstance(body, bytes) else body.encode("utf-8", "replace")


def _spoilt(fields: dict[str, Any], bad: list[str], town: Town) -> dict[str, Any]:
    from tests.console.scene import FIELDS

    names = sorted(fields)
    known = {name: FIELDS.get(name, fields[name]) for name in names}
    return known | {name: bad[at % 3].encode("utf-8", "replace").decode() for at, name in enumerate(names) if at % 2 == len(bad[0]) % 2}


def fuzz(path: str, method: str, examples: int, tried: Counter[str]) -> list[str]:
    """Faults of one address; empty when it holds."""
    towns, wrong = _towns(path), dict[str, str]()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None)
    @given(wish=wishes(path, method))
    def attack(wish: Any) -> None:
        case, how, bad, signed, who = wish
        town = towns[who % len(towns)]
        address, headers, body = _request(case, town, how, [BAD[at] for at in bad])
        answer = town.ask(method, address, headers, body, signed)
        tried[f"{method} {path}"] += 1
        tried[f"{answer.status_code}"] += 1
        for fault in faults(path, method, answer, signed):
            wrong.setdefault(f"{method} {path}: {fault}", f"{address[:200]!r} {body[:300]!r}")

    attack()
    return [f"{fault}: {example}" for fault, example in wrong.items()]


@cache
def _towns(path: str) -> list[Town]:
    return [a_town(role) for role in (ROLES[:3] if path.startswith("/console") else ROLES[:1])]


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--examples", type=int, default=15)
    asked.add_argument("--only", default="", help="addresses that begin so")
    given_ = asked.parse_args()
    tried, wrong, began = Counter[str](), list[str](), time.monotonic()
    for path, method, _ in paths():
        if path.startswith(given_.only):
            wrong += fuzz(path, method, given_.examples, tried)
            _towns.cache_clear()
    OUT.parent.mkdir(exist_ok=True)
    routes = {name: count for name, count in tried.items() if not name.isdigit()}
    found = {"requests": sum(routes.values()), "routes": len(routes), "seconds": round(time.monotonic() - began, 1), "faults": wrong, "answers": {n: c for n, c in sorted(tried.items()) if n.isdigit()}, "tried": routes}
    OUT.write_text(json.dumps(found, indent=2))
    print("\n".join(wrong))
    print(f"{found['requests']} requests to {found['routes']} addresses in {found['seconds']} s, answers {found['answers']}, {len(wrong)} faults (build/fuzz.json)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""What staff may share on a patient's page, from `shared.toml`. A row that is past its day is shown to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from . import _read


@dataclass(frozen=True, slots=True)
class Shared:
    shared_id: str
    title: Mapping[str, str]
    body: Mapping[str, str]
    phone: str
    url: str
    until: date
    verified_on: date


@cache
def everything() -> dict[str, Shared]:
    rows = _read("shared.toml")["shared"]
    return {
        r["id"]: Shared(
            r["id"], {"en": r["title_en"], "es": r["title_es"]}, {"en": r["body_en"], "es": r["body_es"]}, r["phone"], r["url"],
            r["until"], r["verified_on"],
        )
        for r in rows
    }  # fmt: skip


def current(today: date, wanted: Iterable[str] | None = None) -> tuple[Shared, ...]:
    """Those that are shown on this day, in the file's order; `wanted`: of these ids alone."""
    ids = set(everything()) if wanted is None else set(wanted)
    return tuple(each for each in everything().values() if each.shared_id in ids and today <= each.until)


def titles(wanted: Iterable[str]) -> str:
    """For staff: what was shared, whether or not it is still shown."""
    known = everything()
    return "Shared: " + "; ".join(known[each].title["en"] for each in wanted if each in known)

"""The rota as a page shows it: now, the week ahead in stretches, gaps in words, a layer as a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..core.clinic import DAYS, STEPS
from ..core.coverage import Ahead, Gap, Stretch

SAYS = {
    "nobody": "nobody is on call: danger pages everyone",
    "no_last_resort": "closed, and nobody of last resort: danger pages everyone",
    "away": "is away",
    "unverified": "has no phone that was tried",
}
HOLIDAYS = {"too": "as on other days", "only": "on holidays only", "never": "not on holidays"}
STEP_NAMES = dict(zip(STEPS, ("First called", "Second", "Third"), strict=True))
_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Week:
    """One program's days ahead."""

    program: str
    rows: tuple[Stretch, ...]


def alike(ahead: Ahead) -> list[tuple[list[str], Week]]:
    """Programs whose days ahead are the same, shown once."""
    groups: list[tuple[list[str], Week]] = []
    for program, rows in ahead.items():
        same = next((names for names, other in groups if other.rows == rows), None)
        if same is None:
            groups.append(([program], Week(program, rows)))
        else:
            same.append(program)
    return groups


def read_form(form: Mapping[str, str]) -> dict[str, str]:
    """A layer's fields as the form sends them. Days and programs are boxes; people are a list with commas or lines."""
    people = [part.strip() for part in re.split(r"[,\n]", form.get("people", "")) if part.strip()]
    days = [day for day in DAYS if form.get(f"day_{day}")]
    programs = sorted(name.removeprefix("program_") for name in form if name.startswith("program_"))
    start, end = form.get("from", ""), form.get("until", "")
    return {
        "step": form.get("step", ""),
        "programs": ",".join(programs),
        "days": ",".join(days),
        "hours": f"{start}-{'24:00' if end in ('', '00:00') else end}",
        "people": ",".join(people),
        "since": form.get("since", "").strip(),
        "turn_days": form.get("turn_days", "").strip() or "7",
        "turn_at": form.get("turn_at", "").strip() or "09:00",
        "holidays": form.get("holidays", "too"),
        "gone": "",
    }


def new_id(name: str) -> str:
    """"Harbor nights" as an id that may stand in a key."""
    return _ID.sub("-", name.lower()).strip("-")[:30]


def read_local(day: str, clock: str, zone: ZoneInfo) -> datetime | None:
    """A day and a time of two inputs, on the clinic's clock."""
    try:
        return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
    except ValueError:
        return None


def in_words(gap: Gap) -> str:
    return SAYS.get(gap.why, gap.why)

"""Who is on call, changed in the console: layers, holidays, last resort; turns said yes to; hours offered and accepted.

Everybody may see the rota: there is no patient in it. Every change is a setting with its line in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..core.coverage import DAYS_AHEAD, Ahead, Gap, days_ahead, gaps
from ..core.records import UNMATCHED, Revision, Setting
from ..core.roles import Action
from ..core.rota import STEPS, Rota
from ..core.rota_file import read_layer
from ..core.rota_overlay import as_row, rota_overlaid, texts_of
from ..core.settings import ROTA
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from .authority import demand
from .change_setting import Wish, read_revision, write
from .read_phones import verified_people


@dataclass(frozen=True, slots=True)
class RotaNow:
    """The rota as it stands, read from the store. `rows`: what was changed, by setting id."""

    rota: Rota
    rows: Mapping[str, Setting] = field(default_factory=dict)

    def version(self, setting_id: str) -> int:
        row = self.rows.get(setting_id)
        return row.version if row else 0

    def offers(self, state: str = "offered") -> list[Setting]:
        """Hours offered to somebody, the newest first."""
        held = [row for name, row in self.rows.items() if name.startswith("override.") and row.value.get("state") == state]
        return sorted(held, key=lambda row: row.setting_id, reverse=True)


def read_rota_now(world: World) -> RotaNow:
    """Raises `StoreError`."""
    rows = {row.setting_id: row for row in world.store.settings(ROTA)}
    clinic = world.clinic
    return RotaNow(rota_overlaid(clinic.rota, rows.values(), clinic.zone, clinic.programs), rows)


def read_layer_now(world: World, who: Staff, layer_id: str) -> tuple[RotaNow, dict[str, str], tuple[Revision, ...]]:
    """The rota, a layer's fields, and its history, newest first. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.ROTA)
    now = read_rota_now(world)
    layer = next((each for each in now.rota.layers if each.layer_id == layer_id), None)
    setting_id = f"layer.{layer_id}"
    if layer is None and setting_id not in now.rows:
        raise NotFound(setting_id)
    fields = texts_of(layer) if layer else {**now.rows[setting_id].value}
    return now, fields, tuple(world.store.revisions(ROTA, setting_id))


def problem_of(world: World, layer_id: str, fields: Mapping[str, str]) -> str:
    """What is wrong with a layer's fields, in words; "" for nothing."""
    try:
        read_layer(as_row(layer_id, fields), "this layer", world.clinic.zone, world.clinic.programs)
    except ValueError as wrong:
        return str(wrong)
    return ""


def change_layer(world: World, who: Staff, layer_id: str, fields: Mapping[str, str], version: int, why: str) -> int:
    """The new version. Raises `NotFound` for who may not, `Conflict`, `StoreError`, ValueError for what the form let by."""
    demand(world, who, Action.ROTA)
    wrong = "" if fields.get("gone") == "yes" else problem_of(world, layer_id, fields)
    if wrong or not _plain(layer_id):
        raise ValueError(wrong or "layer id")
    return _write(world, who, f"layer.{layer_id}", fields, version, why)


def change_house(world: World, who: Staff, fields: Mapping[str, str], version: int, why: str) -> int:
    """Who is called as a last resort, who reads on closed days. Raises as `change_layer`."""
    demand(world, who, Action.ROTA)
    return _write(world, who, "house", {name: fields.get(name, "") for name in ("last_resort", "reader")}, version, why)


def undo_layer(world: World, who: Staff, layer_id: str, undone: int, version: int) -> int:
    """Give the fields of one change back what they were. Raises as `change_layer`."""
    demand(world, who, Action.ROTA)
    line = read_revision(world, ROTA, f"layer.{layer_id}", undone)
    return _write(world, who, f"layer.{layer_id}", {**line.before}, version, "", undone)


def say_yes(world: World, who: Staff, layer_id: str, turn: int) -> int:
    """Accept one's own turn; then whoever had it before is free a quarter of an hour after it begins (PG-4)."""
    now = read_rota_now(world)
    layer = next((each for each in now.rota.layers if each.layer_id == layer_id), None)
    if layer is None or layer.person(turn) != who.staff_id:
        raise NotFound(f"layer.{layer_id}")
    setting_id = f"accepted.{layer_id}"
    return _write(world, who, setting_id, {"turn": str(turn)}, now.version(setting_id), "")


def offer(world: World, who: Staff, wish: Mapping[str, str], start: datetime, end: datetime) -> str:
    """Ask somebody to be on call for these hours. It counts when they accept. Raises ValueError, `StoreError`."""
    if start >= end or wish.get("step") not in STEPS or not wish.get("person"):
        raise ValueError("offer")
    override_id = world.ids(world.clock())
    fields = {
        "step": wish["step"], "programs": wish.get("programs", ""), "person": wish["person"],
        "start": start.isoformat(), "end": end.isoformat(), "state": "offered", "by": who.staff_id,
    }  # fmt: skip
    _write(world, who, f"override.{override_id}", fields, 0, wish.get("why", ""))
    return override_id


def answer_offer(world: World, who: Staff, override_id: str, state: str) -> int:
    """`state`: accepted or declined by whom it was offered to; withdrawn by who offered it. Raises `NotFound`, `Conflict`."""
    held = world.store.get(Setting, ROTA, f"override.{override_id}")
    asked = {"accepted": "person", "declined": "person", "withdrawn": "by"}
    if held is None or held.value.get(asked.get(state, ""), "") != who.staff_id:
        raise NotFound(f"override.{override_id}")
    return _write(world, who, held.setting_id, {"state": state}, held.version, "")


def gaps_ahead(world: World, now: RotaNow, at: datetime, ahead: timedelta = DAYS_AHEAD) -> list[Gap]:
    """Where a page would find nobody in the days ahead, or somebody whose own phone it cannot call. Raises `StoreError`."""
    return gaps_in(world, now, week_ahead(world, now, at, ahead))


def week_ahead(world: World, now: RotaNow, at: datetime, ahead: timedelta = DAYS_AHEAD) -> Ahead:
    """Who is on call in each program, and for unknown numbers. The dearest part of the rota's page: it is worked out once."""
    return days_ahead(now.rota, [*world.clinic.programs, UNMATCHED], at, at + ahead)


def gaps_in(world: World, now: RotaNow, ahead: Ahead) -> list[Gap]:
    """Raises `StoreError`."""
    away = {each.staff_id: each.until for each in world.store.absences() if each.state in ("leaving", "away")}
    unverified = now.rota.names() - verified_people(world)
    return gaps(ahead, away, unverified)


def hand_on_place(world: World, who: Staff, now: RotaNow, place: str, was: str, to: str, why: str) -> None:
    """Somebody's turns in a layer, or the hours that they had agreed to, are another's: nobody else's turn moves."""
    demand(world, who, Action.ROTA)
    layer = next((each for each in now.rota.layers if each.layer_id == place), None)
    setting_id = f"layer.{place}" if layer is not None else f"override.{place}"
    people = ",".join(to if each == was else each for each in layer.people) if layer is not None else ""
    _write(world, who, setting_id, {"people": people} if people else {"person": to}, now.version(setting_id), why)


def _write(
    world: World, who: Staff, setting_id: str, after: Mapping[str, str], version: int, why: str, undoes: int = 0
) -> int:
    held = world.store.get(Setting, ROTA, setting_id)
    before = _before(world, setting_id, held.value if held else {}, version)
    return write(world, who, Wish(ROTA, setting_id, before, after, version, why, undoes))


def _before(world: World, setting_id: str, value: Mapping[str, str], version: int) -> dict[str, str]:
    """The fields as they stood when the form was made; a layer of the file that nobody changed yet is its own."""
    kind, _, name = setting_id.partition(".")
    layer = next((each for each in world.clinic.rota.layers if kind == "layer" and each.layer_id == name), None)
    fields = {**(texts_of(layer) if layer and not value else {}), **value}
    for line in world.store.revisions(ROTA, setting_id):
        if line.version > version:
            fields |= line.before
    return fields


def _plain(name: str) -> bool:
    return bool(name) and len(name) <= 40 and name.isascii() and all(each.isalnum() or each in "-_." for each in name)

"""What was changed of the rota in the console, laid over the clinic's file. A row that cannot be read leaves the file's word.

Rows are settings of kind "rota". Their ids: layer.<id>, override.<id>, accepted.<layer>, holidays, house.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from .rota import STEPS, Layer, Override, Rota
from .rota_file import read_layer, step_named
from .settings import ROTA, Setting

LISTS = ("programs", "days", "people")
GONE = "gone"  # a row of the file or of the console that no longer counts


def rota_overlaid(base: Rota, settings: Iterable[Setting], zone: ZoneInfo, programs: Collection[str]) -> Rota:
    """The rota as it stands now."""
    rows = [row for row in settings if row.kind == ROTA]
    if not rows:
        return base
    layers = {layer.layer_id: layer for layer in base.layers}
    overrides = []
    rota = base
    for row in sorted(rows, key=lambda row: row.setting_id):
        what, _, name = row.setting_id.partition(".")
        if what == "layer":
            _lay(layers, name, row.value, zone, programs)
        elif what == "override":
            overrides += _override(name, row.value)
        elif what == "accepted":
            rota = replace(rota, accepted=rota.accepted | {f"{name}.{row.value.get('turn', '')}"})
        elif what == "holidays":
            rota = replace(rota, holidays=_days(row.value.get("days", "")))
        elif what == "house":
            held = {"last_resort": rota.last_resort, "reader": rota.reader} | row.value
            rota = replace(rota, last_resort=held["last_resort"], reader=held["reader"])
    overrides.sort(key=lambda one: one.override_id, reverse=True)  # the newest agreement wins
    return replace(rota, layers=tuple(layers.values()), overrides=tuple(overrides))


def _lay(
    held: dict[str, Layer], name: str, value: Mapping[str, str], zone: ZoneInfo, programs: Collection[str]
) -> None:
    if value.get(GONE) == "yes":
        held.pop(name, None)
        return
    fields = {**(texts_of(held[name]) if name in held else {}), **value}
    try:
        held[name] = read_layer(as_row(name, fields), name, zone, programs)
    except ValueError:
        return  # what the file says still holds


def as_row(name: str, value: Mapping[str, str]) -> dict[str, Any]:
    """A setting's texts as the row that a file would have. Empty fields are left out."""
    row: dict[str, Any] = {"id": name}
    for field, text in value.items():
        if not text or field == GONE:
            continue
        if field in LISTS:
            row[field] = [part for part in text.split(",") if part]
        elif field == "turn_days":
            row[field] = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
        else:
            row[field] = text
    return row


def texts_of(layer: Layer) -> dict[str, str]:
    """A layer as the texts that a form shows and a setting keeps."""
    return {
        "step": STEPS[layer.step],
        "programs": ",".join(layer.programs),
        "zone": layer.zone.key,
        "days": ",".join(layer.window.days),
        "hours": said_hours(layer),
        "people": ",".join(layer.people),
        "since": layer.since.isoformat() if layer.since else "",
        "turn_days": str(layer.turn_days),
        "turn_at": layer.turn_at.strftime("%H:%M"),
        "holidays": layer.holidays,
        GONE: "",
    }


def said_hours(layer: Layer) -> str:
    end = layer.window.end
    return f"{layer.window.start:%H:%M}-{'24:00' if end.microsecond else end.strftime('%H:%M')}"


def _override(name: str, value: Mapping[str, str]) -> list[Override]:
    try:
        start, end = (datetime.fromisoformat(value[field]) for field in ("start", "end"))
        step = step_named(value.get("step", ""), name)
    except (KeyError, ValueError):
        return []
    if start.tzinfo is None or end.tzinfo is None or start >= end or value.get("state") == "withdrawn":
        return []
    programs = tuple(part for part in value.get("programs", "").split(",") if part)
    return [Override(name, step, programs, start, end, value.get("person", ""), value.get("state") == "accepted")]


def _days(text: str) -> frozenset[date]:
    found = set()
    for part in text.split(","):
        try:
            found.add(date.fromisoformat(part.strip()))
        except ValueError:
            continue
    return frozenset(found)

"""Two layers, each for one function alone: the second look's model, and what the console tries a proposal on. At most 60 MB."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

MODEL = Path(__file__).parents[1] / "training" / "second_look" / "model"
LARGEST = 60  # megabytes unzipped
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files make the same zip


class LayerTooLarge(ValueError):
    """The layer outgrew its budget."""


def layer(target: Path, model: Path = MODEL) -> float:
    """Write the second look's zip; megabytes unzipped. Raises `LayerTooLarge`."""
    return _zipped(target, _model(model))


def rehearsal_layer(target: Path) -> float:
    """Write the console's: the project's evaluation rows as this release's rules see them, and the model. Some seconds."""
    from chalicelib.lexicon.rehearsal import PACKED, looked_at, packed

    rows = {PACKED: packed(looked_at()).encode()} | _model(MODEL)
    return _zipped(target, {f"rehearsal/{name}": text for name, text in rows.items()})


def _model(folder: Path) -> dict[str, bytes]:
    return {f"second_look/{path.name}": path.read_bytes() for path in sorted(folder.iterdir())}


def _zipped(target: Path, files: Mapping[str, bytes]) -> float:
    """Lambda unpacks it in /opt."""
    size = sum(map(len, files.values())) / 1e6
    if size > LARGEST:
        raise LayerTooLarge(f"{size:.1f} of {LARGEST} MB")
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return size

"""The second look's layer: its model, for that function alone. Plain Python reads it; at most 60 MB unzipped."""

from __future__ import annotations

import zipfile
from pathlib import Path

MODEL = Path(__file__).parents[1] / "training" / "second_look" / "model"
LARGEST = 60  # megabytes unzipped
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files make the same zip
class LayerTooLarge(ValueError):
    """The layer outgrew its budget."""


def layer(target: Path, model: Path = MODEL) -> float:
    """Write the zip; megabytes unzipped. Raises `LayerTooLarge`."""
    files = {f"second_look/{path.name}": path for path in sorted(model.iterdir())}  # Lambda unpacks it in /opt
    size = sum(path.stat().st_size for path in files.values()) / 1e6
    if size > LARGEST:
        raise LayerTooLarge(f"{size:.1f} of {LARGEST} MB")
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return size

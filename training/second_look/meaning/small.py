"""The encoder as it is released: signed bytes with a scale for each output, and for each word of the table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.second_look.encoder import ENCODER, PIECES


def small(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Matrices as bytes with scales; the rest in sixteen bits."""
    found: dict[str, Any] = {}
    for name, array in parts.items():
        if array.ndim == 2 and name != "places":
            along = 1 if name == "words" else 0
            scale = np.abs(array).max(axis=along, keepdims=True) / 127 + 1e-12
            found[name] = np.round(array / scale).astype(np.int8)
            found[f"{name}_scale"] = scale.squeeze(along).astype(np.float32)
        else:
            found[name] = array.astype(np.float16 if name == "places" else np.float32)
    return found


def write(folder: Path, stored: Mapping[str, Any], pieces: Sequence[str]) -> str:
    """Write both files; their SHA-256 together."""
    raw = BytesIO()
    np.savez(raw, allow_pickle=False, **{name: stored[name] for name in sorted(stored)})
    listed = "".join(f"{piece}\n" for piece in pieces).encode()
    (folder / ENCODER).write_bytes(raw.getvalue())
    (folder / PIECES).write_bytes(listed)
    return hashlib.sha256(raw.getvalue() + listed).hexdigest()

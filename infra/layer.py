"""Two layers, each for one function alone: the second look's model, and what the console tries a proposal on. At most 60 MB."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "training" / "second_look" / "model"
LIBRARIES = ROOT / "requirements-layer.txt"  # what runs the model, unpacked by `infra/wheels.py`
LARGEST = 60  # megabytes unzipped
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files make the same zip
# What of numpy multiplying matrices does not need: tests, headers, stubs, and rooms that are only opened when asked for.
ROOMS = {"_pyinstaller", "f2py", "fft", "ma", "polynomial", "random", "testing", "tests", "typing", "core", "ctypeslib"}
KINDS = {".pyi", ".pxd", ".h", ".a"}
TESTED = ("_simd", "_multiarray_tests", "_umath_tests", "_rational_tests", "_operand_flag_tests", "_struct_ufunc_tests")


class LayerTooLarge(ValueError):
    """The layer outgrew its budget."""


def layer(target: Path, model: Path = MODEL, libraries: Path | None = None) -> float:
    """Write the second look's zip; megabytes unzipped. `libraries`: unpacked for Lambda. Raises `LayerTooLarge`."""
    return _zipped(target, {**_model(model), **_libraries(libraries)})


def rehearsal_layer(target: Path, libraries: Path | None = None) -> float:
    """Write the console's: the project's evaluation rows as this release's rules see them, and the model. Some seconds."""
    from chalicelib.lexicon.rehearsal import PACKED, looked_at, packed

    rows = {PACKED: packed(looked_at()).encode()} | _model(MODEL)
    return _zipped(target, {f"rehearsal/{name}": text for name, text in rows.items()} | _libraries(libraries))


def needed(libraries: Path) -> Iterator[Path]:
    """What of numpy the encoder needs."""
    for path in sorted(libraries.rglob("*")):
        parts = path.relative_to(libraries).parts
        spare = path.suffix in KINDS or path.name.startswith(TESTED) or not parts[0].startswith("numpy")
        if path.is_file() and not spare and not ROOMS.intersection(parts[1:2]) and "tests" not in parts:
            yield path


def _model(folder: Path) -> dict[str, bytes]:
    return {f"second_look/{path.name}": path.read_bytes() for path in sorted(folder.iterdir())}


def _libraries(folder: Path | None) -> dict[str, bytes]:
    return {f"python/{path.relative_to(folder)}": path.read_bytes() for path in needed(folder)} if folder else {}


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

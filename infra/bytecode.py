"""Byte code in the zip: Lambda's /var/task is read-only, so that every cold start would compile every module from source.

Written by a Python of the runtime's own minor version, which need not be the one that packages: this file runs in it by its path
(standard library alone). The byte code is not compared with its source at start-up (PEP 552, unchecked): `make package` does.
"""

from __future__ import annotations

import importlib.util
import os
import py_compile
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

TASK = "/var/task"  # where Lambda unpacks; a code object that names its file is not rewritten when it is read
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files make the same zip
UNCHECKED, UNCHECKED_FLAGS = py_compile.PycInvalidationMode.UNCHECKED_HASH, 0b01
# What no function reads (`tests/deployed/test_bytecode.py` would say so): a fifth of all byte code.
SPARE = (
    "aws_lambda_powertools/event_handler/", "aws_lambda_powertools/utilities/auth_alpha/",
    "aws_lambda_powertools/utilities/data_classes/", "aws_lambda_powertools/utilities/idempotency/",
    "aws_lambda_powertools/utilities/parser/", "cffi/", "icalendar/tests/", "pycparser/",
)  # fmt: skip
# Where a Python is that is not on the path.
HOMES = ("~/.pyenv/versions/{version}.*/bin", "~/.local/share/uv/python/cpython-{version}.*/bin")


class Unread(ValueError):
    """Byte code that Lambda would not use, or that says something else than its source."""


class NoInterpreter(LookupError):
    """No Python of the runtime's minor version on this machine."""


def interpreter(runtime: str) -> Path:
    """A released Python of a Lambda runtime, as "python3.12". Raises `NoInterpreter`."""
    for candidate in (Path(sys.executable), *_candidates(runtime)):
        if candidate.is_file() and _says(candidate) == [runtime, "final"]:
            return candidate
    raise NoInterpreter(runtime)


def _says(candidate: Path) -> list[str]:
    """Its version and release level; nothing where it does not run."""
    script = "import sys; print('python%d.%d' % sys.version_info[:2], sys.version_info[3])"
    return subprocess.run([str(candidate), "-I", "-c", script], capture_output=True, text=True, check=False).stdout.split()


def runtime_here(wished: str) -> str:
    """The runtime that is wished for where its Python is on this machine, and else the one of the Python that packages."""
    try:
        interpreter(wished)
    except NoInterpreter:
        return f"python{sys.version_info.major}.{sys.version_info.minor}"
    return wished


def _candidates(runtime: str) -> Iterator[Path]:
    for folder in os.get_exec_path():
        yield Path(folder) / runtime
    for home in HOMES:
        pattern = Path(home.format(version=runtime.removeprefix("python"))).expanduser()
        yield from sorted((path / runtime for path in Path("/").glob(str(pattern).lstrip("/"))), reverse=True)


def add_bytecode(zipped: Path, runtime: str) -> None:
    """Write the zip anew, without what nobody reads, in one order, with byte code. Raises `NoInterpreter`, `Unread`."""
    with tempfile.TemporaryDirectory(dir=zipped.parent) as scratch:
        folder = Path(scratch)
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(folder)
        _take_out(folder)
        _in_runtime(runtime, "compile", folder)
        check(folder, runtime)
        half = zipped.with_suffix(".half")
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                _write(archive, str(path.relative_to(folder)), path.read_bytes())
    half.replace(zipped)


def _take_out(folder: Path) -> None:
    from .spare import take_out  # not at the top: the runtime's own Python runs this file by its path

    take_out(folder)


def check(folder: Path, runtime: str) -> None:
    """Raises `Unread` where an unpacked zip has byte code that this runtime would pass over, or that is not its source's."""
    if found := _in_runtime(runtime, "check", folder):
        raise Unread(found)


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _in_runtime(runtime: str, verb: str, folder: Path) -> str:
    """What this file says when the runtime's own Python runs it. Hashes of strings are fixed: sets are written in one order."""
    command, env = [str(interpreter(runtime)), "-s", __file__, verb, str(folder)], {**os.environ, "PYTHONHASHSEED": "0"}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.strip()


def sources(folder: Path) -> Iterator[Path]:
    """What is worth compiling, in a fixed order."""
    for path in sorted(folder.rglob("*.py")):
        if not path.relative_to(folder).as_posix().startswith(SPARE):
            yield path


def compile_all(folder: Path) -> None:
    """In one process and one order: what a code object shares with earlier ones changes how it is written."""
    for path in sources(folder):
        told = f"{TASK}/{path.relative_to(folder).as_posix()}"
        py_compile.compile(str(path), dfile=told, doraise=True, optimize=0, invalidation_mode=UNCHECKED)


def unread(folder: Path) -> Iterator[str]:
    """What is wrong with each module's byte code, for the Python that runs this."""
    for path in sources(folder):
        name, compiled = path.relative_to(folder).as_posix(), Path(importlib.util.cache_from_source(str(path)))
        head = compiled.read_bytes()[:16] if compiled.is_file() else b""
        if not head:
            yield f"{name}: no byte code"
        elif head[:4] != importlib.util.MAGIC_NUMBER:
            yield f"{name}: of another Python"
        elif int.from_bytes(head[4:8], "little") != UNCHECKED_FLAGS:
            yield f"{name}: would be compared with its source at each start"
        elif head[8:] != importlib.util.source_hash(path.read_bytes()):
            yield f"{name}: older than its source"


if __name__ == "__main__":
    if sys.argv[1] == "compile":
        compile_all(Path(sys.argv[2]))
    print("\n".join(unread(Path(sys.argv[2]))))

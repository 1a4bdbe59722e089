"""Byte code that Lambda would pass over costs each cold start as much as all the rest: it fails the packaging."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.bytecode import NoInterpreter, Unread, add_bytecode, check, interpreter, runtime_here

HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
MODULES = {"app.py": "import room.door\nWORDS = {'one', 'two', 'three'}\n", "room/__init__.py": "", "room/door.py": "OPEN = 'yes'\n"}
COMPILED = f"room/__pycache__/door.{sys.implementation.cache_tag}.pyc"
NEVER = (
    "import importlib.machinery as m, sys\n"
    "def compiled(*_, **__): raise AssertionError('compiled at start')\n"
    "m.SourceFileLoader.source_to_code = compiled; sys.dont_write_bytecode = True\n"
    "import app; print(app.room.door.OPEN)"
)


def _zipped(path: Path, modules: dict[str, str] = MODULES) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in modules.items():
            archive.writestr(name, text)
    add_bytecode(path, HERE)
    return path


def _unpacked(zipped: Path, folder: Path) -> Path:
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder)
    return folder


def _start(folder: Path) -> str:
    ran = subprocess.run([sys.executable, "-c", NEVER], cwd=folder, capture_output=True, text=True, check=False)
    return ran.stdout.strip() or ran.stderr.splitlines()[-1]


def test_nothing_is_compiled_at_start(tmp_path: Path) -> None:
    folder = _unpacked(_zipped(tmp_path / "code.zip"), tmp_path / "task")
    check(folder, HERE)
    assert _start(folder) == "yes"


def test_the_same_files_make_the_same_zip_whatever_order_they_came_in(tmp_path: Path) -> None:
    one, other = _zipped(tmp_path / "one.zip"), _zipped(tmp_path / "other.zip", dict(reversed(MODULES.items())))
    assert one.read_bytes() == other.read_bytes()


def _of_another_python(folder: Path) -> None:
    _changed(folder / COMPILED, 0, b"\0\0\r\n")


def _compared_at_start(folder: Path) -> None:
    _changed(folder / COMPILED, 4, b"\3\0\0\0")


def _stale(folder: Path) -> None:
    (folder / "room" / "door.py").write_text("OPEN = 'no'\n")


def _missing(folder: Path) -> None:
    (folder / COMPILED).unlink()


def _changed(path: Path, at: int, part: bytes) -> None:
    was = path.read_bytes()
    path.write_bytes(was[:at] + part + was[at + len(part) :])


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (_of_another_python, "of another Python"),
        (_compared_at_start, "compared with its source"),
        (_stale, "older than its source"),
        (_missing, "no byte code"),
    ],
)
def test_what_would_be_passed_over_or_is_stale_is_named(tmp_path: Path, breach, said: str) -> None:  # type: ignore[no-untyped-def]
    folder = _unpacked(_zipped(tmp_path / "code.zip"), tmp_path / "task")
    breach(folder)
    with pytest.raises(Unread, match=f"^room/door.py: .*{said}"):
        check(folder, HERE)


def test_a_machine_without_the_runtimes_python_packages_for_its_own() -> None:
    assert interpreter(HERE) == Path(sys.executable)
    assert runtime_here("python2.6") == HERE
    with pytest.raises(NoInterpreter):
        interpreter("python2.6")

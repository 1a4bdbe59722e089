"""`make demo`: Porchlight on this machine, until Ctrl-C. Run as `python -m infra.local.demo --port 8000 --phones-port 8001`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from .laptop import Laptop

# Which signals asked for the end. A second Ctrl-C may come in the middle of the first one's handler: putting into this queue
# is safe there, and setting an event is not (its lock is held already, and the demo would never stop).
Over = SimpleQueue[int]

FOLDER = Path(__file__).parents[2] / ".demo"
STEPS = 5
FIRST_RUN = """
Porchlight on this machine, with nothing real in it: AWS is an emulator, the phones are web pages, the clinic is made up.
Nothing leaves 127.0.0.1. Secrets and passwords are made now and kept in {folder} (not in git).
What you do here is forgotten when it stops.
"""
READY = """
Porchlight is ready

  Phones         {phones}
  Staff console  {console}

  Sign in as {who}, password {password}
  (everybody else's is in {folder}/demo.json)

  Try: on a phone, type "I can't do this anymore, I took all my pills".
  Ctrl-C stops it. The service's own log is {folder}/service.log.
"""


def main(arguments: list[str] | None = None) -> int:
    """0 when it was asked to stop, 1 when it could not start."""
    given = _given(arguments)
    fresh = not given.folder.exists()
    _keep_compiled(given.folder)
    from .laptop import Laptop, Place

    place = Place(given.folder, given.port, given.phones_port)
    over: Over = SimpleQueue()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _: over.put(number))
    terminal = sys.stdout
    if fresh:
        print(FIRST_RUN.format(folder=_short(place.folder)), file=terminal, flush=True)
    laptop = Laptop(place, os.environ.get("TWILIO_API_URL", ""))
    (place.folder / "demo.json").unlink(missing_ok=True)
    _log_to(place.folder / "service.log")
    try:
        return _run(laptop, Progress(terminal, over), over, terminal)
    except Stopped:
        return 0
    except OSError as problem:
        print(f"Could not start: {problem}. Choose other ports with PORT= and PHONES_PORT=.", file=terminal)
        return 1
    finally:
        laptop.stop()
        print("Porchlight has stopped.", file=terminal, flush=True)


def _run(laptop: Laptop, progress: Progress, over: Over, terminal: TextIO) -> int:
    laptop.start(progress)
    place, first = laptop.place, laptop.people[0]
    said = READY.format(
        phones=place.phones,
        console=f"{place.console}/console",
        who=first.username,
        password=first.password,
        folder=_short(place.folder),
    )
    print(said, file=terminal, flush=True)
    over.get()
    return 0


class Stopped(Exception):
    """Asked to stop before it was ready."""


class Progress:
    """Says each step as it begins and how long it took."""

    def __init__(self, terminal: TextIO, over: Over):
        self._terminal, self._over, self._step = terminal, over, 0

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        if not self._over.empty():
            raise Stopped
        self._step += 1
        began = time.monotonic()
        print(f"  {self._step}/{STEPS}  {what} …", end="", file=self._terminal, flush=True)
        yield
        print(f" {time.monotonic() - began:.1f} s", file=self._terminal, flush=True)


def _given(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000), help="door and console")
    parser.add_argument("--phones-port", type=int, default=int(os.environ.get("PHONES_PORT") or 8001))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where secrets, logs and demo.json are")
    return parser.parse_args(arguments)


def _keep_compiled(folder: Path) -> None:
    """Compiled modules go to our own folder, whatever the shell says: the next start is two seconds faster."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(folder.resolve() / "compiled")
    sys.dont_write_bytecode = False


def _log_to(path: Path) -> None:
    """The service logs to standard output, as on Lambda; here that is a file, and the terminal stays readable."""
    file = path.open("a", buffering=1)
    path.chmod(0o600)
    sys.stdout = file
    logging.basicConfig(stream=file, level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


if __name__ == "__main__":
    sys.exit(main())

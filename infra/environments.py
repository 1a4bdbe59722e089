"""An environment of its own for each tool of ours: Python packages held to their hashes, installed once for each state."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path


def programs(home: Path, requirements: Path) -> Path:
    """The folder of what the requirements bring. `home`: where it lies, but for the state at the end of its name."""
    there = home.with_name(f"{home.name}-{state(requirements)}")
    if not (there / "ready").exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(there)], check=True)
        into = ["--python", str(there / "bin" / "python"), "--require-hashes", "-r", str(requirements)]
        subprocess.run([uv, "pip", "install", "--quiet", *into], check=True)
        (there / "ready").touch()
    return there / "bin"


def state(path: Path) -> str:
    """A file's content in twelve letters."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]

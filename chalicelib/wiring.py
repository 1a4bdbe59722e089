"""Which real thing stands behind each port. Nothing is read or imported before it is needed; `warm()` asks for it early."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import functions
from .errors import SecretUnavailable
from .late import Late, made
from .settings import Settings, read

if TYPE_CHECKING:
    from .core.clinic import Clinic
    from .ports import Carrier, VoiceWebhook, Webhook, World

_replaced: dict[str, Any] = {}


def use(**parts: Any) -> None:
    """Until `reset()`, something else behind a port of `World` (the laptop's clock, a fake), `settings`, `secrets`, `keys`."""
    _replaced.update(parts)
    _world.cache_clear()


def reset() -> None:
    """Forget replacements and everything built so far."""
    _replaced.clear()
    kept = (_world, _live_clinic, account_trail, settings, clinic, _secrets, webhook, voice, rehearsal, signed_requests, drops)
    for part in (*kept, own_keys):
        part.cache_clear()


@cache
def settings() -> Settings:
    return cast("Settings", _replaced.get("settings") or read())


def world(waits: bool = True) -> World:
    """Everything a flow may touch, with the clinic as it stands at this moment: one picture of it for one event."""
    return _world() if "clinic" in _replaced else replace(_world(), clinic=_live_clinic().now(waits))


@cache
def _world() -> World:
    from .ports import World

    wanted = {name: maker for name, maker in _MAKERS.items() if name not in _replaced}
    fresh: dict[str, Any] = {name: Late(maker) if name in LATE else maker() for name, maker in wanted.items()}
    return World(**{name: _replaced[name] if name in _replaced else fresh[name] for name in _MAKERS})


def warm() -> None:
    """Load in Lambda's start-up phase what stands before a crisis text's page; what comes after it loads after it."""
    ready = world(waits=False)
    made(ready.pager)
    made(ready.store)
    ready.screen.look("")
    try:
        if functions.reads_the_secret():
            ready.hasher.contact_id("+13035550100")
    except SecretUnavailable:
        ready.journal.count("warm_without_secret")
    for name in functions.own_modules():
        import_module(f"chalicelib.{name}")


def _client(service: str, attempts: int = 2) -> Any:
    return _made("storage.clients", "client", service, settings().region, settings().aws_endpoint, attempts)


@cache
def clinic() -> Clinic:
    """The clinic's own file: the packaged one (`infra/package.py` writes it as a module), or where the setting points."""
    from .core.clinic import read_clinic

    if not (path := settings().clinic_file):
        return read_clinic(import_module(".packaged_clinic", __package__).DATA)
    return read_clinic(import_module("tomllib").loads(Path(path).read_text(encoding="utf-8")))


@cache
def _live_clinic() -> Any:
    """The file, and over it what administrators changed. It waits for the store no longer than a moment, and never fails."""
    from .core.settings import PROGRAM, ROTA

    changed = lambda: [row for kind in (PROGRAM, ROTA) for row in _world().store.settings(kind)]  # noqa: E731
    return _made("storage.live_clinic", "LiveClinic", clinic(), changed)


def settings_changed() -> None:
    """The next look asks the store for the settings."""
    _live_clinic().stale()


@cache
def _secrets() -> Any:
    return _replaced.get("secrets") or _made("storage.secrets", "Secrets", _client("secretsmanager"), settings().secret)


def _twilio_account() -> tuple[str, str]:
    return _secrets().twilio_account()


@cache
def account_trail() -> Any:
    """What CloudTrail wrote down of openings: `ports.AccountTrail`."""
    account, now = settings().trail_key.split(":")[4], settings()
    return _made("storage.cloudtrail", "CloudTrailFiles", _client("s3"), now.cloudtrail_bucket, account, now.region)


def _second_look() -> Any:
    from .lexicon import load_lexicon
    from .second_look import load_second_look

    return load_second_look(_world().screen, load_lexicon().words, settings().second_look_model)


@cache
def rehearsal() -> Any:
    """Where proposals for the rules are tried. Raises `OSError`, `ValueError` where its rows are missing or old."""
    from . import second_look

    look = partial(second_look.load_second_look, folder=settings().second_look_model)
    return _made("lexicon.rehearsal", "load_rehearsal", settings().evaluation, look)


def _carriers() -> dict[str, Carrier]:
    return {"twilio": cast("Carrier", Late(_twilio)), "aws": cast("Carrier", Late(_eum))}


def _twilio() -> Any:
    return _made("carriers.twilio_api", "TwilioApi", settings().twilio_api_url, _twilio_account, settings().public_url, now)


@cache
def own_keys() -> Any:
    """Where people's own keys come from: `flows.own_keys.Keys`. The laptop's write down what is opened with them."""
    parts = ("staff_role", "content_key", "region", "aws_endpoint")
    return _replaced.get("keys") or _made("storage.own_keys", "StsKeys", *(getattr(settings(), each) for each in parts))


def _caller() -> Any:
    """RULES T5: AWS End User Messaging's voice is not on AWS's HIPAA list, whoever carries the texts."""
    return _made("carriers.twilio_calls", "TwilioCaller", settings().twilio_api_url, _twilio_account, settings().public_url)


def _eum() -> Any:
    parts = _client("pinpoint-sms-voice-v2", attempts=1), settings().eum_configuration_set, now
    return _made("carriers.aws_eum", "EumApi", *parts, settings().eum_opt_out_list)


def now() -> datetime:
    """The world's clock, replaced or real; asked anew each time."""
    return _replaced["clock"]() if "clock" in _replaced else datetime.now(UTC)


def _made(module: str, name: str, *parts: Any) -> Any:
    """A plain thing of a module that is read when it is first needed."""
    return getattr(import_module(f"chalicelib.{module}"), name)(*parts)


def _synthetic() -> Any:
    from .carriers import aws_phone, twilio_phone

    number = clinic().number
    if clinic().carrier == "aws":
        return aws_phone.AwsPhone(_client("sns"), settings().inbound_topic, number)
    return twilio_phone.TwilioPhone(settings().public_url, number, lambda: _secrets().twilio_tokens())


def _new_id(at: datetime) -> str:
    from ulid import ULID

    return str(ULID.from_datetime(at))


@cache
def webhook(name: str) -> Webhook:
    """The webhook side of a carrier. Raises KeyError for one we do not have."""
    maker = {"twilio": "TwilioWebhook"}[name]
    return cast("Webhook", _made(f"carriers.{name}_webhook", maker, settings().public_url, lambda: _secrets().twilio_tokens()))


@cache
def voice(name: str) -> VoiceWebhook:
    """What a carrier asks during a call. Raises KeyError for one that places none."""
    maker = {"twilio": "TwilioVoice"}[name]
    return cast("VoiceWebhook", _made(f"carriers.{name}_voice", maker, settings().public_url, lambda: _secrets().twilio_tokens()))


@cache
def signed_requests() -> Any:
    """Who signed a request of the clinic's own schedule."""
    return _made("charts.signed_request", "SignedRequests", settings().public_url, lambda: _secrets().schedule_keys())


def topic(whose: str = "aws_sns") -> Any:
    """What AWS End User Messaging says through SNS: `read_inbound_sns`, `read_event_sns`; or SES ("aws_ses_events")."""
    return import_module(f"chalicelib.carriers.{whose}")


def read_visit_file(text: str, *parts: Any) -> Any:
    """A file of visits, which says itself what it is: `charts.calendar_file.read_calendar` or `core.visit_list.read_visits`."""
    if text.lstrip("\ufeff \n").startswith("BEGIN:VCALENDAR"):
        from .phone_number import read_number

        return _made("charts.calendar_file", "read_calendar", text, *parts, read_number)
    return _made("core.visit_list", "read_visits", text, *parts)


@cache
def drops() -> Any:
    return _made("storage.drops", "S3Drops", _client("s3"))


def _named(*names: str) -> list[str]:
    return [getattr(settings(), name) for name in names]


LATE = frozenset("store vault archive pager parking later screen second_look caller synthetic machine lender mailer".split())  # noqa: SIM905

_MAKERS: dict[str, Any] = {
    "store": lambda: _made("storage.store", "DynamoStore", *_named("table_prefix", "region"), settings().aws_endpoint or None),
    "vault": lambda: _made("storage.vault", "KmsVault", _client("kms"), settings().content_key),
    "lender": lambda: _made("storage.lender", "KmsLender", _client("kms"), settings().content_key, settings().staff_role),
    "hasher": lambda: _made("storage.hasher", "KeyedHasher", lambda: _secrets().number_key()),
    "pager": lambda: _made("pager", "SnsPager", _client("sns"), settings().page_topic),
    "carriers": _carriers,
    "caller": _caller,
    "mailer": lambda: _made("carriers.aws_ses", "SesMailer", _client("sesv2", attempts=1), settings().mail_configuration_set),
    "parking": lambda: _made("storage.parking", "SqsParking", _client("sqs"), *_named("parking_queue", "reconcile_queue")),
    "archive": lambda: _made("storage.archive", "S3Archive", _client("s3"), _client("kms"), *_named("trail_bucket", "trail_key")),
    "screen": lambda: _made("lexicon", "load_screen"),
    "clinic": clinic,
    "patience": lambda: _made("patience", "ThreadPatience"),
    "journal": lambda: _made("logs", "Journal"),
    "synthetic": _synthetic,
    "machine": lambda: _made("storage.machine", "SqsMachine", _client("sqs"), settings().machine_queue),
    "clock": lambda: now,
    "pages_url": lambda: settings().pages_url,
    "ids": lambda: _new_id,
    "later": lambda: _made("storage.delay", "SqsLater", _client("sqs"), settings().outbox_queue),
    "second_look": _second_look,
    "reassigned": lambda: (table := settings().reassigned_table) and _made("carriers.reassigned_table", "ReassignedTable", table),
}

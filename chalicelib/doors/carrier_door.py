"""The carriers' side. A 4xx makes a carrier stop, a 5xx makes it use its fallback address: each is chosen for that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from chalice import Response

from .. import wiring
from ..core.messages import DeliveryEvent
from ..errors import BadPayload, BadSignature, DeadlineExceeded, SecretUnavailable, StoreError
from ..flows import receive_sms
from ..ports import Webhook, WebhookRequest, World

TOKEN = 3.0  # seconds for the signing token, when it is not in memory


def inbound(carrier: str, request: Any) -> Response:
    """404: no such carrier; else as `take`."""
    webhook, came = _webhook(carrier), wiring.now()
    return Response("", status_code=404) if webhook is None else take(wiring.world(), webhook, as_it_came(request), came)


def take(world: World, webhook: Webhook, asked: WebhookRequest, came: datetime | None = None) -> Response:
    """200 when the text is kept or parked; 403 unsigned; 422 unreadable; 5xx: fall back. `came`: when, if the clinic was waited
    for since."""
    started = came or world.clock()
    try:
        sms = world.patience.within(TOKEN, lambda: webhook.read_inbound(asked, started))
    except BadSignature:
        return refused(world, 403, "signature_refused")
    except (SecretUnavailable, DeadlineExceeded):
        return refused(world, 503, "token_unavailable")
    except BadPayload as problem:
        return refused(world, 422, "bad_payload", problem.field)
    try:
        answer = receive_sms.receive(world, sms, inline=True, started=started)
    except receive_sms.NotKept:
        return refused(world, 503, "not_kept")
    kind, body = webhook.answer(answer.text, answer.row)
    return Response(body, headers={"Content-Type": kind})


def status(carrier: str, request: Any) -> Response:
    """404: no such carrier; else as `note`."""
    webhook = _webhook(carrier)
    return Response("", status_code=404) if webhook is None else note(wiring.world(), webhook, as_it_came(request))


def note(world: World, webhook: Webhook, asked: WebhookRequest) -> Response:
    """204 when the word is recorded or means nothing to us; 403 unsigned; 422 unreadable; 5xx: please say it again."""
    from ..flows import record_delivery

    def keep() -> None:
        record_delivery.record(world, world.patience.within(TOKEN, lambda: webhook.read_status(asked, world.clock())))

    return noted(world, keep, "status_not_recorded")


def noted(world: World, keep: Callable[[], None], failed: str) -> Response:
    """A carrier's word, read and kept by `keep`, and the status that makes the carrier stop or say it again; `failed`: what is
    counted when the store did not take it."""
    try:
        keep()
    except BadSignature:
        return refused(world, 403, "signature_refused")
    except (SecretUnavailable, DeadlineExceeded):
        return refused(world, 503, "token_unavailable")
    except BadPayload as problem:
        return refused(world, 422, "bad_payload", problem.field)
    except StoreError:
        return refused(world, 503, failed)
    return Response("", status_code=204)


def eum_inbound(event: Any) -> None:
    """Each record of an SNS event is one text. What raises is delivered again by Lambda, then goes to the failure queue."""
    from . import batches

    came = wiring.now()
    world, topic = wiring.world(), wiring.topic()

    def take_one(sns: dict[str, Any]) -> None:
        receive_sms.receive(world, topic.read_inbound_sns(sns["Message"], sns["Timestamp"]), inline=False, started=came)

    batches.each_told(event, take_one)


def eum_event(event: Any) -> None:
    """Each record of an SNS event is one delivery event, of a text or of an e-mail."""
    from ..flows import mail_said, record_delivery
    from . import batches

    world, topic = wiring.world(), wiring.topic()

    def note_one(sns: dict[str, Any]) -> None:
        mails = wiring.topic("aws_ses_events")
        if mails.is_mail(sns["Message"]):
            event = mails.read_event(sns["Message"])
            return mail_said.keep(world, event) if event is not None else world.journal.count("mail_event_ignored")
        said: DeliveryEvent | None = topic.read_event_sns(sns["Message"])
        if said is not None:
            record_delivery.record(world, said)

    batches.each_told(event, note_one)


def _webhook(carrier: str) -> Webhook | None:
    try:
        return wiring.webhook(carrier)
    except KeyError:
        return None


def refused(world: World, status_code: int, counter: str, field: str = "") -> Response:
    """Nothing is kept of it but a number, and the name of the field that was wrong."""
    world.journal.count(counter)
    if field:
        world.journal.event(counter, reason=field)
    return Response("", status_code=status_code, headers={"Content-Type": "text/plain"})


def as_it_came(request: Any) -> WebhookRequest:
    """Nothing decoded twice. REST API events carry no raw query string, so it is written again, in order (C57)."""
    event = request.to_original_event()
    pairs = event.get("multiValueQueryStringParameters") or {}
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, values in pairs.items() for value in values)
    headers = {name.lower(): value for name, value in request.headers.items()}
    path = request.path.format(**(request.uri_params or {}))  # Chalice's `path` is the route, with its {names}
    return WebhookRequest(path, query, headers, request.raw_body)

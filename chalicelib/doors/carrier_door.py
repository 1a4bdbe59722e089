"""The carriers' side. A 4xx makes a carrier stop, a 5xx makes it use its fallback address: each is chosen for that."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

from chalice import Response

from .. import wiring
from ..core.messages import DeliveryEvent
from ..errors import BadPayload, BadSignature, DeadlineExceeded, SecretUnavailable, StoreError
from ..flows import receive_sms, record_delivery
from ..ports import Webhook, WebhookRequest

TOKEN = 3.0  # seconds for the signing token, when it is not in memory


def inbound(carrier: str, request: Any) -> Response:
    """200 when the text is kept or parked; 403 unsigned; 404 no such carrier; 422 unreadable; 5xx: fall back."""
    webhook = _webhook(carrier)
    if webhook is None:
        return Response("", status_code=404)
    world, asked = wiring.world(), _read(request)
    started = world.clock()
    try:
        sms = world.patience.within(TOKEN, lambda: webhook.read_inbound(asked, started))
    except BadSignature:
        return _refused(403, "signature_refused")
    except (SecretUnavailable, DeadlineExceeded):
        return _refused(503, "token_unavailable")
    except BadPayload as problem:
        world.journal.event("bad_payload", carrier=carrier, reason=problem.field)
        return _refused(422, "bad_payload")
    try:
        answer = receive_sms.receive(world, sms, inline=True, started=started)
    except receive_sms.NotKept:
        return _refused(503, "not_kept")
    kind, body = webhook.answer(answer.text, answer.row)
    return Response(body, headers={"Content-Type": kind})


def status(carrier: str, request: Any) -> Response:
    """204 when the word is recorded or means nothing to us; 403 unsigned; 5xx: please say it again."""
    webhook = _webhook(carrier)
    if webhook is None:
        return Response("", status_code=404)
    world = wiring.world()
    try:
        event = webhook.read_status(_read(request), world.clock())
        record_delivery.record(world, event)
    except BadSignature:
        return _refused(403, "signature_refused")
    except SecretUnavailable:
        return _refused(503, "token_unavailable")
    except BadPayload:
        return _refused(422, "bad_payload")
    except StoreError:
        return _refused(503, "status_not_recorded")
    return Response("", status_code=204)


def eum_inbound(event: Any) -> None:
    """Each record of an SNS event is one text. What raises is delivered again by Lambda, then goes to the failure queue."""
    for record in event.to_dict()["Records"]:
        sms = wiring.topic().read_inbound_sns(record["Sns"]["Message"], record["Sns"]["Timestamp"])
        receive_sms.receive(wiring.world(), sms, inline=False)


def eum_event(event: Any) -> None:
    """Each record of an SNS event is one delivery event."""
    for record in event.to_dict()["Records"]:
        said: DeliveryEvent | None = wiring.topic().read_event_sns(record["Sns"]["Message"])
        if said is not None:
            record_delivery.record(wiring.world(), said)


def _webhook(carrier: str) -> Webhook | None:
    try:
        return wiring.webhook(carrier)
    except KeyError:
        return None


def _refused(status_code: int, counter: str) -> Response:
    wiring.world().journal.count(counter)
    return Response("", status_code=status_code, headers={"Content-Type": "text/plain"})


def _read(request: Any) -> WebhookRequest:
    """The request as it came. REST API events carry no raw query string, so it is written again, in order (C57)."""
    event = request.to_original_event()
    pairs = event.get("multiValueQueryStringParameters") or {}
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, values in pairs.items() for value in values)
    headers = {name.lower(): value for name, value in request.headers.items()}
    path = request.path.format(**(request.uri_params or {}))  # Chalice's `path` is the route, with its {names}
    return WebhookRequest(path, query, headers, request.raw_body)

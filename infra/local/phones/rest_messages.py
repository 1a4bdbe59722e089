"""One message of the carrier's log in Twilio's published shape: redact it, delete it, and its media."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from .carrier import Carrier
from .network import Text, segments
from .refused import Refused

ON_ITS_WAY = frozenset({"accepted", "scheduled", "queued", "sending", "receiving"})
PAGE = 50


def add_redaction(api: Blueprint, carrier: Carrier) -> None:
    """What takes words and pictures out of the log."""
    network = carrier.network

    @api.post("/<sid>/Messages/<message>.json")
    def change(sid: str, message: str) -> Response:
        text = known(carrier, message)
        if request.form.get("Body") != "":
            raise Refused(400, 30400, "Parameters are not valid")
        _is_over(text, ON_ITS_WAY)
        return jsonify(as_json(network.redact(message), sid))

    @api.delete("/<sid>/Messages/<message>.json")
    def delete(sid: str, message: str) -> tuple[str, int]:
        _is_over(known(carrier, message), {*ON_ITS_WAY, "sent"})
        network.forget(message)
        return "", 204

    @api.get("/<sid>/Messages/<message>/Media.json")
    def media(sid: str, message: str) -> Response:
        return jsonify(_media(known(carrier, message), sid))

    @api.delete("/<sid>/Messages/<message>/Media/<picture>.json")
    def delete_media(sid: str, message: str, picture: str) -> tuple[str, int]:
        if picture not in known(carrier, message).media_sids:
            raise _not_there()
        network.delete_media(message, picture)
        return "", 204


def known(carrier: Carrier, sid: str) -> Text:
    text = carrier.network.text(sid)
    if text is None:
        raise _not_there()
    return text


def _not_there() -> Refused:
    return Refused(404, 20404, f"The requested resource {request.path} was not found")


def _is_over(text: Text, not_yet: Collection[str]) -> None:
    """20009 as published for a deletion; that an update is refused alike is our reading of "post-flight"."""
    if text.status in not_yet:
        raise Refused(409, 20009, "Cannot delete this resource before it is complete")


def as_json(text: Text, account: str) -> dict[str, Any]:
    """A Message resource as published."""
    uri = f"/2010-04-01/Accounts/{account}/Messages/{text.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": _rfc2822(text.created),
        "date_sent": _rfc2822(text.sent),
        "date_updated": _rfc2822(text.updated or text.created),
        "direction": text.direction,
        "error_code": text.error_code,
        "error_message": None,
        "from": text.sender,
        "messaging_service_sid": text.service_sid,
        "num_media": str(text.media),
        "num_segments": str(segments(text.body)),
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": text.recipient,
        "uri": f"{uri}.json",
    }


def _media(text: Text, account: str) -> dict[str, Any]:
    """The list of a message's Media as published."""
    of = f"/2010-04-01/Accounts/{account}/Messages/{text.sid}/Media"
    shape = {"account_sid": account, "parent_sid": text.sid, "content_type": "image/jpeg"}
    dates = {"date_created": _rfc2822(text.created), "date_updated": _rfc2822(text.created)}
    rows = [{"sid": each, **shape, **dates, "uri": f"{of}/{each}.json"} for each in text.media_sids]
    return {
        "media_list": rows,
        "page": 0,
        "page_size": PAGE,
        "start": 0,
        "end": max(0, len(rows) - 1),
        "uri": f"{of}.json",
        "first_page_uri": f"{of}.json?PageSize={PAGE}&Page=0",
        "next_page_uri": None,
        "previous_page_uri": None,
    }


def _rfc2822(at: datetime | None) -> str | None:
    return format_datetime(at.astimezone(UTC)) if at else None

"""Twilio's published REST API, 2010-04-01, as far as texts go: create, list, fetch, redact, delete, media."""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict

from .carrier import Carrier
from .network import E164, Text, new_sid
from .refused import Refused
from .rest_calls import add_calls
from .rest_messages import add_redaction, as_json, known
from .rest_numbers import add_numbers

LONGEST = 1600
PAGE, LARGEST_PAGE = 50, 1000


def routes(carrier: Carrier) -> Blueprint:
    """The API of one account."""
    api = Blueprint("rest", __name__, url_prefix="/2010-04-01/Accounts")
    network, account = carrier.network, carrier.account

    @api.before_request
    def authenticate() -> None:
        given = request.authorization
        sid = (request.view_args or {}).get("sid", "")
        right = given is not None and given.type == "basic" and given.username == account.account_sid == sid
        if not right or not hmac.compare_digest(str(given and given.password), account.auth_token):
            raise Refused(401, 20003, "Authenticate")

    @api.errorhandler(Refused)
    def explain(error: Refused) -> tuple[Response, int]:
        more = f"https://www.twilio.com/docs/errors/{error.code}"
        shape = {"code": error.code, "message": error.message, "more_info": more, "status": error.status}
        return jsonify(shape), error.status

    @api.post("/<sid>/Messages.json")
    def create(sid: str) -> tuple[Response, int]:
        text = _read_text(request.form, carrier)
        carrier.accept(text)
        return jsonify(as_json(text, sid)), 201

    @api.get("/<sid>/Messages.json")
    def page(sid: str) -> Response:
        found = [text for text in network.texts() if _wanted(text, request.args)]
        return jsonify(_page(found, sid, request.path, request.args))

    @api.get("/<sid>/Messages/<message>.json")
    def fetch(sid: str, message: str) -> Response:
        return jsonify(as_json(known(carrier, message), sid))

    add_redaction(api, carrier)
    add_calls(api, carrier)
    add_numbers(api, carrier)
    return api


def _read_text(form: MultiDict[str, str], carrier: Carrier) -> Text:
    """A request to send, checked in the order in which Twilio complains."""
    to, body, sender, service = (form.get(name, "") for name in ("To", "Body", "From", "MessagingServiceSid"))
    if not to:
        raise Refused(400, 21604, "A 'To' phone number is required.")
    if not E164.match(to):
        raise Refused(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not sender and not service:
        raise Refused(400, 21603, "A 'From' phone number is required.")
    if sender and sender not in carrier.network.own:
        words = f"The 'From' phone number {sender} is not a valid, SMS-capable inbound phone number for your account."
        raise Refused(400, 21606, words)
    if not body and not form.getlist("MediaUrl"):
        raise Refused(400, 21602, "Message body is required.")
    if len(body) > LONGEST:
        raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    if carrier.network.knows(to) and carrier.network.phone(to).stopped:
        raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")
    status, at = ("accepted" if service else "queued"), carrier.network.now()
    callback, sid = form.get("StatusCallback", ""), new_sid()
    number = sender or carrier.network.number
    return Text(sid, number, to, body, "outbound-api", status, at, None, at, None, callback, service or None)


def _wanted(text: Text, args: MultiDict[str, str]) -> bool:
    if args.get("To", text.recipient) != text.recipient or args.get("From", text.sender) != text.sender:
        return False
    sent = (text.sent or text.created).replace(microsecond=0)
    after, before, on = args.get("DateSent>"), args.get("DateSent<"), args.get("DateSent")
    if on:
        return _instant(on) <= sent < _instant(on) + timedelta(days=1)
    return (not after or sent >= _instant(after)) and (not before or sent <= _instant(before))


def _instant(value: str) -> datetime:
    """YYYY-MM-DD or an ISO 8601 instant; without a zone it is GMT."""
    try:
        if len(value) == 10:
            return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
        at = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(400, 20001, "Invalid DateSent filter") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _page(found: list[Text], sid: str, path: str, args: MultiDict[str, str]) -> dict[str, Any]:
    """One page in the published shape. The token is the last id seen, so that new texts shift nothing."""
    size = max(1, min(LARGEST_PAGE, _whole(args.get("PageSize"), PAGE)))
    number, token = _whole(args.get("Page"), 0), args.get("PageToken", "")
    start = next((at + 1 for at, text in enumerate(found) if "PA" + text.sid == token), 0) if token else number * size
    rows = found[start : start + size]
    more = start + size < len(found)
    kept = [(key, value) for key, value in args.items(multi=True) if key not in ("Page", "PageToken", "PageSize")]

    def address(page: int, after: str = "") -> str:
        extra = [("PageSize", str(size)), ("Page", str(page))] + ([("PageToken", after)] if after else [])
        return f"{path}?{urlencode(kept + extra)}"

    return {
        "messages": [as_json(text, sid) for text in rows],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(0, len(rows) - 1),
        "uri": address(number, token),
        "first_page_uri": address(0),
        "next_page_uri": address(number + 1, "PA" + rows[-1].sid) if more else None,
        "previous_page_uri": address(number - 1) if number else None,
    }


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() else default

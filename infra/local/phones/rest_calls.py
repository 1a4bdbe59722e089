"""Twilio's published REST API, 2010-04-01, as far as calls go: create, fetch, list, end."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict

from .calls import Call, new_call_sid
from .carrier import Carrier
from .network import E164
from .refused import Refused


def add_calls(api: Blueprint, carrier: Carrier) -> None:
    """The account's calls, on the API of its texts."""
    exchange = carrier.exchange

    @api.post("/<sid>/Calls.json")
    def create_call(sid: str) -> tuple[Response, int]:
        call = _read_call(request.form, carrier)
        told = as_json(call, sid)  # queued: as it is before it rings
        exchange.place(call)
        return jsonify(told), 201

    @api.get("/<sid>/Calls.json")
    def list_calls(sid: str) -> Response:
        found = [as_json(call, sid) for call in exchange.calls()]
        paging = {"page": 0, "page_size": 1000, "start": 0, "end": max(0, len(found) - 1), "uri": request.path}
        paging |= {"first_page_uri": request.path, "next_page_uri": None, "previous_page_uri": None}
        return jsonify(paging | {"calls": found})

    @api.get("/<sid>/Calls/<call>.json")
    def fetch_call(sid: str, call: str) -> Response:
        return jsonify(as_json(_known(carrier, call), sid))

    @api.post("/<sid>/Calls/<call>.json")
    def change_call(sid: str, call: str) -> Response:
        known = _known(carrier, call)
        if request.form.get("Status") == "completed":
            exchange.hang_up(known.callee)
        if request.form.get("Status") == "canceled":
            exchange.cancel(known)
        return jsonify(as_json(known, sid))


def _known(carrier: Carrier, sid: str) -> Call:
    call = carrier.exchange.call(sid)
    if call is None:
        raise Refused(404, 20404, f"The requested resource {request.path} was not found")
    return call


def _read_call(form: MultiDict[str, str], carrier: Carrier) -> Call:
    """A request to call, checked in the order in which Twilio complains."""
    to, sender, url = (form.get(name, "") for name in ("To", "From", "Url"))
    if not to:
        raise Refused(400, 21201, "No 'To' number is specified")
    if not sender:
        raise Refused(400, 21213, "No 'From' number is specified")
    if not E164.match(to):
        raise Refused(400, 21211, f"The phone number you are attempting to call, {to}, is not valid.")
    if sender != carrier.network.number:
        raise Refused(400, 21210, f"The source phone number provided, {sender}, is not yet verified for your account.")
    if not url.startswith(("http://", "https://")):
        raise Refused(400, 21205, "Url is not a valid URL")
    timeout = form.get("Timeout", "60")
    return Call(
        sid=new_call_sid(),
        caller=sender,
        callee=to,
        created=carrier.network.now(),
        url=url,
        callback=form.get("StatusCallback", ""),
        amd_callback=form.get("AsyncAmdStatusCallback", "") if form.get("AsyncAmd") == "true" else "",
        listens=form.get("MachineDetection", "") if form.get("AsyncAmd") != "true" else "",
        rings=float(timeout) if timeout.isdecimal() else 60.0,
    )


def as_json(call: Call, account: str) -> dict[str, Any]:
    """A Call resource as published."""
    uri = f"/2010-04-01/Accounts/{account}/Calls/{call.sid}"
    lasted = call.ended_at is not None and call.answered_at is not None
    return {
        "sid": call.sid,
        "account_sid": account,
        "answered_by": ("machine_start" if call.machine else "human") if call.answered_at else None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": _rfc2822(call.created),
        "date_updated": _rfc2822(call.ended_at or call.answered_at or call.created),
        "direction": call.direction,
        "duration": str(call.seconds) if lasted else None,
        "end_time": _rfc2822(call.ended_at),
        "forwarded_from": None,
        "from": call.caller,
        "group_sid": None,
        "parent_call_sid": call.parent or None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "start_time": _rfc2822(call.answered_at),
        "status": call.status,
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
        "to": call.callee,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def _rfc2822(at: datetime | None) -> str | None:
    return format_datetime(at) if at else None

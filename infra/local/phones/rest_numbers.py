"""Twilio's published REST API, 2010-04-01, as far as the account's number goes: list it, say where its texts and calls go."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from .carrier import Carrier
from .refused import Refused

PN = "PN" + "0" * 32
SAID = {
    "VoiceUrl": "voice_url", "VoiceMethod": "voice_method", "SmsMethod": "sms_method",
    "SmsFallbackMethod": "sms_fallback_method",
}  # fmt: skip
NEITHER = {"voice_url": "", "sms_application_sid": "", "voice_application_sid": "", "trunk_sid": None}


def services(carrier: Carrier) -> Blueprint:
    """Twilio's published REST API v1 of messaging services, to be asked: which there are, and whose the number is."""
    api = Blueprint("services", __name__, url_prefix="/v1/Services")
    meta = {"next_page_url": None, "page": 0, "page_size": 100}

    @api.get("")
    def list_services() -> Response:
        found = [{"sid": sid, "use_inbound_webhook_on_number": own} for sid, own in carrier.services.items()]
        return jsonify({"services": found, "meta": meta | {"key": "services"}})

    @api.get("/<sid>/PhoneNumbers")
    def list_numbers_of(sid: str) -> Response:
        found = [{"sid": PN, "phone_number": carrier.network.number, "service_sid": sid}]
        return jsonify({"phone_numbers": found, "meta": meta | {"key": "phone_numbers"}})

    return api


def add_numbers(api: Blueprint, carrier: Carrier) -> None:
    """The number of the network, on the API of its texts. Where it leads is where the carrier then goes."""
    said = dict.fromkeys(SAID.values(), "POST") | NEITHER

    def told() -> dict[str, object]:
        where = {"sms_url": carrier.account.inbound_url, "sms_fallback_url": carrier.fallback_url}
        return {"sid": PN, "phone_number": carrier.network.number, **where, **said}

    @api.get("/<sid>/IncomingPhoneNumbers.json")
    def list_numbers(sid: str) -> Response:
        asked = request.args.get("PhoneNumber", carrier.network.number)
        found = [told()] if asked == carrier.network.number else []
        return jsonify({"incoming_phone_numbers": found, "next_page_uri": None, "page": 0, "page_size": 50, "uri": request.path})

    @api.post("/<sid>/IncomingPhoneNumbers/<number>.json")
    def change_number(sid: str, number: str) -> Response:
        if number != PN:
            raise Refused(404, 20404, f"The requested resource {request.path} was not found")
        said.update({SAID[name]: value for name, value in request.form.items() if name in SAID})
        carrier.account = replace(carrier.account, inbound_url=request.form.get("SmsUrl", carrier.account.inbound_url))
        carrier.fallback_url = request.form.get("SmsFallbackUrl", carrier.fallback_url)
        return jsonify(told())

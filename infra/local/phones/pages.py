"""A clinician's phone as a subscriber of the page topic: SNS posts here what it would send as a text."""

from __future__ import annotations

import json
from urllib.parse import urlsplit
from urllib.request import urlopen

from flask import Blueprint, request

from .network import Entry, Network

PAGER = "Porchlight pager"


def routes(network: Network) -> Blueprint:
    """`POST /sns/{number}`, and `/mail` behind it: a subscription's confirmation or a notification."""
    sns = Blueprint("sns", __name__)

    @sns.post("/sns/<number>")
    @sns.post("/sns/<number>/<any(mail):kind>")
    def arrived(number: str, kind: str = "page") -> tuple[str, int]:
        if not network.knows(number):
            return "", 404
        notice = json.loads(request.get_data())
        if notice.get("Type") == "SubscriptionConfirmation":
            _confirm(notice["SubscribeURL"])
        elif notice.get("Type") == "Notification":
            _ring(network, number, notice["Message"], kind)
        return "", 204

    return sns


def _confirm(url: str) -> None:
    """Visit the address, as a subscriber must; only our own machine is ever asked."""
    if urlsplit(url).hostname == "127.0.0.1":
        urlopen(url, timeout=5).close()


def _ring(network: Network, number: str, words: str, kind: str) -> None:
    at = network.now()
    if kind == "page" and network.phone(number).off:
        network.show(number, Entry("carrier", number, "A page could not reach this phone: it is off.", at, "carrier"))
    else:
        network.show(number, Entry(PAGER, number, words, at, kind))

"""The fallback address on a laptop: the templates of `infra/fallback.yaml`, played as API Gateway would, without the service.

Also its throttle: what comes faster is answered all the same, and pages nobody again (`FallbackOnThrottled`).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3

from ..template import read_yaml
from .create import resolve
from .wsgi import Server

TEMPLATE = Path(__file__).parents[1] / "fallback.yaml"
FORM = "application/x-www-form-urlencoded"
# moto tells services apart by the signature's scope; API Gateway signs with its role.
SIGNED = "AWS4-HMAC-SHA256 Credential=laptop/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=none"
Publish = Callable[[str], int]


class Throttle:
    """API Gateway's bucket: `rate` a second, `burst` at once. `now`: seconds of any clock that only goes forward."""

    def __init__(self, rate: float, burst: float, now: Callable[[], float] = time.monotonic):
        self._rate, self._burst, self._now = rate, burst, now
        self._left, self._at, self._lock = burst, now(), threading.Lock()

    def passes(self) -> bool:
        with self._lock:
            at = self._now()
            self._left = min(self._burst, self._left + (at - self._at) * self._rate)
            self._at = at
            passes = self._left >= 1
            self._left -= passes
            return passes


class Mapped:
    """What the two mapping templates make of any request: a constant call of SNS, and a constant answer."""

    def __init__(self, made: Mapping[str, str]):
        resources = read_yaml(TEMPLATE.read_text())["Resources"]
        integration = resources["FallbackMethod"]["Properties"]["Integration"]
        (limits,) = resources["FallbackStage"]["Properties"]["MethodSettings"]
        self.throttle = Throttle(limits["ThrottlingRateLimit"], limits["ThrottlingBurstLimit"])
        asked = resolve(integration["RequestTemplates"][FORM], dict(made))
        answered = integration["IntegrationResponses"][0]
        self.call = re.sub(r"\$util\.urlEncode\('([^']*)'\)", lambda found: quote(found[1], safe=""), str(asked))
        self.answer = str(answered["ResponseTemplates"]["application/json"]).encode()
        self.status = int(answered["StatusCode"])
        self.content_type = answered["ResponseParameters"]["method.response.header.Content-Type"].strip("'")


def open_fallback(made: Mapping[str, str], token: str, publish: Publish) -> Server:
    """Serve POST /prod/<token> on a free port of 127.0.0.1 until `shutdown`. `publish`: a call of SNS to its status."""
    mapped = Mapped(made)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path != f"/prod/{token}":
                return self._send(403, "application/json", b'{"message": "Missing Authentication Token"}')
            if mapped.throttle.passes():
                publish(mapped.call)  # whatever SNS says, the patient is answered
            return self._send(mapped.status, mapped.content_type, mapped.answer)

        def _send(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), name="fallback", daemon=True).start()
    return server


def sns(aws_url: str) -> Publish:
    """SNS of the emulator, asked as API Gateway asks it: a plain form."""

    def publish(call: str) -> int:
        try:
            answer = urllib3.request(
                "POST", aws_url, body=call, headers={"Content-Type": FORM, "Authorization": SIGNED}, timeout=5.0
            )
        except urllib3.exceptions.HTTPError:
            return 0
        return answer.status

    return publish

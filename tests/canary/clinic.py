"""The whole service in one process on moto: its triggers pulled as AWS, the carrier and the staff would pull them."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from types import ModuleType
from typing import Any

from chalicelib.core.clinic import read_clinic
from chalicelib.core.staff import Staff
from infra.local.events import context
from infra.local.lambda_events import scheduled_event, sqs_event, stream_event
from tests.cast import CLINIC_NUMBER, DAN, ERIN, FRANK, RITA
from tests.fakes.world import CLINIC, FakeClock, InlinePatience

from .browser import CONSOLE, Door, Person, keep_answer
from .carrier import Carrier, a_carrier, a_text, signed_form
from .cloud import Cloud, StreamReader, a_cloud, take
from .evidence import Evidence, triggering
from .marks import OWN_SECOND

STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/porchlight-threads/stream/2026-01-01T00:00:00.000"
PUBLIC = "https://sms.porchlight.example"
CAROL_WIDE = ("adult", "unmatched")


@dataclass
class Clinic:
    """`app`: the module with the triggers."""

    app: ModuleType
    cloud: Cloud
    carrier: Carrier
    evidence: Evidence
    clock: FakeClock
    http: Any
    _sids: Any = field(default_factory=lambda: count(0x1000))
    _reader: StreamReader | None = None
    _recent: StreamReader | None = None

    def restart(self) -> None:
        """A new Lambda environment: no data key, no secret, no connection at hand."""
        from chalicelib import wiring

        wiring.reset()
        # A machine under load must not turn one road into another; threads and their time-outs have their own tests.
        head = {**CLINIC["clinic"], "redact_after_hours": 24, "test_sender": OWN_SECOND}  # type: ignore[dict-item]
        wiring.use(clock=self.clock, clinic=read_clinic({**CLINIC, "clinic": head}), patience=InlinePatience())

    def person(self, name: str) -> Person:
        return Person(name, self.http, self.evidence)

    def webhook(self, label: str, path: str, fields: dict[str, str], **headers: str) -> Any:
        """A signed form; `headers` replace."""
        given, body = signed_form(PUBLIC + path, fields)
        return self.post(label, path, {**given, **headers}, body)

    def post(self, label: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        answer = triggering(self.evidence, label, lambda: self.http.post(path, headers=headers, body=body))
        if answer is not None:
            keep_answer(self.evidence, f"carrier: {label}", answer)
        return answer

    def text(self, label: str, sender: str, body: str, sid: str = "", **more: str) -> Any:
        sid = sid or f"SM{next(self._sids):032x}"
        return self.webhook(label, "/sms/twilio/inbound", a_text(sid, sender, CLINIC_NUMBER, body, **more))

    def status(self, row: str, status: str, **more: str) -> Any:
        from urllib.parse import quote

        path = f"/sms/twilio/status?row={quote(row, safe='')}"
        fields = {"MessageSid": f"SM{next(self._sids):032x}", "MessageStatus": status, "To": "", "From": CLINIC_NUMBER, **more}
        return self.webhook("status", path, fields)

    def call(self, page: str, row: str, moment: str = "", label: str = "", **told: str) -> Any:
        """What a carrier asks ("script") or tells ("status") of a call; the newest one's row is in what was asked to be placed."""
        from urllib.parse import urlencode

        query = urlencode({"call": row, "at": moment} if moment else {"call": row})
        fields = {"CallSid": f"CA{next(self._sids):032x}", "AccountSid": "", "From": CLINIC_NUMBER, "CallStatus": "in-progress", **told}
        return self.webhook(label or f"call {page}", f"/voice/twilio/{page}?{query}", fields)

    def rung(self) -> str:
        """The row of the newest call that was placed."""
        from urllib.parse import parse_qs, urlsplit

        url = next(fields["Url"] for fields in reversed(self.carrier.taken) if "Url" in fields)
        return parse_qs(urlsplit(url).query)["call"][0]

    def trigger(self, name: str, event: dict[str, Any]) -> Any:
        """A Lambda function of ours with an event; what it answers is on record too."""
        told = triggering(self.evidence, name, lambda: getattr(self.app, name)(event, context(name)))
        self.evidence.see("function's answer", name, json.dumps(told, default=str))
        return told

    def stream(self, away: Collection[str] = ()) -> None:
        """Every record that is new, as an event of its own; once more for each of them while these services are down."""
        self._reader = self._reader or StreamReader(self.cloud, "porchlight-threads")
        events = [stream_event([record], STREAM) for record in self._reader.fresh()]
        self.cloud.down = set(away)
        for event in events if away else ():
            self.trigger("deliver_queued", event)
        self.cloud.down = set()
        for event in events:
            self.trigger("deliver_queued", event)
        self._second_looks(away)

    def _second_looks(self, away: Collection[str]) -> None:
        """Every copy that is new wakes the second look; once more for each while these services are down."""
        self._recent = self._recent or StreamReader(self.cloud, "porchlight-recent")
        for record in self._recent.fresh():
            for down in ([set(away)] if away else []) + [set()]:
                self.cloud.down = down
                self.trigger("second_look", stream_event([record], STREAM))
        self.cloud.down = set()

    def queues(self) -> None:
        for queue, name in (("ParkingQueue", "replay_parked"), ("ReconcileQueue", "reconcile_now"), ("OutboxQueue", "deliver_later")):
            for message in take(self.cloud, self.cloud.made[queue]):
                self.evidence.see("queue message", queue, json.dumps(message, default=str))
                self.trigger(name, sqs_event([message], self.cloud.made[f"{queue}.Arn"]))

    def minute(self, **later: float) -> None:
        self.clock.advance(**(later or {"minutes": 1}))
        self.trigger("tick", scheduled_event(self.clock.now))

    def hour(self) -> None:
        self.trigger("reconcile_hourly", scheduled_event(self.clock.now))

    def sns(self, name: str, message: dict[str, Any]) -> None:
        notice = {"Message": json.dumps(message), "Timestamp": self.clock.now.isoformat(), "Subject": "", "MessageAttributes": {}}
        self.trigger(name, {"Records": [{"EventSource": "aws:sns", "Sns": notice}]})


@contextmanager
def a_clinic(evidence: Evidence) -> Iterator[Clinic]:
    """Everything started, on an AWS, a carrier and a clock of its own. One a process: the app is a module."""
    with ExitStack() as stack:
        carrier = stack.enter_context(a_carrier(evidence))
        cloud = stack.enter_context(a_cloud(evidence))
        os.environ |= {
            "PORCHLIGHT_PUBLIC_URL": PUBLIC,
            "PORCHLIGHT_CONSOLE_URL": CONSOLE,
            "PORCHLIGHT_PAGES_URL": PUBLIC,
            "PORCHLIGHT_TWILIO_API_URL": carrier.url,
            "PORCHLIGHT_EUM_CONFIGURATION_SET": "canary",
        }
        yield _start(evidence, cloud, carrier)


def _start(evidence: Evidence, cloud: Cloud, carrier: Carrier) -> Clinic:
    from chalice.test import Client

    import app
    from chalicelib import console, wiring

    door = Door(Staff("carol", "clinician", CAROL_WIDE), DAN, ERIN, RITA, FRANK, Staff("sue", "supervisor", CAROL_WIDE))
    console.furnish(wiring.world, lambda: door, lambda: CONSOLE)
    clinic = Clinic(app, cloud, carrier, evidence, FakeClock(), Client(app.app).http)
    clinic.restart()
    return clinic

"""The door of the clinic's own schedule: signed requests in, problems as RFC 9457 has them out, in words of ours, no content.
The description is docs/schedule-api.openapi.yaml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from chalice import Response

from .. import wiring
from ..core import schedule_request
from ..core.appointments import ANSWERS
from ..core.staff import Staff
from ..errors import BadSignature, DeadlineExceeded, NotFound, SecretUnavailable, StoreError, VaultError
from ..flows import take_visit, visit_changes
from ..flows.take_visit import Stands
from ..ports import SignedRequests, WebhookRequest, World
from .carrier_door import TOKEN, as_it_came

PROBLEM, JSON = "application/problem+json", "application/json"
RETRY_AFTER = "5"  # seconds
CURSOR = re.compile(r"[0-9A-Za-z]{0,40}")
# Status and title by kind; the kind is the last part of the problem's `type`.
PROBLEMS: dict[str, tuple[int, str]] = {
    "unsigned": (401, "The request is not signed, or not by a key that is known here, or is older than five minutes."),
    "unreadable": (400, "The body is no JSON object, or longer than 16 KB."),
    "not-found": (404, "There is no such visit in a program of this key."),
    "stale": (409, "A newer version of this visit was taken already."),
    "version-reused": (409, "This version of the visit said something else before."),
    "time-taken": (409, "A patient has just taken this time."),
    "contended": (409, "Another change of this visit was made at this moment: send it again."),
    "invalid": (422, "Some fields are wrong."),
    "unknown-patient": (422, "Nobody here has this record id: import the list of patients first."),
    "elsewhere": (422, "This patient, or this visit, belongs to another program or record."),
    "merged": (422, "This patient's record was merged into another one."),
    "unavailable": (503, "Nothing was lost that was answered for: send it again."),
}
# RFC 9421 §5.1: what a signature must cover.
WANTED = 'sig=("@method" "@target-uri" "content-digest");created;keyid;alg="hmac-sha256"'


def visit(program: str, visit_id: str, request: Any) -> Response:
    """200 and 201 with the visit as it stands; else a problem."""
    return take(wiring.world(), wiring.signed_requests(), program, visit_id, request.method, as_it_came(request))


def cancel(program: str, visit_id: str, request: Any) -> Response:
    return take(wiring.world(), wiring.signed_requests(), program, visit_id, "CANCEL", as_it_came(request))


def changes(program: str, request: Any) -> Response:
    return tell(wiring.world(), wiring.signed_requests(), program, request.query_params or {}, as_it_came(request))


def take(world: World, signed: SignedRequests, program: str, visit_id: str, method: str, asked: WebhookRequest) -> Response:
    """`method`: GET, PUT, PATCH, or CANCEL for a POST."""

    def work(who: Staff) -> Response:
        if not schedule_request.VISIT_ID.fullmatch(visit_id):
            return problem("not-found")
        if method == "GET":
            return _shown(take_visit.read(world, who, program, visit_id), visit_id)
        return _changed(world, who, program, visit_id, method, asked)

    return _signed(world, signed, "POST" if method == "CANCEL" else method, asked, work)


def tell(world: World, signed: SignedRequests, program: str, query: Any, asked: WebhookRequest) -> Response:
    """A page of changes."""

    def work(who: Staff) -> Response:
        after, limit = query.get("after") or "", query.get("limit") or str(visit_changes.PAGE)
        if not CURSOR.fullmatch(after):
            return problem("invalid", {"?after": "is no cursor of ours"})
        if not re.fullmatch(r"\d{1,3}", limit) or not 0 < int(limit) <= visit_changes.PAGE:
            return problem("invalid", {"?limit": f"is no whole number from 1 to {visit_changes.PAGE}"})
        page = visit_changes.since(world, who, program, after, int(limit))
        body = {"changes": [_change(each) for each in page.told], "after": page.after, "more": page.more}
        return Response(json.dumps(body), headers={"Content-Type": JSON, "Cache-Control": "no-store"})

    return _signed(world, signed, "GET", asked, work)


def _signed(
    world: World, signed: SignedRequests, method: str, asked: WebhookRequest, work: Callable[[Staff], Response]
) -> Response:
    """What is not signed leaves nothing but a counter."""
    try:
        who = world.patience.within(TOKEN, lambda: signed.signer(asked, method, world.clock()))
    except BadSignature:
        world.journal.count("schedule_unsigned")
        return problem("unsigned")
    except (SecretUnavailable, DeadlineExceeded):
        return _unavailable(world, "secret")
    try:
        return work(who)
    except NotFound:
        return problem("not-found")
    except (StoreError, VaultError, SecretUnavailable) as failure:
        return _unavailable(world, type(failure).__name__)


def _changed(world: World, who: Staff, program: str, visit_id: str, method: str, asked: WebhookRequest) -> Response:
    now = world.clock()
    try:
        said = schedule_request.read_body(asked.body)
    except schedule_request.Unreadable:
        return problem("unreadable")
    zone = world.clinic.zone.key
    read: dict[str, Callable[[], schedule_request.SaidVisit | dict[str, str]]] = {
        "PUT": lambda: schedule_request.read_put(said, zone, now),
        "PATCH": lambda: schedule_request.read_patch(said, now),
        "CANCEL": lambda: schedule_request.read_cancel(said, now),
    }
    found = read[method]()
    if isinstance(found, dict):
        return problem("invalid", found)
    if method == "PUT":
        done = take_visit.put(world, who, program, visit_id, found, zone)
    else:
        done = take_visit.patch(world, who, program, visit_id, found)
    return _shown(done, visit_id) if isinstance(done, Stands) else problem(done.why.replace("_", "-"), done.fields)


def _shown(stands: Stands, visit_id: str) -> Response:
    """How it stands, without where it is: whoever asks has said that."""
    held = stands.visit
    body = {
        "visit_id": visit_id, "version": stands.version, "result": stands.result or "read", "start": _said(held.start_at),
        "minutes": held.minutes, "clinician": held.clinician, "kind": held.kind, "status": held.status,
        "answer": held.confirmation if held.confirmation in ANSWERS else "",
    }  # fmt: skip
    status = 201 if stands.result == "created" else 200
    return Response(json.dumps(body), status_code=status, headers={"Content-Type": JSON, "Cache-Control": "no-store"})


def _change(told: visit_changes.Told) -> dict[str, Any]:
    row = told.change
    return {
        "id": row.change_id, "visit_id": told.visit_id, "at": _said(row.at), "by": row.by, "status": row.status,
        "answer": row.answer, "barrier": row.barrier, "start": _said(row.start_at) if row.start_at else None,
    }  # fmt: skip


def _said(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unavailable(world: World, error: str) -> Response:
    world.journal.event("schedule_unavailable", error=error)
    world.journal.count("schedule_unavailable")
    return problem("unavailable")


def problem(kind: str, fields: dict[str, str] | None = None) -> Response:
    """RFC 9457. `fields`: where and what, in words of ours."""
    status, title = PROBLEMS[kind]
    body: dict[str, Any] = {"type": f"urn:porchlight:problem:{kind}", "title": title, "status": status}
    if fields:
        body["errors"] = [{"pointer": where, "detail": what} for where, what in sorted(fields.items())]
    headers: dict[str, str | list[str]] = {"Content-Type": PROBLEM, "Cache-Control": "no-store"}
    headers |= {"Retry-After": RETRY_AFTER} if status == 503 or kind == "contended" else {}
    headers |= {"WWW-Authenticate": "Signature", "Accept-Signature": WANTED} if status == 401 else {}
    return Response(json.dumps(body), status_code=status, headers=headers)

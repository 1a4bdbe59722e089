"""Texts that reached somebody else: the compliance officer's cases; and the button below a text that opens one."""

from __future__ import annotations

from chalice.app import Response

from ..core.breaches import DECISIONS, DONE, FACTORS, RISKS
from ..flows import breach_cases
from .desk import Visit, route

SAYS: dict[str, tuple[str, str]] = {
    "decided": ("Decided, with your name and the four factors.", "good"),
    "told": ("Noted.", "good"),
    "factors": ("Say of each factor how great the risk is. Nothing was changed.", "wait"),
    "decision": ("Choose how it is decided. Nothing was changed.", "wait"),
    "low": ("A factor of high risk is not a low probability. Nothing was changed.", "bad"),
    "moved": ("Somebody changed it at this moment. Look again.", "wait"),
}


@route("/breaches")
def breaches_page(visit: Visit) -> Response:
    found = breach_cases.cases(visit.world, visit.who)
    return visit.show("breaches.html", cases=found, is_open=breach_cases.is_open)


@route("/breaches/{case_id}")
def breach_page(visit: Visit, case_id: str) -> Response:
    return visit.show(
        "breach.html", case=breach_cases.read_case(visit.world, visit.who, case_id), says=SAYS.get(visit.query("done")),
        factors=FACTORS, risks=RISKS, decisions=DECISIONS, told=DONE, is_open=breach_cases.is_open,
    )  # fmt: skip


@route("/breaches/{case_id}", ("POST",))
def breach_submit(visit: Visit, case_id: str) -> Response:
    if visit.form.get("told"):
        done = breach_cases.tell(visit.world, visit.who, case_id, visit.form["told"])
    else:
        risks = {name: visit.form.get(f"risk_{name}", "") for name in FACTORS}
        done = breach_cases.decide(visit.world, visit.who, case_id, risks, visit.form.get("decision", ""))
    return visit.go(f"/breaches/{case_id}?done={done}")


@route("/threads/{thread_id}/misdirected/{message_id}", ("POST",))
def misdirected_submit(visit: Visit, thread_id: str, message_id: str) -> Response:
    """A text of ours reached another person."""
    breach_cases.misdirected(visit.world, visit.who, thread_id, message_id)
    return visit.go(f"/threads/{thread_id}?done=misdirected#latest")

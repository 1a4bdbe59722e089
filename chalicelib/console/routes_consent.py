"""A patient's consent: what may be sent now, what they said and how, the decision about words that may have meant STOP, and
the whole history as a page to print and as a file."""

from __future__ import annotations

from chalice.app import Response

from ..core.asked import WEB
from ..core.consent import EVERYTHING, SCOPES, stopped, unsure
from ..core.consent_ledger import LEDGERS, MEDIA, PART2, PART2_ELEMENTS, PROXY, TEXT
from ..core.people import Patient
from ..core.releases import NOTICE  # P2-3, with whatever leaves the house
from ..core.sheets import Sheet
from ..flows import asked_desk
from ..flows.consent_desk import Said, decide, record
from ..flows.read_consent import History, Line, read_consent
from ..texts import web_form
from ..texts.consent import consent_words, kind_words
from .desk import Visit, route
from .reasons import REFUSALS
from .taken_out import taken_out
from .web import Form

FIELDS = (
    "when", "ledger", "kind", "change", "how", "by", "given_by", "words_shown", "language", "said", "expires_on", "rule", "line",
)  # fmt: skip
CHANGES = {
    "granted": "Yes", "revoked": "No", "kept": "Kept after STOP", "unsure": "May have meant STOP", "settled": "Not meant as STOP",
}  # fmt: skip
HOW = {
    "sms": "by text", WEB: "on our web page", "number_changed": "the number changed", "merge": "two records became one",
    "merge_undone": "a merge was undone", "grant_ended": "the grant had its end",
    "carrier": "the carrier's list", "staff": "by staff", **MEDIA,
}  # fmt: skip


@route("/patients/{patient_id}/consent")
def consent_page(visit: Visit, patient_id: str) -> Response:
    return _page(visit, read_consent(visit.world, visit.who, patient_id))


@route("/patients/{patient_id}/consent", ("POST",))
def consent_submit(visit: Visit, patient_id: str) -> Response:
    form = visit.form
    done = record(visit.world, visit.who, patient_id, _said(form))
    if done == "saved":
        return visit.go(f"/patients/{patient_id}/consent?done=saved")
    return _page(visit, read_consent(visit.world, visit.who, patient_id), done, 400)


@route("/patients/{patient_id}/consent/decide", ("POST",))
def consent_decide(visit: Visit, patient_id: str) -> Response:
    meant = visit.form.get("meant", "")
    if meant not in ("stop", "go_on"):
        return visit.go(f"/patients/{patient_id}/consent?done=choose")
    found = decide(visit.world, visit.who, patient_id, meant == "stop")
    return visit.go(f"/patients/{patient_id}/consent?done={'decided' if found else 'nothing'}")


@route("/patients/{patient_id}/consent/form", ("POST",))
def consent_form(visit: Visit, patient_id: str) -> Response:
    """What was ticked on our web page, noted for them once somebody checked with them."""
    ask_id, risk = visit.form.get("ask", "")[:40], visit.form.get("risk") == "yes"
    done = asked_desk.note(visit.world, visit.who, patient_id, ask_id, risk)
    return visit.go(f"/patients/{patient_id}/consent?done={done}")


@route("/patients/{patient_id}/consent/file")
def consent_file(visit: Visit, patient_id: str) -> Response:
    """The whole history, with the notice of 42 CFR 2.32 (P2-3). The look is in the trail."""
    found = read_consent(visit.world, visit.who, patient_id, "export_consent")
    rows = tuple(map(_cells, reversed(found.lines)))
    return taken_out(visit, Sheet("What they agreed to", FIELDS, rows, NOTICE, (f"Record {patient_id}",)), "consent-history")


def _cells(line: Line) -> tuple[str, ...]:
    each = line.entry
    said = "(cannot be opened)" if line.said is None else line.said
    return (
        each.at.isoformat(timespec="seconds"), each.ledger, each.kind, each.change, each.medium, each.by, each.given_by,
        each.words, each.language, said, each.expires_on, each.rule_version, each.entry_id,
    )  # fmt: skip


def _said(form: Form) -> Said:
    ledger, wants = form.get("ledger", ""), form.get("wants", "")
    kind = form.get("kind", "") if ledger in (TEXT, PROXY) else EVERYTHING
    elements = {name: form.get(name, "").strip()[:300] for name in PART2_ELEMENTS} if ledger == PART2 and wants == "yes" else {}
    return Said(
        ledger,
        {kind: wants == "yes"} if wants in ("yes", "no") else {},
        form.get("medium", ""),
        form.get("said", "").strip(),
        "guardian" if form.get("given_by") == "guardian" else "",
        form.get("expires_on", "")[:10],
        elements,
    )


def _page(visit: Visit, found: History, wrong: str = "", status: int = 200) -> Response:
    patient: Patient = found.patient
    language = patient.language if patient.language in consent_words() else "en"
    return visit.show(
        "consent.html",
        status,
        patient=patient, name=found.name, found=found, program=patient.program,
        done=wrong or visit.query("done"),
        stopped=stopped(found.contact), unsure=unsure(found.contact),
        scopes=SCOPES, everything=EVERYTHING, ledgers=LEDGERS, media=MEDIA, how=HOW, changes=CHANGES, refusals=REFUSALS,
        elements=PART2_ELEMENTS, language=language,
        first=consent_words()[language],
        asks={kind: words for (kind, said_in), words in kind_words().items() if said_in == language},
        notes={form.ask.ask_id: asked_desk.wants(patient, form) for form in found.forms if form.yes_at},
        notice=NOTICE, shown_words=web_form.versions(),
    )  # fmt: skip

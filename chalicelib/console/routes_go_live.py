"""Going live: the checklist, vendors' papers, each program's switch."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalice.app import Response

from ..core.roles import Action
from ..core.vendors import FEATURES, NO, YES, Vendor, day, fields_of_vendor, lacks, pilot_of, read_vendor
from ..flows.go_live import GoLive, NotYet, confirm, read_go_live, record_vendor, switch
from .desk import Visit, route
from .web import Form, whole

LONGEST_WHY = 160
VENDOR = re.compile(r"[a-z][a-z0-9-]{1,30}")
DONE = {"vendor": "It is noted, and counts from the next text on.", "confirmed": "It is noted with your name.",
        "switched": "It counts from the next text on."}  # fmt: skip
FOUND = {
    "no_agreement": "no agreement is on record",
    "lapsed": "the agreement has run out",
    "not_covered": "the agreement does not name this",
    "no_qso": "the agreement for substance use records (42 CFR 2.11) is missing",
    "nobody": "there is an hour with nobody on call",
    "no_last_resort": "a closed time has no last resort",
    "away": "somebody on call is away then",
    "unverified": "somebody on call has no phone that was tried",
    "not_proved": "none has passed within half an hour",
}
FEATURE_NAMES = {"sms": "texts", "voice": "calls", "email": "e-mail", "pager": "pages"}
DATES = {"baa": "BAA signed on", "qso": "Agreement of 42 CFR 2.11 signed on", "until": "Last day they hold"}


@route("/settings/go-live")
def go_live_page(visit: Visit) -> Response:
    return _page(visit)


@route("/settings/go-live/vendor", ("POST",))
def vendor_submit(visit: Visit) -> Response:
    form = visit.form
    name = form.get("vendor", "").strip().lower()
    said = {key: form.get(key, "").strip() for key in DATES}
    errors = {key: "Enter a date, or leave it empty." for key, text in said.items() if text and not day(text)}
    if not VENDOR.fullmatch(name):
        errors["vendor"] = "Enter the vendor in small letters, such as twilio, aws or pagerduty."
    if errors:
        return _page(visit, errors, 400)
    papers = read_vendor(name, said | {"features": " ".join(each for each in FEATURES if form.get(f"covers_{each}"))})
    record_vendor(visit.world, visit.who, papers, _version(form), _why(form))
    return visit.go("/settings/go-live?done=vendor#vendors")


@route("/settings/go-live/confirm", ("POST",))
def confirm_submit(visit: Visit) -> Response:
    form = visit.form
    confirm(visit.world, visit.who, form.get("item", ""), form.get("do") != "withdraw", _version(form), _why(form))
    return visit.go("/settings/go-live?done=confirmed")


@route("/settings/go-live/programs/{program_id}", ("POST",))
def switch_submit(visit: Visit, program_id: str) -> Response:
    form = visit.form
    live = form.get("live", "")
    if live == "pilot":
        live = ",".join(each.strip() for each in form.get("people", "").replace(",", " ").split())
    if live not in (YES, NO) and not pilot_of(live):
        return _page(visit, {program_id: "Choose one. For a pilot enter the staff ids, such as carol.smith."}, 400)
    if isinstance(switch(visit.world, visit.who, program_id, live, _version(form), _why(form)), NotYet):
        return _page(visit, {program_id: "It stays as it is: the checklist is not done. What is open stands above."}, 409)
    return visit.go("/settings/go-live?done=switched#programs")


def _page(visit: Visit, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    now = read_go_live(visit.world, visit.who)
    return visit.show(
        "settings_go_live.html",
        status,
        now_is=now,
        vendors=[(each, _state(now, each), fields_of_vendor(each)) for each in sorted(now.clinic.vendors.values(), key=_name)],
        features=FEATURE_NAMES,
        dates=DATES,
        found=FOUND,
        may_change=visit.who.may(Action.PROGRAMS),
        form=visit.form if errors else {},
        errors=errors or {},
        done=DONE.get(visit.query("done"), ""),
        pilot_of=pilot_of,
    )


def _state(now: GoLive, vendor: Vendor) -> str:
    """What its papers lack for what they name, in words; "" for nothing."""
    substance_use = any(each.substance_use for each in now.clinic.programs.values())
    return FOUND.get(lacks(vendor, (vendor.features or ("sms",))[0], substance_use, now.today), "")


def _name(vendor: Vendor) -> str:
    return vendor.vendor


def _version(form: Form) -> int:
    return whole(form.get("version", ""))


def _why(form: Form) -> str:
    return " ".join(form.get("why", "").split())[:LONGEST_WHY]

"""Breaking the glass: one record of another program, for a while, with a reason that somebody reads afterwards."""

from __future__ import annotations

from chalice.app import Response

from ..core.break_glass import GROUNDS, LONGEST_WORDS
from ..core.own_keys import GLASS
from ..core.roles import COMPLIANCE, Action
from ..errors import NotFound
from ..flows.authority import demand
from ..flows.break_glass import Asked, NotOpened, break_glass, end, standing
from ..phone_number import read_number
from .colleagues import accounts
from .desk import Visit, route

WRONG = {
    "find": "Enter the record's id or the phone number.",
    "ground": "Choose what it is for.",
    "words": f"Say in a few words what happened, at most {LONGEST_WORDS} characters.",
    "cannot_ask": "Confirm it, or ask them first.",
    "nobody": "No record is opened: nobody here has this id or number, or this is not a ground that opens theirs. Whoever is on "
    "call for the program can always be called.",
    "several": "Several people use this number. Ask their program for the record's id, or call whoever is on call there.",
}
AT = {"nobody": "find", "several": "find"}  # the field that it is said at


@route("/open-record")
def glass_page(visit: Visit) -> Response:
    demand(visit.world, visit.who, Action.BREAK_GLASS)
    return _form(visit, {}, {})


@route("/open-record", ("POST",))
def glass_submit(visit: Visit) -> Response:
    form = visit.form
    find, words = form.get("find", "").strip(), " ".join(form.get("words", "").split())
    asked = Asked(find.upper(), read_number(find), form.get("ground", ""), words, form.get("cannot_ask") == "yes")
    errors = _errors(asked)
    if errors:
        demand(visit.world, visit.who, Action.BREAK_GLASS)
        return _form(visit, {**form}, errors, 400)
    try:
        patient_id = break_glass(visit.world, visit.who, asked, _officers(visit))
    except NotOpened as problem:
        return _form(visit, {**form}, {AT.get(str(problem), str(problem)): WRONG[str(problem)]}, 409)
    return visit.go(_next(visit, patient_id))


@route("/open-record/{patient_id}")
def glass_open_page(visit: Visit, patient_id: str) -> Response:
    """Until AWS has the grant this page looks again by itself; then it leads on."""
    found = standing(visit.world, visit.who, patient_id)
    return visit.show("glass_open.html", found=found)


@route("/open-record/{patient_id}/end", ("POST",))
def glass_end_submit(visit: Visit, patient_id: str) -> Response:
    end(visit.world, visit.who, patient_id)
    return visit.go("/open-record?done=ended")


def _errors(asked: Asked) -> dict[str, str]:
    wrong = {
        "find": not asked.find,
        "ground": asked.ground not in GROUNDS,
        "words": not 0 < len(asked.words) <= LONGEST_WORDS,
        "cannot_ask": not asked.cannot_ask,
    }
    return {field: WRONG[field] for field, is_wrong in wrong.items() if is_wrong}


def _next(visit: Visit, patient_id: str) -> str:
    """What was open to them anyhow is simply shown."""
    try:
        row = standing(visit.world, visit.who, patient_id).key
    except NotFound:
        return f"/threads/{patient_id}"
    return f"/open-record/{patient_id}" if row.why == GLASS else f"/threads/{patient_id}"


def _officers(visit: Visit) -> tuple[str, ...]:
    """Who reviews. Where the list of people does not answer, whoever supervises is told alone; the officer's page counts."""
    return tuple(each.staff_id for each in accounts(visit) if each.enabled and each.role == COMPLIANCE)


def _form(visit: Visit, form: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    done = visit.query("done") == "ended"
    return visit.show(
        "glass.html", status, form=form, errors=errors, grounds=GROUNDS, longest=LONGEST_WORDS,
        minutes=visit.world.clinic.glass_minutes, done=done,
    )  # fmt: skip

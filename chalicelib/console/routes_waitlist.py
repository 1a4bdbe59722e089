"""The waitlist: open times with live offers, who waits, an offer settled by phone, and urgent times in one click."""

from __future__ import annotations

from chalice.app import Response

from ..core.appointments import KINDS
from ..core.clinic import DAYS
from ..core.roles import Action
from ..core.waitlist import OFFERS
from ..core.waitlist_rules import PRIORITY_DAYS, WHERE
from ..flows import waitlist_desk as desk_flow
from ..flows.book_appointment import Wrong
from ..flows.read_waitlist import read_board, read_entry, urgent_openings
from ..flows.write_reply import form_is_ours
from . import times, waitlist_form
from . import waitlist_view as view
from .colleagues import or_choose, who_treat
from .desk import Visit, route
from .registration_form import Errors

KINDS_HERE = {key: label for key, label in KINDS.items() if key != "group"}
MOVES = {"taken": "took", "refused": "refused", "withdrawn": "withdrawn"}


@route("/waitlist")
def waitlist_page(visit: Visit) -> Response:
    return _board(visit, _program(visit), {}, {}, done=visit.query("done"))


@route("/waitlist/times", ("POST",))
def opening_submit(visit: Visit) -> Response:
    form, program = dict(visit.form), visit.form.get("program", "")
    wish = waitlist_form.read_slot_form(visit.world, form)
    form_id, now = form.get("form_id", ""), visit.world.clock()
    if not form_is_ours(visit.world, form_id, now):
        form_id = visit.world.ids(now)
    wrong = desk_flow.enter(visit.world, visit.who, program, form_id, wish)
    if wrong is not None:
        return _board(visit, program, form, wrong.fields, 400)
    return visit.go(f"/waitlist?program={program}&done=entered")


@route("/waitlist/rules", ("POST",))
def slot_rules_submit(visit: Visit) -> Response:
    form, program = visit.form, visit.form.get("program", "")
    notice = waitlist_form.number(form.get("notice", ""))
    wrong = desk_flow.set_rules(visit.world, visit.who, program, form.get("clinician", ""), form.get("offers", ""), notice)
    return visit.go(f"/waitlist?program={program}&done={'wrong' if wrong else 'rules'}")


@route("/waitlist/{program}/{slot_id}/{move}", ("POST",))
def offer_submit(visit: Visit, program: str, slot_id: str, move: str) -> Response:
    """What came of a call, or a time that nobody shall have."""
    patient_id, world, who = visit.form.get("patient", ""), visit.world, visit.who
    if move == "taken":
        done = desk_flow.take(world, who, program, slot_id, patient_id, offered=True)
    elif move == "refused":
        done = desk_flow.refuse(world, who, program, slot_id, patient_id)
    else:
        done = move in MOVES and desk_flow.withdraw(world, who, program, slot_id)
    return visit.go(f"/waitlist?program={program}&done={MOVES.get(move, '') if done else 'too_late'}")


@route("/patients/{patient_id}/waitlist")
def entry_page(visit: Visit, patient_id: str) -> Response:
    return _entry(visit, patient_id, None, {})


@route("/patients/{patient_id}/waitlist", ("POST",))
def entry_submit(visit: Visit, patient_id: str) -> Response:
    program, form = desk_flow.of_program(visit.world, visit.who, patient_id, "edit_waitlist").program, dict(visit.form)
    if form.get("do") == "remove":
        desk_flow.remove(visit.world, visit.who, patient_id)
        return visit.go(f"/waitlist?program={program}&done=removed")
    wrong = desk_flow.add(visit.world, visit.who, patient_id, waitlist_form.read_entry_form(form))
    if isinstance(wrong, Wrong):
        return _entry(visit, patient_id, form, wrong.fields, 400)
    return visit.go(f"/waitlist?program={program}&done=added")


@route("/patients/{patient_id}/urgent")
def urgent_page(visit: Visit, patient_id: str) -> Response:
    return _urgent(visit, patient_id, "")


@route("/patients/{patient_id}/urgent", ("POST",))
def urgent_submit(visit: Visit, patient_id: str) -> Response:
    program, slots = urgent_openings(visit.world, visit.who, patient_id)
    slot = visit.form.get("slot", "")
    if slot in {each.slot_id for each in slots} and desk_flow.take(visit.world, visit.who, program, slot, patient_id):
        return visit.go(f"/threads/{patient_id}#latest")
    return _urgent(visit, patient_id, "too_late", 409)


def _program(visit: Visit) -> str:
    own = [each for each in visit.who.programs if each in visit.world.clinic.programs]
    asked = visit.query("program")
    return asked or (own[0] if own else "")


def _board(visit: Visit, program: str, form: dict[str, str], errors: Errors, status: int = 200, done: str = "") -> Response:
    world, now = visit.world, visit.world.clock()
    board, place = read_board(world, visit.who, program), times.Place(world.clinic.zone, now)
    live, over = view.view_times(board, place)
    return visit.show(
        "waitlist.html",
        status,
        live=live,
        over=over,
        waits=view.view_waits(board, place),
        rules=board.rules,
        offers=OFFERS,
        program=program,
        programs=[each for each in visit.who.programs if each in world.clinic.programs],
        people=who_treat(visit, program),
        kinds=KINDS_HERE,
        form={"zone": world.clinic.zone.key, "minutes": "50", "kind": "individual", "clinician": or_choose(visit.who), **form},
        form_id=world.ids(now),
        errors=errors,
        done=done,
    )


def _entry(visit: Visit, patient_id: str, form: dict[str, str] | None, errors: Errors, status: int = 200) -> Response:
    opened, place = read_entry(visit.world, visit.who, patient_id), times.Place(visit.world.clinic.zone, visit.world.clock())
    return visit.show(
        "waitlist_entry.html",
        status,
        patient_id=patient_id,
        name=opened.name,
        entry=opened.entry,
        visits={each.appointment_id: place.stamp(each.start_at) for each in opened.visits},
        form=form if form is not None else waitlist_form.entry_fields(opened.entry),
        errors=errors,
        program=opened.program,
        people=who_treat(visit, opened.program),
        kinds=KINDS_HERE,
        days=view.SHORT,
        where=WHERE,
        priorities=PRIORITY_DAYS,
        may_priority=visit.who.may(Action.PRIORITY),
        has_priority=opened.entry is not None and opened.entry.has_priority(place.now),
        weekdays=DAYS,
    )


def _urgent(visit: Visit, patient_id: str, done: str, status: int = 200) -> Response:
    program, slots = urgent_openings(visit.world, visit.who, patient_id)
    place = times.Place(visit.world.clinic.zone, visit.world.clock())
    shown = [(each, view.slot_when(each, place)) for each in slots]
    return visit.show("urgent.html", status, patient_id=patient_id, program=program, shown=shown, done=done, kinds=KINDS)

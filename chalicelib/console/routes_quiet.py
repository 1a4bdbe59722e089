"""Who has gone quiet, and the texts of a re-engagement: begun and stopped with one click."""

from __future__ import annotations

from chalice.app import Response

from ..core.quiet import CONTACTS, LEAVE_DAYS, LEFT_FOR
from ..core.reengagement import WHY
from ..flows import quiet_desk, reengage
from ..flows.quiet_desk import Silent
from . import times, words
from .desk import Visit, route
from .web import whole


@route("/quiet")
def quiet_page(visit: Visit) -> Response:
    own = [program for program in visit.who.programs if program in visit.world.clinic.programs]
    program = visit.query("program") or (own[0] if own else "")
    found = quiet_desk.read_quiet(visit.world, visit.who, program)
    known, place = visit.world.clinic.programs[program], times.Place(visit.world.clinic.zone, visit.world.clock())
    done = visit.query("done")
    return visit.show(
        "quiet.html",
        lines=[_line(each, place, visit.who.staff_id) for each in found],
        days=known.quiet_days,
        by_itself=known.quiet_texts,
        reasons=LEFT_FOR,
        leave_days=LEAVE_DAYS,
        program=program,
        programs=own,
        why=WHY.get(done, ""),
        done=done,
    )


@route("/quiet/{patient_id}/{move}", ("POST",))
def quiet_submit(visit: Visit, patient_id: str, move: str) -> Response:
    program, form = visit.form.get("program", ""), visit.form
    if move == "call":
        done = "call_asked" if quiet_desk.ask_call(visit.world, visit.who, program, patient_id) else "full"
    elif move == "texts":
        done = reengage.start(visit.world, visit.who, patient_id)
    elif form.get("why") not in LEFT_FOR or whole(form.get("days", ""), 0) not in LEAVE_DAYS:
        done = "choose"
    else:
        quiet_desk.leave(visit.world, visit.who, program, patient_id, whole(form["days"], 0), form["why"])
        done = "left"
    return visit.go(f"/quiet?program={program}&done={done}")


@route("/patients/{patient_id}/texts-again", ("POST",))
def begin_submit(visit: Visit, patient_id: str) -> Response:
    return visit.go(f"/patients/{patient_id}?done=back_{reengage.start(visit.world, visit.who, patient_id)}")


@route("/patients/{patient_id}/stop/{reengagement_id}", ("POST",))
def stop_submit(visit: Visit, patient_id: str, reengagement_id: str) -> Response:
    stopped = reengage.stop(visit.world, visit.who, patient_id, reengagement_id)
    return visit.go(f"/patients/{patient_id}?done={'back_stopped' if stopped else 'same'}")


def _line(each: Silent, place: times.Place, me: str) -> dict[str, object]:
    """One line in words: since when, why, and what was done about it."""
    entry = each.entry
    says = [CONTACTS.get(entry.contact, entry.contact), *(["the last visit was missed"] if entry.missed else [])]
    left = f"Left alone until {place.day(entry.left_until)} by {words.person(entry.left_by, me)}" if entry.left_until else ""
    return {
        "patient_id": entry.patient_id,
        "name": each.name,
        "days": (place.now - entry.since).days,
        "since": place.day(entry.since),
        "at": entry.since,
        "says": "; ".join(says),
        "left": f"{left}: {LEFT_FOR.get(entry.left_why, entry.left_why).lower()}" if each.left else "",
        "begun": place.day(entry.begun_at) if entry.begun_at else "",
    }

"""Which texts go before a program's visits: look, change, try on somebody's visit, save, go back to the released ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalice.app import Response

from ..core.sequence_advice import advice
from ..core.sequence_overlay import MOST_STEPS, RANKS, problems
from ..core.sequences import Step
from ..flows import change_sequence as flow
from ..flows.change_sequence import Moved, SequenceNow
from ..flows.plan_touches import zone_of
from ..flows.try_sequence import Tried, try_sequence, visits_ahead
from ..texts import previsit
from . import appointments_view as view
from . import sequence_form, times
from .desk import Visit, route
from .sequence_form import Row

LONGEST_WHY = 120
DONE = ("changed", "same", "released")


@route("/sequences")
def sequences_page(visit: Visit) -> Response:
    own = [each for each in visit.who.programs if each in visit.world.clinic.programs]
    program = visit.query("program") or (own[0] if own else "")
    found = flow.read_sequences(visit.world, visit.who, program)
    done = visit.query("done")
    return visit.show(
        "sequences.html", program=program, found=found, own=own, ordered=_in_order, span=sequence_form.span_says,
        labels=sequence_form.LABELS,
        done=done if done in DONE else "",
    )


@route("/sequences/{program}/{sequence_id}")
def sequence_page(visit: Visit, program: str, sequence_id: str) -> Response:
    now = flow.read_sequence(visit.world, visit.who, program, sequence_id)
    return _form(visit, now, sequence_form.rows_of(now.sequence.steps), now.sequence.tag)


@route("/sequences/{program}/{sequence_id}", ("POST",))
def sequence_submit(visit: Visit, program: str, sequence_id: str) -> Response:
    now, form = flow.read_sequence(visit.world, visit.who, program, sequence_id), visit.form
    do, seen, rows = form.get("do", ""), form.get("seen", ""), sequence_form.read(form)
    if do == "release":
        back = flow.release_sequence(visit.world, visit.who, program, sequence_id, seen)
        return _after(visit, now, sequence_form.rows_of(now.sequence.steps), back, "released")
    if do == "add" or do.startswith("remove:"):
        return _form(visit, now, [*rows, Row(rank="2")] if do == "add" else rows, seen)
    steps, wrong = sequence_form.steps_of(rows)
    wrong = wrong or problems(steps, flow.offered())
    if wrong:
        return _form(visit, now, rows, seen, 400, errors=sequence_form.says_wrong(wrong, rows))
    rows = sequence_form.rows_of(_in_order(steps))
    if do == "save":
        outcome = flow.change_sequence(visit.world, visit.who, program, sequence_id, steps, seen, _why(visit))
        return _after(visit, now, rows, outcome, "changed")
    tried = _tried(visit, now, steps) if do == "preview" else None
    return _form(visit, now, rows, seen, steps=steps, tried=tried, review=do == "review")


def _in_order(steps: Sequence[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: (-step.before.days, -step.before.exact, step.rank))


def _tried(visit: Visit, now: SequenceNow, steps: tuple[Step, ...]) -> Tried | None:
    patient_id, _, appointment_id = visit.form.get("whose", "").partition(".")
    if not appointment_id:
        return None
    return try_sequence(visit.world, visit.who, patient_id, appointment_id, now.sequence.sequence_id, steps)


def _after(visit: Visit, now: SequenceNow, rows: list[Row], outcome: object, done: str) -> Response:
    if isinstance(outcome, Moved):
        return _form(visit, outcome.now, rows, outcome.now.sequence.tag, 409, moved=True)
    assert isinstance(outcome, SequenceNow)
    said = "same" if outcome.version == now.version else done
    return visit.go(f"/sequences?program={now.program}&done={said}")


def _form(
    visit: Visit, now: SequenceNow, rows: list[Row], seen: str, status: int = 200, steps: tuple[Step, ...] | None = None,
    tried: Tried | None = None, **more: Any,
) -> Response:
    """`more`: errors, review, moved."""
    place = times.Place(visit.world.clinic.zone, visit.world.clock())
    ahead = visits_ahead(visit.world, visit.who, now.program, now.sequence.sequence_id)
    return visit.show(
        "sequence.html",
        status,
        now_is=now,
        program=now.program,
        rows=rows,
        seen=seen,
        advice=advice(steps, [each.template for each in previsit.questions().values()]) if steps is not None else (),
        was=_in_order(now.sequence.steps),
        will=_in_order(steps or ()),
        ahead=[replace(each, name=f"{each.name}, {view.when_says(each.visit, place)}") for each in ahead],
        whose=visit.form.get("whose", ""),
        history=[(place.stamp(line.at), line) for line in now.history],
        why=_why(visit),
        **_choices(),
        **_preview(visit, tried, place),
        **{"errors": (), "moved": False, "review": False, **more},
    )


def _choices() -> dict[str, Any]:
    labels = {name: sequence_form.LABELS.get(name, name) for name in flow.offered()}
    return {"ranks": RANKS, "units": sequence_form.UNITS, "labels": labels, "span": sequence_form.span_says, "most": MOST_STEPS}


def _preview(visit: Visit, tried: Tried | None, place: times.Place) -> dict[str, Any]:
    if tried is None:
        return {"texts": None, "found": (), "theirs": None}
    theirs = times.Place(zone_of(visit.world, tried.patient), place.now)
    own = theirs if theirs.zone != place.zone else None
    return {"texts": view.view_texts(tried.texts, theirs), "found": tried.found, "theirs": own}


def _why(visit: Visit) -> str:
    return " ".join(visit.form.get("why", "").split())[:LONGEST_WHY]

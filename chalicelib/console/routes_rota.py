"""Who is on call: for everybody to see, for supervisors to change, for each person to say yes to their turns."""

from __future__ import annotations

from datetime import UTC, datetime

from chalice.app import Response

from ..core.clinic import DAYS, STEPS
from ..core.coverage import turns_ahead
from ..core.roles import Action
from ..flows import plan_rota
from . import rota_view
from .colleagues import accounts, may_be_on_call
from .desk import Visit, furniture, route
from .web import whole

DONE = ("changed", "same", "offered", "accepted", "declined", "withdrawn", "yes", "undone")
LONGEST_WHY = 120
BLANK = {
    "step": "primary", "hours": "00:00-24:00", "days": ",".join(DAYS), "turn_days": "7", "turn_at": "09:00", "holidays": "too",
}  # fmt: skip


@route("/rota")
def rota_page(visit: Visit) -> Response:
    return _page(visit)


@route("/rota", ("POST",))
def rota_submit(visit: Visit) -> Response:
    """What one person does for themselves: say yes to a turn, offer hours, answer an offer. Or the last resort and reader."""
    form, do = visit.form, visit.form.get("do", "")
    if do == "yes":
        plan_rota.say_yes(visit.world, visit.who, form.get("layer", ""), whole(form.get("turn", "")))
        return _done(visit, "yes")
    if do in ("accepted", "declined", "withdrawn"):
        plan_rota.answer_offer(visit.world, visit.who, form.get("override", ""), do)
        return _done(visit, do)
    if do == "house":
        version = whole(form.get("version", ""))
        after = plan_rota.change_house(visit.world, visit.who, form, version, _why(visit))
        return _done(visit, "same" if after == version else "changed")
    return _offer(visit)


@route("/rota/layers/{layer_id}")
def layer_page(visit: Visit, layer_id: str) -> Response:
    if layer_id == "new":
        return _layer(visit, layer_id, {**BLANK}, 0)
    now, fields, history = plan_rota.read_layer_now(visit.world, visit.who, layer_id)
    return _layer(visit, layer_id, fields, now.version(f"layer.{layer_id}"), history=history)


@route("/rota/layers/{layer_id}", ("POST",))
def layer_submit(visit: Visit, layer_id: str) -> Response:
    form = visit.form
    version = whole(form.get("version", ""))
    if form.get("do") == "undo":
        plan_rota.undo_layer(visit.world, visit.who, layer_id, whole(form.get("undone", "")), version)
        return _done(visit, "undone")
    name = rota_view.new_id(form.get("name", "")) if layer_id == "new" else layer_id
    fields = {"gone": "yes"} if form.get("do") == "remove" else rota_view.read_form(form)
    wrong = "" if form.get("do") == "remove" else plan_rota.problem_of(visit.world, name, fields)
    if not name or wrong:
        return _layer(visit, layer_id, fields, version, wrong or "this layer: no name", 400)
    after = plan_rota.change_layer(visit.world, visit.who, name, fields, version, _why(visit))
    return _done(visit, "same" if after == version else "changed")


def _offer(visit: Visit) -> Response:
    form, zone = visit.form, visit.world.clinic.zone
    start = rota_view.read_local(form.get("start_day", ""), form.get("start_clock", ""), zone)
    end = rota_view.read_local(form.get("end_day", ""), form.get("end_clock", ""), zone)
    if start is None or end is None or start >= end or not form.get("person"):
        return _page(visit, "Choose who takes over, and from when until when.", 400)
    could = [each.staff_id for each in may_be_on_call(accounts(visit))]
    if could and form["person"] not in could:
        return _page(visit, "Choose somebody of the list: who is on call treats patients.", 400)
    programs = form.get("programs", "") if form.get("programs", "") in visit.world.clinic.programs else ""
    plan_rota.offer(visit.world, visit.who, {**form, "programs": programs}, start.astimezone(UTC), end.astimezone(UTC))
    return _done(visit, "offered")


def _page(visit: Visit, error: str = "", status: int = 200) -> Response:
    world, at, done = visit.world, visit.world.clock(), visit.query("done")
    now = plan_rota.read_rota_now(world)
    ahead = plan_rota.week_ahead(world, now, at)
    people = accounts(visit)
    open_ones = [row for row in now.offers() if datetime.fromisoformat(row.value["end"]) > at]
    return visit.show(
        "rota.html",
        status,
        rota=now.rota,
        weeks=rota_view.alike(ahead),
        gaps=plan_rota.gaps_in(world, now, ahead),
        gap_says=rota_view.in_words,
        turns=[turn for turn in turns_ahead(now.rota, visit.who.staff_id, at) if not turn.accepted],
        to_me=[row for row in open_ones if row.value.get("person") == visit.who.staff_id],
        of_mine=[row for row in open_ones if row.value.get("by") == visit.who.staff_id],
        people=people,
        on_call=may_be_on_call(people),
        steps=STEPS,
        step_names=rota_view.STEP_NAMES,
        holidays_say=rota_view.HOLIDAYS,
        may_change=visit.who.may(Action.ROTA),
        house_version=now.version("house"),
        instant=datetime.fromisoformat,
        form=visit.form,
        error=error,
        done=done if done in DONE else "",
    )


def _layer(
    visit: Visit, layer_id: str, fields: dict[str, str], version: int, error: str = "", status: int = 200,
    history: tuple[object, ...] = (),
) -> Response:
    start, _, end = fields.get("hours", "").partition("-")
    return visit.show(
        "rota_layer.html",
        status,
        layer_id=layer_id,
        fields=fields,
        start=start,
        end="00:00" if end == "24:00" else end,
        version=version,
        error=error,
        history=history,
        people=may_be_on_call(accounts(visit)),
        steps=STEPS,
        step_names=rota_view.STEP_NAMES,
        holidays_say=rota_view.HOLIDAYS,
        name=visit.form.get("name", ""),
        why=visit.form.get("why", ""),
    )


def _done(visit: Visit, what: str) -> Response:
    furniture().changed()
    return visit.go(f"/rota?done={what}")


def _why(visit: Visit) -> str:
    return " ".join(visit.form.get("why", "").split())[:LONGEST_WHY]

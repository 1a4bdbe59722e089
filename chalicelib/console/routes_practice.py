"""The first day: three tasks on a practice patient, who is on these pages only. Its words stand in `practice.html`."""

from __future__ import annotations

from chalice.app import Response

from .. import texts
from ..core import segments
from ..core.practice import BACK, STEPS, TASKS, Practice
from ..flows import practice as practising
from ..flows.own_thread import WHY_CLOSED
from .desk import Visit, route

TITLES: dict[str, str] = {"answer": "Answer a text", "urgent": "Somebody in danger", "close": "Leave a note, and close"}
TYPED = ("answer", "note")  # steps with words in them, which are shown once and kept nowhere


@route("/practice")
def practice_page(visit: Visit) -> Response:
    return _show(visit, practising.read_practice(visit.world, visit.who))


@route("/practice", ("POST",))
def practice_submit(visit: Visit) -> Response:
    do, typed = visit.form.get("do", ""), _typed(visit)
    if do == "skip":
        practising.put_off(visit.world, visit.who)
        return visit.go("/inbox")
    if do == "again":
        practising.begin_again(visit.world, visit.who)
        return visit.go("/practice")
    wrong = _wrong(visit, do, typed)
    if wrong:
        return _show(visit, practising.read_practice(visit.world, visit.who), 400, wrong=wrong)
    now = practising.do_step(visit.world, visit.who, do)
    if do in TYPED or do == BACK:  # no redirect: what was typed goes with the answer, and then it is gone
        return _show(visit, now, typed=typed, did=do)
    return visit.go("/practice")


def _typed(visit: Visit) -> str:
    return segments.transliterate(visit.form.get("text", "").replace("\r\n", "\n")).strip()[:1600]


def _wrong(visit: Visit, do: str, typed: str) -> str:
    if do in TYPED:
        return "" if typed else "Write something first. It goes nowhere."
    if do == "resolve":
        return "" if visit.form.get("disposition", "") in texts.dispositions() else "Choose how it ended."
    if do == "close":
        return "" if visit.form.get("why", "") in WHY_CLOSED else "Say why it needs no answer."
    return ""


def _show(visit: Visit, practice: Practice, status: int = 200, typed: str = "", did: str = "", wrong: str = "") -> Response:
    task = "answer" if did == "answer" else practice.task  # the answer is looked at before the next task begins
    return visit.show(
        "practice.html",
        status,
        practice=practice,
        task=task,
        step="sent" if did == "answer" else practice.step,
        tasks=[(each, TITLES[each], practice.finished(each)) for each in TASKS],
        left=len(STEPS) - practice.done,
        typed=typed,
        did=did,
        wrong=wrong,
        endings=[(key, each.label) for key, each in texts.dispositions().items()],
        why_closed=WHY_CLOSED,
        urgent=practising.somebody_waits_urgently(visit.world, visit.who),
    )

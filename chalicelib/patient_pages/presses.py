"""Buttons of patients' pages: of their visits, of what we may text them, of how we reach them."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Response

from ..core.page_links import CHOICES, PLAN, TOKEN, VISITS
from ..core.windows import DAYS
from ..flows import answer_page, page_choices, page_plan, page_times, page_waitlist
from ..texts import pages
from . import inside
from .visitor import Visitor, acts_on, asks, form_id, gone, kept, ours
from .web import Form, whole

# What a page may say that it did, by the word in its address.
DONE = frozenset(
    {
        "sent", "noted", "changed", "asked", "off", "taken", "gone", "times", "notimes", "nohours", "unsafe", "waits", "unwaits",
        "nolist",
    }
)  # fmt: skip


def _press(visitor: Visitor) -> Response:
    """A button of a visit, decided as a text's answer would be."""
    world, form = visitor.world, visitor.form
    door = acts_on(visitor, VISITS)
    if isinstance(door, Response):
        return door
    do, visit_id = form["do"], form.get("visit", "")[:60]
    answer_page.press(world, door, do, visit_id, form.get("slot", "")[:80], form_id(form))
    if do == "wants_move":
        return visitor.go(door, "times" if page_times.keep_times(world, door, visit_id) else "notimes")
    if do == "take":
        return visitor.go(door, "taken" if inside.took(world, door, form.get("slot", "")[:80]) else "gone")
    return visitor.go(door, "off" if do == "cannot_come" else "noted")


def _choose(visitor: Visitor) -> Response:
    """Tighter at once; looser is asked of a person."""
    world, form = visitor.world, visitor.form
    do = form["do"]
    door = acts_on(visitor, CHOICES, tightens=do not in ("more", "speak"))
    if isinstance(door, Response):
        return door
    if do == "more":
        said = pages.words(door.link.language)["post_more"]
        answer_page.write(world, answer_page.of(door), said, form_id(form))
    elif do == "less":
        page_choices.say_less(world, door, visitor.where)
    elif do == "speak":
        page_choices.speak(world, door, form.get("language", ""), visitor.where)
    else:
        page_choices.decline(world, door, form.get("kind", ""), visitor.where)
    return visitor.go(door, "asked" if do == "more" else "changed")


def _stop(visitor: Visitor) -> Response:
    """The road of a typed STOP: a no needs nobody to show who they are (TCPA-8), and waits where the store is down."""
    if not TOKEN.fullmatch(visitor.token):
        return gone(visitor)
    world, form = visitor.world, visitor.form
    came = answer_page.come_in(world, visitor.token, visitor.cookie, lambda door: ours(visitor, door), "STOP", form_id(form))
    if came.door is None:
        return kept(visitor) if came.kept else gone(visitor)
    return visitor.go(came.door, "changed") if came.kept else asks(visitor, came.door, 403)


def _wait(visitor: Visitor) -> Response:
    """On the list for a sooner time, or off it."""
    world, form = visitor.world, visitor.form
    door = acts_on(visitor, VISITS, tightens=form["do"] == "unwait")
    if isinstance(door, Response):
        return door
    if form["do"] == "unwait":
        page_waitlist.leave(world, door, visitor.where)
        return visitor.go(door, "unwaits")
    days = tuple(day for day in DAYS if form.get(f"on_{day}"))
    asked = form.get("visit", "")[:60], days, form.get("when", ""), form.get("place", "")
    return visitor.go(door, "waits" if page_waitlist.join(world, door, *asked, visitor.where) else "nolist")


def _plan(visitor: Visitor) -> Response:
    """How their phone may be used (TXT-1): tighter at once; anything else is a call back."""
    world, form = visitor.world, visitor.form
    do = form["do"]
    door = acts_on(visitor, PLAN, tightens=do not in ("call_back", "label"))
    if isinstance(door, Response):
        return door
    if do == "call_back":
        return visitor.go(door, "asked" if page_plan.ask(world, door, form.get("about", ""), visitor.where) else "")
    if do == "quiet":
        page_plan.quiet(world, door, whole(form.get("days", ""), 0, 2), visitor.where)
    elif do == "narrow":
        start, end = whole(form.get("start", ""), 0, 2), whole(form.get("end", ""), 24, 2)
        if not page_plan.narrow(world, door, start, end, _days(form), visitor.where):
            return visitor.go(door, "nohours")
    elif do == "label":
        page_plan.name_us(world, door, form.get("label", ""), visitor.where)
    elif do == "neutral":
        page_choices.say_less(world, door, visitor.where)
    else:
        (page_plan.no_calls if do == "nocalls" else page_plan.no_voicemail)(world, door, visitor.where)
    return visitor.go(door, "unsafe" if do == "nocalls" else "changed")


def _days(form: Form) -> tuple[str, ...]:
    """Days on which nothing is to come."""
    return tuple(name.removeprefix("not_") for name in form if name.startswith("not_"))


ACTS: dict[str, Callable[[Visitor], Response]] = {
    **dict.fromkeys(("confirmed", "wants_move", "cannot_come", "take"), _press),
    **dict.fromkeys(("wait", "unwait"), _wait),
    **dict.fromkeys(("decline", "less", "more", "speak"), _choose),
    "stop": _stop,
    **dict.fromkeys(("quiet", "narrow", "label", "neutral", "nocalls", "novoicemail", "call_back"), _plan),
}

"""One's own work phone: given, shown to be one's own by a code, taken away; and for who plans the rota, whose was not tested."""

from __future__ import annotations

from chalice.app import Response

from ..core.phones import Way
from ..core.roles import Action
from ..errors import NotFound, VaultError
from ..flows import staff_phones
from ..flows.read_phones import read_phones
from ..flows.staff_phones import Refused
from .desk import Visit, route
from .numbers import read_number

SAYS = {
    "sent": ("A code is on its way to this phone. It comes within a minute and is good for 15.", "wait"),
    "verified": ("This phone is yours: pages reach it, and you can take an item by replying its code.", "good"),
    "gone": ("The phone is taken away. Pages reach you by the pager's own list alone.", "wait"),
    "number": ("That is not a number we can text. Write it with its area code, such as (303) 555-0123.", "bad"),
    "taken": ("This number is already a colleague's verified phone.", "bad"),
    "wrong": ("That is not the code. Look at the newest text from Porchlight.", "bad"),
    "late": ("That code is too old. Ask for another.", "bad"),
    "tries": ("Too many wrong codes. Ask for another.", "bad"),
    "none": ("There is no phone to do that with. Write its number first.", "bad"),
    "moved": ("Another window of yours changed this at the same moment. Look again.", "wait"),
}


@route("/phone")
def phone_page(visit: Visit) -> Response:
    method = staff_phones.my_phone(visit.world, visit.who).method(Way.TEXT)
    says, tone = SAYS.get(visit.query("done"), ("", ""))
    return visit.show("phone.html", method=method, number=_number(visit), says=says, tone=tone, done=visit.query("done"))


def _number(visit: Visit) -> str:
    """In clear, for its owner; one that cannot be opened now is not shown."""
    method = staff_phones.my_phone(visit.world, visit.who).method(Way.TEXT)
    try:
        return staff_phones.number_of(visit.world, visit.who, method) if method else ""
    except VaultError:
        return ""


@route("/phone", ("POST",))
def phone_submit(visit: Visit) -> Response:
    do = visit.form.get("do", "")
    world, who = visit.world, visit.who
    if do == "verify":
        return _after(visit, staff_phones.verify(world, who, Way.TEXT, visit.form.get("code", "")), "verified")
    if do == "again":
        return _after(visit, staff_phones.ask_again(world, who, Way.TEXT), "sent")
    if do == "away":
        return _after(visit, staff_phones.take_away(world, who, Way.TEXT), "gone")
    number = read_number(visit.form.get("number", ""))
    if not number:
        return visit.go("/phone?done=number")
    return _after(visit, staff_phones.give(world, who, Way.TEXT, number), "sent")


def _after(visit: Visit, refused: Refused | None, done: str) -> Response:
    return visit.go(f"/phone?done={refused.why if refused else done}")


@route("/phones")
def phones_page(visit: Visit) -> Response:
    """The page does not exist for who does not plan the rota."""
    if not visit.who.may(Action.ROTA):
        raise NotFound("phones")
    return visit.show("phones.html", people=read_phones(visit.world))

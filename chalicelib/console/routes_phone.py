"""One's own work phones, for texts and for calls: given, shown to be one's own by a code, taken away; and for who plans the rota,
whose was not tested."""

from __future__ import annotations

from dataclasses import dataclass

from chalice.app import Response

from ..core.phones import Method, StaffPhone, Way
from ..core.roles import Action
from ..errors import NotFound, SecretUnavailable, VaultError
from ..flows import staff_phones
from ..flows.phone_code import pin_for_calls
from ..flows.read_phones import read_phones
from ..flows.staff_phones import Refused
from ..phone_number import read_number
from .desk import Visit, route

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
OF_CALLS = {
    "sent": ("This phone rings within a minute. Press 1 on it to hear the code; it is good for 15.", "wait"),
    "verified": ("This phone is yours: urgent items ring it, and your PIN takes them there.", "good"),
    "gone": ("It rings no more.", "wait"),
    "number": ("That is not a number we can call. Write it with its area code, such as (303) 555-0123.", "bad"),
    "wrong": ("That is not the code. Ask for another call and listen again.", "bad"),
    "pin": ("Your PIN is another one now. The old one takes nothing any more.", "good"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One way as its page section shows it. `number` in clear, for its owner; "" when it cannot be opened now."""

    way: str
    method: Method | None
    number: str
    says: str = ""
    tone: str = ""
    done: str = ""


@route("/phone")
def phone_page(visit: Visit) -> Response:
    phone = staff_phones.my_phone(visit.world, visit.who)
    text, call = (_seen(visit, phone, way) for way in Way)
    return visit.show("phone.html", text=text, call=call, pin=_pin(visit, call), rings=bool(visit.world.clinic.voice))


def _seen(visit: Visit, phone: StaffPhone, way: Way) -> Seen:
    method, done = phone.method(way), visit.query("done")
    here = (visit.query("way") or Way.TEXT) == way
    says, tone = ((OF_CALLS if way == Way.CALL else {}).get(done) or SAYS.get(done, ("", ""))) if here else ("", "")
    return Seen(way, method, _number(visit, method), says, tone, done if here else "")


def _number(visit: Visit, method: Method | None) -> str:
    try:
        return staff_phones.number_of(visit.world, visit.who, method) if method else ""
    except VaultError:
        return ""


def _pin(visit: Visit, call: Seen) -> str:
    """For its owner; "" when it cannot be worked out now."""
    try:
        return pin_for_calls(visit.world, visit.who.staff_id, call.method) if call.method and call.method.works else ""
    except SecretUnavailable:
        return ""


@route("/phone", ("POST",))
def phone_submit(visit: Visit) -> Response:
    do, way = visit.form.get("do", ""), Way.CALL if visit.form.get("way") == Way.CALL else Way.TEXT
    world, who = visit.world, visit.who
    if do == "verify":
        return _after(visit, way, staff_phones.verify(world, who, way, visit.form.get("code", "")), "verified")
    if do == "again":
        return _after(visit, way, staff_phones.ask_again(world, who, way), "sent")
    if do == "away":
        return _after(visit, way, staff_phones.take_away(world, who, way), "gone")
    if do == "pin":
        return _after(visit, way, staff_phones.another_pin(world, who), "pin")
    number = read_number(visit.form.get("number", ""))
    if not number:
        return _after(visit, way, Refused("number"), "")
    return _after(visit, way, staff_phones.give(world, who, way, number), "sent")


def _after(visit: Visit, way: Way, refused: Refused | None, done: str) -> Response:
    at = "&way=call#calls" if way == Way.CALL else ""
    return visit.go(f"/phone?done={refused.why if refused else done}{at}")


@route("/phones")
def phones_page(visit: Visit) -> Response:
    """The page does not exist for who does not plan the rota."""
    if not visit.who.may(Action.ROTA):
        raise NotFound("phones")
    return visit.show("phones.html", people=read_phones(visit.world))

"""Telephones: whatever fails, a phone rings or somebody else is called, a key does what it did once, and no machine takes anything."""

from __future__ import annotations

from chalicelib.core.calls import PhoneCall
from chalicelib.core.phones import StaffPhone, Way
from chalicelib.core.records import Incident
from chalicelib.errors import StoreUnavailable
from chalicelib.flows import handle_incident, tick
from chalicelib.flows.call_through import start
from chalicelib.flows.phone_code import code_for_phone, pin_for_calls
from chalicelib.flows.staff_phones import give, verify
from tests.cast import CAROL, ERIN, an_sms

from .phone_stories import PHONES, marked
from .told import CRISIS, Story
from .town import Town

PRESS = "01JD8Q3V5N8Z0T7C4R2M6K9WXE"


def _phones(town: Town) -> None:
    for who in (ERIN, CAROL):
        give(town.world, who, Way.CALL, PHONES[who.staff_id])
        verify(town.world, who, Way.CALL, _code(town, who.staff_id))
    town.stream()
    town.rang.clear()


def _code(town: Town, staff: str) -> str:
    phone = town.store.get(StaffPhone, staff)
    method = phone.method(Way.CALL) if phone else None
    assert method is not None
    return code_for_phone(town.world, staff, method)


def _pin(town: Town, staff: str = "erin") -> str:
    phone = town.store.get(StaffPhone, staff)
    method = phone.method(Way.CALL) if phone else None
    assert method is not None
    return pin_for_calls(town.world, staff, method)


def _crisis(town: Town) -> None:
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)
    town.stream()


def _rang(town: Town) -> list[str]:
    return [] if town.rang else ["nobody's phone rang"]


def _ringing(town: Town) -> None:
    _phones(town)
    _crisis(town)
    town.clock.advance(seconds=20)


def _steps(town: Town, *whats: str) -> list[str]:
    [incident] = town.store.rows(Incident)
    return [step.who for step in incident.steps if step.what in whats]


def _hers(town: Town) -> str:
    return town.rang[-1][1].row


def _takes(town: Town) -> None:
    """She answers, presses 1 and her PIN; when the call breaks off she does it again on the next one."""
    town.do(lambda: _on_the_phone(town))
    town.hung_up(town.rang[0][1].row, "answered")


def _on_the_phone(town: Town) -> None:
    row = town.rang[0][1].row
    for moment, keys in (("", ""), ("menu", "1"), ("pin", _pin(town))):
        said = town.asks(row, moment, keys)
        if said is None:
            raise StoreUnavailable("the call broke off")
    if said is None or "is yours" not in said.says:
        raise StoreUnavailable(f"not taken: {said}")


def _taken(town: Town) -> list[str]:
    """Once or said twice, hers alone, or called on when it lapsed."""
    takers = set(_steps(town, "acknowledged"))
    return [] if takers == {"erin"} else [f"taken by {takers}"]


def _passes(town: Town) -> None:
    town.do(lambda: _two(town))


def _two(town: Town) -> None:
    said = town.asks(town.rang[0][1].row, "menu", "2")
    if said is None or "next person" not in said.says:
        raise StoreUnavailable("the call broke off")


def _carol_is_called(town: Town) -> list[str]:
    wrong = [] if any(to in ("carol", "everyone") for _, to, _ in town.pages) else ["the next person was not called"]
    passed = _steps(town, "passed")
    return wrong + ([] if len(passed) <= 1 else [f"passed {len(passed)} times"])


def _nobody_answers(town: Town) -> None:
    town.hung_up(_hers(town), "no_answer")
    town.stream()
    town.clock.advance(minutes=5, seconds=1)
    town.again(lambda: tick.tick(town.world), tries=1)
    town.stream()


def _goes_on(town: Town) -> list[str]:
    wrong = [] if any(to in ("carol", "everyone") for _, to, _ in town.pages) else ["nobody else was called"]
    for call in town.store.rows(PhoneCall):
        if call.done == "taken":
            wrong.append("a call that nobody answered took the item")
    twice = _steps(town, "ring_no_answer")
    return wrong + ([] if len(twice) <= 1 else ["written down twice"])


def _held(town: Town) -> None:
    _ringing(town)
    for incident in town.store.rows(Incident):
        handle_incident.acknowledge(town.world, ERIN, incident.incident_id)
    town.stream()
    town.rang.clear()


def _calls_through(town: Town) -> None:
    [incident] = town.store.rows(Incident)
    town.do(lambda: _must(start(town.world, ERIN, incident.incident_id, PRESS)))
    town.stream()
    for _ in range(3):
        if town.rang:
            break
        town.clock.advance(minutes=1)
        town.again(lambda: tick.tick(town.world), tries=1)
    if not town.rang:
        return
    said = town.asks(PRESS, "menu", "1")
    if said is None or said.dial is None:
        return town.hung_up(PRESS, "answered")
    town.asks(PRESS, "dialled", other_ended="no_answer")
    town.hung_up(PRESS, "answered")


def _must(refused: str) -> None:
    if refused:
        raise StoreUnavailable(refused)


def _written(town: Town) -> list[str]:
    """The try is written down once, or it stands there that nobody knows how it ended; a number is not kept for ever."""
    call = town.store.get(PhoneCall, PRESS)
    if call is None:
        return ["the press left nothing behind"]
    tries, lost = len(_steps(town, "unable")), len(_steps(town, "call_through_lost", "not_called_through"))
    wrong = [] if tries <= 1 and lost <= 1 else [f"written {tries} and {lost} times"]
    if call.ended and call.done == "dialled" and not (tries or lost):
        wrong.append("dialled, over, and nothing written down")
    if call.ended and call.sealed_number:
        wrong.append("the number is still there")
    return wrong


def _week(town: Town) -> None:
    town.clock.advance(days=7)
    town.again(lambda: tick.tick(town.world), tries=1)
    town.stream()


def _tested(town: Town) -> list[str]:
    rung = {call.recipient for _, call in town.rang}
    return [f"{who} was not rung" for who in ("erin", "carol") if PHONES[who] not in rung and who not in marked(town, Way.CALL)]


STORIES: tuple[Story, ...] = (
    Story("a crisis rings a phone", _crisis, _phones, _rang),
    Story("an item is taken on the phone", _takes, _ringing, _taken),
    Story("an item is passed on by a key", _passes, _ringing, _carol_is_called),
    Story("a call that nobody answers", _nobody_answers, _ringing, _goes_on),
    Story("a call through the clinic", _calls_through, _held, _written),
    Story("the weekly test rings", _week, _phones, _tested),
)

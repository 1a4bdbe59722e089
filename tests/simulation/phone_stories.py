"""The second path of a page, and an item taken by text: whatever fails, somebody is called, the text is kept, and nobody is
called for what a colleague has taken. A phone that the carrier says takes nothing is marked instead, so that its owner reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from chalicelib.core.phones import Errand, StaffPhone, Way
from chalicelib.core.records import Contact, Incident, Step
from chalicelib.errors import Conflict
from chalicelib.flows import tick
from chalicelib.flows.staff_phones import Refused, ask_again, give, verify
from tests.cast import CAROL, DAN, ERIN, an_sms

from .told import CRISIS, Story
from .town import Town

PHONES = {"erin": "+13035550121", "carol": "+13035550122", "dan": "+13035550123"}


def _phones(town: Town) -> None:
    for who in (ERIN, CAROL, DAN):
        give(town.world, who, Way.TEXT, PHONES[who.staff_id])
        town.stream()
        verify(town.world, who, Way.TEXT, _code(town, PHONES[who.staff_id]))
    town.sent.clear()


def _code(town: Town, number: str) -> str:
    return next(found[0] for _, body in reversed(town.phone(number).got) if (found := re.search(r"\d{6}", body)))


def marked(town: Town, way: Way = Way.TEXT) -> set[str]:
    """Whose phone *My phone* and the list of phones say nothing reaches."""
    return {each.staff_id for each in town.store.rows(StaffPhone) if (found := each.method(way)) and found.trouble}


def _crisis(town: Town) -> None:
    town.text(an_sms(CRISIS, at=town.clock.now), crisis=True)


def _crisis_both_ways(town: Town) -> None:
    _crisis(town)
    town.stream()


def _called(town: Town) -> list[str]:
    """Erin's own phone, soon; or somebody further up, when it took that long."""
    rung = [at for number in PHONES.values() for at, body in town.phone(number).got if "urgent item" in body]
    return [] if rung else ["nobody's own phone was called"]


def _a_call(town: Town) -> None:
    _phones(town)
    _crisis_both_ways(town)


def _takes_by_text(town: Town) -> None:
    [incident] = town.store.rows(Incident)
    town.clock.advance(seconds=40)
    town.text(an_sms(incident.code, PHONES["erin"], at=town.clock.now))
    town.stream()


def _taken(town: Town) -> list[str]:
    [incident] = town.store.rows(Incident)
    taken = [step for step in incident.steps if step.what == "acknowledged"]
    wrong = [] if {step.who for step in taken} == {"erin"} else [f"taken by {[step.who for step in taken]}"]  # said twice is hers
    answers = [body for _, body in town.phone(PHONES["erin"]).got if "is yours" in body]
    wrong += [] if answers or "erin" in marked(town) else ["Erin does not know that it is hers"]
    return wrong + _called_after(town, taken)


def _answers_in_words(town: Town) -> None:
    town.clock.advance(seconds=40)
    town.text(an_sms("omw", PHONES["erin"], at=town.clock.now))
    town.stream()


def _knows_it_waits(town: Town) -> list[str]:
    [incident] = town.store.rows(Incident)
    told = any("is not taken" in body for _, body in town.phone(PHONES["erin"]).got)
    wrong = [] if told or "erin" in marked(town) else ["Erin may believe that her words took it"]
    return wrong + (["words took it"] if any(step.what == "acknowledged" for step in incident.steps) else [])


def _called_after(town: Town, taken: list[Step]) -> list[str]:
    """C22: no call for an item between its taking and the end of what that holds."""
    if not taken:
        return []
    quiet = (taken[0].at + timedelta(seconds=1), taken[0].at + timedelta(minutes=9))
    calls = [body for phone in PHONES.values() for at, body in town.phone(phone).got if quiet[0] < at < quiet[1]]
    return [f"called for what is taken: {body}" for body in calls if "Or reply" in body]


def _everyone(town: Town) -> None:
    """Nobody acknowledges, until everyone is called."""
    for _ in range(4):
        town.clock.advance(minutes=5, seconds=1)
        town.again(lambda: tick.tick(town.world), tries=1)
        town.stream()


def _everyones_phone(town: Town) -> list[str]:
    called = {who for who, number in PHONES.items() if any("urgent" in body for _, body in town.phone(number).got)}
    return [f"{who} was not called" for who in PHONES if who not in called | marked(town)]


def _without_stream(town: Town) -> None:
    _crisis(town)
    town.clock.advance(minutes=1)
    town.again(lambda: tick.tick(town.world), tries=1)


def _week(town: Town) -> None:
    town.clock.advance(days=7)
    town.again(lambda: tick.tick(town.world), tries=1)
    town.stream()


def _answers(town: Town) -> None:
    _phones(town)
    _week(town)


def _fine(town: Town) -> None:
    town.clock.advance(minutes=3)
    town.text(an_sms("OK", PHONES["carol"], at=town.clock.now))
    town.stream()


def _asked(town: Town) -> list[str]:
    asked = {who for who, number in PHONES.items() if any("reply OK" in body for _, body in town.phone(number).got)}
    return [f"{who} was not asked" for who in PHONES if who not in asked | marked(town)]


def _passed(town: Town) -> list[str]:
    phone = town.store.get(StaffPhone, "carol")
    method = phone.method("text") if phone else None
    fine = method and method.passed_at and method.asked_at and method.passed_at > method.asked_at
    return [] if fine else ["the test was answered and did not count"]


def _said_stop(town: Town) -> None:
    """And the week's test found it out."""
    _phones(town)
    town.text(an_sms("STOP", PHONES["erin"], at=town.clock.now))
    _week(town)


def _comes_back(town: Town) -> None:
    """She texts START, and answers the test if it comes."""
    town.began = town.clock.now
    town.text(an_sms("START", PHONES["erin"], at=town.clock.now))
    town.stream()
    _until(town, lambda: _is_asked(town))
    if _is_asked(town):
        town.clock.advance(minutes=1)
        town.text(an_sms("OK", PHONES["erin"], at=town.clock.now))
        town.stream()


def _is_asked(town: Town) -> bool:
    return any(at >= town.began and "reply OK" in body for at, body in town.phone(PHONES["erin"]).got)


def _is_back(town: Town) -> list[str]:
    """Asked since, not at the next week's end; what she could answer is passed."""
    phone = town.store.get(StaffPhone, "erin")
    method = phone.method(Way.TEXT) if phone else None
    if method is None or method.asked_at is None or method.asked_at < town.began:
        return ["her START asked for no test"]
    passed = method.passed_at is not None and method.passed_at > method.asked_at
    answered = any(sms.body == "OK" for sms in town.arrived)
    return ["the test was answered and did not count"] if answered and not passed else []


def _gives_and_verifies(town: Town) -> None:
    """A person sees on the page what is done and does not press again."""
    world, number = town.world, PHONES["erin"]
    town.do(lambda: None if town.store.get(StaffPhone, "erin") else _must(give(world, ERIN, Way.TEXT, number)))
    town.stream()
    _until(town, lambda: _came(town, number))
    if marked(town):  # she reads that this phone said STOP, texts START, and asks for another code
        town.do(lambda: _must(ask_again(world, ERIN, Way.TEXT)))
        town.stream()
        _until(town, lambda: _came(town, number))
    town.do(lambda: None if _is_verified(town) else _must(verify(world, ERIN, Way.TEXT, _code(town, number))))


def _came(town: Town, number: str) -> bool:
    """The code, or the word that nothing reaches this phone."""
    return bool(town.phone(number).got) or (bool(marked(town)) and not town.store.rows(Errand))


def _until(town: Town, there: Callable[[], bool]) -> None:
    for _ in range(10):
        if there():
            return
        town.clock.advance(minutes=1)
        town.minute()


def _is_verified(town: Town) -> bool:
    phone = town.store.get(StaffPhone, "erin")
    return phone is not None and any(method.verified_at for method in phone.methods)


def _must(refused: Refused | None) -> None:
    if refused is not None and refused.why == "moved":
        raise Conflict("the page says: press again")
    assert refused is None, refused


def _hers(town: Town) -> list[str]:
    staff = [contact.staff for contact in town.store.rows(Contact) if contact.staff]
    return [] if _is_verified(town) and staff == ["erin"] else ["the phone is not Erin's"]


STORIES: tuple[Story, ...] = (
    Story("a crisis calls on both paths", _crisis_both_ways, _phones, _called),
    Story("a direct call the stream dropped", _without_stream, _phones, _called),
    Story("an item is taken by text", _takes_by_text, _a_call, _taken),
    Story("a page is answered in words", _answers_in_words, _a_call, _knows_it_waits),
    Story("everyone is called directly", _everyone, _a_call, _everyones_phone),
    Story("the weekly test is sent", _week, _phones, _asked),
    Story("the weekly test is answered", _fine, _answers, _passed),
    Story("a phone that said STOP comes back", _comes_back, _said_stop, _is_back),
    Story("a work phone is given and verified", _gives_and_verifies, after=_hers),
)

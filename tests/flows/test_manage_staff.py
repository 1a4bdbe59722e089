"""Accounts: who may change whose, sessions that end at once, never the last administrator, nobody left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from chalicelib.core import segments
from chalicelib.core.phones import Errand, Method, StaffPhone, Way
from chalicelib.core.records import Access, Incident, Put, Revision, Session, Thread
from chalicelib.core.rota import Rota
from chalicelib.core.staff import Staff
from chalicelib.errors import Conflict, NotFound
from chalicelib.flows import sign_in
from chalicelib.flows.directory import DirectoryUnavailable
from chalicelib.flows.let_in_again import let_in_again
from chalicelib.flows.manage_staff import Refused, Wanted, add_person, change_person, tell_again, temporary_password
from chalicelib.flows.read_staff import Person, read_people, read_person
from chalicelib.flows.sign_in import WrongCredentials
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, FRANK
from ..fakes.directory import FakeDirectory
from .office import Meddling, an_open_office, clock, store, traces

ADMIN = Staff("administrator", "administrator", ())
SECOND = Staff("second.administrator", "administrator", ())
CLOSED = Wanted("clinician", ("adult",), closed=True)


def a_house() -> tuple[World, FakeDirectory]:
    """Nobody of them is in the rota."""
    world = an_open_office()
    return replace(world, clinic=replace(world.clinic, rota=Rota())), FakeDirectory.of(ADMIN, SECOND, CAROL, DAN, ERIN, FRANK)


def person(world: World, directory: FakeDirectory, staff_id: str) -> Person:
    return read_person(world, directory, ADMIN, staff_id)[0]


def refused(change: Callable[[], object]) -> str:
    with pytest.raises(Refused) as why:
        change()
    return str(why.value)


def test_a_new_person_gets_an_account_and_a_password_to_hand_over() -> None:
    world, directory = a_house()
    password = add_person(world, directory, ADMIN, "gail", "Gail", "", Wanted("front_desk", ("adult",)))
    assert directory.passwords["gail"] == password and len(password) >= 14
    found = person(world, directory, "gail")
    assert (found.role, found.programs, found.pending, found.invited) == ("front_desk", ("adult",), False, True)
    assert traces(world, "staff#gail") == [("administrator", "change", "done")]
    assert password not in repr(store(world).rows(Access)) + repr(store(world).rows(Revision))


def test_an_invitation_by_mail_shows_no_password() -> None:
    world, directory = a_house()
    wanted = Wanted("front_desk", ("adult",))
    assert add_person(world, directory, ADMIN, "gail", "Gail", "gail@example.org", wanted) == ""
    assert directory.mails == ["gail@example.org"]
    assert "example.org" not in repr(store(world).rows(Access)) + repr(store(world).rows(Revision))


@pytest.mark.parametrize(
    ("staff_id", "wanted", "why"),
    [
        ("carol", Wanted("clinician", ()), "taken"),
        ("everyone", Wanted("clinician", ()), "bad_id"),
        ("Gail", Wanted("clinician", ()), "bad_id"),
        ("ga il", Wanted("clinician", ()), "bad_id"),
        ("g" * 33, Wanted("clinician", ()), "bad_id"),
        ("gail", Wanted("root", ()), "role"),
        ("gail", Wanted("clinician", ("nowhere",)), "programs"),
    ],
)
def test_who_cannot_be_added(staff_id: str, wanted: Wanted, why: str) -> None:
    world, directory = a_house()
    assert refused(lambda: add_person(world, directory, ADMIN, staff_id, "Gail", "", wanted)) == why
    assert directory.asked == [] and store(world).rows(Access) == []


def test_a_change_of_role_ends_every_session_at_once() -> None:
    world, directory = a_house()
    tokens = [sign_in.start(world, CAROL)[0] for _ in range(3)]
    other, _ = sign_in.start(world, DAN)
    change_person(world, directory, ADMIN, "carol", Wanted("supervisor", ("adult",)))
    assert [sign_in.resume(world, token) for token in tokens] == [None, None, None]
    assert sign_in.resume(world, other) is not None
    assert directory.people["carol"].role == "supervisor"


def test_a_closed_account_is_out_at_once_and_cannot_come_in_again() -> None:
    world, directory = a_house()
    token, _ = sign_in.start(world, CAROL)
    change_person(world, directory, ADMIN, "carol", CLOSED)
    assert sign_in.resume(world, token) is None
    with pytest.raises(WrongCredentials):
        sign_in.start(world, CAROL)
    assert not directory.people["carol"].enabled


def test_reopened_they_may_come_in_again() -> None:
    world, directory = a_house()
    after = change_person(world, directory, ADMIN, "carol", CLOSED)
    change_person(world, directory, ADMIN, "carol", replace(CLOSED, closed=False, version=after.version))
    assert directory.people["carol"].enabled
    assert sign_in.start(world, CAROL)


def test_somebody_who_was_let_in_just_before_the_change_has_the_new_rights() -> None:
    """The pool's word was read before the change, the session begins after it."""
    world, directory = a_house()
    change_person(world, directory, ADMIN, "carol", Wanted("clinician", ("harbor",)))
    _, session = sign_in.start(world, CAROL)  # CAROL: what the token from before still says
    assert session.programs == ("harbor",)
    clock(world).advance(minutes=1)
    _, session = sign_in.start(world, CAROL)  # by now the pool's word is the newer one
    assert session.programs == CAROL.programs


def test_a_sign_in_at_the_very_moment_of_closing_does_not_slip_through() -> None:
    world, directory = a_house()
    tokens: list[str] = []
    between = Meddling(store(world), lambda: tokens.append(sign_in.start(world, CAROL)[0]))
    with pytest.raises(Conflict):
        change_person(replace(world, store=between), directory, ADMIN, "carol", CLOSED)  # type: ignore[arg-type]
    assert sign_in.resume(world, tokens[0]) is not None  # nothing was done; the page says so
    change_person(world, directory, ADMIN, "carol", CLOSED)
    assert sign_in.resume(world, tokens[0]) is None


def test_closing_at_the_very_moment_of_a_sign_in_wins() -> None:
    world, directory = a_house()
    between = Meddling(store(world), lambda: change_person(world, directory, ADMIN, "carol", CLOSED))
    with pytest.raises(WrongCredentials):
        sign_in.start(replace(world, store=between), CAROL)  # type: ignore[arg-type]
    assert store(world).rows(Session) == []


def test_nobody_changes_their_own_account() -> None:
    world, directory = a_house()
    for wanted in (Wanted("administrator", ("adult",)), Wanted("clinician", ()), Wanted("administrator", (), closed=True)):
        assert refused(lambda wanted=wanted: change_person(world, directory, ADMIN, ADMIN.staff_id, wanted)) == "self"


def test_the_last_administrator_stays() -> None:
    world, directory = a_house()
    del directory.people["second.administrator"]
    outsider = SECOND  # a session of somebody whom the pool has no more
    for wanted in (Wanted("clinician", ()), Wanted("administrator", (), closed=True)):
        assert (
            refused(lambda wanted=wanted: change_person(world, directory, outsider, "administrator", wanted))
            == "last_administrator"
        )


def test_two_administrators_who_remove_each_other_at_once_leave_one() -> None:
    world, directory = a_house()
    away = Wanted("clinician", ())
    between = Meddling(store(world), lambda: change_person(world, directory, SECOND, "administrator", away))
    with pytest.raises(Conflict):
        change_person(replace(world, store=between), directory, ADMIN, "second.administrator", away)  # type: ignore[arg-type]
    admins = [p.staff_id for p in read_people(world, directory, SECOND) if p.role == "administrator"]
    assert admins == ["second.administrator"]


def test_somebody_who_lost_the_right_a_moment_ago_has_lost_it() -> None:
    world, directory = a_house()
    change_person(world, directory, SECOND, "administrator", Wanted("clinician", ()))
    with pytest.raises(NotFound):
        change_person(world, directory, ADMIN, "carol", CLOSED)  # a request that was on its way


@pytest.mark.parametrize("who", [CAROL, FRANK, Staff("s", "supervisor", ("adult",))])
def test_nobody_else_sees_or_changes_accounts(who: Staff) -> None:
    world, directory = a_house()
    for attempt in (
        lambda: read_people(world, directory, who),
        lambda: change_person(world, directory, who, "dan", CLOSED),
        lambda: add_person(world, directory, who, "gail", "Gail", "", Wanted("clinician", ())),
        lambda: tell_again(world, directory, who, "dan"),
        lambda: let_in_again(world, directory, who, "dan", 0),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert directory.asked == []


def an_open_incident(world: World, holder: str, program: str = "adult") -> None:
    now = clock(world).now
    row = Incident("i1", "K7", "t", "c", program, "acknowledged", 1, (), now, open_in=program, holder=holder)
    store(world).commit(Put(row))


def test_an_account_that_holds_an_open_incident_is_not_closed() -> None:
    world, directory = a_house()
    an_open_incident(world, "carol")
    assert refused(lambda: change_person(world, directory, ADMIN, "carol", CLOSED)) == "holds"
    assert refused(lambda: change_person(world, directory, ADMIN, "carol", Wanted("clinician", ("harbor",)))) == "holds"
    assert read_person(world, directory, ADMIN, "carol")[1].incidents[0].incident_id == "i1"
    change_person(world, directory, ADMIN, "carol", Wanted("supervisor", ("adult",)))  # keeps the program


def test_an_account_that_owns_a_thread_is_not_closed() -> None:
    world, directory = a_house()
    store(world).commit(Put(Thread("t", "adult", "c", last_at=clock(world).now, owner="carol")))
    assert refused(lambda: change_person(world, directory, ADMIN, "carol", CLOSED)) == "holds"


def test_somebody_in_the_rota_is_not_closed() -> None:
    world, directory = a_house()
    rota = replace(world, clinic=an_open_office().clinic)
    assert refused(lambda: change_person(rota, directory, ADMIN, "erin", replace(CLOSED, programs=ERIN.programs))) == "holds"
    assert read_person(rota, directory, ADMIN, "erin")[1].rota == ("shift1.primary",)


def test_a_pool_that_is_away_changes_nothing_about_the_decision() -> None:
    world, directory = a_house()
    token, _ = sign_in.start(world, CAROL)
    directory.away = 1
    after = change_person(world, directory, ADMIN, "carol", CLOSED)
    assert (after.closed, after.pending) == (True, True)
    assert sign_in.resume(world, token) is None
    clock(world).advance(hours=2)
    with pytest.raises(WrongCredentials):
        sign_in.start(world, CAROL)
    tell_again(world, directory, ADMIN, "carol")
    assert not directory.people["carol"].enabled and not person(world, directory, "carol").pending


def test_a_role_that_the_pool_has_not_heard_of_holds_here_meanwhile() -> None:
    world, directory = a_house()
    directory.away = 1
    change_person(world, directory, ADMIN, "carol", Wanted("clinician", ("harbor",)))
    clock(world).advance(hours=2)
    assert sign_in.start(world, CAROL)[1].programs == ("harbor",)


def test_an_invitation_that_got_lost_is_made_again() -> None:
    world, directory = a_house()
    directory.away = 1
    assert add_person(world, directory, ADMIN, "gail", "Gail", "", Wanted("front_desk", ("adult",))) == ""
    assert person(world, directory, "gail").pending
    assert tell_again(world, directory, ADMIN, "gail") == directory.passwords["gail"]
    found = person(world, directory, "gail")
    assert (found.name, found.role, found.pending) == ("Gail", "front_desk", False)


def a_phone_of(world: World, staff_id: str) -> None:
    at = clock(world).now
    method = Method(Way.TEXT, "c-of-carol", at, verified_at=at)
    store(world).commit(Put(StaffPhone(staff_id, 1, (method,))))


def test_signing_in_anew_ends_sessions_and_says_so_to_their_own_phone() -> None:
    world, directory = a_house()
    a_phone_of(world, "carol")
    sign_in.start(world, CAROL)
    password = let_in_again(world, directory, ADMIN, "carol", 0, "new phone")
    assert directory.passwords["carol"] == password and store(world).rows(Session) == []
    assert directory.asked == [("remove", "carol"), ("create", "carol")]
    found = person(world, directory, "carol")
    assert (found.role, found.programs, found.pending, found.invited) == ("clinician", ("adult",), False, True)
    [told] = store(world).rows(Errand)
    assert (told.kind, told.to, told.contact_id) == ("say", "carol", "c-of-carol")
    assert "administrator set your way to sign in" in told.text and segments.count(told.text).parts == 1
    [line] = store(world).rows(Revision)
    assert (line.after, line.why) == ({"sign_in": "anew"}, "new phone")
    assert traces(world, "staff#carol") == [("administrator", "let_in_again", "done")]
    assert password not in repr(store(world).rows(Access)) + repr(line)


@pytest.mark.parametrize("away", [1, 2])
def test_a_pool_that_is_away_loses_nobody(away: int) -> None:
    world, directory = a_house()
    directory.emails["carol"] = "carol@example.org"
    real, calls = directory._ask, count(1)

    def ask(what: str, staff_id: str) -> None:
        if next(calls) == away:
            raise DirectoryUnavailable(what)
        real(what, staff_id)

    directory._ask = ask  # type: ignore[method-assign]
    assert let_in_again(world, directory, ADMIN, "carol", 0) == ""
    assert person(world, directory, "carol").pending
    password = tell_again(world, directory, ADMIN, "carol")
    found = person(world, directory, "carol")
    assert (found.role, found.programs, found.pending) == ("clinician", ("adult",), False)
    assert found.invited  # told again, it is done: who told it says so to the colleague who cannot get in
    assert bool(password) == (away == 2)  # the account was gone, and with it the address: its password to hand over
    assert directory.mails == (["carol@example.org"] if away == 1 else [])


def test_a_form_made_from_an_older_page_is_refused() -> None:
    world, directory = a_house()
    change_person(world, directory, ADMIN, "carol", Wanted("clinician", ("harbor",)))
    with pytest.raises(Conflict):
        change_person(world, directory, ADMIN, "carol", Wanted("supervisor", ("adult",)))


def test_the_same_form_twice_changes_once() -> None:
    world, directory = a_house()
    for _ in range(2):
        change_person(world, directory, ADMIN, "carol", Wanted("supervisor", ("adult",)))
    assert [line.after for line in store(world).rows(Revision)] == [{"role": "supervisor"}]


def test_a_person_has_twenty_sessions_and_the_oldest_goes() -> None:
    world, _ = a_house()
    tokens = [sign_in.start(world, CAROL)[0] for _ in range(21)]
    alive = [sign_in.resume(world, token) is not None for token in tokens]
    assert alive == [False] + [True] * 20


def test_a_temporary_password_fits_the_pools_policy() -> None:
    for _ in range(50):
        made = temporary_password()
        assert len(made) >= 14 and any(c.islower() for c in made) and any(c.isupper() for c in made)
        assert any(c.isdigit() for c in made) and "-" in made

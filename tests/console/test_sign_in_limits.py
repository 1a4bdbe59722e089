"""How often somebody may try to sign in: by name and by address, the same for who exists and who does not; nobody is kept out by
somebody else's guesses where they always sign in from; a store that is silent holds nobody up."""

from __future__ import annotations

from dataclasses import replace

from chalice.test import HTTPResponse

from chalicelib.core.records import Tries
from chalicelib.errors import StoreUnavailable
from chalicelib.flows import sign_in_limits
from chalicelib.flows.sign_in_limits import OF_ADDRESS, OF_NAME, TooMany
from chalicelib.ports import World

from ..cast import CAROL, DAN
from ..flows.office import clock, store
from .office import Desk, an_office, text

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def tried(world: World, name: str, address: str = ELSEWHERE) -> bool:
    """One wrong try; whether it was let through to the provider."""
    try:
        sign_in_limits.begin(world, name, address)
    except TooMany:
        return False
    return True


def enters(world: World, name: str, address: str) -> None:
    sign_in_limits.right(world, sign_in_limits.begin(world, name, address), entered=True)


def test_a_name_is_tried_ten_times_from_anywhere_and_no_more() -> None:
    world = an_office(CAROL)
    assert all(tried(world, "carol", f"198.51.100.{at}") for at in range(OF_NAME))
    assert not tried(world, " Carol ", "192.0.2.1")
    clock(world).advance(minutes=16)
    assert tried(world, "carol")


def test_an_address_tries_sixty_names_and_no_more() -> None:
    world = an_office(CAROL)
    assert all(tried(world, f"name{at}") for at in range(OF_ADDRESS))
    assert not tried(world, "one.more") and tried(world, "one.more", HOME)


def test_n2_who_signs_in_from_where_she_always_does_is_not_kept_out_by_who_guesses() -> None:
    world = an_office(CAROL)
    enters(world, "carol", HOME)
    for _ in range(OF_NAME + 5):
        tried(world, "carol")
    assert not tried(world, "carol") and tried(world, "carol", HOME)
    clock(world).advance(days=31)
    for _ in range(OF_NAME):
        tried(world, "carol")
    assert not tried(world, "carol", HOME)  # not known any more


def test_n2_a_guest_of_the_same_house_keeps_nobody_out_who_is_known_there() -> None:
    world = an_office(CAROL)
    enters(world, "carol", HOME)
    for at in range(OF_ADDRESS + 1):
        tried(world, f"name{at}", HOME)
    assert not tried(world, "dan", HOME) and tried(world, "carol", HOME)
    for _ in range(OF_NAME):
        tried(world, "carol", HOME)
    assert not tried(world, "carol", HOME)  # guesses at her own name, from her own address, are held like any


def test_n2_a_passkey_is_no_guess_and_is_the_way_in_from_anywhere() -> None:
    world = an_office(CAROL)
    for _ in range(OF_NAME + 5):
        tried(world, "carol", ELSEWHERE)
    sign_in_limits.begin(world, "carol", "192.0.2.77", guessed=False)
    assert not tried(world, "carol", "192.0.2.77")


def test_n2_a_provider_that_was_down_keeps_nobody_out_afterwards() -> None:
    world = an_office(CAROL, carol="down")
    for _ in range(OF_NAME + 5):
        assert says("carol").status_code == 503
    assert {row.count for row in store(world).rows(Tries)} == {0}


def test_who_is_right_is_not_counted() -> None:
    world = an_office(CAROL)
    for _ in range(OF_ADDRESS + 5):
        enters(world, "carol", HOME)
    assert {row.count for row in store(world).rows(Tries)} == {0}


def test_no_name_and_no_address_stands_in_a_row() -> None:
    world = an_office(CAROL)
    enters(world, "carol", HOME)
    assert "carol" not in repr(store(world).rows(Tries)) and HOME not in repr(store(world).rows(Tries))


def says(name: str, password: str = "wrong") -> HTTPResponse:
    return Desk().sign_in(name, password)


def test_the_page_says_the_same_of_a_name_that_exists_and_one_that_does_not() -> None:
    an_office(CAROL, DAN)
    for name in ("carol", "nobody"):
        for _ in range(OF_NAME):
            assert says(name).status_code == 401
    known, unknown = says("carol"), says("nobody")
    assert (known.status_code, unknown.status_code) == (429, 429)
    assert text(known) == text(unknown) and "Too many tries" in text(known)
    assert says("carol", "right").status_code == 429  # not even the right one is told apart
    assert says("dan", "right").status_code == 303


def test_wrong_codes_count_like_wrong_passwords() -> None:
    an_office(CAROL, carol="code")
    desk = Desk()
    asked = desk.sign_in("carol")
    for _ in range(OF_NAME):
        assert desk.submit(asked, "/challenge", answer="000000").status_code == 401
    assert desk.submit(asked, "/challenge", answer="123456").status_code == 429


def test_a_store_that_is_silent_holds_nobody_up_here() -> None:
    world = an_office(CAROL)

    class Silent:
        def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
            raise StoreUnavailable("silent")

    assert tried(replace(world, store=Silent()), "carol")  # type: ignore[arg-type]

"""Sessions: what is kept, how they end."""

from __future__ import annotations

from chalicelib.core.records import Session
from chalicelib.flows import sign_in

from ..cast import CAROL
from .office import an_open_office, clock, store, traces


def test_a_token_is_kept_nowhere() -> None:
    world = an_open_office()
    token, _ = sign_in.start(world, CAROL)
    [session] = store(world).rows(Session)
    assert len(token) >= 43  # 256 bits
    assert token not in repr(store(world).rows(Session))
    assert len(session.token_hash) == 64


def test_who_signed_in_is_who_comes_back() -> None:
    world = an_open_office()
    token, _ = sign_in.start(world, CAROL)
    session = sign_in.resume(world, token)
    assert session is not None and sign_in.person(session) == CAROL


def test_another_token_is_nobody() -> None:
    world = an_open_office()
    token, _ = sign_in.start(world, CAROL)
    assert sign_in.resume(world, token + "x") is None
    assert sign_in.resume(world, "") is None


def test_half_an_hour_of_quiet_signs_out() -> None:
    world = an_open_office()
    token, _ = sign_in.start(world, CAROL)
    clock(world).advance(minutes=29)
    assert sign_in.resume(world, token) is not None
    clock(world).advance(minutes=29)
    assert sign_in.resume(world, token) is not None  # the look before kept it alive
    clock(world).advance(minutes=30)
    assert sign_in.resume(world, token) is None


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in() -> None:
    world = an_open_office()
    token, _ = sign_in.start(world, CAROL)
    for _ in range(6):
        clock(world).advance(minutes=5)
        sign_in.resume(world, token, active=False)
    assert sign_in.resume(world, token) is None


def test_twelve_hours_are_the_end_for_the_busiest() -> None:
    world = an_open_office()
    token, _ = sign_in.start(world, CAROL)
    for _ in range(35):
        clock(world).advance(minutes=20)
        assert sign_in.resume(world, token) is not None
    clock(world).advance(minutes=20)
    assert sign_in.resume(world, token) is None


def test_a_busy_minute_writes_once() -> None:
    world = an_open_office()
    token, _ = sign_in.start(world, CAROL)
    clock(world).advance(seconds=59)
    assert sign_in.resume(world, token).last_seen_at == clock(world).now.replace(minute=0, second=0)  # type: ignore[union-attr]
    clock(world).advance(seconds=1)
    assert sign_in.resume(world, token).last_seen_at == clock(world).now  # type: ignore[union-attr]


def test_signing_out_takes_the_session_away_and_leaves_a_trace() -> None:
    world = an_open_office()
    token, _ = sign_in.start(world, CAROL)
    sign_in.end(world, token)
    sign_in.end(world, token)
    assert sign_in.resume(world, token) is None
    assert traces(world, "carol") == [("carol", "sign_in", "done"), ("carol", "sign_out", "done")]

"""N5: a day with marks in all that is content; then every place is searched for them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from .evidence import Evidence, Piece
from .marks import MARKS, Hit, search
from .places import ALLOWED, PLACES, reason
from .planting import PLANT

pytestmark = pytest.mark.slow
# What must have happened for the search to mean anything: (place, where).
HAPPENED = (
    ("response body", "carrier: inbound 200"),
    ("response body", "carrier: inbound, crisis 200"),
    ("response body", "carrier: inbound, no dynamodb 200"),
    ("response body", "carrier: inbound, no dynamodb+kms 503"),
    ("response body", "carrier: no token 503"),
    ("response body", "carrier: inbound, week's text 200"),
    ("response body", "carrier: inbound, week's text and more 200"),
    ("response body", "carrier: unsigned 403"),
    ("response body", "carrier: unreadable 422"),
    ("response body", "carrier: no such carrier 404"),
    ("response body", "carrier: status 204"),
    ("response body", "carol: practice answer 200"),
    ("page's line", "twilio"),
    ("response body", "her phone: page, asks 200"),
    ("response body", "her phone: page, wrong 403"),
    ("response body", "her phone: page, gone 404"),
    ("response body", "her phone: page, open 303"),
    ("response body", "her phone: page, read 200"),
    ("response body", "her phone: page, danger 200"),
    ("response body", "her phone: page, leave 303"),
    ("response body", "her phone: page, late 403"),
    ("response body", "her phone: page, plan 200"),
    ("response body", "her phone: page, plan 303"),
    ("response body", "her phone: page, ended 404"),
    ("response body", "her phone: page, code 200"),
    ("response body", "her phone: page, visits 200"),
    ("response body", "her phone: page, choices 200"),
    ("response body", "her phone: page, form 200"),
    ("response body", "her phone: page, form 303"),
    ("response body", "her phone: page, room 200"),
    ("response body", "her phone: page, resources 200"),
    ("response body", "her phone: page, texts 200"),
    ("response body", "her phone: page, texts 303"),
    ("response body", "her phone: page, texts 400"),
    ("response body", "her phone: page, texts 403"),
    ("response body", "her phone: page, texts 503"),
    ("response body", "her phone: page, texts, danger 200"),
    ("response body", "carol: consent 200"),
    ("response body", "carol: consent 303"),
    ("page's line", "room"),
    ("e-mail", "subject"),
    ("e-mail", "body"),
    ("carrier field", "ses Destination"),
    ("voice script", "twilio"),
    ("response body", "carrier: call told 200"),
    ("response body", "carol: reach 200"),
    ("response body", "carol: reach, wrong 400"),
    ("response body", "dan: glass 200"),
    ("response body", "dan: glass, wrong 400"),
    ("response body", "dan: glass, thread 200"),
    ("response body", "carol: practice close 303"),
    ("response body", "carol: register 303"),
    ("response body", "carol: register, wrong 400"),
    ("response body", "carol: register, token 403"),
    ("response body", "carol: register, number in use 409"),
    ("response body", "carol: thread, reply 303"),
    ("response body", "carol: thread, wrong reply 400"),
    ("response body", "carol: thread, wrong reply 409"),
    ("response body", "carol: thread, token 403"),
    ("response body", "carol: thread, away 503"),
    ("response body", "carol: thread, signed out 401"),
    ("response body", "carol: visit 303"),
    ("response body", "carol: visit, wrong 400"),
    ("response body", "carol: visit, page 200"),
    ("response body", "carol: visits 200"),
    ("response body", "carol: plan 303"),
    ("response body", "carol: plan 200"),
    ("response body", "carol: plan, wrong 400"),
    ("response body", "carrier: inbound, not safe 200"),
    ("response body", "carol: numbers 200"),
    ("response body", "carol: passkeys 200"),
    ("response body", "carol: visits, import 200"),
    ("response body", "carol: call 303"),
    ("response body", "carrier: call script 200"),
    ("response body", "carrier: call status 204"),
    ("response body", "carrier: call back 200"),
    ("response body", "carrier: call forged 403"),
    ("carrier field", "twilio Url"),
    ("response body", "carol: incident 303"),
    ("response body", "carol: incident 409"),
    ("response body", "carol: missing 404"),
    ("response body", "dan: turned away 404"),
    ("response body", "nobody: turned away 401"),
    ("carrier field", "twilio Body"),
    ("carrier field", "aws MessageBody"),
    ("queue message", "ParkingQueue"),
    ("function's answer", "reconcile_hourly"),
    ("file", "SealedTrailBucket entries"),
    ("file", "SealedTrailBucket digests"),
    ("file", "DropBucket in"),
    ("file", "DropBucket reports"),
    ("file", "CloudTrailBucket AWSLogs"),
    ("carrier's log", "body"),
    ("response body", "frank: officer's page 200"),
    ("response body", "frank: officer's file 200"),
    ("PDF", "officer's"),
    ("PDF", "account"),
    ("PDF", "consents"),
    ("response body", "frank: seal checked 200"),
    ("response body", "sue: figures' file 200"),
    ("response body", "carol: consent file 200"),
    ("response body", "carol: not her file 404"),
    ("exception of ours", "NotKept"),
    ("exception of ours", "CarrierUnknown"),
    ("exception of ours", "OpenFailed"),
    ("exception of ours", "SealFailed"),
    ("exception of ours", "PageFailed"),
)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """In a process of its own, so that all it prints is caught and nothing of it stays behind."""
    out = tmp_path_factory.mktemp("canary") / "evidence.json"
    ran = subprocess.run([sys.executable, "-m", "tests.canary", str(out)], cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()[-3000:]
    seen = Evidence.load(out)
    seen.see("standard output", "all", ran.stdout)
    seen.see("standard error", "all", ran.stderr)
    return seen


@cache
def _hits(data: bytes) -> tuple[Hit, ...]:
    return tuple(search(data))


def test_nothing_leaks(evidence: Evidence) -> None:
    leaks = Counter(
        f"{piece.place} | {piece.where} | {hit.mark}, {hit.form}: …{hit.around}"
        for piece in evidence.pieces
        for hit in _hits(piece.data)
        if reason(piece.place, piece.where, hit.mark) is None
    )
    assert not leaks, "\n".join(f"{count} × {leak}" for leak, count in leaks.most_common(40))


# Where the token of a link must be: in the words that bring it, and where whoever holds it goes with it.
MAY_HOLD_A_LINK = (
    ("link's token", ".*"), ("page's line", ".*"), ("e-mail", "body"), ("carrier field", "twilio Body"),
    ("address asked", "her phone|page, .*"), ("address in a page", "her phone: page, .*"), ("response header", "her phone: page, .* Location"),
    ("response body", "her phone: page, .*"),
)  # fmt: skip


def strays(pieces: list[Piece]) -> set[str]:
    """Where a link stands that it must not: whoever has it may try who they are."""
    tokens = [piece.data for piece in pieces if piece.place == "link's token" and len(piece.data) == 32]
    return {
        f"{piece.place} | {piece.where}"
        for piece in pieces
        if not any(piece.place == place and re.fullmatch(where, piece.where) for place, where in MAY_HOLD_A_LINK)
        and any(token in piece.data for token in tokens)
    }


def test_id_4_a_link_stands_in_what_brings_it_and_nowhere_else(evidence: Evidence) -> None:
    assert sum(len(piece.data) == 32 for piece in _of(evidence, "link's token")) >= 6
    assert not strays(evidence.pieces)


def test_a_link_elsewhere_is_named() -> None:
    made, left = Piece("link's token", "made", b"a" * 32), Piece("log record", "x INFO", b"/p/" + b"a" * 32)
    assert strays([made, left]) == {"log record | x INFO"} and not strays([made])


@pytest.mark.parametrize("place", PLACES)
def test_a_planted_mark_is_found(evidence: Evidence, place: str) -> None:
    assert any(search(piece.data, [PLANT]) for piece in evidence.pieces if piece.place == place)


@pytest.mark.parametrize("place", PLACES)
def test_the_day_went_by_there(evidence: Evidence, place: str) -> None:
    """A place that only the planting filled would be one that the day did not try."""
    assert any(piece.data and not search(piece.data, [PLANT]) for piece in _of(evidence, place)) or place.startswith("standard")


def test_no_place_is_without_a_row(evidence: Evidence) -> None:
    assert {piece.place for piece in evidence.pieces} == set(PLACES)


@pytest.mark.parametrize(("place", "where"), HAPPENED)
def test_it_happened(evidence: Evidence, place: str, where: str) -> None:
    assert any(piece.where == where for piece in _of(evidence, place))


@pytest.mark.parametrize("row", ALLOWED, ids=lambda row: f"{row.place}, {row.where}")
def test_each_allowance_is_needed(evidence: Evidence, row: object) -> None:
    """Content did arrive where it may be; a row that nothing needs would hide the next leak."""
    needed = {reason(piece.place, piece.where, hit.mark) for piece in evidence.pieces for hit in _hits(piece.data)}
    assert row in needed


def test_every_mark_was_in_the_day(evidence: Evidence) -> None:
    """All but the picture's address, which we never keep and never show."""
    found = {hit.mark for piece in evidence.pieces for hit in _hits(piece.data)}
    assert found == {mark.name for mark in MARKS} - {"picture's address"}


def test_another_program_finds_nobody(evidence: Evidence) -> None:
    """N7: the page gives back what was typed, and no patient."""
    pages = [piece.data for piece in _of(evidence, "response body") if piece.where.startswith("dan: find, other program")]
    assert pages
    assert not any(b"/console/patients/" in page for page in pages)


def _of(evidence: Evidence, place: str) -> list[Piece]:
    return [piece for piece in evidence.pieces if piece.place == place]

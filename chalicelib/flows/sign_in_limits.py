"""How often somebody may try to sign in, besides the provider's own limits: by name and by address, without saying whether the
name is anybody's. Counted before the provider is asked, so that many tries at once are no way around; taken back when it was
right.

A name alone is never locked for who signs in from where they always do: whoever guesses at a clinician's password must not keep
them out on the night that a patient needs them. Nor is a passkey, which nobody can guess: it is the way in from anywhere. And who
is known at an address is kept out there by guesses at their own name alone, not by a guest of the same house who tries others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..core.records import Tries, Update
from ..errors import Conflict, PorchlightError, Rejected, SecretUnavailable, StoreError
from ..ports import World

WINDOW = timedelta(minutes=15)
OF_NAME, OF_ADDRESS = 10, 60  # wrong ones in a window; a clinic's whole office may be one address
KNOWN = timedelta(days=30)  # how long an address is known to be somebody's
ATTEMPTS = 3


class TooMany(PorchlightError):
    """Whoever tries is to wait, whether the name exists or not."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that is under way: keys of its counters, which name nobody."""

    name: str
    address: str
    pair: str
    until: datetime


def begin(world: World, username: str, address: str, guessed: bool = True) -> Attempt:
    """`guessed`: what is tried could be a guess; a passkey is none.

    Raises `TooMany`. A store or a key that does not answer holds nobody up here: sign-in itself will say so."""
    now = world.clock()
    window = int(now.timestamp() // WINDOW.total_seconds())
    name, place = username.strip().lower(), address or "nowhere"
    try:
        said = (f"name {name}", f"address {place}", f"pair {name} {place}")
        hidden = [world.hasher.text_hash(f"sign-in {each}") for each in said]
    except SecretUnavailable:
        return Attempt("", "", "", now)
    of_name = f"{hidden[0]}.{window}" if guessed else ""
    attempt = Attempt(of_name, f"{hidden[1]}.{window}" if address else "", hidden[2], now + 2 * WINDOW)
    for counter in (attempt.name, attempt.address):
        _count(world, counter, 1, attempt.until)
    if _over(world, attempt, now):
        world.journal.count("sign_in_limited")
        raise TooMany()
    return attempt


def right(world: World, attempt: Attempt, entered: bool) -> None:
    """It was no wrong guess. `entered`: they are in, and this address is known to be theirs."""
    for counter in (attempt.name, attempt.address):
        _count(world, counter, -1, attempt.until)
    if entered and attempt.pair:
        until = world.clock() + KNOWN
        _safely(world, lambda: world.store.commit(Update(Tries, (attempt.pair,), set={"expires_at": until}, create=True)))


def _count(world: World, counter: str, by: int, until: datetime) -> None:
    if counter:
        counted = Update(Tries, (counter,), set={"expires_at": until}, add={"count": by}, create=True)
        _safely(world, lambda: world.store.commit(counted))


def _over(world: World, attempt: Attempt, now: datetime) -> bool:
    found: list[Tries | None] = [None, None, None]

    def look() -> None:
        for at, key in enumerate((attempt.name, attempt.address, attempt.pair)):
            found[at] = world.store.get(Tries, key) if key else None

    _safely(world, look)
    name, place, pair = found
    known = pair is not None and pair.expires_at is not None and pair.expires_at > now
    if known:
        return _many(place, OF_ADDRESS) and _many(name, OF_NAME)
    return _many(name, OF_NAME) or _many(place, OF_ADDRESS)


def _many(row: Tries | None, most: int) -> bool:
    return row is not None and row.count > most


def _safely(world: World, work: Callable[[], None]) -> None:
    for _ in range(ATTEMPTS):
        try:
            return work()
        except (Conflict, Rejected):  # others count at this moment
            continue
        except StoreError as failure:
            return world.journal.event("sign_in_not_counted", error=type(failure).__name__)

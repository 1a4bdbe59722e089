"""Administrators, and people who sign in, at the same moment: every order leaves one administrator and no stray session."""

from __future__ import annotations

from chalicelib.core.records import Access, Revision, Session
from chalicelib.core.staff import Staff
from chalicelib.flows import sign_in
from chalicelib.flows.change_program import change_program
from chalicelib.flows.manage_staff import Refused, Wanted, change_person
from tests.cast import FRANK
from tests.fakes.directory import FakeDirectory

from .faults import Faulty
from .races import Act, Race
from .settings_stories import CALLS
from .town import Town
from .turns import Turns

ADMIN = Staff("administrator", "administrator", ())
SECOND = Staff("second.administrator", "administrator", ())
# What is in somebody's hands (`in_their_hands.holds`), which a closing reads and does not write.
HANDS = ("store.open_incidents", "store.owned", "store.campaigns", "store.settings", "store.absences")
CLOSED = Wanted("compliance", (), closed=True)


def _pool(town: Town) -> FakeDirectory:
    return vars(town).setdefault("staff_pool", FakeDirectory.of(ADMIN, SECOND, FRANK))


def removes(who: Staff, whom: Staff) -> Act:
    """She presses once; whatever she is told, she does not press again."""

    def act(town: Town) -> None:
        directory = Faulty("directory", _pool(town), town.plan, CALLS)
        wanted = Wanted("clinician", ()) if whom.role == "administrator" else CLOSED
        try:
            town.again(lambda: change_person(town.world, directory, who, whom.staff_id, wanted), tries=1)
        finally:
            town.unexpected[:] = [line for line in town.unexpected if not line.startswith(Refused.__name__)]

    return act


def _signs_in(town: Town) -> None:
    town.again(lambda: sign_in.start(town.world, FRANK), tries=1)


def _renames(name: str, who: Staff) -> Act:
    return lambda town: vars(town).setdefault("done", []).append(
        town.again(lambda: change_program(town.world, who, "adult", {"name": name}, 0, ""), tries=1)
    )


def _one_is_left(town: Town, turns: Turns) -> list[str]:
    decided = {row.staff_id: row.role for row in town.store.rows(Access)}
    left = [who for who in (ADMIN, SECOND) if decided.get(who.staff_id, who.role) == "administrator"]
    pool = [account for account in _pool(town).people.values() if account.role == "administrator"]
    return [] if left and pool else ["no administrator is left"]


def _nobody_is_in(town: Town, turns: Turns) -> list[str]:
    """Closed means closed; and if the closing was told to try again, nothing of it was done."""
    door = town.store.get(Access, "frank")
    if door is None or not door.closed:
        return [] if not town.store.rows(Revision) else ["a line for what was not done"]
    return ["a session in a closed account"] if town.store.rows(Session) else []


def _one_name(town: Town, turns: Turns) -> list[str]:
    lines, done = town.store.rows(Revision), vars(town)["done"]
    return [] if len(lines) == done.count(True) == 1 else [f"{done.count(True)} were told it is done, {len(lines)} are"]


RACES: tuple[Race, ...] = (
    Race("two administrators remove each other", removes(ADMIN, SECOND), removes(SECOND, ADMIN), after=_one_is_left),
    Race("a sign-in while the account is closed", _signs_in, removes(ADMIN, FRANK), after=_nobody_is_in),
    Race("two closings", removes(ADMIN, FRANK), removes(SECOND, FRANK), after=_nobody_is_in, aside=HANDS),
    Race("two names for a program", _renames("North", ADMIN), _renames("South", SECOND), after=_one_name),
)



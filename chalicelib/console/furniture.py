"""What stands behind the console, each fetched at its first use; a test puts its fakes here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from ..flows.directory import Directory
from ..flows.own_keys import Keys
from ..flows.passkeys import Passkeys
from ..flows.propose import Rehearses
from ..flows.sign_in import SignIn
from ..ports import World
from ..ports.archive import AccountTrail


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands behind the console, each fetched at its first use: nothing is read at import."""

    world: Callable[[], World]
    sign_in: Callable[[], SignIn]
    console_url: Callable[[], str]
    directory: Callable[[], Directory]
    changed: Callable[[], None]  # somebody changed a setting: look again soon
    rehearsal: Callable[[], Rehearses]  # where a proposal for the screen's rules is tried
    account: Callable[[], AccountTrail]  # what AWS itself wrote down of openings
    passkeys: Callable[[], Passkeys]  # where one's own are kept
    keys: Callable[[], Keys]  # where people's own keys come from


_furniture: list[Furniture] = []


def furniture() -> Furniture:
    """What `furnish` was given; otherwise the real things, loaded now."""
    if not _furniture:
        from .. import wiring

        parts = (_directory, wiring.settings_changed, _rehearsal, _account, _passkeys, _keys)
        furnish(wiring.world, _cognito, lambda: wiring.settings().console_url, *parts)
    return _furniture[0]


@cache
def _cognito() -> SignIn:
    from .. import wiring
    from .cognito import CognitoSignIn

    now = wiring.settings()
    return CognitoSignIn(now.user_pool, now.user_pool_client, now.region, now.aws_endpoint)


@cache
def _passkeys() -> Passkeys:
    from .. import wiring
    from .cognito_passkeys import CognitoPasskeys

    now = wiring.settings()
    return CognitoPasskeys(now.user_pool, now.user_pool_client, now.region, now.aws_endpoint)


@cache
def _directory() -> Directory:
    from .. import wiring
    from .directory import CognitoDirectory

    now = wiring.settings()
    return CognitoDirectory(now.user_pool, now.region, now.aws_endpoint)


def _rehearsal() -> Rehearses:
    from .. import wiring

    found: Rehearses = wiring.rehearsal()
    return found


def _account() -> AccountTrail:
    from .. import wiring

    found: AccountTrail = wiring.account_trail()
    return found


def _keys() -> Keys:
    from .. import wiring

    found: Keys = wiring.own_keys()
    return found


def furnish(
    world: Callable[[], World],
    sign_in: Callable[[], SignIn],
    console_url: Callable[[], str],
    directory: Callable[[], Directory] = _directory,
    changed: Callable[[], None] = lambda: None,
    rehearsal: Callable[[], Rehearses] = _rehearsal,
    account: Callable[[], AccountTrail] = _account,
    passkeys: Callable[[], Passkeys] = _passkeys,
    keys: Callable[[], Keys] = _keys,
) -> None:
    """Puts other things behind the console: a test's fakes."""
    _furniture[:] = [Furniture(world, sign_in, console_url, directory, changed, rehearsal, account, passkeys, keys)]

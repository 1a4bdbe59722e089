"""Who works here and in which program, asked of the user pool only where somebody is about to choose a person."""

from __future__ import annotations

from ..core.roles import Action, may
from ..core.staff import Staff
from ..flows.directory import Account, DirectoryUnavailable
from .desk import Visit, furniture


def accounts(visit: Visit) -> list[Account]:
    """Everybody; empty while the user pool does not answer, which the page says."""
    try:
        return furniture().directory().accounts()
    except DirectoryUnavailable:
        visit.world.journal.event("directory_unavailable")
        return []


def of_program(found: list[Account], program: str, *but: str) -> list[Account]:
    """Who may open this program's threads, without the people named."""
    return [each for each in found if each.enabled and program in each.programs and each.staff_id not in but]


def who_treat(visit: Visit, program: str) -> list[str]:
    """With whom a visit can be: not the front desk, nor Records. Whoever is here, while the user pool does not answer."""
    found = of_program(accounts(visit), program)
    return sorted(each.staff_id for each in found if treats(each.role)) if found else [visit.who.staff_id]


def may_be_on_call(found: list[Account]) -> list[Account]:
    """A page calls whoever can say how a patient is: not the front desk, nor Records, nor who sees no patient at all."""
    return [each for each in found if each.enabled and treats(each.role)]


def or_choose(who: Staff) -> str:
    """Whom the field begins with: who treats begins with themselves, anybody else must say."""
    return who.staff_id if treats(who.role) else ""


def treats(role: str) -> bool:
    """The roles that say how a patient is: `roles.toml`."""
    return may(role, Action.STAGE)

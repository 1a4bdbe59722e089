"""Who works here and in which program, asked of the user pool only where somebody is about to choose a person."""

from __future__ import annotations

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

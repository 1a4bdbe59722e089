"""Who may do this beside the work with patients? Everybody else finds nothing here, and it is kept that they tried."""

from __future__ import annotations

from ..core.roles import Action
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import World
from . import trail

PURPOSE = "administration"


def demand(world: World, who: Staff, action: Action) -> None:
    """Raises `NotFound` for a role that may not (`core.roles`), `StoreError`."""
    if not who.may(action):
        trail.refuse(world, who, f"settings#{action}", "open", PURPOSE)
        raise NotFound(action)

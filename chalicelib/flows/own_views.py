"""The lists that a person keeps at hand: a program and a filter. No free words, so nothing about a patient can stand in them."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.inbox_lists import Show
from ..core.records import ABSENT, Setting, Update
from ..core.staff import Staff
from ..errors import NotFound, Rejected
from ..ports import World

VIEW = "view"  # Setting.kind; setting_id is the person
MOST = 12


@dataclass(frozen=True, slots=True)
class View:
    program: str
    show: Show


def read_views(world: World, who: Staff) -> tuple[View, ...]:
    """In the order kept; a program that is no longer theirs is left out. Raises `StoreError`."""
    return _views(world.store.get(Setting, VIEW, who.staff_id), who)


def keep_view(world: World, who: Staff, view: View, wanted: bool = True) -> bool:
    """Keep it, or let it go. False when there are too many, or another window changed them at this moment.

    Raises `NotFound` for a program that is not theirs, `StoreError`.
    """
    if not who.may_see(view.program):
        raise NotFound(view.program)
    kept = world.store.get(Setting, VIEW, who.staff_id)
    views = [each for each in _views(kept, who) if each != view] + [view] * wanted
    if len(views) > MOST:
        return False
    fields = {
        "value": {f"{at:02d}": f"{each.show} {each.program}" for at, each in enumerate(views)},
        "version": (kept.version if kept else 0) + 1,
        "changed_at": world.clock(),
        "changed_by": who.staff_id,
    }
    expect = {"version": kept.version if kept else ABSENT}
    try:
        world.store.commit(Update(Setting, (VIEW, who.staff_id), set=fields, expect=expect, create=True))
    except Rejected:
        return False
    return True


def _views(kept: Setting | None, who: Staff) -> tuple[View, ...]:
    if kept is None:
        return ()
    pairs = [text.partition(" ") for _, text in sorted(kept.value.items())]
    return tuple(View(program, Show(show)) for show, _, program in pairs if show in set(Show) and who.may_see(program))

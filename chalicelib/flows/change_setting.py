"""Write one change of a setting with its line in the history, and take one back. A change meets the version it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.records import ABSENT, Change, Put, Revision, Setting, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import trail
from .authority import PURPOSE

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants changed. `version`: what they looked at, 0 for a matter that nobody changed yet."""

    kind: str
    setting_id: str
    before: Fields  # the fields as they stand at that version
    after: Fields
    version: int
    why: str = ""
    undoes: int = 0

    @property
    def moved(self) -> dict[str, str]:
        return {name: text for name, text in self.after.items() if self.before.get(name, "") != text}


def write(world: World, who: Staff, wish: Wish, *also: Change) -> int:
    """The new version; the old one when nothing moved. A form that is sent again changes nothing more. `also`: what changes in
    the same transaction.

    Raises `Conflict` when somebody else changed it meanwhile, `StoreError`.
    """
    if not wish.moved:
        return wish.version
    now = world.clock()
    held = world.store.get(Setting, wish.kind, wish.setting_id)
    value = {**(held.value if held else {}), **wish.moved}
    change = Update(
        Setting,
        (wish.kind, wish.setting_id),
        set={"value": value, "version": wish.version + 1, "changed_at": now, "changed_by": who.staff_id},
        expect={"version": wish.version or ABSENT},
        create=wish.version == 0,
    )
    subject = f"{wish.kind}#{wish.setting_id}"
    try:
        world.store.commit(change, Put(_line(world, who, wish)), trail.entry(world, who, subject, "change", PURPOSE, now), *also)
    except Rejected:
        return _same_again(world, who, wish)
    return wish.version + 1


def read_revision(world: World, kind: str, setting_id: str, version: int) -> Revision:
    """Raises `NotFound`, `StoreError`."""
    found = world.store.get(Revision, kind, setting_id, version)
    if found is None:
        raise NotFound(f"{kind}#{setting_id}")
    return found


def _line(world: World, who: Staff, wish: Wish) -> Revision:
    before = {name: wish.before.get(name, "") for name in wish.moved}
    return Revision(
        wish.kind, wish.setting_id, wish.version + 1, world.clock(), who.staff_id, wish.why, before, wish.moved, wish.undoes
    )


def _same_again(world: World, who: Staff, wish: Wish) -> int:
    """The version that this very form made; `Conflict` when it was somebody else's."""
    line = world.store.get(Revision, wish.kind, wish.setting_id, wish.version + 1)
    if line is None or (line.who, line.after, line.undoes) != (who.staff_id, wish.moved, wish.undoes):
        raise Conflict(f"{wish.kind}#{wish.setting_id}")
    return line.version

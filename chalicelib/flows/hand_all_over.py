"""Everything of somebody who goes for good, to one colleague, in one form. Each matter goes over by itself, in its own history;
what did not go is still in their hands, so that the account does not close, and the form is sent again."""

from __future__ import annotations

from ..core.absence import Absence
from ..core.campaigns import Campaign
from ..core.records import Setting, Step, Update
from ..core.roles import SEES_NO_PATIENTS, Action
from ..core.settings import SNIPPET
from ..core.staff import Staff
from ..errors import Conflict, Rejected
from ..ports import World
from . import hand_over, trail
from .authority import PURPOSE, demand
from .change_program import change_program, read_program
from .change_setting import Wish, write
from .directory import Directory
from .in_their_hands import Holds, holds
from .plan_rota import change_house, hand_on_place, read_rota_now
from .read_staff import STAFF, Person, one_of, people_now

WHY = "their account is to be closed"
HOUSE = ("last_resort", "reader")


class NotTaken(ValueError):
    """Somebody who could not open what they would get, or who is not here."""


def could_take(world: World, held: Holds, people: list[Person], staff_id: str) -> list[Person]:
    """Who has an account, is somebody else and not away, and may see every program that something of it is of."""
    away = {absence.staff_id for absence in world.store.absences() if absence.state != "back"}
    here = [each for each in people if each.staff_id not in {staff_id, *away} and not each.closed]
    return [each for each in here if each.role not in SEES_NO_PATIENTS and held.programs <= set(each.programs)]


def hand_all_over(world: World, directory: Directory, who: Staff, staff_id: str, to: str) -> Holds:
    """What is left in their hands: nothing, unless somebody was quicker. Raises `NotTaken`, `NotFound`, `StoreError`."""
    demand(world, who, Action.STAFF)
    people = people_now(world, directory)
    one_of(people, staff_id)
    held = holds(world, staff_id, ())
    if to not in {each.staff_id for each in could_take(world, held, people, staff_id)}:
        raise NotTaken(to)
    world.store.commit(trail.entry(world, who, f"{STAFF}#{staff_id}", "hand_all_over", PURPOSE, world.clock(), to))
    for absence in held.covers:
        _cover(world, who, absence, to)
    if held.threads or held.incidents:
        hand_over.for_good(world, who, staff_id, to)
    for place in held.rota:
        _place(world, who, place, staff_id, to)
    for program in held.duty:
        change_program(world, who, program, {"duty": to}, read_program(world, who, program).version, WHY)
    for text in held.texts:
        _text(world, who, text, to)
    for campaign in held.campaigns:
        _campaign(world, who, campaign, to)
    return holds(world, staff_id, ())


def _place(world: World, who: Staff, place: str, staff_id: str, to: str) -> None:
    now = read_rota_now(world)
    if place in HOUSE:
        fields = {name: to if name == place else getattr(now.rota, name) for name in HOUSE}
        change_house(world, who, fields, now.version("house"), WHY)
    else:
        hand_on_place(world, who, now, place, staff_id, to, WHY)


def _text(world: World, who: Staff, setting_id: str, to: str) -> None:
    row = world.store.get(Setting, SNIPPET, setting_id)
    if row is not None:
        write(world, who, Wish(SNIPPET, setting_id, row.value, {"owner": to}, row.version, WHY))


def _campaign(world: World, who: Staff, campaign: Campaign, to: str) -> None:
    now = world.clock()
    changed = Update(
        Campaign, (campaign.program, campaign.campaign_id), set={"reader": to}, expect={"reader": campaign.reader},
        append={"steps": (Step(now, who.staff_id, "reader", to),)},
    )  # fmt: skip
    _once(world, changed, trail.entry(world, who, f"campaign#{campaign.campaign_id}", "change", PURPOSE, now))


def _cover(world: World, who: Staff, absence: Absence, to: str) -> None:
    changed = Update(
        Absence, (absence.staff_id,), set={"cover": to, "version": absence.version + 1}, expect={"version": absence.version}
    )
    _once(world, changed, trail.entry(world, who, absence.staff_id, "cover_for", "absence", world.clock()))


def _once(world: World, *changes: object) -> None:
    """Somebody else who changed it meanwhile keeps their word: it is looked at again at the end."""
    try:
        world.store.commit(*changes)  # type: ignore[arg-type]
    except (Rejected, Conflict):
        return

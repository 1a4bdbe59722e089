"""The clinic's own schedule puts a visit, changes it, calls it off, or asks how it stands. Its version decides: the same again
changes nothing, an older one is refused, whatever order requests come in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..core.appointment_rules import Wish
from ..core.records import Appointment, Charted, Patient
from ..core.schedule_request import SaidVisit
from ..core.staff import Staff
from ..core.visit_list import ListedVisit
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import charting, trail
from .book_appointment import TAKEN, Booked, Changed, Wrong, change
from .charting import Charting
from .import_appointments import laid_over, take

SOURCE, ACTION, PURPOSE = "api", "schedule_api", "scheduling"


@dataclass(frozen=True, slots=True)
class Stands:
    """A visit as it stands. `result`: created, changed, unchanged, or "" where it was only asked."""

    visit: Appointment
    version: int
    result: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """`why`: stale, version_reused, time_taken, contended, invalid (`fields`: JSON pointer to words of ours), unknown_patient,
    elsewhere, merged."""

    why: str
    fields: dict[str, str] | None = None


def put(world: World, who: Staff, program: str, visit_id: str, said: SaidVisit, zone: str) -> Stands | Refused:
    """Raises `NotFound` for a program that is not this key's, `StoreError`, `VaultError`, `SecretUnavailable`."""
    admit(world, who, program)
    wish = said.wish(Wish("", "individual", world.clock(), zone, 50, chart_id=visit_id))
    [each] = charting.planned(world, who, program, [ListedVisit(1, visit_id, said.record_id, wish)])
    hashed = _hash(world, said)
    if refused := _old(each.known, said, hashed):
        return refused
    if each.known is not None and (each.known.version, each.known.row_hash) == (said.version, hashed):
        return _as_it_stands(world, who, program, each.known, "unchanged")
    if each.what in ("unknown_patient", "elsewhere", "merged"):
        return Refused(each.what)
    result = "created" if each.what == "new" else "changed"
    return _told(said, result, lambda: take(world, who, program, each, SOURCE, hashed, said.version))


def patch(world: World, who: Staff, program: str, visit_id: str, said: SaidVisit) -> Stands | Refused:
    """Only what was said changes. Raises as `put`, and `NotFound` for a visit that was never put."""
    admit(world, who, program)
    known, hashed = _known(world, program, visit_id), _hash(world, said)
    if refused := _old(known, said, hashed):
        return refused
    if (known.version, known.row_hash) == (said.version, hashed):
        return _as_it_stands(world, who, program, known, "unchanged")
    line = Charting(known.record_hash, known, hashed, said.version, start_at=said.fields.get("start_at"))

    def wished(visit: Appointment, stands: Wish) -> Wish:
        wish = said.wish(stands)
        return laid_over(visit, wish) if "status" in said.fields else wish

    def act() -> Booked | Wrong | Changed:
        done = change(world, who, known.patient_id, known.appointment_id, wished, line=line)
        if isinstance(done, Booked) and done.again:
            world.store.commit(line.row(known.patient_id, known.appointment_id))
        return done

    return _told(said, "changed", act)


def read(world: World, who: Staff, program: str, visit_id: str) -> Stands:
    """Raises `NotFound`, `StoreError`."""
    admit(world, who, program)
    found = _as_it_stands(world, who, program, _known(world, program, visit_id), "")
    world.store.commit(trail.entry(world, who, found.visit.patient_id, "read_appointment", PURPOSE, world.clock()))
    return found


def admit(world: World, who: Staff, program: str) -> None:
    """What a path says of another program stays out of the trail: it is a stranger's word (N5)."""
    known = program in world.clinic.programs
    if not known or not who.may_see(program):
        trail.refuse(world, who, f"program#{program}" if known else "program", ACTION, PURPOSE)
        raise NotFound("program")


def _known(world: World, program: str, visit_id: str) -> Charted:
    known = world.store.get(Charted, charting.record_hash(world, program, visit_id))
    if known is None:
        raise NotFound("visit")
    return known


def _as_it_stands(world: World, who: Staff, program: str, known: Charted, result: str) -> Stands:
    """Who is in another program now is not there for this one."""
    keys = (Appointment, (known.patient_id, known.appointment_id)), (Patient, (known.patient_id,))
    visit, patient = world.store.get_many(keys)
    if not isinstance(visit, Appointment) or not isinstance(patient, Patient):
        raise NotFound("visit")
    if patient.program != program or not who.may_see(program):
        raise NotFound("visit")
    return Stands(visit, known.version, result)


def _hash(world: World, said: SaidVisit) -> str:
    return world.hasher.text_hash(f"schedule request\0{said.said}")


def _old(known: Charted | None, said: SaidVisit, hashed: str) -> Refused | None:
    if known is None or said.version > known.version:
        return None
    if said.version < known.version:
        return Refused("stale")
    return None if known.row_hash == hashed else Refused("version_reused")


def _told(said: SaidVisit, result: str, act: Callable[[], Booked | Wrong | Changed]) -> Stands | Refused:
    try:
        done = act()
    except (Conflict, Rejected):  # another request about this visit at the same moment
        return Refused("contended")
    if isinstance(done, Booked):
        return Stands(done.visit, said.version, "unchanged" if done.again and result == "changed" else result)
    if isinstance(done, Changed):
        return Refused("contended")
    return Refused("time_taken") if done.fields == TAKEN else Refused("invalid", {f"#/{n}": w for n, w in done.fields.items()})

"""The trail as rows of a page and sentences for a patient. Ids and words of the trail: no name, no content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.audit import JOB, AuditEntry
from ..core.openings import JOBS, Line
from ..core.records import Patient
from ..core.releases import NOTICE
from ..core.roles import ROLES
from ..core.sealed import Wrong
from ..flows.read_trail import Timeline
from ..flows.verify_trail import Verdict
from ..ports import World
from .times import Place
from .trail_words import OF_WHOM, PURPOSES, action_says, purpose_says
from .words import person

PURPOSE_CHOICES = sorted(PURPOSES.items(), key=lambda each: each[1])
WRITTEN = timedelta(minutes=15)  # CloudTrail delivers within some five minutes and promises no time
SEAL_SAYS = {
    "altered": "was altered after it was sealed",
    "missing": "is missing",
    "inserted": "was put in afterwards",
    "reordered": "changed its place",
    "unsigned": "is not signed by our key",
    "broken_chain": "does not follow the hour before it",
    "unreadable": "cannot be read",
    "not_sealed": "was never sealed",
    "altered_in_table": "was changed in the table after it was sealed",
    "missing_in_table": "was taken out of the table after it was sealed",
}


@dataclass(frozen=True, slots=True)
class Row:
    """`who`: an id, which the page says as a person. `job`: no person. `tone`: "bad" for an alarm or a refusal."""

    at: datetime
    when: str
    who: str
    job: bool
    role: str
    did: str
    why: str
    where: str
    result: str
    subject: str
    tone: str = ""
    patient: bool = False  # the subject has a timeline of its own
    aws: str = ""  # what AWS's own log says of it


@dataclass(frozen=True, slots=True)
class Seal:
    """What the check of the seal said."""

    hours: int
    entries: int
    since: str
    until: str
    wrong: tuple[str, ...]


def view_entries(entries: Iterable[AuditEntry], place: Place) -> list[Row]:
    return [_row(entry, place) for entry in entries]


def view_lines(found: Timeline, place: Place) -> list[Row]:
    """Newest first."""
    return [_line(line, place, found.compared) for line in reversed(found.lines)]


def view_report(found: Timeline, place: Place) -> list[Row]:
    """What a patient is told: looks and changes that were let in, the oldest first."""
    let_in = [line.entry for line in found.lines if line.entry is not None and not line.entry.refused]
    return [replace(_row(entry, place), when=place.date(entry.at), did=_in_full(entry)) for entry in let_in]


def _in_full(entry: AuditEntry) -> str:
    """The report has no column for how it ended: whom a key was lent to, and how many, stand in the sentence."""
    said = action_says(entry.action)
    if entry.action in OF_WHOM:
        return f"{said} {person(entry.result)}"
    return f"{said} {entry.result}" if said.endswith(":") else said


def _row(entry: AuditEntry, place: Place, aws: str = "") -> Row:
    job = entry.who.startswith(JOB)
    return Row(
        at=entry.at,
        when=place.stamp(entry.at),
        who=entry.who.removeprefix(JOB),
        job=job,
        role=ROLES.get(entry.role, entry.role),
        did=action_says(entry.action),
        why=purpose_says(entry.purpose),
        where=entry.where,
        result=_result(entry),
        subject=entry.subject_id,
        tone="bad" if entry.refused else "",
        patient="#" not in entry.subject_id and entry.subject_id not in (entry.who, "trail"),
        aws=aws,
    )


def _result(entry: AuditEntry) -> str:
    """Nothing where it was done; why, where that is written with a refusal."""
    said = "" if entry.result == "done" else entry.result
    return f"turned away{said.removeprefix('refused')}" if entry.refused else said


def _nothing(at: datetime, place: Place) -> str:
    return "nothing was opened" if place.now - at > WRITTEN else "nothing yet: AWS may not have written it"


def _line(line: Line, place: Place, compared: bool) -> Row:
    kinds = ", ".join(sorted({opening.kind.replace("_", " ") for opening in line.openings}))
    if line.entry is not None:
        said = f"agrees: {len(line.openings)} opened ({kinds})" if line.openings else _nothing(line.at, place) if compared else ""
        return _row(line.entry, place, said)
    first = line.openings[0]
    did = {
        "job": f"{JOBS[first.function][1].capitalize()}" if first.function in JOBS else "",
        "denied": f"Refused by AWS: {first.error}",
        "unknown": f"Opened {kinds}, and our trail does not know it",
    }[line.what]
    return Row(
        at=line.at,
        when=place.stamp(line.at),
        who=first.session,
        job=bool(first.function),
        role="",
        did=did,
        why="",
        where=first.source,
        result="",
        subject=first.patient,
        tone="" if line.what == "job" else "bad",
        aws=f"{len(line.openings)} opened ({kinds})",
    )


def view_verdict(verdict: Verdict) -> Seal:
    wrong = tuple(_wrong(each) for each in verdict.wrong[:200])
    return Seal(verdict.hours, verdict.entries, verdict.since, verdict.until, wrong)


def _wrong(wrong: Wrong) -> str:
    if wrong.what == "not_sealed" and not wrong.entry:
        return f"Nothing is sealed from {wrong.hour} on"
    return f"{wrong.hour}: {f'entry {wrong.entry}' if wrong.entry else 'the whole hour'} {SEAL_SAYS[wrong.what]}"


def part_2(world: World, patient_id: str) -> str:
    """The notice, where the patient's program treats substance use, or where nobody can say."""
    patient = world.store.get(Patient, patient_id)
    program = world.clinic.programs.get(patient.program) if patient else None
    return "" if program is not None and not program.substance_use else NOTICE

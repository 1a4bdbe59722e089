"""The officer's tables as they leave the house: what was searched for, one patient's timeline, the report that a patient may
ask for, and the account of disclosures. The rows are those of the pages."""

from __future__ import annotations

from ..core.releases import AUTHORITIES, NOTICE, Release
from ..core.sheets import Sheet
from ..flows.read_records import Records
from ..flows.read_trail import Asked, Found, Timeline
from ..flows.release_record import To
from .times import Place
from .trail_view import Row, view_lines, view_report
from .trail_words import action_says, purpose_says
from .words import person

FIELDS = ("at_utc", "who", "role", "action", "action_in_words", "subject", "purpose", "from", "result", "entry")
TIMELINE = ("at_utc", "who", "as", "did", "why", "from", "result", "record", "aws")
REPORT = ("When", "Who", "As", "Did what", "For")
ACCOUNT = ("When", "To", "What for", "On what ground", "By", "In the account", "Release")
SERVICE = "the service itself"


def of_search(found: Found, asked: Asked, days: tuple[str, str], notice: str) -> Sheet:
    """Ids, words and instants (UTC)."""
    rows = tuple(
        (
            entry.at.isoformat(timespec="seconds"), entry.who, entry.role, entry.action, action_says(entry.action),
            entry.subject_id, entry.purpose, entry.where, entry.result, entry.entry_id,
        )
        for entry in found.entries
    )  # fmt: skip
    named = {"Person": asked.person, "Record": asked.patient, "Why": purpose_says(asked.purpose) if asked.purpose else ""}
    said = [f"{what}: {which}" for what, which in named.items() if which] + ["Only who was turned away"] * asked.refused
    more = (("", "", "", "", f"There are more than these {len(rows)}: ask for fewer days", *[""] * 5),) if found.cut else ()
    return Sheet("Trail: who did what", FIELDS, rows + more, notice, (_between(days), *said))


def of_timeline(found: Timeline, days: tuple[str, str], place: Place, notice: str) -> Sheet:
    """Newest first; with what AWS saw where the page compares it."""
    rows = tuple(
        (row.at.isoformat(timespec="seconds"), row.who, row.role, row.did, row.why, row.where, row.result, row.subject, row.aws)
        for row in view_lines(found, place)
    )
    compared = f"Compared with AWS's own log: {_agree(found)}" if found.compared else "Not compared with AWS's own log"
    return Sheet("Timeline of one patient", TIMELINE, rows, notice, (f"Record {found.patient_id}, {_between(days)}", compared))


def _agree(found: Timeline) -> str:
    count = len(found.alarms)
    return f"{count} {'opening' if count == 1 else 'openings'} that our trail does not know" if count else "both trails agree"


def of_report(found: Timeline, days: tuple[str, str], place: Place, notice: str) -> Sheet:
    """In words for whose record it is."""
    rows = tuple((row.when, _who(row), "" if row.job else row.role, row.did, row.why) for row in view_report(found, place))
    made = f"Made {place.date(place.now)}, {place.zone.key}"
    return Sheet("Who looked at your record", REPORT, rows, notice, (f"Record {found.patient_id}, {_between(days)}. {made}",))


def of_account(found: Records, place: Place) -> Sheet:
    """45 CFR 164.528. The newest first; lines that the law leaves out of the account say so."""
    rows = tuple(_given(made, to, place) for made, to in found.releases)
    part2 = found.part2 or any(made.part2 for made, _ in found.releases)
    said = f"Record {found.patient.patient_id}. Made {place.date(place.now)}, {place.zone.key} (45 CFR 164.528)"
    return Sheet("Account of disclosures", ACCOUNT, rows, NOTICE if part2 else "", (said,))


def _given(made: Release, to: To, place: Place) -> tuple[object, ...]:
    ground = AUTHORITIES[made.authority]
    counts = "Yes" if ground.accounted or made.part2 else "Not required"
    to_whom = to.recipient or "(written down in another program)"
    return place.date(made.at), to_whom, to.purpose, ground.says, person(made.by), counts, made.release_id


def _who(row: Row) -> str:
    return SERVICE if row.job else person(row.who)


def _between(days: tuple[str, str]) -> str:
    return f"{days[0]} to {days[1]}"

"""The compliance officer's pages: what she finds, what she never sees, and that her own look is in the trail."""

from __future__ import annotations

import ast
import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ulid import ULID

from chalicelib.console import furnish
from chalicelib.console.trail_sheets import of_search
from chalicelib.console.trail_words import BEGINS, OF_WHOM, SAYS, action_says, purpose_says
from chalicelib.core.csv_out import cell
from chalicelib.core.openings import Opening
from chalicelib.core.records import AuditEntry
from chalicelib.core.releases import Asked as Wanted
from chalicelib.core.staff import Staff
from chalicelib.errors import ArchiveUnavailable, NotFound
from chalicelib.flows import trail
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.read_trail import Asked, Found
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.release_record import NotReleased, release
from chalicelib.flows.seal_trail import seal
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, FRANK, a_patient, an_sms
from ..fakes.archive import FakeAccountTrail
from ..fakes.directory import FakeDirectory
from ..fakes.keys import FakeKeys
from ..fakes.world import a_world
from .office import ADDRESS, Desk, FakeSignIn, at_desk, text

FLOWS = Path(__file__).parents[2] / "chalicelib" / "flows"


def a_morning(account: FakeAccountTrail | None = None) -> tuple[Desk, World]:
    """Alice wrote, Carol read it, Dan was turned away; Frank comes in three hours later."""
    world = a_world(ids=lambda at: str(ULID.from_datetime(at)))
    a_patient(world)
    receive(world, an_sms("a secret word", at=world.clock()), inline=False)
    read_thread(world, replace(CAROL, where="console 203.0.113.7"), "alice")
    with pytest.raises(NotFound):
        read_thread(world, DAN, "alice")
    world.clock.advance(hours=3)  # type: ignore[attr-defined]
    seal(world)
    people = {each.staff_id: each for each in (FRANK, CAROL)}
    seen = account or FakeAccountTrail()
    door, keys = FakeSignIn(people), FakeKeys(lambda: world)
    furnish(lambda: world, lambda: door, lambda: ADDRESS, lambda: FakeDirectory.of(FRANK), account=lambda: seen, keys=lambda: keys)
    desk = Desk()
    assert desk.sign_in("frank").status_code == 303
    return desk, world


def test_the_officer_comes_in_at_the_trail_and_nobody_else_finds_it() -> None:
    desk, _ = a_morning()
    assert desk.get("/console/inbox").headers["Location"].endswith("/console/trail")
    for person in (CAROL, ERIN, replace(DAN, role="administrator"), replace(DAN, role="supervisor")):
        other, world = at_desk(person)
        for path in ("/trail", "/trail/file", "/trail/patients/alice", "/trail/patients/alice/report"):
            assert other.get(f"/console{path}").status_code == 404
        refused = [e for e in world.store.rows(AuditEntry) if e.result == "refused" and e.subject_id == "settings#trail"]  # type: ignore[attr-defined]
        assert len(refused) == 4


def test_who_did_what_from_where_and_why_and_no_content() -> None:
    desk, _ = a_morning()
    page = text(desk.get("/console/trail?from=2026-03-01&to=2026-03-04"))
    assert "Carol Clinician Opened the thread alice care console 203.0.113.7" in page
    assert "Dan Clinician Opened the thread: turned away" in page
    assert "secret" not in page and "303555" not in page and "Alice" not in page


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("person=carol", "Opened the thread alice", ": turned away"),
        ("refused=yes", "turned away", "care console"),
        ("purpose=crisis", "Nothing was done", "Opened the thread"),
        ("patient=alice", "Opened the thread", "Signed in"),
        ("patient=nobody", "Searched the trail", "Opened the thread"),
        ("from=2026-01-01&to=2026-01-02", "Nothing was done", "Opened the thread"),
        ("from=nonsense&to=nonsense", "Opened the thread", "Nothing was done"),
    ],
)
def test_what_is_asked_for_is_found_and_nothing_else(asked: str, there: str, not_there: str) -> None:
    desk, _ = a_morning()
    page = text(desk.get(f"/console/trail?{asked}"))
    assert there in page and not_there not in page


def test_a_release_that_was_refused_is_found_as_a_refusal_and_told_to_no_patient_as_one() -> None:
    """"refused: never" is a refusal that says why."""
    desk, world = a_morning()
    rita = Staff("rita", "records", ("adult",))
    assert release(world, rita, "alice", Wanted("subpoena", "County court"), world.ids(world.clock())) == NotReleased("checked")
    page = text(desk.get("/console/trail?refused=yes"))
    assert "Released the record: turned away: checked" in page and "Released the record" not in text(desk.get("/console/trail/patients/alice/report"))


def test_a_long_time_without_a_name_says_how_far_it_looked() -> None:
    desk, _ = a_morning()
    assert "last 7 days of that time are searched" in text(desk.get("/console/trail?from=2025-01-01"))
    assert "are searched" not in text(desk.get("/console/trail?from=2025-01-01&person=carol"))


def test_her_own_looks_are_lines_too() -> None:
    desk, world = a_morning()
    for path in ("/trail", "/trail/file?patient=alice", "/trail/patients/alice", "/trail/patients/alice?aws=yes", "/trail/patients/alice/report"):
        assert desk.get(f"/console{path}").status_code == 200
    desk.submit(desk.get("/console/trail"), "/trail/verify", days="7")
    mine = {(e.action, e.subject_id, e.result) for e in world.store.rows(AuditEntry) if e.who == "frank"}  # type: ignore[attr-defined]
    assert mine >= {
        ("search_trail", "trail", "done"), ("export_trail", "alice", "done"), ("read_trail", "alice", "done"),
        ("compare_trail", "alice", "done"), ("access_report", "alice", "done"), ("verify_trail", "trail", "whole"),
    }


def test_both_trails_side_by_side() -> None:
    account = FakeAccountTrail()
    desk, world = a_morning(account)
    at = world.clock() - timedelta(hours=3)
    account.seen = [Opening(at, "e1", "carol", "alice", "adult", "inbound_text"), Opening(at, "e2", "porchlight-deliver-queued", "alice", "adult", "number")]
    page = text(desk.get("/console/trail/patients/alice?aws=yes"))
    assert "Both trails agree" in page and "agrees: 1 opened (inbound text)" in page and "Sends a text" in page
    account.seen.append(Opening(at, "e3", "mallory", "alice", "adult", "profile"))
    page = text(desk.get("/console/trail/patients/alice?aws=yes"))
    assert "1 opening that our trail does not know" in page and "Opened profile, and our trail does not know it" in page
    assert "AWS's own log" not in text(desk.get("/console/trail/patients/alice")).split("the newest first")[1].split("A list of names")[0]


def test_a_look_of_this_minute_that_aws_has_not_written_yet_is_not_called_one_that_opened_nothing() -> None:
    desk, _ = a_morning()
    assert "nothing was opened" in text(desk.get("/console/trail/patients/alice?aws=yes"))
    page = text(desk.get("/console/trail/patients/alice?aws=yes")).split("the newest first")[1]
    assert "Compared this patient's trail with AWS's compliance console" in page and "nothing yet: AWS may not have written it" in page


def test_aws_log_that_does_not_answer_is_said_and_our_own_is_shown() -> None:
    class Away:
        def openings(self, since: object, until: object) -> object:
            raise ArchiveUnavailable("x")

    desk, _ = a_morning(Away())  # type: ignore[arg-type]
    page = text(desk.get("/console/trail/patients/alice?aws=yes"))
    assert "could not be read just now" in page and "Opened the thread" in page and "agree" not in page


def test_the_seal_is_checked_with_a_button_and_what_was_done_is_named() -> None:
    desk, world = a_morning()
    page = desk.get("/console/trail")
    assert "Nothing is wrong" in text(desk.submit(page, "/trail/verify", days="1"))
    files = world.archive.files  # type: ignore[attr-defined]
    name = next(name for name in files if name.startswith("entries/") and b"carol" in files[name])
    files[name] = files[name].replace(b'"carol"', b'"nobody"')
    said = text(desk.submit(page, "/trail/verify", days="1"))
    assert "1 thing is not as they were sealed" in said and "was altered after it was sealed" in said


def test_the_file_is_a_table_of_texts_whatever_stands_in_it() -> None:
    desk, world = a_morning()
    world.store.commit(*(_forged(world, result) for result in ('=HYPERLINK("http://x")', "+1", "-1", "@x", "\tx", "\uff1dx")))
    answer = desk.get("/console/trail/file?patient=alice")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="trail.csv"'
    head, *rows = list(csv.reader(io.StringIO(answer.body.decode())))
    assert head[0] == "at_utc" and {"carol", "dan"} <= {row[1] for row in rows}
    assert not [value for row in rows for value in row if value[:1] in "=+-@\t\uff1d" and value]
    assert cell(None) == "" and cell("plain") == "plain" and cell("=1") == "'=1"


def test_a_file_that_does_not_hold_all_says_so_in_its_last_row() -> None:
    day = datetime(2026, 3, 3, tzinfo=UTC)
    for cut, last in ((True, "There are more than these 0: ask for fewer days"), (False, "")):
        sheet = of_search(Found((), cut, day), Asked(day, day), ("Monday", "Tuesday"), "")
        assert [row[4] for row in sheet.rows] == [last] * bool(last) and all(len(row) == len(sheet.head) for row in sheet.rows)


def _forged(world: World, result: str) -> object:
    from chalicelib.flows import trail

    return trail.entry(world, CAROL, "alice", "read_thread", "care", world.clock(), result)


def test_p2_3_a_substance_use_program_goes_out_with_its_notice() -> None:
    desk, world = a_morning()
    a_patient(world, "harry", "+13035550177", "harbor")
    notice = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
    for path in ("/trail/patients/harry", "/trail/patients/harry/report", "/trail/file?patient=harry", "/trail/file", "/trail/patients/gone"):
        assert notice.encode() in desk.get(f"/console{path}").body, path
    for path in ("/trail/patients/alice", "/trail/patients/alice/report", "/trail/file?patient=alice"):
        assert notice.encode() not in desk.get(f"/console{path}").body, path


def test_the_report_for_a_patient_names_looks_and_leaves_refusals_out() -> None:
    desk, _ = a_morning()
    page = text(desk.get("/console/trail/patients/alice/report"))
    assert "Who looked at your record" in page and "Carol Clinician Opened the thread care" in page
    assert "Dan" not in page and "203.0.113.7" not in page


@pytest.mark.parametrize(
    ("action", "result", "says"),
    [
        ("key_lent_page", "erin", "Lent a key, by a page, to Erin"),
        ("key_taken_back", "erin", "Took a lent key back from Erin"),
        ("key_swept", "erin", "Took back a key that no row knew, from Erin"),
        ("redact_texts", "3", "Took texts' words out of the carrier's log: 3"),
    ],
)
def test_the_report_has_no_column_for_whom_and_says_it_in_the_sentence_on_the_page_and_in_its_file(action, result, says) -> None:
    desk, world = a_morning()
    world.store.commit(trail.job(world, "lend_keys", "alice", action, "crisis", world.clock(), result))
    assert f"the service itself {says} " in text(desk.get("/console/trail/patients/alice/report"))
    lines = list(csv.reader(io.StringIO(desk.get("/console/trail/patients/alice/report/file").body.decode())))
    assert says in [line[3] for line in lines if len(line) == 5]


def literals() -> tuple[set[str], set[str]]:
    """Every action and purpose that stands as a text in a call of the trail."""
    actions, purposes = set(), set()
    for path in FLOWS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "trail":
                at = {"entry": 3, "job": 3, "refuse": 3}.get(node.func.attr)
                for into, where in ((actions, at), (purposes, at + 1 if at else None)):
                    value = node.args[where] if where is not None and len(node.args) > where else None
                    if isinstance(value, ast.Constant):
                        into.add(value.value)
                    elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
                        into.add(value.values[0].value)
    return actions, purposes


def test_every_action_and_purpose_of_the_trail_reads_as_words() -> None:
    actions, purposes = literals()
    assert len(actions) > 40 and len(purposes) > 8
    assert {action for action, words in SAYS.items() if words.split()[-1] in ("to", "from")} - {"consent_text"} == OF_WHOM
    said = [*map(action_says, actions), *map(purpose_says, purposes)]
    assert not [each for each in said if "_" in each or not each.strip()]
    without = {each for each in actions if each not in SAYS and not any(each.startswith(begin) for begin, _ in BEGINS)}
    assert len(without) < len(actions) / 4, f"add words to trail_words.py: {sorted(without)}"

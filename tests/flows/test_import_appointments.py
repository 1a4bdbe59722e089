"""A clinic's list of visits: a dry run, then the same; twice changes nothing; one bad row stops no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.records import Appointment, Charted, Due, Imported, Put
from chalicelib.core.visit_list import Defaults, ListedVisit, read_visits
from chalicelib.errors import NotFound, StoreUnavailable
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.import_appointments import apply, plan
from tests.appointments import FRIDAY, a_wish
from tests.cast import ALICE_NUMBER, CAROL, DAN, STRANGER_NUMBER, a_patient

from .office import Meddling, an_open_office, clock, store, traces

DEFAULTS = Defaults("America/Denver", "carol")


@pytest.fixture
def world():
    """Alice is A-1 of the clinic's own list; Bob shares her phone and is of Harbor."""
    office = an_open_office()
    a_patient(office)
    a_patient(office, "bob", program="harbor")
    office.store.commit(Put(Imported(office.hasher.text_hash("record\0adult\0A-1"), "alice", "row")))
    return office


def rows(world, *lines):
    text = "\n".join(("visit_id,record_id,start,status,place", *lines))
    found = read_visits(text, DEFAULTS, clock(world).now)
    assert not found.wrong
    return found.rows


FIRST = "v1,A-1,2026-03-06 15:00,booked,200 Elm St"


def do(world, *lines, who=CAROL):
    return apply(world, who, "adult", rows(world, *lines), "csv")


def visits(world):
    return store(world).rows(Appointment)


def test_a_dry_run_says_and_writes_nothing(world):
    found = plan(world, CAROL, "adult", rows(world, FIRST, "v2,A-9,2026-03-06 15:00,,"))
    assert [each.what for each in found] == ["new", "unknown_patient"] and visits(world) == []


def test_visits_come_in_with_their_texts(world):
    assert do(world, FIRST, "v2,A-1,2026-03-13 15:00,,").counts == {"new": 2}
    first, _ = visits(world)
    assert (first.start_at, first.source, first.sequence) == (FRIDAY, "csv", "weekly")
    assert [due.about for due in store(world).rows(Due) if due.kind == "touch"] == ["1d", "1d"]


def test_the_same_file_twice_changes_nothing(world):
    do(world, FIRST)
    before = visits(world), store(world).rows(Due), store(world).rows(Charted)
    assert do(world, FIRST).counts == {"same": 1}
    assert (visits(world), store(world).rows(Due), store(world).rows(Charted)) == before


def test_a_moved_and_a_called_off_visit(world):
    do(world, FIRST, "v2,A-1,2026-03-13 15:00,,")
    assert do(world, FIRST.replace("15:00", "16:00"), "v2,A-1,2026-03-13 15:00,cancelled,").counts == {"change": 2}
    first, second = visits(world)
    assert first.start_at == FRIDAY + timedelta(hours=1) and second.status == "cancelled"


def test_an_old_booked_in_the_file_does_not_undo_what_was_said_by_text(world):
    do(world, FIRST)
    set_status(world, CAROL, "alice", visits(world)[0].appointment_id, "cancelled")
    assert do(world, FIRST.replace("200", "201")).counts == {"change": 1}
    assert visits(world)[0].status == "cancelled"
    do(world, FIRST.replace("15:00", "16:00"))
    assert visits(world)[0].status == "booked"


def test_t11_a_number_of_two_is_found_by_program_and_a_strangers_by_nobody(world):
    def by(number):
        return (ListedVisit(2, "v1", "", a_wish(), number),)

    assert plan(world, CAROL, "adult", by(ALICE_NUMBER))[0].patient_id == "alice"
    assert plan(world, CAROL, "adult", by(STRANGER_NUMBER))[0].what == "unknown_patient"
    a_patient(world, "ann", program="adult")
    assert plan(world, CAROL, "adult", by(ALICE_NUMBER))[0].what == "unknown_patient"


def test_another_program_takes_and_shows_nothing(world):
    with pytest.raises(NotFound):
        do(world, FIRST, who=DAN)
    assert traces(world, "program#adult") == [("dan", "import_visits", "refused")]


def test_somebody_who_moved_to_another_program_is_left_out(world):
    world.store.commit(Put(Imported(world.hasher.text_hash("record\0adult\0B-1"), "bob", "row")))
    assert do(world, "v3,B-1,2026-03-06 15:00,,").counts == {"elsewhere": 1}


def test_one_row_that_fails_stops_no_other_and_can_be_tried_again(world):
    def down():
        raise StoreUnavailable("down")

    shaky = replace(world, store=Meddling(store(world), down, 3))
    done = apply(shaky, CAROL, "adult", rows(world, FIRST, "v2,A-1,2026-03-13 15:00,,"), "csv")
    assert (done.counts, done.failed) == ({"new": 1}, (2,))
    assert do(world, FIRST, "v2,A-1,2026-03-13 15:00,,").counts == {"new": 1, "same": 1}
    assert len(visits(world)) == 2


def test_n5_no_id_of_the_chart_is_in_clear(world):
    do(world, "VISIT-7,A-1,2026-03-06 15:00,,")
    kept = [replace(row, sealed_details=b"") for row in visits(world)], store(world).rows(Charted)
    assert "VISIT-7" not in repr(kept)

"""Who looks for a record on the page of holds types into no address (N5)."""

from __future__ import annotations

from chalicelib.core.records import AuditEntry

from ..cast import FRANK, a_patient
from ..flows.office import an_open_office, store
from .office import at_desk, text


def test_n5_what_is_typed_to_find_a_record_is_posted_and_stands_in_no_address() -> None:
    world = an_open_office()
    a_patient(world)
    desk, _ = at_desk(FRANK, world)
    page = desk.get("/console/keeping")
    assert 'method="get"' not in page.body.decode()
    wrong = desk.submit(page, "/keeping", patient="Zephyrine")
    assert wrong.status_code == 200 and "No such record" in text(wrong) and "Location" not in wrong.headers
    found = desk.submit(page, "/keeping", patient="alice")
    assert "Put it on legal hold" in text(found)
    assert sorted(row.subject_id for row in store(world).rows(AuditEntry) if row.action == "read_keeping") == ["alice", "keeping", "keeping"]

"""What every store must do. `TestFake`, `TestMoto` and `TestDynamoDBLocal` run these same tests.

Each test has words of its own (`tag`, `shard`) in its keys, so that all can share one set of tables.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.absence import Absence
from chalicelib.core.appointments import AboutVisit, booked_in
from chalicelib.core.compared import Compared
from chalicelib.core.crisis_answers import Wording
from chalicelib.core.desk_rows import Owed
from chalicelib.core.messages import Status, behind
from chalicelib.core.people import UNLISTED
from chalicelib.core.phones import Method
from chalicelib.core.records import (
    ABSENT,
    Appointment,
    Ask,
    AskCount,
    Asked,
    AuditEntry,
    Campaign,
    Charted,
    ConsentEntry,
    Contact,
    Delete,
    Dropped,
    Due,
    Errand,
    Forward,
    Imported,
    Incident,
    IncidentRef,
    Lending,
    LentKey,
    Link,
    Looked,
    Message,
    Miss,
    Missed,
    Move,
    Offer,
    PacedDay,
    PageSession,
    Part,
    Patient,
    PatientRef,
    PhoneCall,
    Prompt,
    Put,
    Quiet,
    Receipt,
    Recipient,
    Record,
    Reengagement,
    Release,
    Roster,
    Session,
    Slot,
    SlotRules,
    StaffPhone,
    Step,
    Task,
    Tasks,
    Thread,
    Touch,
    Tries,
    Update,
    VisitChange,
    WaitlistEntry,
)
from chalicelib.core.redacted import Redacted, Standing
from chalicelib.core.settings import Access, OpenSession, Revision, Setting
from chalicelib.core.waitlist import slot_id
from chalicelib.errors import Conflict, Rejected
from chalicelib.ports import Store

NOON = datetime(2026, 11, 23, 12, 0, 0, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LONG = "I keep thinking about it \U0001f5a4 " * 60  # 1,620 characters


def a_message(thread: str, message_id: str = "m1", **changes: Any) -> Message:
    message = Message(thread, message_id, "in", "text", "received", NOON, "outpatient", "c-alice", b"\x00sealed")
    return replace(message, **changes)


def an_outgoing(thread: str, message_id: str = "m1", **changes: Any) -> Message:
    return a_message(thread, message_id, **{"direction": "out", "kind": "reply", "status": "queued", **changes})


def a_contact(tag: str, **changes: Any) -> Contact:
    return replace(Contact(f"{tag}-contact", version=1, created_at=NOON), **changes)


def every_kind(tag: str) -> list[Record]:
    """One row of each kind with every field filled."""
    prompt = Prompt("q1", "alice", "confirm", ("1", "2"), NOON + MINUTE, NOON, replaced=True)
    page = IncidentRef(
        "i1", "alice", "K7Q2", 0, ("suicide",), "erin", (NOON, NOON + MINUTE), ("SM1",), NOON, "alice.m9"
    )
    contact = Contact(
        f"{tag}-c",
        3,
        bytes(range(256)),
        (PatientRef("alice", "outpatient"), PatientRef("bob", "outpatient", "shared", "es")),
        NOON,
        NOON + MINUTE,
        ("h1", "h2"),
        prompt,
        (page,),
        (NOON,),
        "twilio",
        NOON,
    )
    patient = Patient(
        f"{tag}-p",
        "outpatient",
        "c-alice",
        b"profile",
        2,
        "hold",
        "es",
        1,
        "America/Chicago",
        {"mon": "09:00-17:00", "sun": ""},
        {"appointments": NOON},
        NOON,
        "carol",
        ("carol", "erin"),
        "bob",
        "mv1",
        "mv2",
    )
    message = an_outgoing(
        f"{tag}-t",
        patient_id="alice",
        our_number="+12025550100",
        carrier="twilio",
        carrier_id="SM1",
        language="es",
        tier=0,
        categories=("suicide", "overdose"),
        rules=("took-pills",),
        meaning="free_text",
        media=2,
        incident_id="i1",
        author="carol",
        template="welcome",
        body_hash="ab",
        content_level=2,
        not_before=NOON,
        expires_at=NOON + MINUTE,
        lease_until=NOON,
        attempts=1,
        status_at=NOON,
        status_reason="throttled",
        in_reply_to="m0",
        prompt=prompt,
        wording=Wording(("ab12",), "opens at 9", "Harbor"),
        visits=(AboutVisit("a1", NOON, True), AboutVisit("a2", NOON)),
        owed=Owed(NOON, 2, "cancel_word", NOON + MINUTE, 1),
    )
    steps = (Step(NOON, "system", "detected"), Step(NOON + MINUTE, "erin", "acknowledged", "by phone"))
    incident = Incident(f"{tag}-i", "K7Q2", "alice", "c", "outpatient", "paged", 0, ("suicide",), NOON, steps=steps)
    incident = replace(incident, open_in=f"{tag}-open", holder="erin", step=1, escalate_at=NOON, reply_undelivered=True)
    incident = replace(incident, logged_in="outpatient#2026-03", mark="false", signed_by="grace", note_id="m9", rules=("en.a",))
    return [
        contact,
        patient,
        message,
        incident,
        Roster(f"{tag}-r", 4, b"names"),
        Missed(tag, "2026-11", (Miss("alice", "m1", NOON, "carol", NOON + MINUTE, "es", 2, ("es.any.word",), "i"),)),
        Looked(tag, "2026-11", 3, 41),
        Asked(tag, 2, b"n", (Ask("a", NOON, "en", "web-en-1", ("groups",), True, "r", b"t", NOON),), NOON, NOON, NOON),
        AskCount(tag, 3, NOON, {"item": NOON}),
        Tasks(tag, (Task("t", "follow_up", "alice", "erin", NOON, NOON + MINUTE, "i", "alice", "carol", "erin 2026-W48"),), 3),
        Thread(
            f"{tag}-t", "outpatient", "c", "alice", NOON, NOON, "m1", 2, "cancel_word", "carol", NOON, 1,
            incident_id="i1", tier=0, turns=(Step(NOON, "carol", "assigned", "erin"),),
        ),
        Receipt("twilio", f"{tag}#SM1", f"{tag}-t", "m1", NOON),
        Compared(f"{tag}-twilio", NOON),
        Redacted(f"{tag}-twilio", NOON, 7, (Standing("SM1", True, NOON, NOON, "not_final"),), NOON + MINUTE, 3),
        Move(
            f"{tag}-mv", "merge", "bob", "alice", "outpatient", "alice", NOON, "carol", "harbor", "done", NOON, "m9", "mv0",
            "mv2", 7, 2, {"conversation": NOON},
        ),
        Forward(f"{tag}-t.m1", "alice"),
        Imported(f"{tag}-hash", "alice", "row"),
        ConsentEntry(
            f"{tag}-s", "e1", "reply", "revoked", "sms", NOON, "alice", "2026-04", "m1", "part2", "call", "w1", "es", "guardian",
            "2027-01-31", b"\x00sealed", "adult",
        ),
        Due(7, NOON, f"escalate#{tag}#1", "escalate", f"{tag}-i", "step 2"),
        AuditEntry(f"{tag}-s", "e1", NOON, "carol", "open_thread", "treatment", "refused", "clinician", "console ::1", "2026-03-03T19"),
        Session(f"{tag}-h", "carol", "clinician", ("outpatient", "unmatched"), "csrf", NOON, NOON, NOON + MINUTE),
        Setting("program", f"{tag}-g", 3, {"name": "North", "hours_sun": ""}, NOON, "admin"),
        Revision("program", f"{tag}#g", 12, NOON, "admin", "moved", {"name": "South"}, {"name": "North"}, 2),
        StaffPhone(f"{tag}-w", 3, (Method("text", "c1", NOON, NOON, NOON, NOON, 2, "opted_out"), Method("call", "c2", NOON, pin=3))),
        Errand(f"{tag}-e", "page", "erin", NOON, "claimed", "out", "Porchlight", "i1", "K7Q2", "c1", NOON, 2, NOON),
        PhoneCall(
            f"{tag}-pc", "bridge", "erin", NOON, NOON + MINUTE, "c1", "i1", 3, 2, "dialled", "answered", True, 2, "c2", "adult",
            b"\x00sealed", "busy",
        ),
        Appointment(
            f"{tag}-p", "v1", "outpatient", "carol", "intake", NOON, "America/Denver", 50, "outpatient#2026-11", b"where", True,
            "America/Chicago", "cancelled", "cannot_come", "transport", "weekly", "full",
            (Touch("1d", NOON, NOON, NOON + MINUTE, "left_out", 0, "safe_hours", "m1"),), steps, 3, NOON, "ics", NOON, NOON, NOON, "hash",
        ),
        Charted(f"{tag}-hash", f"{tag}-p", "v1", "row", 7, NOON, b"\x00sealed"),
        Dropped(f"{tag}-drop", "outpatient", NOON, NOON + MINUTE, 200, ("3.merged",), 1, NOON),
        VisitChange(tag, "01", f"{tag}-p", "v1", "hash", NOON, "patient", "cancelled", "cannot_come", "transport", NOON),
        Link(f"{tag}-l", "visits", "outpatient", f"{tag}-p", "c1", "m1", "es", "carol", NOON, NOON + MINUTE, "hash", 2, NOON, "tries", NOON, (NOON,), "mood", NOON + MINUTE, "email", "codehash", "asker", NOON, 1),
        PageSession(f"{tag}-l", f"{tag}-l", "csrf", NOON, NOON, NOON + MINUTE),
        Tries(f"{tag}-t", 3, NOON),
        LentKey(f"{tag}-w", "p1", "t1", "north", "glass", NOON, NOON + MINUTE, 3, "i1", "l1", "token", NOON),
        Lending(
            "open", tag, "erin", "p1", "t1", "north", "glass", NOON, NOON + MINUTE, "i1", "K7Q2", "care", "nature", "by", b"\x00words",
            ("frank",), NOON, NOON, "frank", "right",
        ),
        Access(f"{tag}-a", 2, "Erin", "clinician", ("north",), True, True, NOON, "admin", (OpenSession("h", NOON + MINUTE),)),
    ]


def key_of(record: Record) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in record.key)


class StoreContract:
    """Inherit it and give a `store` fixture."""

    @pytest.fixture
    def tag(self, request: pytest.FixtureRequest) -> str:
        return str(request.node.name).replace("[", "-").replace("]", "")

    # ------------------------------------------------------------ rows come back as they went

    def test_every_kind_of_row_comes_back_whole(self, store: Store, tag: str) -> None:
        for record in every_kind(tag):
            store.commit(Put(record))
            assert store.get(type(record), *key_of(record)) == record

    def test_rows_with_nothing_but_the_needed_come_back_whole(self, store: Store, tag: str) -> None:
        bare: list[Record] = [
            Contact(f"{tag}-c"),
            Patient(f"{tag}-p", "outpatient", "c", b""),
            Thread(f"{tag}-t", "outpatient", "c"),
            a_message(f"{tag}-t", sealed_body=b"", contact_id=""),
            Incident(f"{tag}-i", "", "t", "c", "outpatient", "detected", 2, (), NOON),
            Session(f"{tag}-h", "carol", "", (), "", NOON, NOON, NOON),
        ]
        store.commit(*map(Put, bare))
        assert store.get_many([(type(row), key_of(row)) for row in bare]) == bare

    def test_id_1_of_two_tries_at_a_link_at_one_moment_one_counts_and_the_other_reads_again(self, store: Store, tag: str) -> None:
        link = Link(f"{tag}-l", "message", "outpatient", "p", "c", "m", "en", "carol", NOON, NOON + MINUTE)
        store.commit(Put(link))
        tried = Update(Link, (link.token_hash,), set={"tries": 1}, expect={"tries": 0, "closed_at": ABSENT})
        store.commit(tried, Put(PageSession(f"{tag}-1", link.token_hash, "csrf", NOON, NOON, NOON + MINUTE)))
        with pytest.raises(Rejected):
            store.commit(tried, Put(PageSession(f"{tag}-2", link.token_hash, "csrf", NOON, NOON, NOON + MINUTE)))
        found = store.get_many([(Link, (link.token_hash,)), (PageSession, (f"{tag}-1",)), (PageSession, (f"{tag}-2",))])
        assert found[0] == replace(link, tries=1) and found[1] is not None and found[2] is None

    def test_the_trail_is_asked_by_subject_by_person_and_by_hour(self, store: Store, tag: str) -> None:
        entries = [
            AuditEntry(f"{tag}-{whom}", f"e{at}", NOON + at * MINUTE, f"{tag}-{who}", "read_thread", "care", hour=f"{tag}-h{at // 3}")
            for at, (whom, who) in enumerate([("alice", "carol"), ("bob", "carol"), ("alice", "dan"), ("alice", "carol"), ("bob", "dan")])
        ]
        for entry in entries[::-1]:
            store.commit(Put(entry))
        far = (NOON, NOON + 9 * MINUTE)
        assert store.trail_of(f"{tag}-alice", *far) == [entries[3], entries[2], entries[0]]
        assert store.trail_of(f"{tag}-alice", NOON + MINUTE, NOON + 3 * MINUTE) == [entries[2]]
        assert store.trail_of(f"{tag}-alice", *far, limit=2) == [entries[3], entries[2]]
        assert store.trail_by(f"{tag}-carol", *far) == [entries[3], entries[1], entries[0]]
        assert store.trail_by(f"{tag}-carol", NOON + MINUTE, NOON + 3 * MINUTE, limit=1) == [entries[1]]
        assert store.trail_by(f"{tag}-carol", NOON, NOON) == []
        assert store.trail_in(f"{tag}-h0") == entries[:3] and store.trail_in(f"{tag}-h1") == entries[3:]

    def test_an_emptied_field_does_not_come_back_as_its_default(self, store: Store, tag: str) -> None:
        store.commit(Put(a_message(tag, language="")))
        assert self.message(store, tag).language == ""
        store.commit(Update(Message, (tag, "m1"), set={"language": "es"}))
        store.commit(Update(Message, (tag, "m1"), set={"language": ""}))
        assert self.message(store, tag).language == ""

    @pytest.mark.parametrize(
        "text", ["", "ñandú 🖤 你好 \u200b\u202e", "'; -- \" \\ \x00", LONG], ids=["none", "uni", "odd", "long"]
    )
    def test_texts_and_bytes_come_back_as_they_went(self, store: Store, tag: str, text: str) -> None:
        sealed = text.encode() + bytes(range(256))
        store.commit(Put(a_message(tag, status_reason=text, sealed_body=sealed)))
        found = self.message(store, tag)
        assert (found.status_reason, found.sealed_body) == (text, sealed)

    def test_an_instant_in_another_zone_is_the_same_instant(self, store: Store, tag: str) -> None:
        here = NOON.astimezone(ZoneInfo("America/Chicago"))
        store.commit(Put(a_message(tag, at=here)))
        assert self.message(store, tag).at == NOON

    def test_what_is_not_there_is_none(self, store: Store, tag: str) -> None:
        assert store.get(Contact, tag) is None
        assert store.get(Due, 7, NOON, tag) is None

    # ------------------------------------------------------------ many at once

    def test_get_many_answers_in_the_order_asked_over_all_tables(self, store: Store, tag: str) -> None:
        rows = every_kind(tag)
        store.commit(*map(Put, rows))
        wanted = [(type(row), key_of(row)) for row in reversed(rows)]
        missing = (Contact, ("nobody",))
        found = store.get_many([missing, *wanted, missing, wanted[0]])
        assert [found[0], found[-2], found[-1]] == [None, None, rows[-1]]
        for row, read in zip(reversed(rows), found[1:-2], strict=True):
            assert read == row

    def test_get_many_takes_a_hundred_and_no_more(self, store: Store, tag: str) -> None:
        store.commit(*(Put(a_message(tag, f"m{n:03}")) for n in range(100)))
        wanted = [(Message, (tag, f"m{n:03}")) for n in range(100)]
        assert [m.message_id for m in store.get_many(wanted) if isinstance(m, Message)] == [k[1] for _, k in wanted]
        with pytest.raises(ValueError):
            store.get_many([*wanted, (Message, (tag, "m100"))])
        assert store.get_many([]) == []

    def test_kept_tells_which_texts_have_a_receipt(self, store: Store, tag: str) -> None:
        ids = [f"{tag}-{n:03}" for n in range(130)]
        for some in (ids[:70], ids[70:120]):
            store.commit(*(Put(Receipt("twilio", each, "t", "m", NOON)) for each in some))
        assert store.kept("twilio", [*ids, ids[0]]) == set(ids[:120])
        assert store.kept("aws", ids) == set()
        assert store.kept("twilio", []) == set()

    # ------------------------------------------------------------ all or none

    def test_a_new_row_is_never_written_over(self, store: Store, tag: str) -> None:
        store.commit(Put(a_contact(tag)))
        assert self.refused(store, Put(a_contact(tag, carrier="aws"))) == (0,)
        assert store.get(Contact, f"{tag}-contact") == a_contact(tag)

    def test_c1_a_text_delivered_twice_is_kept_once(self, store: Store, tag: str) -> None:
        def keep(message_id: str) -> tuple[Put, ...]:
            receipt = Receipt("twilio", f"SM{tag}", tag, message_id, NOON)
            return Put(receipt), Put(a_message(tag, message_id)), Put(Due(7, NOON, f"{tag}#{message_id}", "x", tag))

        store.commit(*keep("m1"))
        assert self.refused(store, *keep("m2")) == (0,)
        assert [message.message_id for message in store.newest(tag)] == ["m1"]
        assert store.get(Due, 7, NOON, f"{tag}#m2") is None

    def test_every_refused_change_is_named_and_nothing_happens(self, store: Store, tag: str) -> None:
        store.commit(Put(a_contact(tag)), Put(a_message(tag)))
        version = Update(Contact, (f"{tag}-contact",), set={"version": 3}, expect={"version": 2})
        changes = (
            Put(a_message(tag, "m2")),
            version,
            Delete(Due, (7, NOON, tag)),
            Put(a_message(tag)),
            Update(Thread, (tag,), add={"unanswered": 1}, create=True),
            Update(Incident, ("nothing",), set={"holder": "erin"}),
            Update(Patient, ("nobody",), expect={"status": "active"}),
        )
        assert self.refused(store, *changes) == (1, 3, 5, 6)
        assert store.get(Message, tag, "m2") is None
        assert store.get(Thread, tag) is None
        assert store.get(Contact, f"{tag}-contact") == a_contact(tag)

    def test_a_check_alone_holds_or_refuses(self, store: Store, tag: str) -> None:
        store.commit(Put(a_contact(tag)))
        key = (f"{tag}-contact",)
        store.commit(Update(Contact, key, expect={"version": 1}))
        store.commit(Update(Contact, key, expect={"version": 1}), Put(a_message(tag)))
        assert self.refused(store, Update(Contact, key, expect={"version": 2}), Put(a_message(tag, "m2"))) == (0,)
        assert self.refused(store, Update(Contact, ("nobody",))) == (0,)
        assert store.get(Message, tag, "m2") is None

    def test_a_hundred_changes_and_no_more(self, store: Store, tag: str) -> None:
        puts = [Put(a_message(tag, f"m{n:03}")) for n in range(101)]
        with pytest.raises(ValueError):
            store.commit(*puts)
        assert store.newest(tag) == []
        store.commit(*puts[:100])
        assert len(store.newest(tag, limit=200)) == 100

    def test_nothing_to_commit_is_no_error(self, store: Store, tag: str) -> None:
        store.commit()
        store.commit(Update(Contact, (tag,), create=True))
        assert store.get(Contact, tag) is None

    def test_mistakes_of_the_caller_are_value_errors(self, store: Store, tag: str) -> None:
        mistakes: list[tuple[Any, ...]] = [
            (Put(a_message(tag)), Delete(Message, (tag, "m1"))),
            (Update(Message, (tag,), set={"status": "sent"}),),
            (Update(Message, (tag, "m1"), set={"colour": "red"}),),
            (Update(Message, (tag, "m1"), set={"message_id": "m2"}),),
            (Update(Message, (tag, "m1"), set={"attempts": 1}, add={"attempts": 1}),),
            (Update(Message, (tag, "m1"), set={"attempts": 1}, any_of=("status",)),),
        ]
        for changes in mistakes:
            with pytest.raises(ValueError):
                store.commit(*changes)

    # ------------------------------------------------------------ updates

    def test_an_update_touches_only_what_it_names(self, store: Store, tag: str) -> None:
        store.commit(Put(a_message(tag, rules=("r1",), tier=1)))
        store.commit(Update(Message, (tag, "m1"), set={"status": "delivered", "status_at": NOON}))
        expected = a_message(tag, rules=("r1",), tier=1, status="delivered", status_at=NOON)
        assert self.message(store, tag) == expected

    def test_a_missing_row_is_refused_unless_it_may_be_made(self, store: Store, tag: str) -> None:
        assert self.refused(store, Update(Thread, (tag,), set={"note": "x"})) == (0,)
        store.commit(Update(Thread, (tag,), set={"note": "x"}, create=True))
        assert store.get(Thread, tag) == Thread(tag, "", "", note="x")

    def test_none_and_empty_remove_a_field(self, store: Store, tag: str) -> None:
        store.commit(Put(Thread(tag, "outpatient", "c", waiting_since=NOON, note="x", tier=1)))
        store.commit(Update(Thread, (tag,), set={"waiting_since": None, "note": "", "tier": None}))
        assert store.get(Thread, tag) == Thread(tag, "outpatient", "c")
        store.commit(
            Update(Thread, (tag,), set={"note": "y"}, expect={"waiting_since": None, "note": "", "tier": ABSENT})
        )

    def test_removing_what_is_not_there_is_no_error(self, store: Store, tag: str) -> None:
        store.commit(Update(Thread, (tag,), set={"note": "x", "tier": None}, create=True))
        store.commit(Update(Thread, (tag,), set={"tier": None}))
        store.commit(Delete(Thread, (tag,)), Delete(Thread, (f"{tag}-2",)))
        store.commit(Delete(Thread, (tag,)))
        assert store.get(Thread, tag) is None

    def test_set_once_keeps_the_oldest(self, store: Store, tag: str) -> None:
        for moment in (NOON, NOON + MINUTE):
            change = {"waiting_since": moment, "contact_id": ""}
            store.commit(Update(Thread, (tag,), set_once=change, add={"unanswered": 1}, create=True))
        found = store.get(Thread, tag)
        assert found is not None
        assert (found.waiting_since, found.unanswered) == (NOON, 2)

    def test_append_adds_to_the_end(self, store: Store, tag: str) -> None:
        steps = tuple(Step(NOON + n * MINUTE, "erin", f"s{n}") for n in range(3))
        store.commit(Update(Incident, (tag,), append={"steps": steps[:1], "categories": ()}, create=True))
        store.commit(Update(Incident, (tag,), append={"steps": steps[1:]}, add={"step": 2}))
        found = store.get(Incident, tag)
        assert found is not None
        assert (found.steps, found.categories, found.step) == (steps, (), 2)

    def test_adding_counts_down_too_and_from_nothing(self, store: Store, tag: str) -> None:
        store.commit(Update(Thread, (tag,), add={"unanswered": 2}, create=True))
        store.commit(Update(Thread, (tag,), add={"unanswered": -1, "tier": 3}))
        found = store.get(Thread, tag)
        assert found is not None
        assert (found.unanswered, found.tier) == (1, 3)

    def test_nested_values_are_written_and_expected_whole(self, store: Store, tag: str) -> None:
        prompt = Prompt("q1", "alice", "confirm", ("1", "2"), NOON + MINUTE, NOON)
        key = (f"{tag}-contact",)
        store.commit(Put(a_contact(tag)))
        store.commit(Update(Contact, key, set={"prompt": prompt, "patients": (PatientRef("alice", "outpatient"),)}))
        assert self.refused(store, Update(Contact, key, set={"carrier": "x"}, expect={"prompt": None})) == (0,)
        other = replace(prompt, kind="other")
        assert self.refused(store, Update(Contact, key, set={"carrier": "x"}, expect={"prompt": other})) == (0,)
        store.commit(Update(Contact, key, set={"prompt": None}, expect={"prompt": prompt}))
        found = store.get(Contact, *key)
        assert found is not None
        assert (found.prompt, found.patients) == (None, (PatientRef("alice", "outpatient"),))

    # ------------------------------------------------------------ expectations

    def test_a_contact_nobody_stored_has_no_version(self, store: Store, tag: str) -> None:
        first = Update(
            Contact, (tag,), set={"version": 1, "carrier": "twilio"}, expect={"version": ABSENT}, create=True
        )
        store.commit(first)
        assert self.refused(store, first) == (0,)
        store.commit(Update(Contact, (tag,), set={"version": 2}, expect={"version": 1}, create=True))
        found = store.get(Contact, tag)
        assert found is not None
        assert (found.version, found.carrier) == (2, "twilio")

    def test_zero_is_a_value_and_not_absence(self, store: Store, tag: str) -> None:
        store.commit(Put(Thread(tag, "outpatient", "c", unanswered=0, tier=0)))
        store.commit(Update(Thread, (tag,), set={"note": "x"}, expect={"unanswered": 0, "tier": 0}))
        assert self.refused(store, Update(Thread, (tag,), set={"note": "y"}, expect={"tier": ABSENT})) == (0,)
        assert self.refused(store, Update(Thread, ("new" + tag,), expect={"tier": 0}, create=True)) == (0,)

    def test_one_of_several_values_may_be_absence(self, store: Store, tag: str) -> None:
        def move(expected: tuple[Any, ...]) -> Update:
            expect = {"status": expected}
            return Update(
                Message, (tag, "m1"), set={"status": "delivered"}, expect=expect, any_of=("status",), create=True
            )

        store.commit(move(("sent", ABSENT)))
        assert self.refused(store, move(("sent", "queued"))) == (0,)
        assert self.refused(store, move((ABSENT,))) == (0,)
        store.commit(move(("sent", "delivered")))
        store.commit(move(("delivered", None)))

    def test_c51_a_status_moves_forward_only(self, store: Store, tag: str) -> None:
        store.commit(Put(an_outgoing(tag)))

        def to(status: Status) -> Update:
            return Update(
                Message, (tag, "m1"), set={"status": status}, expect={"status": behind(status)}, any_of=("status",)
            )

        store.commit(to(Status.DELIVERED))
        assert self.refused(store, to(Status.HANDED_TO_CARRIER)) == (0,)
        assert self.message(store, tag).status == "delivered"

    # ------------------------------------------------------------ claims

    def test_a_claim_takes_a_queued_row_once(self, store: Store, tag: str) -> None:
        store.commit(Put(an_outgoing(tag, prompt=Prompt("q", "alice", "k", ("1",), NOON, NOON))))
        claimed = store.claim(tag, "m1", NOON, NOON + MINUTE, "one")
        assert claimed is not None
        expected: dict[str, Any] = {"status": "claimed", "lease_until": NOON + MINUTE, "attempts": 1, "status_at": NOON, "claim": "one"}
        assert claimed == an_outgoing(tag, prompt=claimed.prompt, **expected) == self.message(store, tag)
        assert store.claim(tag, "m1", NOON, NOON + MINUTE, "two") is None
        assert store.claim(tag, "m1", NOON + 9 * MINUTE, NOON + 10 * MINUTE, "two") is None  # an old claim is not taken over

    def test_a_claim_whose_answer_was_lost_is_found_by_its_token(self, store: Store, tag: str) -> None:
        store.commit(Put(an_outgoing(tag)))
        first = store.claim(tag, "m1", NOON, NOON + MINUTE, "one")
        assert store.claim(tag, "m1", NOON + SECOND, NOON + 2 * MINUTE, "one") == first == self.message(store, tag)
        assert store.claim(tag, "m1", NOON + SECOND, NOON + 2 * MINUTE, "two") is None
        sent = Update(Message, (tag, "m1"), set={"status": Status.QUEUED_AT_CARRIER})
        store.commit(sent)
        assert store.claim(tag, "m1", NOON + SECOND, NOON + 2 * MINUTE, "one") is None  # once it has left, nobody's

    def test_a_claim_waits_for_its_moment(self, store: Store, tag: str) -> None:
        store.commit(Put(an_outgoing(tag, not_before=NOON)))
        assert store.claim(tag, "m1", NOON - SECOND, NOON, "one") is None
        assert store.claim(tag, "m1", NOON, NOON + MINUTE, "one") is not None

    def test_a_claim_takes_nothing_else(self, store: Store, tag: str) -> None:
        store.commit(Put(a_message(tag, "m1", status="queued")), Put(an_outgoing(tag, "m2", status="delivered")))
        for message_id in ("m1", "m2", "m3"):
            assert store.claim(tag, message_id, NOON, NOON + MINUTE, "one") is None
        assert store.get(Message, tag, "m3") is None

    def test_of_racing_claims_exactly_one_wins(self, store: Store, tag: str) -> None:
        for n in range(5):
            store.commit(Put(an_outgoing(tag, f"m{n}")))
            won = self.race(lambda n=n: store.claim(tag, f"m{n}", NOON, NOON + MINUTE, uuid4().hex) is not None)
            assert won.count(True) == 1
            assert self.message(store, tag, f"m{n}").attempts == 1

    def test_of_racing_receipts_exactly_one_wins(self, store: Store, tag: str) -> None:
        def keep() -> bool:
            try:
                store.commit(
                    Put(Receipt("twilio", tag, tag, "m", NOON)),
                    Update(Thread, (tag,), add={"unanswered": 1}, create=True),
                )
            except (Rejected, Conflict):
                return False
            return True

        assert self.race(keep).count(True) == 1
        found = store.get(Thread, tag)
        assert found is not None and found.unanswered == 1

    # ------------------------------------------------------------ lists

    def test_a_thread_is_paged_newest_first(self, store: Store, tag: str) -> None:
        ids = [f"m{n:02}" for n in range(7)]
        store.commit(*(Put(a_message(tag, each)) for each in ids), Put(Thread(tag, "outpatient", "c")))
        store.commit(Put(a_message(f"{tag}-other", "m99")))
        assert [m.message_id for m in store.newest(tag, 3)] == ["m06", "m05", "m04"]
        assert [m.message_id for m in store.newest(tag, 3, before="m04")] == ["m03", "m02", "m01"]
        assert [m.message_id for m in store.newest(tag, 3, before="m01")] == ["m00"]
        assert [m.message_id for m in store.newest(tag, 2, before="m03x")] == ["m03", "m02"]
        assert store.newest(tag, 3, before="m00") == []
        assert len(store.newest(tag)) == 7

    def test_a_page_of_long_texts_is_whole(self, store: Store, tag: str) -> None:
        sealed = b"x" * 60_000  # twenty of them are more than one answer of DynamoDB holds (1 MB)
        for n in range(20):
            store.commit(Put(a_message(tag, f"m{n:02}", sealed_body=sealed)))
        assert [m.message_id for m in store.newest(tag, 20)] == [f"m{n:02}" for n in range(19, -1, -1)]

    def test_only_threads_that_owe_an_answer_wait(self, store: Store, tag: str) -> None:
        for n in (2, 0, 1):
            store.commit(Put(Thread(f"{tag}-{n}", tag, "c", waiting_since=NOON + n * SECOND, last_at=NOON)))
        store.commit(Put(Thread(f"{tag}-calm", tag, "c", last_at=NOON)), Put(a_message(f"{tag}-0", program=tag)))
        assert self.ids(store.waiting(tag)) == [f"{tag}-0", f"{tag}-1", f"{tag}-2"]
        store.commit(Update(Thread, (f"{tag}-1",), set={"waiting_since": None, "unanswered": 0}))
        assert self.ids(store.waiting(tag)) == [f"{tag}-0", f"{tag}-2"]
        assert self.ids(store.waiting(f"{tag}-elsewhere")) == []

    def test_the_waiting_are_paged_oldest_first(self, store: Store, tag: str) -> None:
        for n in range(5):
            store.commit(Put(Thread(f"{tag}-{n}", tag, "c", waiting_since=NOON + n * SECOND)))
        assert self.ids(store.waiting(tag, 2)) == [f"{tag}-0", f"{tag}-1"]
        assert self.ids(store.waiting(tag, 2, after=f"{tag}-1")) == [f"{tag}-2", f"{tag}-3"]
        assert self.ids(store.waiting(tag, 2, after=f"{tag}-3")) == [f"{tag}-4"]
        assert self.ids(store.waiting(tag, 2, after=f"{tag}-4")) == []

    def test_a_page_after_someone_who_was_answered_begins_again(self, store: Store, tag: str) -> None:
        for n in range(3):
            store.commit(Put(Thread(f"{tag}-{n}", tag, "c", waiting_since=NOON + n * SECOND)))
        store.commit(Update(Thread, (f"{tag}-1",), set={"waiting_since": None}))
        assert self.ids(store.waiting(tag, 5, after=f"{tag}-1")) == [f"{tag}-0", f"{tag}-2"]

    def test_recent_threads_come_newest_first(self, store: Store, tag: str) -> None:
        for n in (1, 2, 0):
            store.commit(Put(Thread(f"{tag}-{n}", tag, "c", last_at=NOON + n * SECOND)))
        store.commit(Put(Thread(f"{tag}-new", tag, "c")), Put(a_message(f"{tag}-0", program=tag)))
        assert self.ids(store.recent(tag)) == [f"{tag}-2", f"{tag}-1", f"{tag}-0"]
        assert self.ids(store.recent(tag, 1)) == [f"{tag}-2"]

    def test_open_incidents_come_oldest_first(self, store: Store, tag: str) -> None:
        for n in (1, 0, 2):
            at = NOON + n * SECOND
            store.commit(Put(Incident(f"{tag}-{n}", "K", "t", "c", tag, "paged", 1, (), at, open_in=tag)))
        store.commit(Update(Incident, (f"{tag}-1",), set={"state": "resolved", "open_in": ""}))
        assert [incident.incident_id for incident in store.open_incidents(tag)] == [f"{tag}-0", f"{tag}-2"]
        assert store.open_incidents("") == []

    def test_incidents_of_a_month_come_oldest_first_wherever_they_are_now(self, store: Store, tag: str) -> None:
        for n, month in enumerate(("2026-03", "2026-03", "2026-04")):
            at = NOON - n * SECOND
            store.commit(Put(Incident(f"{tag}-{n}", "K", "t", "c", tag, "paged", 1, (), at, logged_in=f"{tag}#{month}")))
        store.commit(Update(Incident, (f"{tag}-1",), set={"state": "resolved", "open_in": None, "program": "other"}))
        store.commit(Update(Tasks, (tag,), append={"items": (Task("t", "follow_up", "x", "erin", NOON, NOON),)}, create=True))
        assert [incident.incident_id for incident in store.incidents_of(tag, "2026-03")] == [f"{tag}-1", f"{tag}-0"]
        assert [incident.incident_id for incident in store.incidents_of(tag, "2026-04")] == [f"{tag}-2"]
        assert store.incidents_of(tag, "2026-05") == store.incidents_of("other", "2026-03") == []

    def test_patients_of_a_program_without_its_roster(self, store: Store, tag: str) -> None:
        for n in (2, 0, 1):
            store.commit(Put(Patient(f"{tag}-{n}", tag, "c", b"p")))
        store.commit(Put(Roster(tag, 1, b"names")), Put(Patient(f"{tag}-x", f"{tag}-other", "c", b"p")))
        assert [patient.patient_id for patient in store.patients_of(tag)] == [f"{tag}-0", f"{tag}-1", f"{tag}-2"]
        assert [patient.patient_id for patient in store.patients_of(tag, 2)] == [f"{tag}-0", f"{tag}-1"]
        assert store.get(Roster, tag) == Roster(tag, 1, b"names")

    def test_the_patients_of_a_program_come_page_by_page(self, store: Store, tag: str) -> None:
        store.commit(*(Put(Patient(f"{tag}-{n}", tag, "c", b"p")) for n in range(5)))
        first = store.patients_of(tag, 2)
        rest = store.patients_of(tag, 9, first[-1].patient_id)
        assert [each.patient_id for each in (*first, *rest)] == [f"{tag}-{n}" for n in range(5)]
        assert store.patients_of(tag, 9, f"{tag}-4") == []

    def test_due_rows_between_two_instants_leave_out_the_end(self, store: Store) -> None:
        shard = uuid4().int % 10**9
        rows = [Due(shard, NOON + n * MINUTE, f"touch#{n}", "touch", f"{n}") for n in range(5)]
        store.commit(*map(Put, rows))
        assert store.due_between(shard, NOON + MINUTE, NOON + 3 * MINUTE, 10) == rows[1:3]
        assert store.due_between(shard, NOON, NOON + 9 * MINUTE, 2) == rows[:2]

    def test_a_programs_campaigns_come_newest_first(self, store: Store, tag: str) -> None:
        made = [Campaign(tag, f"k{n}", "door_open", "back", "everyone", "gina", NOON, counts={"text": n}) for n in range(3)]
        store.commit(*map(Put, made), Put(Campaign(f"{tag}x", "k9", "door_open", "back", "everyone", "gina", NOON)))
        assert store.campaigns(tag) == made[::-1] and store.campaigns(tag, 1) == [made[2]]

    def test_a_turn_is_found_until_it_is_over_and_never_before_it_comes(self, store: Store, tag: str) -> None:
        people = [
            Recipient(tag, f"p{n}", "text", "waiting", turn_in=tag, turn_at=NOON + n * MINUTE) for n in (2, 0, 1)
        ] + [Recipient(tag, "p9", "hold_out", "held_out")]  # fmt: skip
        store.commit(*map(Put, people))
        assert [each.patient_id for each in store.turns(tag, NOON + MINUTE)] == ["p0", "p1"]
        over = Update(Recipient, (tag, "p0"), set={"state": "written", "turn_in": "", "turn_at": None}, expect={"state": "waiting"})
        store.commit(over)
        assert [each.patient_id for each in store.turns(tag, NOON + 9 * MINUTE, 1)] == ["p1"]
        with pytest.raises(Rejected):
            store.commit(over)
        assert [each.patient_id for each in store.recipients(tag)] == ["p0", "p1", "p2", "p9"]
        assert [each.patient_id for each in store.recipients(tag, 2, "p0")] == ["p1", "p2"]

    def test_a_minute_of_the_number_is_held_by_one(self, store: Store, tag: str) -> None:
        hold = Update(PacedDay, (tag,), set={"taken": 48, "parts": {"VISITS": 3}, "version": 1}, expect={"version": ABSENT}, create=True)
        store.commit(hold)
        with pytest.raises(Rejected):
            store.commit(hold)
        found = store.get(PacedDay, tag)
        assert found is not None and (found.taken, found.parts) == (48, {"VISITS": 3})

    def a_visit(self, tag: str, visit: str, start: datetime, **changes: Any) -> Appointment:
        made = Appointment(f"{tag}-p", visit, tag, "carol", "individual", start, "America/Denver", 50, booked_in(tag, start))
        return replace(made, **changes)

    def test_a_patients_visits_come_newest_booked_first(self, store: Store, tag: str) -> None:
        visits = [self.a_visit(tag, f"v{n}", NOON + n * MINUTE) for n in range(4)]
        store.commit(*map(Put, visits), Put(Charted(f"{tag}-hash", f"{tag}-p", "v1")), Put(self.a_visit(f"{tag}x", "v9", NOON)))
        assert store.appointments_of(f"{tag}-p") == visits[::-1]
        assert store.appointments_of(f"{tag}-p", limit=2) == [visits[3], visits[2]]
        assert store.appointments_of("nobody") == []

    def test_no_visits_is_another_thing_than_visits_nobody_listed(self, store: Store, tag: str) -> None:
        key = (f"{tag}-p",)
        store.commit(Put(Patient(f"{tag}-p", tag, "c", b"p")))
        listing: list[Any] = [((ABSENT, UNLISTED), ()), (((),), ("v1",)), ((("v1",),), ("v2", "v1"))]
        assert store.get(Patient, *key).visits == UNLISTED  # type: ignore[union-attr]
        for read, written in listing:
            with pytest.raises(Rejected):
                store.commit(Update(Patient, key, set={"visits": ("x",)}, expect={"visits": ("other",)}))
            store.commit(Update(Patient, key, set={"visits": written}, expect={"visits": read}, any_of=("visits",)))
            assert store.get(Patient, *key).visits == written  # type: ignore[union-attr]
        store.commit(Update(Patient, key, set={"visits": None}))
        assert store.get(Patient, *key).visits == UNLISTED  # type: ignore[union-attr]
        store.commit(Update(Patient, key, set={"visits": ()}, expect={"visits": (ABSENT, UNLISTED)}, any_of=("visits",)))

    def test_the_visits_of_some_days_come_by_beginning_over_the_end_of_a_month_too(self, store: Store, tag: str) -> None:
        last = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
        visits = [self.a_visit(tag, f"v{n}", last + n * timedelta(hours=1)) for n in (2, 0, 1, 30)]
        store.commit(*map(Put, visits))
        found = store.booked(tag, last, last + timedelta(hours=30))
        assert [each.appointment_id for each in found] == ["v0", "v1", "v2"]
        assert store.booked(tag, last + timedelta(hours=1), last + timedelta(days=60))[-1].appointment_id == "v30"

    def test_a_visit_that_moved_is_found_where_it_is_now(self, store: Store, tag: str) -> None:
        store.commit(Put(self.a_visit(tag, "v1", NOON)))
        to = NOON + timedelta(days=40)
        store.commit(Update(Appointment, (f"{tag}-p", "v1"), set={"start_at": to, "booked_in": booked_in(tag, to)}))
        assert store.booked(tag, NOON, NOON + MINUTE) == []
        assert [each.start_at for each in store.booked(tag, to, to + MINUTE)] == [to]

    def a_slot(self, tag: str, about: str, start: datetime, **changes: Any) -> Slot:
        return replace(Slot(tag, slot_id(start, about), "carol", "individual", start, "America/Denver", 50), **changes)

    def test_openings_come_by_beginning_and_none_of_another_program(self, store: Store, tag: str) -> None:
        slots = [self.a_slot(tag, f"s{n}", NOON + n * MINUTE, offers=(Offer("p", "v", NOON, NOON + MINUTE),)) for n in (2, 0, 1)]
        store.commit(*map(Put, slots), Put(self.a_slot(f"{tag}x", "s9", NOON)), Put(self.a_visit(tag, "v1", NOON)))
        ordered = sorted(slots, key=lambda slot: slot.start_at)
        assert store.openings(tag, NOON, NOON + 3 * MINUTE) == ordered
        assert store.openings(tag, NOON, NOON + 2 * MINUTE) == ordered[:2]
        assert store.openings(tag, NOON + MINUTE, NOON + 5 * MINUTE, limit=1) == [ordered[1]]
        assert store.openings(f"{tag}y", NOON, NOON + MINUTE) == []

    def test_what_a_schedule_is_told_comes_in_order_after_a_cursor_and_before_an_instant(self, store: Store, tag: str) -> None:
        told = [VisitChange(tag, f"0{n}", "p", "v", "hash", NOON, "patient", "booked", "confirmed") for n in (3, 1, 2)]
        store.commit(*map(Put, told), Put(VisitChange(f"{tag}x", "02", "p", "v", "hash", NOON, "staff", "cancelled")))
        assert [row.change_id for row in store.visit_changes(tag, "", "9")] == ["01", "02", "03"]
        assert store.visit_changes(tag, "01", "03") == [told[2]]
        assert [row.change_id for row in store.visit_changes(tag, "", "9", limit=2)] == ["01", "02"]
        assert [row.change_id for row in store.visit_changes(tag, "01", "9", limit=1)] == ["02"]
        assert store.visit_changes(tag, "03", "9") == store.visit_changes(f"{tag}y", "", "9") == []

    def test_re_engagements_come_newest_first_and_none_of_anybody_else(self, store: Store, tag: str) -> None:
        rows = [Reengagement(tag, f"r{at}", "adult", "after_missed", "missed", NOON, "carol", "v1") for at in range(3)]
        store.commit(*(Put(row) for row in rows), Put(replace(rows[0], patient_id=f"{tag}x")))
        assert store.reengagements_of(tag) == rows[::-1]
        assert store.reengagements_of(tag, limit=1) == rows[2:]
        key, touch = (tag, "r2"), Touch("same day", NOON, NOON, NOON + MINUTE)
        store.commit(Update(Reengagement, key, set={"touches": (touch,), "version": 2}, expect={"version": 1}))
        assert store.get(Reengagement, *key) == replace(rows[2], touches=(touch,), version=2)

    def test_who_has_gone_quiet_is_listed_by_program(self, store: Store, tag: str) -> None:
        entry = Quiet(tag, "alice", NOON, "text", NOON, missed=True, visit_id="v1")
        store.commit(Put(entry), Put(replace(entry, program=f"{tag}x")), Put(replace(entry, patient_id="bea")))
        assert store.quiet(tag) == [entry, replace(entry, patient_id="bea")]
        assert store.quiet(tag, limit=1) == [entry]
        store.commit(Delete(Quiet, (tag, "alice")))
        assert [each.patient_id for each in store.quiet(tag)] == ["bea"]

    def test_a_freed_time_is_one_opening_however_often_it_is_said(self, store: Store, tag: str) -> None:
        key, once = (tag, slot_id(NOON, "v1")), {"clinician": "carol", "state": "open", "start_at": NOON, "version": 1}
        freed = Update(Slot, key, set_once=once, create=True)
        store.commit(freed)
        store.commit(Update(Slot, key, set={"state": "taken", "taken_by": "p.v", "version": 2}, expect={"version": 1}))
        store.commit(freed)
        found = store.get(Slot, *key)
        assert found is not None and (found.state, found.taken_by, found.version) == ("taken", "p.v", 2)

    def test_of_all_who_take_a_time_one_has_it(self, store: Store, tag: str) -> None:
        slot = self.a_slot(tag, "s1", NOON)
        store.commit(Put(slot))
        people = iter(range(6))

        def take() -> bool:
            who = f"p{next(people)}"
            taken = Update(Slot, key_of(slot), set={"state": "taken", "taken_by": who, "version": 2}, expect={"version": 1})
            try:
                store.commit(taken, Put(self.a_visit(tag, who, NOON, patient_id=f"{tag}-{who}")))
            except (Rejected, Conflict):
                return False
            return True

        assert sum(self.race(take)) == 1
        assert len(store.booked(tag, NOON, NOON + MINUTE)) == 1

    def test_who_wants_sooner_is_listed_by_program_and_leaves_the_list(self, store: Store, tag: str) -> None:
        for who in ("b", "a"):
            store.commit(Put(WaitlistEntry(tag, who, NOON, days=("mon",), offered=(NOON,))))
        store.commit(Put(WaitlistEntry(f"{tag}x", "c", NOON)), Put(SlotRules(tag, "carol", "own")))
        assert [each.patient_id for each in store.waitlist(tag)] == ["a", "b"]
        assert store.waitlist(tag)[0] == WaitlistEntry(tag, "a", NOON, days=("mon",), offered=(NOON,))
        store.commit(Delete(WaitlistEntry, (tag, "a")))
        assert [each.patient_id for each in store.waitlist(tag, limit=5)] == ["b"]
        assert store.get(SlotRules, tag, "carol") == SlotRules(tag, "carol", "own")

    def test_a_ledger_comes_whole_and_in_order(self, store: Store, tag: str) -> None:
        lines = [ConsentEntry(f"{tag}-s", f"e{n}", "all", "granted", "sms", NOON, "alice", "2026-04") for n in range(3)]
        store.commit(*(Put(line) for line in reversed(lines)), Put(replace(lines[0], subject_id=f"{tag}-t")))
        assert store.consents_of(f"{tag}-s") == lines
        assert store.consents_of(f"{tag}-s", 2) == lines[:2] and store.consents_of("nobody") == []

    def test_what_is_kept_beside_a_record_comes_newest_first_and_of_no_other_patient(self, store: Store, tag: str) -> None:
        made = [Release(f"{tag}p", f"r{n}", NOON, "rita", "patient", "adult", b"x", parts=(Part("", "m1", 2, "2026-03"),)) for n in range(3)]
        store.commit(*(Put(each) for each in made), Put(replace(made[0], patient_id=f"{tag}q")))
        assert store.keeping(Release, f"{tag}p") == made[::-1]
        assert store.keeping(Release, f"{tag}p", 1) == made[2:] and store.keeping(Release, "nobody") == []
        assert store.get(Release, f"{tag}q", "r0") == replace(made[0], patient_id=f"{tag}q")

    def test_due_rows_come_when_due_and_oldest_first(self, store: Store, tag: str) -> None:
        shard = 41
        moments = [NOON, NOON + timedelta(microseconds=1), NOON - SECOND, NOON.replace(microsecond=0), NOON + MINUTE]
        for n, at in enumerate(moments):
            store.commit(Put(Due(shard, at, f"check#{tag}-{n}", "answer_check", f"{tag}-{n}")))
        store.commit(Put(Due(42, NOON, f"check#{tag}", "answer_check", tag)))
        assert [due.target for due in store.due(shard, NOON)] == [f"{tag}-2", f"{tag}-3", f"{tag}-0"]
        assert [due.target for due in store.due(shard, NOON, 1)] == [f"{tag}-2"]
        assert store.due(shard, NOON - MINUTE) == []
        store.commit(*(Delete(Due, key_of(due)) for due in store.due(shard, NOON)))
        assert [due.target for due in store.due(shard, NOON + MINUTE)] == [f"{tag}-1", f"{tag}-4"]

    def test_the_same_matter_is_due_once(self, store: Store, tag: str) -> None:
        matter = Due(43, NOON, f"deliver#{tag}", "deliver", tag)
        store.commit(Put(matter))
        assert self.refused(store, Put(matter)) == (0,)

    # ------------------------------------------------------------ words of these tests

    @staticmethod
    def refused(store: Store, *changes: Any) -> tuple[int, ...]:
        with pytest.raises(Rejected) as caught:
            store.commit(*changes)
        return caught.value.failed

    @staticmethod
    def message(store: Store, thread: str, message_id: str = "m1") -> Message:
        found = store.get(Message, thread, message_id)
        assert found is not None
        return found

    @staticmethod
    def ids(threads: list[Thread]) -> list[str]:
        return [thread.thread_id for thread in threads]

    @staticmethod
    def race(act: Any, runners: int = 6) -> list[bool]:
        with ThreadPoolExecutor(runners) as pool:
            return [each.result() for each in [pool.submit(act) for _ in range(runners)]]

    # ------------------------------------------------------------ settings

    def test_settings_of_a_kind_and_no_other(self, store: Store, tag: str) -> None:
        for kind, name in ((tag, "b"), (tag, "a"), (f"{tag}2", "c")):
            store.commit(Put(Setting(kind, name, 1, {"name": name})))
        store.commit(Put(Revision(tag, "a", 1, NOON, "admin")))
        assert [each.setting_id for each in store.settings(tag)] == ["a", "b"]
        assert store.settings(f"{tag}3") == []

    def test_revisions_come_newest_first_over_ten_of_them(self, store: Store, tag: str) -> None:
        store.commit(*(Put(Revision("program", tag, version, NOON, "admin")) for version in range(1, 13)))
        assert [each.version for each in store.revisions("program", tag)] == list(range(12, 0, -1))
        assert [each.version for each in store.revisions("program", tag, limit=2)] == [12, 11]

    def test_a_revision_is_never_written_over(self, store: Store, tag: str) -> None:
        store.commit(Put(Revision("program", tag, 1, NOON, "admin")))
        assert self.refused(store, Put(Revision("program", tag, 1, NOON, "dan"))) == (0,)

    def test_everybodys_door_is_found(self, store: Store, tag: str) -> None:
        store.commit(Put(Access(f"{tag}-erin", 1)), Put(Access(f"{tag}-carol", 1, closed=True)))
        mine = [each for each in store.accesses() if each.staff_id.startswith(tag)]
        assert [(each.staff_id, each.closed) for each in mine] == [(f"{tag}-carol", True), (f"{tag}-erin", False)]

    def test_a_count_goes_up_and_down_whether_the_row_was_there_or_not(self, store: Store, tag: str) -> None:
        for by in (1, 1, -1):
            store.commit(Update(Tries, (tag,), set={"expires_at": NOON}, add={"count": by}, create=True))
        assert store.get(Tries, tag) == Tries(tag, 1, NOON)

    def test_what_was_lent_is_found_by_its_shelf_newest_first_and_changes_it_once(self, store: Store, tag: str) -> None:
        lent = [Lending(f"open{tag}", each, "erin", "p1", "p1", "north", "page", NOON, NOON + MINUTE) for each in ("1", "2", "3")]
        store.commit(*(Put(each) for each in lent))
        assert store.lendings(f"open{tag}") == lent[::-1] and store.lendings(f"open{tag}", 1) == lent[:1:-1]
        moved = replace(lent[1], shelf=f"2026-03{tag}")
        store.commit(Put(moved), Delete(Lending, (f"open{tag}", "2")))
        assert store.lendings(f"open{tag}") == [lent[2], lent[0]] and store.lendings(f"2026-03{tag}") == [moved]
        assert self.refused(store, Put(moved), Delete(Lending, (f"open{tag}", "2"))) == (0,)

    def test_everybody_who_was_ever_away_is_found(self, store: Store, tag: str) -> None:
        since = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
        store.commit(Put(Absence(f"{tag}-carol", "erin", "away", since, "carol", threads=("a", "b"))))
        [mine] = [each for each in store.absences() if each.staff_id.startswith(tag)]
        assert (mine.staff_id, mine.state, mine.threads) == (f"{tag}-carol", "away", ("a", "b"))

    def test_everybodys_phones_are_found(self, store: Store, tag: str) -> None:
        store.commit(Put(StaffPhone(f"{tag}-2", 1)), Put(StaffPhone(f"{tag}-1", 1, (Method("text", "c1", NOON, NOON),))))
        found = [phone for phone in store.staff_phones() if phone.staff_id.startswith(tag)]
        assert [phone.staff_id for phone in found] == [f"{tag}-1", f"{tag}-2"]
        assert found[0].methods == (Method("text", "c1", NOON, NOON),)

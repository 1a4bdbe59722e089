"""A page instead of a text, and what is written on one. Whatever fails, its text leaves at most once and with a link that opens, words are
in the thread once, danger pages, and a time is one person's."""

from __future__ import annotations

import re
from datetime import timedelta

from chalicelib.core.consent import EVERYTHING
from chalicelib.core.consent_ledger import TEXT
from chalicelib.core.page_codes import MOST
from chalicelib.core.page_links import Link, PageSession
from chalicelib.core.reach import Reach
from chalicelib.core.records import Appointment, Contact, Incident, Message, Patient, Put, Slot, Tasks, WaitlistEntry
from chalicelib.flows import answer_page, page_code, page_forms, page_plan, page_waitlist
from chalicelib.flows.consent_desk import Said
from chalicelib.flows.consent_desk import record as record_consent
from chalicelib.flows.page_identity import Opened, find, verify
from chalicelib.flows.page_link import hashed
from chalicelib.flows.page_times import keep_times
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.receive_sms import NotKept
from chalicelib.flows.tick import tick
from chalicelib.flows.undo import SECONDS
from chalicelib.flows.write_reply import Draft, write_reply
from chalicelib.texts.pages import words
from tests.appointments import FRIDAY, booked
from tests.cast import CAROL
from tests.pages import BORN, SECRET
from tests.waitlist import a_slot

from .told import CRISIS, Story
from .town import Town

FORM = "00000000000000000000000001"
WITHIN = timedelta(minutes=3)


ABOUT = {"form": "before_visit", "resources": "sleep"}


def _writes(page: str):
    """Carol sends it; a press that failed is pressed again."""

    def act(town: Town) -> None:
        draft = Draft(SECRET if page == "message" else "", town.world.ids(town.clock.now), None, page=page, about=ABOUT.get(page, ""))
        town.do(lambda: write_reply(town.world, CAROL, "alice", draft))
        town.clock.advance(seconds=SECONDS + 1)
        town.stream()

    return act


def _token(town: Town) -> str:
    return re.findall(r"/p/([0-9a-f]{32})", town.sent[-1].body)[0]


def _arrives_once_and_opens(town: Town) -> list[str]:
    lines, rows = [sms.body for sms in town.sent], town.store.rows(Message)
    if not lines and [row.status for row in rows] in (["not_sent"], ["failed_other"], ["failed_blocked"]):
        return []  # a worker died with it, or the carrier has a STOP: it is said, and never sent again by itself (N4)
    if len(lines) != 1 or "sertraline" in " ".join(lines):
        return [f"{len(lines)} texts left for one page"]
    found = town.store.get(Link, hashed(_token(town)))
    row = town.store.get(Message, "alice", found.message_id) if found else None
    return [] if row is not None and row.link == found.token_hash else ["the link leads nowhere"]


def _inside(page: str):
    """A page that arrived, and Alice at it."""

    def before(town: Town) -> None:
        if page == "visits":
            booked(town.world)
            town.world.store.commit(*(Put(a_slot(FRIDAY + timedelta(days=day), f"s{day}")) for day in (3, 4)))
            town.clock.advance(minutes=1)
        _writes(page)(town)
        town.came = verify(town.world, _token(town), BORN)  # type: ignore[attr-defined]

    return before


def _cookie(town: Town) -> str:
    came = town.came  # type: ignore[attr-defined]
    assert isinstance(came, Opened)
    return came.token


def _fills(**fields: str):
    """A form, as its page takes it, until the page says that it was sent."""
    filled = {"about": ABOUT["form"], **fields}

    def act(town: Town) -> None:
        _posts(page_forms.filled(filled, "en"))(town)
        town.pressed(lambda: page_forms.remember(town.world, _door(town), filled))

    return act


def _posts(text: str):
    """The same form, until the page says that it was sent."""

    def act(town: Town) -> None:
        town.posted, town.shown = town.clock.now, []  # type: ignore[attr-defined]

        def post() -> None:
            try:
                came = answer_page.come_in(town.world, _token(town), _cookie(town), lambda door: True, text, FORM)
            except NotKept:  # the form comes back with their words, where to call, and 988
                town.shown.append(words("en")["danger"])  # type: ignore[attr-defined]
                raise
            assert came.kept
            town.shown.append(came.said)  # type: ignore[attr-defined]

        town.pressed(post)

    return act


def _in_the_thread_once(town: Town) -> list[str]:
    """Or their page says to the end that it was not sent."""
    rows = [row for row in town.store.rows(Message) if row.direction == "in"]
    if not rows and set(town.shown) == {words("en")["danger"]}:  # type: ignore[attr-defined]
        return []
    return [] if [row.thread_id for row in rows] == ["alice"] else [f"kept {len(rows)} times"]


def _danger_was_heard(town: Town) -> list[str]:
    posted, shown = town.posted, town.shown  # type: ignore[attr-defined]
    wrong = _in_the_thread_once(town)
    if not any(posted <= at <= posted + WITHIN for at, _, _ in town.pages):
        wrong.append("nobody was paged in time")
    if not any("988" in said for said in shown) and not any("not delivered" in text for _, _, text in town.pages):
        wrong.append("no answer was shown, and nobody told to call")
    return wrong + ([] if town.store.rows(Incident) else ["no incident"])


def _opens(town: Town) -> None:
    town.do(lambda: verify(town.world, _token(town), BORN))


def _is_open(town: Town) -> list[str]:
    [link] = town.store.rows(Link)
    return [] if link.opened_at and not link.tries and town.store.rows(PageSession) else ["it did not open"]


def _guesses(town: Town) -> None:
    for said in ("01/01/1990", "rosebud", "02/02/1990"):
        town.do(lambda said=said: verify(town.world, _token(town), said))


def _is_closed(town: Town) -> list[str]:
    [link] = town.store.rows(Link)
    tasks = town.store.get(Tasks, "adult")
    calls = [task.kind for task in tasks.items] if tasks else []
    wrong = [] if link.closed_why == "tries" and not town.store.rows(PageSession) else ["three wrong ones did not close it"]
    return wrong + ([] if calls == ["page_closed"] else [f"tasks: {calls}"])


def _moves(town: Town) -> None:
    """She asks for another time and takes the first that is kept for her."""
    [visit] = town.store.rows(Appointment)

    def door():
        found = find(town.world, _token(town), _cookie(town), town.world.clock())
        assert found is not None
        return found

    town.pressed(lambda: answer_page.press(town.world, door(), "wants_move", visit.appointment_id, "", "f1"))
    town.pressed(lambda: keep_times(town.world, door(), visit.appointment_id))
    slot = min(town.store.rows(Slot), key=lambda each: each.start_at)
    town.pressed(lambda: answer_page.press(town.world, door(), "take", visit.appointment_id, slot.slot_id, "f2"))


def _one_time_one_visit(town: Town) -> list[str]:
    [visit] = town.store.rows(Appointment)
    taken = [slot for slot in town.store.rows(Slot) if slot.state == "taken"]
    there = [slot.start_at for slot in taken]
    wrong = [] if len(taken) <= 1 and there in ([], [visit.start_at]) else ["a time is taken, and the visit is elsewhere"]
    asked = [row for row in town.store.rows(Message) if row.direction == "in"]
    return wrong + ([] if len(asked) <= 2 else ["one press is two texts"])


def _door(town: Town):
    found = find(town.world, _token(town), _cookie(town), town.world.clock())
    assert found is not None
    return found


def _tightens(town: Town) -> None:
    """She says what her phone is like, and asks for a new number; what failed is pressed again, while the page says so."""
    town.did = set()  # type: ignore[attr-defined]

    def press(name: str, work) -> None:
        assert work()
        town.did.add(name)  # type: ignore[attr-defined]

    town.pressed(lambda: press("calls", lambda: page_plan.no_calls(town.world, _door(town), "")))
    town.pressed(lambda: press("asked", lambda: page_plan.ask(town.world, _door(town), "number", "")))


def _row_and_number_agree(town: Town) -> list[str]:
    did: set[str] = town.did  # type: ignore[attr-defined]
    patient, tasks = town.store.get(Patient, "alice"), town.store.get(Tasks, "adult")
    [ref] = town.store.get(Contact, patient.contact_id).patients
    wrong = [] if patient.safe_phone == ref.safe_phone else ["row and number disagree on whether calls are safe"]
    asked = [each.about for each in tasks.items] if tasks else []
    if "calls" in did and not (patient.safe_phone == "unsafe" and asked.count("not_safe") == 1):
        wrong.append(f"calls are not safe, and that is not everywhere: {asked}")
    if "asked" in did and len([each for each in asked if each.startswith("number")]) != 1:
        wrong.append(f"a call back was asked for: {asked}")
    return wrong


def _waits(town: Town) -> None:
    """She puts herself on the waitlist; what failed is pressed again."""
    [visit] = town.store.rows(Appointment)
    town.did = set()  # type: ignore[attr-defined]

    def press() -> None:
        assert page_waitlist.join(town.world, _door(town), visit.appointment_id, ("mon",), "any", "", "")
        town.did.add("waits")  # type: ignore[attr-defined]

    town.pressed(press)


def _waits_once(town: Town) -> list[str]:
    rows = town.store.rows(WaitlistEntry)
    if "waits" in town.did and len(rows) != 1:  # type: ignore[attr-defined]
        return [f"{len(rows)} places on the list"]
    return []


def _by_mail_too(town: Town) -> None:
    """She agreed to e-mail, and a page came to her phone."""
    sheet = Reach("own", email="alice@example.org", email_whose="self")
    assert save_sheet(town.world, CAROL, "alice", sheet, 0) == "saved"
    said = Said(TEXT, {EVERYTHING: True}, "verbal", channel="email")
    assert record_consent(town.world, CAROL, "alice", said) == "saved"
    _writes("message")(town)


def _asks_for_a_code(town: Town) -> None:
    """Pressed again while the page says that it did not work; then what came by e-mail last is typed, if it came."""
    town.asker = ""  # type: ignore[attr-defined]

    def press() -> None:
        town.asker = page_code.ask(town.world, _token(town), "email", cookie=town.asker) or town.asker  # type: ignore[attr-defined]
        assert town.asker  # type: ignore[attr-defined]

    town.pressed(press)
    town.stream()
    for _ in range(3):
        town.clock.advance(minutes=1)
        town.again(lambda: tick(town.world), tries=1)
        town.stream()
    town.typed = [code for mail in town.mailer.sent for code in re.findall(r"\b\d{6}\b", mail.body)]  # type: ignore[attr-defined]
    if town.typed:  # type: ignore[attr-defined]
        town.do(lambda: verify(town.world, _token(town), town.typed[-1], asker=town.asker))  # type: ignore[attr-defined]


def _opened_by_code(town: Town) -> list[str]:
    """Six digits inside a longer number, an id's, are anybody's."""
    rows = [row for row in town.store.rows(Message) if row.kind == "code"]
    many = len(town.mailer.sent)
    wrong = [] if many <= len(rows) <= MOST else [f"{many} e-mails for {len(rows)} codes"]
    [link] = town.store.rows(Link)
    if any(re.search(rf"(?<!\d){code}(?!\d)", repr(row)) for code in town.typed for row in (*rows, link)):  # type: ignore[attr-defined]
        wrong.append("a code stands in a row")
    if town.typed and many == len(rows) and not link.opened_at:  # type: ignore[attr-defined]
        wrong.append("the code that came opened nothing")
    return wrong


def _stops(town: Town) -> None:
    """Typed where the link has ended."""
    town.clock.advance(days=8)
    town.shown = []  # type: ignore[attr-defined]

    def post() -> None:
        try:
            answer_page.come_in(town.world, _token(town), "", lambda door: False, "stop texting me please", FORM)
        except NotKept:
            town.shown.append("not sent")  # type: ignore[attr-defined]
            raise

    town.pressed(post)


def _presses_stop(town: Town) -> None:
    """The button on the page of what we text them, until the page says that it is kept."""
    town.shown = []  # type: ignore[attr-defined]

    def press() -> None:
        try:
            came = answer_page.come_in(town.world, _token(town), _cookie(town), lambda door: True, "STOP", FORM)
        except NotKept:
            town.shown.append("not sent")  # type: ignore[attr-defined]
            raise
        assert came.kept

    town.pressed(press)


def _is_stopped_once(town: Town) -> list[str]:
    [contact] = town.store.rows(Contact)
    rows = [row for row in town.store.rows(Message) if row.direction == "in"]
    wrong = [] if contact.stopped_at else ["a stop on a page that ended was not heard"]
    if not rows and town.shown:  # type: ignore[attr-defined]
        return wrong
    return wrong + ([] if len(rows) == 1 else [f"kept {len(rows)} times"])


STORIES = (
    Story("a page leaves", _writes("message"), after=_arrives_once_and_opens),
    Story("a link is opened", _opens, _writes("message"), _is_open),
    Story("a code by a second channel", _asks_for_a_code, _by_mail_too, _opened_by_code),
    Story("three wrong tries at a link", _guesses, _writes("message"), _is_closed),
    Story("an answer on a page", _posts("thank you, tonight is fine"), _inside("message"), _in_the_thread_once),
    Story("a crisis on a page", _posts(CRISIS), _inside("message"), _danger_was_heard),
    Story("how to reach them on a page", _tightens, _inside("plan"), _row_and_number_agree),
    Story("a place on the waitlist by a page", _waits, _inside("visits"), _waits_once),
    Story("a stop on a page that ended", _stops, _writes("message"), _is_stopped_once),
    Story("a stop that is pressed on a page", _presses_stop, _inside("choices"), _is_stopped_once),
    Story("what is shared on a page leaves", _writes("resources"), after=_arrives_once_and_opens),
    Story("a form with an answer about self-harm", _fills(q_harm="some", text=CRISIS), _inside("form"), _danger_was_heard),
    Story("another time on a page", _moves, _inside("visits"), _one_time_one_visit),
)

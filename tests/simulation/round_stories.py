"""A round: whatever fails, a reminder reaches somebody by one channel at most, and where it reached nobody a person has it or something
still looks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from chalicelib.core.calls import CallEvent
from chalicelib.core.consent import EVERYTHING
from chalicelib.core.consent_ledger import TEXT
from chalicelib.core.mail import MailEvent
from chalicelib.core.messages import FAILED, Status
from chalicelib.core.page_links import Link
from chalicelib.core.reach import Reach
from chalicelib.core.records import Appointment, Contact, Due, Message, Patient, PhoneCall, Round, Tasks, Update
from chalicelib.core.rounds import GOING, PERSON
from chalicelib.flows import call_ended, mail_said, on_the_phone
from chalicelib.flows.book_appointment import Booked, book, change
from chalicelib.flows.consent_desk import Said
from chalicelib.flows.consent_desk import record as record_consent
from chalicelib.flows.page_link import hashed
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.undo import SECONDS
from chalicelib.flows.write_reply import Draft, write_reply
from tests.appointments import a_wish
from tests.cast import CAROL

from .appointment_stories import _a_minute, _day_before
from .told import Story
from .town import Town

MAIL = Reach("own", email="alice@example.org", email_whose="self", first="email")
TOKENS = re.compile(r"/p/([0-9a-f]{32})")
GONE = FAILED | {Status.NOT_SENT, Status.WITHDRAWN}


def _reached_by(town: Town, ways: tuple[str, ...]) -> None:
    _day_before(town)
    agreed = {"voice": town.clock.now - timedelta(days=1)}
    town.world.store.commit(Update(Patient, ("alice",), set={"channels": ways, "agreed": agreed, "reach": 1}))


def _in_doubt(town: Town) -> None:
    _reached_by(town, ("text", "person"))
    contact = town.world.store.get(Contact, town.world.hasher.contact_id("+13035550101"))
    assert contact is not None
    town.world.store.commit(Update(Contact, (contact.contact_id,), set={"doubt": "gone", "version": contact.version + 1}))


def _minutes(town: Town, many: int = 6) -> None:
    for _ in range(many):
        _a_minute(town)
        town.clock.advance(minutes=1)


def _to_a_person(town: Town) -> None:
    _minutes(town, 3)
    town.clock.advance(minutes=20)
    _minutes(town, 2)


def _rung(town: Town) -> None:
    """It rings: moments later the key "1" twice, and the end."""
    _reached_by(town, ("voice", "text", "person"))
    _minutes(town, 3)


def _key(town: Town) -> None:
    for moment, key, ended in (("menu", "1", ""), ("choice", "1", ""), ("", "", "answered")):
        for call in [each for each in town.store.rows(PhoneCall) if each.why == "told"]:
            event = CallEvent("twilio", "CA-1", call.call_id, town.clock.now, moment, key, ended)
            town.again(lambda event=event: (call_ended.told if event.ended else on_the_phone.goes_on)(town.world, event), tries=2)  # type: ignore[misc]
    _to_a_person(town)


def _nobody_answers(town: Town) -> None:
    for call in [each for each in town.store.rows(PhoneCall) if each.why == "told"]:
        event = CallEvent("twilio", "CA-1", call.call_id, town.clock.now, ended="no_answer")
        town.again(lambda event=event: call_ended.told(town.world, event), tries=3)  # type: ignore[misc]
    town.clock.advance(minutes=12)
    _to_a_person(town)


def _one_at_most(town: Town) -> list[str]:
    rows = [row for row in town.store.rows(Message) if row.kind == "reminder"]
    alive = [row for row in rows if Status(row.status) not in GONE]
    tasks = [each for row in town.store.rows(Tasks) for each in row.items if each.kind == "tell_them"]
    wrong = [f"{len(alive)} channels at once"] if len(alive) > 1 else []
    wrong += [f"{len(tasks)} tasks"] if len(tasks) > len(town.store.rows(Round)) else []
    looks = {due.target for due in town.store.rows(Due) if due.kind == "round"}
    for row in town.store.rows(Round):
        wrong += ["nothing looks at it any more"] if row.state == GOING and f"{row.patient_id}.{row.round_id}" not in looks else []
        wrong += ["a person has it, and no task says so"] if row.state == PERSON and row.round_id not in {each.about for each in tasks} else []
    touches = [each for visit in town.store.rows(Appointment) for each in visit.touches if each.state == "sent" and each.why == "another_way"]
    return wrong + (["a touch that nothing carries"] if touches and not town.store.rows(Round) else [])


def _by_call_first(town: Town) -> None:
    _reached_by(town, ("voice", "text", "person"))


def _by_mail_first(town: Town) -> None:
    """At eleven in the morning, so that what comes five hours later is no night."""
    start = town.began + timedelta(days=2, hours=-1)
    assert isinstance(book(town.world, CAROL, "alice", "v1", a_wish(start)), Booked)
    town.clock.now = start - timedelta(days=1)
    assert save_sheet(town.world, CAROL, "alice", MAIL, 0) == "saved"
    said = Said(TEXT, {EVERYTHING: True}, "verbal", channel="email")
    assert record_consent(town.world, CAROL, "alice", said) == "saved"


def _unread(town: Town) -> None:
    """Nobody opens it in its five hours."""
    _minutes(town, 3)
    town.clock.advance(hours=5)
    _minutes(town, 4)


def _one_mail_at_most(town: Town) -> list[str]:
    many, texts = len(town.mailer.sent), [sms for sms in town.sent if sms.row]
    wrong = [f"{many} e-mails"] if many > 1 else []
    return _one_at_most(town) + wrong + (["an e-mail and a text"] if many and texts else [])


def _left_by_mail(town: Town) -> None:
    _by_mail_first(town)
    _minutes(town, 3)


def _came_back(town: Town) -> None:
    """SES says it twice, and again while the tick is at it."""
    for row in [each for each in town.store.rows(Message) if each.channel == "email"]:
        event = MailEvent(row.row, "bounced")
        town.again(lambda event=event: mail_said.keep(town.world, event), tries=3)  # type: ignore[misc]
    _minutes(town, 2)
    town.clock.advance(minutes=10)
    _to_a_person(town)


def _bounced(town: Town) -> list[str]:
    """The next channel says it, once; the address is marked where anything was heard of it."""
    wrong = _one_at_most(town)
    patient = town.store.get(Patient, "alice")
    mail = [each for each in town.store.rows(Message) if each.channel == "email"]
    heard = any(each.status_reason == "bounced" for each in mail)
    return wrong + (["an address that does not exist is not marked"] if heard and patient is not None and not patient.bounced else [])


def _moved(town: Town) -> None:
    """News of a visit, to who is reached by e-mail first."""
    wish = a_wish(town.began + timedelta(days=2))  # an hour later
    town.again(lambda: change(town.world, CAROL, "alice", "v1", wish, tell=True), tries=3)
    _minutes(town, 3)


def _one_news_at_most(town: Town) -> list[str]:
    news = [each for each in town.store.rows(Round) if each.purpose == "visit_moved"]
    mails = [each for each in town.store.rows(Message) if each.kind == "visit_news"]
    looks = {due.target for due in town.store.rows(Due) if due.kind == "round"}
    wrong = [f"{len(news)} rounds of one move"] if len(news) > 1 else []
    wrong += [f"{len(mails)} rows of one move"] if len(mails) > 1 else []
    return wrong + ["nothing looks at it any more" for each in news if each.state == GOING and f"alice.{each.round_id}" not in looks]


def _both_ways(town: Town) -> None:
    """A text first, and an e-mail with it: her own wish."""
    start = town.began + timedelta(days=2, hours=-1)
    assert isinstance(book(town.world, CAROL, "alice", "v1", a_wish(start)), Booked)
    town.clock.now = start - timedelta(days=1)
    assert save_sheet(town.world, CAROL, "alice", replace(MAIL, first="", also="email"), 0) == "saved"
    said = Said(TEXT, {EVERYTHING: True}, "verbal", channel="email")
    assert record_consent(town.world, CAROL, "alice", said) == "saved"


def _both_leave(town: Town) -> None:
    _minutes(town, 12)


def _each_once(town: Town) -> list[str]:
    """One by each of the two ways, none of a third, and what did not go is somebody's or still looked at."""
    rows = [row for row in town.store.rows(Message) if row.kind == "reminder"]
    ways = sorted(row.channel or "text" for row in rows)
    many, texts = len(town.mailer.sent), len([sms for sms in town.sent if sms.row])
    wrong = [f"{texts} texts and {many} e-mails"] if many > 1 or texts > 1 else []
    wrong += [f"rows: {ways}"] if len(set(ways)) != len(ways) or set(ways) - {"email", "text"} else []
    looks = {due.target for due in town.store.rows(Due) if due.kind == "round"}
    for row in town.store.rows(Round):
        wrong += ["nothing looks at it any more"] if row.state == GOING and f"{row.patient_id}.{row.round_id}" not in looks else []
    if not rows and not any(each.touches for each in town.store.rows(Appointment)):
        wrong.append("she heard by neither")
    return wrong


def _reached_by_mail(town: Town) -> None:
    assert save_sheet(town.world, CAROL, "alice", MAIL, 0) == "saved"
    said = Said(TEXT, {EVERYTHING: True}, "verbal", channel="email")
    assert record_consent(town.world, CAROL, "alice", said) == "saved"


def _sends_a_page(town: Town) -> None:
    """Carol sends it from the thread as ever; a press that failed is pressed again, with the same form."""
    draft = Draft("Your new dose of sertraline is 50 mg", town.world.ids(town.clock.now), None, page="message")
    town.do(lambda: write_reply(town.world, CAROL, "alice", draft))
    town.clock.advance(seconds=SECONDS + 1)
    _minutes(town, 4)


def _one_mail_with_its_link(town: Town) -> list[str]:
    rows = [row for row in town.store.rows(Message) if row.direction == "out"]
    many = len(town.mailer.sent)
    wrong = [f"{many} e-mails, {len(town.sent)} texts, {len(rows)} rows"] if many > 1 or len(town.sent) > 1 or (many and town.sent) else []
    said = [f"{mail.subject} {mail.body}" for mail in town.mailer.sent] + [sms.body for sms in town.sent]
    wrong += ["what the page says stands in it"] if any("sertraline" in each for each in said) else []
    links = town.store.rows(Link)
    wrong += ["no link of it is kept"] if said and not any(hashed(token) == link.token_hash for each in said for token in TOKENS.findall(each) for link in links) else []
    going = [row for row in rows if row.status not in (*GONE, Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED)]
    return wrong + ([f"it stands as {going[0].status}"] if going and not town.owes() and not town.next_due() else [])


STORIES: tuple[Story, ...] = (
    Story("a reminder by two ways that were asked for", _both_leave, _both_ways, _each_once),
    Story("a page by e-mail, from staff", _sends_a_page, _reached_by_mail, _one_mail_with_its_link),
    Story("an automated call is placed", _to_a_person, _by_call_first, _one_at_most),
    Story("an e-mail leaves, and nobody opens it", _unread, _by_mail_first, _one_mail_at_most),
    Story("an e-mail comes back", _came_back, _left_by_mail, _bounced),
    Story("news of a visit by e-mail", _moved, _by_mail_first, _one_news_at_most),
    Story("a reminder to a number in doubt", _to_a_person, _in_doubt, _one_at_most),
    Story("a key on an automated call", _key, _rung, _one_at_most),
    Story("nobody answers an automated call", _nobody_answers, _rung, _one_at_most),
)

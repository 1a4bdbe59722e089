"""A day at the clinic in which everything happens, with marks in all that is content: one function a part of the day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.core.practice import STEPS
from chalicelib.core.releases import SECTIONS
from tests.cast import CLINIC_NUMBER
from tests.pdfs import text_of

from .browser import Person, read_page
from .carrier import BUSY, REFUSED, a_line, a_text
from .clinic import Clinic
from .marks import (
    BORN,
    EUM,
    FAMILY,
    GIVEN,
    NAME,
    NEW,
    NUMBER,
    OTHER_GIVEN,
    OWN_SECOND,
    PHRASE,
    PICTURE,
    REPLY_WORD,
    SECOND,
    STRANGER,
    TAG,
    THIRD,
    WORDS,
    WORK,
)
from .other_ways import other_ways, token_in

CRISIS = f"{PHRASE} I can't do this anymore, I took all my pills"
OWN = f"my {WORDS[1]}"  # their word, as they chose it
SELF = f"{PHRASE} i want to kill myself"
DB, KMS = {"dynamodb"}, {"kms"}
INBOUND, EUM_NUMBER = "/sms/twilio/inbound", EUM


def a_day(clinic: Clinic) -> None:
    """All of it, in an order in which each part finds what it needs."""
    without_secret(clinic)
    carol = clinic.person("carol")
    carol.sign_in()
    first_day(carol)
    work_phone(clinic, carol)
    number_for_calls(clinic, carol)
    patient = register(clinic, carol)
    second, _ = more_patients(clinic, carol)
    deliveries(clinic)
    texts_in(clinic)
    work_in_thread(clinic, carol, patient)
    their_page(clinic, carol, patient)
    visits(clinic, carol, patient)
    waitlist(clinic, carol, patient)
    shared_phone(clinic, carol)
    crisis(clinic, carol, patient)
    through_aws(clinic)
    outages(clinic)
    refusals_and_doubt(clinic, carol, second)
    bad_webhooks(clinic)
    turned_away(clinic, carol, patient)
    unknown_numbers(clinic, carol)
    asked_on_page(clinic, carol)
    stop_and_start(clinic)
    what_comes_due(clinic)
    reconciled(clinic)
    in_two_texts(clinic)
    safe_phone(clinic, carol, second)
    by_mail(clinic, carol)
    another_way(clinic, carol)
    given_out(clinic, patient)
    weeks_text(clinic)


def another_way(clinic: Clinic, carol: Person) -> None:
    """Somebody new, whom an e-mail and a telephone at home reach besides texts."""
    carol.sign_in()
    page = carol.get("register", "/console/register?program=adult")
    done = carol.submit("register", page, "/register", **{**_form(f"{OTHER_GIVEN} {FAMILY}", THIRD), "answers": ""})
    clinic.stream()
    asked = f"/console/patients/{_patient_of(done)}/consent"
    carol.follow("consent", carol.submit("consent", carol.get("consent", asked), "/consent/form"))
    other_ways(clinic, carol, _patient_of(done))


def their_page(clinic: Clinic, carol: Person, patient: str) -> None:
    """A message on a page, every wrong way to it, read, answered in words and in danger, left; and the page of visits."""
    path = f"/console/threads/{patient}"
    plan = f"/console/patients/{patient}/safe-phone"  # somebody else answers this phone: their own word alone opens a page
    carol.submit("plan", carol.get("plan", plan), "/safe-phone", hours="house", level="0", word=OWN, how="in_person")
    clinic.clock.advance(seconds=2)
    carol.submit("thread, reply", carol.get("thread", path), "/reply", text=f"{REPLY_WORD} {GIVEN} {PHRASE}", do="page:message")
    at = _link(clinic)
    phone = Person("her phone", clinic.http, clinic.evidence)
    asks = phone.get("page, asks", at)
    for typed in (PHRASE, NAME):
        phone.submit("page, wrong", asks, at, answer=typed, do="open")
    phone.submit("page, answer", asks, at, text=PHRASE, do="send")
    phone.get("page, gone", "/p/no-such-link")
    opened = phone.submit("page, open", asks, f"{at}?lang=en", answer=OWN, do="open")
    page = phone.follow("page, read", opened)
    phone.submit("page, read", page, f"{at}?lang=en", text="", do="send")
    phone.submit("page, read", page, f"{at}?lang=en", text=f"{PHRASE} thank you", do="send")
    phone.submit("page, danger", page, f"{at}?lang=en", text=SELF, do="send")
    clinic.cloud.down = {"dynamodb"}
    phone.submit("page, no dynamodb", page, f"{at}?lang=en", text=f"{PHRASE} once more", do="send")
    phone.get("page, no dynamodb", at)
    clinic.cloud.down = set()
    phone.submit("page, leave", page, at, do="leave")
    phone.submit("page, late", page, f"{at}?lang=en", text=f"{PHRASE} and late", do="send")
    carol.get("thread", path)
    clinic.stream()
    _their_other_pages(clinic, carol, path)


def _their_other_pages(clinic: Clinic, carol: Person, path: str) -> None:
    """How we reach them, tightened and asked about; and an opt-out typed where the link has ended."""
    carol.submit("thread, reply", carol.get("thread", path), "/reply", text=f"{PHRASE}", do="page:plan")
    at = _link(clinic)
    phone = Person("her phone", clinic.http, clinic.evidence)
    asks = phone.get("page, asks", at)
    page = phone.follow("page, plan", phone.submit("page, open", asks, f"{at}?lang=en", answer=OWN, do="open"))
    for do in ("novoicemail", "quiet", "call_back"):
        phone.submit("page, plan", page, f"{at}?lang=en", do=do, about="number" if do == "call_back" else PHRASE, days="7")
    phone.submit("page, plan", page, f"{at}?lang=en", do="call_back", about=PHRASE)
    for _ in range(3):
        phone.submit("page, wrong", asks, at, answer=f"{NAME} no", do="open")
    phone.submit("page, ended", asks, at, text=f"{PHRASE} {NAME}", do="send")


def _link(clinic: Clinic) -> str:
    """The address in the newest text with one."""
    clinic.clock.advance(seconds=12)
    clinic.stream()
    clinic.minute()
    lines = [fields["Body"] for fields in clinic.carrier.taken if "/p/" in fields.get("Body", "")]
    clinic.evidence.see("page's line", "twilio", lines[-1])
    return f"/p/{token_in(clinic, lines[-1])}"


def given_out(clinic: Clinic, patient: str) -> None:
    """The record is released, after a wrong form; each file is taken, and again while the store is away."""
    rita = clinic.person("rita")
    rita.sign_in()
    path = f"/console/patients/{patient}/records"
    said = {"authority": "patient", "recipient": f"{NAME} {NUMBER}", "purpose": PHRASE, "nature": PHRASE}
    said |= {f"section_{each}": "on" for each in SECTIONS}
    page = rita.get("records", path)
    rita.submit("records, wrong", page, "/records", **said)
    made = rita.follow("release", rita.submit("records", page, "/records", **said, tick_checked="on"))
    files = [link for link in read_page(made.body).links if re.search(r"/records/.+/(html|json)$", link)]
    assert len(files) >= 4
    for link in files:
        rita.get("record file", link)
    account = f"/console/patients/{patient}/disclosures/file"
    rita.get("record file", account)
    clinic.evidence.see("PDF", "account", text_of(rita.get("record file", f"{account}?form=pdf").body))
    clinic.cloud.down = {"dynamodb"}
    rita.get("record file, no dynamodb", files[0])
    clinic.cloud.down = set()


def in_two_texts(clinic: Clinic) -> None:
    """What only the second look finds: it opens, pages, keeps and answers."""
    clinic.text("inbound", STRANGER, f"{PHRASE} everyone would be")
    clinic.text("inbound", STRANGER, f"better off if i was dead {PHRASE}")
    clinic.stream()


def first_day(carol: Person) -> None:
    """Whatever somebody types to the practice patient is in the answer's page, once, and nowhere else."""
    for step in STEPS:
        page = carol.get("practice", "/console/practice")
        typed = {"text": f"{PHRASE} {NAME} {NUMBER}", "disposition": "visit_arranged", "why": "no_answer_needed"}
        carol.submit(f"practice {step}", page, "/practice", do=step, **typed)


def without_secret(clinic: Clinic) -> None:
    """Before the secret was ever read: no token to verify with, no key to hash a number with."""
    clinic.cloud.down.add("secrets-manager")
    clinic.text("no token", NUMBER, PHRASE)
    clinic.sns("eum_inbound", _eum_text(f"{CRISIS}"))
    clinic.cloud.down.clear()


def work_phone(clinic: Clinic, carol: Person) -> None:
    """Carol's own: wrong numbers, wrong codes, the right one; then she answers on it, and Erin sees that it works."""
    page = carol.get("my phone", "/console/phone")
    for wrong in ("", PHRASE, NAME, WORK[:7]):
        carol.submit("my phone", page, "/phone", do="give", number=wrong)
    carol.submit("my phone", page, "/phone", do="give", number=WORK)
    clinic.stream()
    page = carol.get("my phone", "/console/phone")
    for wrong in (PHRASE, "000000", ""):
        carol.submit("my phone", page, "/phone", do="verify", code=wrong)
    code = next(found[1] for fields in reversed(clinic.carrier.taken) if (found := re.search(r"(\d{6}) is the code", fields.get("Body", ""))))
    carol.follow("my phone", carol.submit("my phone", page, "/phone", do="verify", code=code))
    for body in ("ZZZ9", "ok", f"{PHRASE} from my own phone", "K7Q2 ok"):
        clinic.text("inbound", WORK, body)
        clinic.stream()


def number_for_calls(clinic: Clinic, carol: Person) -> None:
    """The same phone rings: wrong numbers, wrong codes, the one she hears; then another PIN."""
    page = carol.get("my phone", "/console/phone")
    for wrong in ("", PHRASE, NAME, WORK[:7], WORK):
        carol.submit("my phone", page, "/phone", way="call", do="give", number=wrong)
    clinic.stream()
    row = clinic.rung()
    clinic.call("script", row)
    said = clinic.call("script", row, "menu", Digits="1")
    code = re.search(r"code is ((?:\d ){5}\d)", said.body.decode())
    assert code is not None
    page = carol.get("my phone", "/console/phone")
    for typed in (PHRASE, "000000", code[1].replace(" ", "")):
        page = carol.follow("my phone", carol.submit("my phone", page, "/phone", way="call", do="verify", code=typed))
    carol.submit("my phone", page, "/phone", way="call", do="pin")


def on_the_phone(clinic: Clinic, carol: Person, page: Any) -> None:
    """She calls through the clinic, and everything a carrier may ask and tell of it, in and out of turn, and forged."""
    done = carol.submit("call", page, "/call", reason="danger")
    carol.submit("call", page, "/call")
    carol.submit("call", page, "/call", press=PHRASE, reason=PHRASE)
    if done is None or not str(done.headers.get("Location", "")).endswith("calling"):
        return
    clinic.stream()
    row = clinic.rung()
    for moment, keys in (("", ""), ("menu", PHRASE), ("menu", "1"), ("menu", "1"), (PHRASE, "1")):
        clinic.call("script", row, moment, Digits=keys)
    for told in ({"AnsweredBy": "machine_start"}, {"AnsweredBy": PHRASE}):
        clinic.call("status", row, CallStatus="", **told)
    clinic.call("script", row, "dialled", DialCallStatus="no-answer", To=NUMBER)
    clinic.call("script", row, "dialled", DialCallStatus=PHRASE, To=NUMBER)
    clinic.call("status", row, CallStatus="completed", To=WORK)
    clinic.call("script", f"{PHRASE}{NUMBER}", "menu", Digits="1")
    clinic.call("script", row, "menu", Digits="1", CallSid="")
    clinic.webhook("call back", "/voice/twilio/script", {"CallSid": "CA" + "9" * 32, "From": NUMBER, "CallStatus": "ringing"})
    clinic.webhook("call back", "/voice/twilio/script?at=back", {"CallSid": "CA" + "9" * 32, "From": NUMBER, "DialCallStatus": "busy"})
    clinic.webhook("call forged", f"/voice/twilio/script?call={row}", {"CallSid": PHRASE, "From": NUMBER}, **{"X-Twilio-Signature": "no"})


def register(clinic: Clinic, carol: Person) -> str:
    """Every wrong form first, then the right one, then the same again. Returns the patient's id."""
    page = carol.get("register", "/console/register?program=adult")
    good = _form(NAME, NUMBER)
    for wrong in (
        {"name": ""}, {"name": NAME * 9}, {"number": NUMBER[:7]}, {"number": f"{NUMBER} {PHRASE}"}, {"birth_date": f"{BORN}x"},
        {"birth_date": "1831-08-27"}, {"zone": NAME}, {"hours": "own", "from": "25:00"}, {"program": PHRASE}, {"consent_by": NAME},
        {"form_id": PHRASE}, {"signed": NAME * 3}, {"language": PHRASE, "content_level": PHRASE, "name": ""}, {"tags": f"{TAG} {PHRASE}"},
    ):
        carol.submit("register, wrong", page, "/register", **{**good, **wrong})
    carol.submit("register, token", page, "/register", **{**good, "csrf": PHRASE})
    carol.post("register, other site", "/console/register", good, **{"Sec-Fetch-Site": "cross-site"})
    carol.post("register, other kind", "/console/register", good, **{"Content-Type": "application/json"})
    carol.submit("register, other program", page, "/register", **{**good, "program": "harbor"})
    carol.submit("register, preview", page, "/register", **good, do="preview")
    done = carol.submit("register", page, "/register", **good)
    carol.submit("register", page, "/register", **good)
    carol.follow("patient", done)
    carol.get("inbox", "/console/inbox?program=adult")
    return _patient_of(done)


def more_patients(clinic: Clinic, carol: Person) -> list[str]:
    """Two more, one with safe hours of her own."""
    found = []
    for form in (_form(f"{OTHER_GIVEN} {FAMILY}", SECOND), {**_form(NAME, NEW), "hours": "own", "mon": "on", "from": "09:00", "until": "10:00"}):
        page = carol.get("register", "/console/register?program=adult")
        found.append(_patient_of(carol.submit("register", page, "/register", **form)))
    return found


def _patient_of(done: Any) -> str:
    found = re.search(r"/patients/(\w+)", str(done.headers["Location"]))
    assert found is not None
    return found[1]


def _form(name: str, number: str) -> dict[str, str]:
    return {
        "name": name, "number": number, "birth_date": BORN.isoformat(), "program": "adult", "language": "en", "zone": "America/Denver",
        "content_level": "0", "hours": "house", "consent": "on", "consent_by": "verbal", "signed": "Carol",
        "tags": f"{TAG}, interpreter", "answers": f"{OTHER_GIVEN}, mother",
    }


def deliveries(clinic: Clinic) -> None:
    """What is queued leaves, and the carrier speaks of it: in order, late, twice, and of rows that are none."""
    clinic.stream()
    for row in _rows(clinic):
        for status in ("queued", "sent", "delivered", "sent", "nonsense"):
            clinic.status(row, status, To=NUMBER)
        clinic.status(row, "failed", To=NUMBER, ErrorCode="21610", ErrorMessage=f"{NUMBER} {PHRASE}")
    for row in ("", "nothing", "a.b", f"{NUMBER}.{PHRASE}"):
        clinic.status(row, "delivered", To=NUMBER)


def _rows(clinic: Clinic) -> list[str]:
    """The rows that the carrier was told of, in the address it calls back."""
    from urllib.parse import parse_qs, urlsplit

    callbacks = [urlsplit(fields["StatusCallback"]).query for fields in clinic.carrier.taken if "Body" in fields and "StatusCallback" in fields]
    return list(dict.fromkeys(parse_qs(query)["row"][0] for query in callbacks))


def texts_in(clinic: Clinic) -> None:
    """Ordinary texts of every shape, one of them three times."""
    clinic.text("inbound", NUMBER, f"{PHRASE} running late")
    for _ in range(3):
        clinic.text("inbound", NUMBER, f"again {PHRASE}", sid="SM" + "d" * 32)
    clinic.text("inbound", NUMBER, PHRASE * 40)
    clinic.text("inbound", NUMBER, f"{PHRASE} 🖤 \x00\x07 \u202e")
    clinic.text("inbound", NUMBER, PHRASE, NumMedia="1", MediaUrl0=PICTURE, MediaContentType0="image/jpeg")
    clinic.text("inbound", NUMBER, "", NumMedia="2", MediaUrl0=PICTURE)
    clinic.text("inbound", NUMBER, "1")
    clinic.text("inbound", NUMBER, f"help {PHRASE}")
    clinic.text("inbound", NUMBER, "HELP")
    clinic.text("inbound", NUMBER, f"Liked “{PHRASE}”")
    clinic.text("inbound", STRANGER, f"{PHRASE} is this the clinic? {NAME} {BORN:%m/%d/%Y}")
    clinic.text("inbound", STRANGER, PHRASE, NumMedia="1", MediaUrl0=PICTURE)
    clinic.text("inbound", NAME, f"{PHRASE} from a sender that is no number")
    clinic.stream()


def shared_phone(clinic: Clinic, carol: Person) -> None:
    """A second person behind the number: refused at first, then known to be shared; then either may have written."""
    page = carol.get("register", "/console/register?program=adult")
    form = _form(f"{OTHER_GIVEN} {FAMILY}", NUMBER)
    carol.submit("register, number in use", page, "/register", **form)
    carol.submit("register", page, "/register", **form, shared_known="on")
    clinic.text("inbound", NUMBER, f"{PHRASE} who am I")
    clinic.stream()


def work_in_thread(clinic: Clinic, carol: Person, patient: str) -> None:
    """Read, find, write: what leaves, what is stopped by a newer text, what the form refuses."""
    path = f"/console/threads/{patient}"
    for asked in (NAME, NUMBER, GIVEN.lower(), PHRASE, "303 555 0177", f"#{TAG}", TAG.upper(), patient, str(BORN), "%", ""):
        carol.post("find, token", "/console/find", {"asked": asked})
        carol.submit("find", carol.get("find, empty", "/console/find"), "/find", asked=asked)
    clinic.text("inbound", SECOND, f"{PHRASE} hello")
    page = carol.get("thread", path)
    carol.get("thread", f"{path}?done=sent")
    carol.get("patient", f"/console/patients/{patient}")
    carol.get("news", f"{path}/news?seen=")
    carol.get("rows", "/console/inbox/rows?program=adult&seen=x")
    for text in ("", f"{REPLY_WORD} {PHRASE}" * 60):
        carol.submit("thread, wrong reply", page, "/reply", text=text)
    carol.submit("thread, wrong reply", page, "/reply", text=REPLY_WORD, form_id=PHRASE)
    carol.submit("thread, wrong reply", page, "/reply", text=REPLY_WORD, seen=PHRASE)
    carol.submit("thread, token", page, "/reply", text=f"{REPLY_WORD} {PHRASE}", csrf=PHRASE)
    carol.submit("thread, preview", page, "/reply", text=f"{REPLY_WORD} {PHRASE}", do="preview")
    clinic.clock.advance(seconds=2)
    carol.submit("thread, reply", page, "/reply", text=f"{REPLY_WORD} “see you” at 3, {GIVEN} {PHRASE}")
    clinic.stream()
    page = carol.get("thread", path)
    clinic.clock.advance(seconds=2)
    clinic.text("inbound", NUMBER, f"{PHRASE} I wrote meanwhile")
    carol.submit("thread, wrong reply", page, "/reply", text=f"{REPLY_WORD} {PHRASE}")
    page = carol.get("thread", path)
    clinic.clock.advance(seconds=2)
    clinic.text("inbound", NUMBER, f"{PHRASE} and once more")
    carol.submit("thread, settle", page, "/settle")
    carol.submit("thread, settle", carol.get("thread", path), "/settle")
    _beside_sending(clinic, carol, path)


def _beside_sending(clinic: Clinic, carol: Person, path: str) -> None:
    """A note, a draft, templates, a text taken back, one planned and cancelled, one that waits for its ten seconds."""
    said = f"{REPLY_WORD} {GIVEN} {PHRASE}"
    clinic.text("inbound", NUMBER, f"{PHRASE} are you there")
    page = carol.get("thread", path)
    carol.submit("thread, note", page, "/note", note=said)
    carol.submit("thread, wrong reply", page, "/note", note="")
    hidden = next(form for form in read_page(page.body).forms if form["action"].partition("#")[0].endswith("/reply"))["hidden"]
    carol.post("thread, draft", f"{path}/draft", {**hidden, "text": said})
    carol.submit("thread, draft", carol.get("thread", path), "/draft/drop")
    carol.submit("thread, preview", carol.get("thread", path), "/reply", text=said, do="templates")
    carol.submit("thread, preview", carol.get("thread", path), "/reply", text=said, do="insert:refill")
    clinic.clock.advance(seconds=2)
    carol.submit("thread, reply", carol.get("thread", path), "/reply", text=said, do="send")
    page = carol.get("thread", path)
    undo = next(form["action"] for form in read_page(page.body).forms if "/undo/" in form["action"])
    carol.submit("thread", page, undo.partition("#")[0])
    clinic.clock.advance(seconds=2)
    carol.submit("thread, wrong reply", carol.get("thread", path), "/reply", text=said, do="later", at=PHRASE)
    carol.submit("thread, reply", carol.get("thread", path), "/reply", text=said, do="send")
    clinic.stream()
    clinic.minute()


PLACE, LINK = f"{REPLY_WORD} {WORDS[1]} street", f"https://video.example.org/{WORDS[1]}"


def waitlist(clinic: Clinic, carol: Person, patient: str) -> None:
    """On the waitlist, an opening entered and offered; the marks typed into every field of its forms."""
    path = f"/patients/{patient}/waitlist"
    form = carol.get("waitlist, entry", f"/console{path}")
    for field in ("kind", "visit_id", "start", "end", "clinician", "where", "notice", "priority", "do"):
        carol.submit("waitlist, wrong", form, path, **{"kind": "individual", "notice": "3", field: PHRASE})
    carol.submit("waitlist, entry", form, path, kind="individual", notice="3", do="save")
    start = clinic.clock.now.astimezone(ZoneInfo("America/Denver")) + timedelta(days=5)
    board = carol.get("waitlist", "/console/waitlist?program=adult")
    good = {
        "program": "adult", "start": f"{start:%Y-%m-%dT10:00}", "minutes": "50", "zone": "America/Denver", "kind": "individual",
        "clinician": "carol", "place": PLACE,
    }  # fmt: skip
    for field in ("program", "start", "minutes", "zone", "kind", "clinician", "form_id"):
        carol.submit("waitlist, wrong", board, "/waitlist/times", **{**good, field: PHRASE})
    carol.submit("waitlist, opening", board, "/waitlist/times", **good)
    carol.submit("waitlist, rules", board, "/waitlist/rules", program="adult", clinician=NAME, offers=PHRASE, notice=NUMBER)
    for _ in range(2):
        clinic.minute()
        clinic.stream()
    carol.get("waitlist", "/console/waitlist?program=adult")
    carol.get("urgent", f"/console/patients/{patient}/urgent")
    carol.submit("urgent, wrong", carol.get("urgent", f"/console/patients/{patient}/urgent"), f"/patients/{patient}/urgent", slot=PHRASE)


def visits(clinic: Clinic, carol: Person, patient: str) -> None:
    """Booked after every wrong form, told of, answered in every way, moved, called off, and taken in from files."""
    start = (clinic.clock.now + timedelta(hours=20)).astimezone(ZoneInfo("America/Denver"))
    new, path = f"/console/patients/{patient}/visits/new", f"/patients/{patient}/visits/new"
    page = carol.get("visit, new", new)
    good = {"start": f"{start:%Y-%m-%dT%H:%M}", "minutes": "50", "zone": "America/Denver", "kind": "individual", "clinician": "carol",
            "place": PLACE, "link": LINK, "rhythm": ""}  # fmt: skip
    for wrong in ({"start": PHRASE}, {"minutes": PHRASE}, {"place": PHRASE * 9}, {"link": PHRASE}, {"clinician": PHRASE * 9}, {"zone": NAME},
                  {"kind": PHRASE}, {"rhythm": PHRASE}, {"form_id": PHRASE}, {"version": PHRASE}):  # fmt: skip
        carol.submit("visit, wrong", page, path, **{**good, **wrong})
    carol.submit("visit, token", page, path, **{**good, "csrf": PHRASE})
    carol.submit("visit, preview", page, path, **good, do="preview")
    done = carol.submit("visit", page, path, **good, do="book")
    at = str(done.headers["Location"]).partition("/console")[2].partition("?")[0]
    opened = carol.follow("visit, page", done)
    for _ in range(2):
        clinic.minute()
        clinic.stream()
    for body in (f"{PHRASE} what time", "wrong day?", f"1 {PHRASE}", "1", "running 10 late", "2", "cant make it tmrw", "1"):
        clinic.text("inbound", NUMBER, body)
        clinic.stream()
    carol.get("visit, page", f"/console{at}")
    carol.get("thread", f"/console/threads/{patient}")
    carol.get("visits", f"/console/visits?program=adult&day={start:%Y-%m-%d}&span=week")
    carol.submit("visit, status", opened, "/status", status=PHRASE)
    carol.submit("visit, status", carol.get("visit, page", f"/console{at}"), "/status", status="booked")
    carol.submit("visit, status", carol.get("visit, page", f"/console{at}"), "/said", said=PHRASE)
    edit = carol.get("visit, edit", f"/console{at}/edit")
    carol.submit("visit, wrong", edit, f"{at}/edit", **{**good, "place": NAME * 9})
    later = {**good, "start": f"{start + timedelta(days=2):%Y-%m-%dT%H:%M}", "place": f"{REPLY_WORD} lane"}
    carol.submit("visit", edit, f"{at}/edit", **later, do="book")
    carol.submit("visit, stale", edit, f"{at}/edit", **good, do="book")
    _visit_files(carol, start)
    clinic.minute()


def _visit_files(carol: Person, start: datetime) -> None:
    rows = f"visit_id,record_id,start,place,{TAG}\n{PHRASE},{PHRASE},{start:%Y-%m-%d %H:%M},{PLACE},x\n{NAME},,{PHRASE},,\n"
    event = f"UID:{PHRASE}\r\nSUMMARY:{NAME}\r\nDTSTART:{start:%Y%m%dT%H%M%S}\r\nLOCATION:{PLACE}\r\nATTENDEE;CN={GIVEN}:tel:{NUMBER}"
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n{PHRASE}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    for text in (rows, calendar, PHRASE):
        page = carol.get("visits, import", "/console/visits/import")
        checked = carol.upload("visits, import", page, "/visits/import", program="adult", clinician="carol", file=text, do="check")
        if b'name="mark"' in checked.body:
            carol.upload("visits, import", checked, "/visits/import", do="apply")


def crisis(clinic: Clinic, carol: Person, patient: str) -> None:
    """Paged, answered, joined, escalated, taken, reached, closed; and every wrong move."""
    clinic.text("inbound, crisis", SECOND, CRISIS)
    clinic.text("inbound, crisis", SECOND, CRISIS, sid="SM" + "c" * 32)
    clinic.text("inbound, crisis", SECOND, CRISIS, sid="SM" + "c" * 32)
    clinic.text("inbound, crisis", STRANGER, SELF)
    clinic.text("inbound, crisis", NUMBER, f"STOP {SELF}")
    clinic.minute(minutes=2)
    clinic.text("inbound, crisis", SECOND, f"{SELF} again")
    clinic.text("inbound, TEXT", SECOND, "TEXT")
    clinic.stream()
    for row in _answer_rows(clinic):
        clinic.status(row, "sent", To=SECOND)
        clinic.status(row, "undelivered", To=SECOND, ErrorCode="30007", ErrorMessage=PHRASE)
    clinic.minute(minutes=2)
    clinic.minute(minutes=6)
    inbox = carol.get("inbox", "/console/inbox?program=adult")
    carol.get("inbox", "/console/inbox?program=unmatched")
    for thread in dict.fromkeys(re.findall(r"/console/threads/(\w+)", inbox.body.decode())):
        _take(clinic, carol, f"/console/threads/{thread}")
    carol.post("incident, missing", f"/console/incidents/{patient}/acknowledge", {"csrf": _csrf(inbox)})


def _take(clinic: Clinic, carol: Person, path: str) -> None:
    first = carol.get("thread", path)
    if b"/acknowledge" not in first.body:
        return
    carol.submit("incident, token", first, "/acknowledge", csrf=PHRASE)
    taken = carol.submit("incident", first, "/acknowledge")
    page = carol.follow("thread", taken)
    for choice in (PHRASE, "read_will_call", "read_can_text"):
        carol.submit("I read it", page, "/read-this", choice=choice)
    page = carol.get("thread", path)
    if item := re.search(r"/console/incidents/(\w+)/", page.body.decode()):
        on_the_phone(clinic, carol, carol.get("item", f"/console/incidents/{item[1]}"))
    _workspace(carol, re.search(r"/console/incidents/(\w+)/", page.body.decode()))
    carol.submit("incident, wrong", page, "/resolve", disposition=PHRASE)
    carol.submit("incident", page, "/resolve", disposition="visit_arranged")
    carol.submit("incident", page, "/unable")
    carol.submit("incident", page, "/contacted")
    carol.submit("incident", page, "/resolve", disposition="visit_arranged")
    carol.submit("incident", page, "/resolve", disposition="visit_arranged")
    carol.submit("incident", first, "/acknowledge")
    carol.get("thread", path)


def _workspace(carol: Person, found: re.Match[str] | None) -> None:
    """The item's own page: marked, asked for, handed over, with a phrase wherever a word is taken."""
    assert found is not None
    path = f"/console/incidents/{found[1]}"
    page = carol.get("item", path)
    carol.submit("incident", page, "/mark", mark="false")
    carol.submit("incident", page, "/mark", mark=PHRASE)
    carol.submit("incident", page, "/ask", kind="urgent_visit")
    carol.submit("incident", page, "/ask", kind=PHRASE)
    carol.submit("incident", page, "/unable", how=PHRASE)
    carol.post("incident", "/console/tasks/end", {"csrf": _csrf(page), "program": PHRASE, "task": PHRASE, "back": PHRASE})
    carol.get("item, transfer", f"{path}/transfer")
    note = carol.get("item, note", f"{path}/note")
    seen = carol.submit("item, note", note, "/note", done=PHRASE, offered_988="call", recipient=PHRASE, discloser=PHRASE, told_at=PHRASE, nature=PHRASE, do="preview")
    carol.submit("item", seen, "/note", do="keep")
    carol.post("item, transfer", f"{path}/transfer", {"csrf": _csrf(page), "to": PHRASE})
    carol.get("item", path)
    carol.get("board, not hers", "/console/crisis-board")


def _csrf(page: Any) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.body.decode())
    return found[1] if found else ""


def _answer_rows(clinic: Clinic) -> list[str]:
    """The rows that TwiML answers named in their callback addresses."""
    bodies = [piece.data.decode() for piece in clinic.evidence.pieces if piece.place == "response body" and "inbound, crisis" in piece.where]
    return list(dict.fromkeys(row.replace("%2E", ".") for body in bodies for row in re.findall(r"[?]row=([\w.%]+)", body)))


def through_aws(clinic: Clinic) -> None:
    """The other carrier: texts and events through SNS, the crisis answer sent directly."""
    for body in (f"{PHRASE} hello", CRISIS, "", f"HELP {PHRASE}"):
        clinic.sns("eum_inbound", _eum_text(body))
    clinic.sns("eum_inbound", {"messageBody": PHRASE, "originationNumber": NUMBER})
    clinic.sns("eum_inbound", {**_eum_text(PHRASE), "originationNumber": NAME})
    clinic.stream()
    for kind in ("TEXT_DELIVERED", "TEXT_CARRIER_BLOCKED", "TEXT_NONSENSE", "VOICE_ANSWERED"):
        clinic.sns("eum_event", {**_eum_event(clinic), "eventType": kind})
    clinic.sns("eum_event", {"eventType": "TEXT_DELIVERED", "messageBody": PHRASE, "destinationPhoneNumber": NUMBER})


def _eum_text(body: str) -> dict[str, str]:
    _eum_text.count = getattr(_eum_text, "count", 0) + 1  # type: ignore[attr-defined]
    return {
        "originationNumber": EUM_NUMBER, "destinationNumber": CLINIC_NUMBER, "messageKeyword": "KEYWORD_000000000000",
        "messageBody": body, "inboundMessageId": f"eum-{_eum_text.count}",  # type: ignore[attr-defined]
    }


def _eum_event(clinic: Clinic) -> dict[str, Any]:
    rows = _rows(clinic)
    return {
        "messageId": "11111111-2222-3333-4444-555555555555", "eventTimestamp": int(clinic.clock.now.timestamp() * 1000),
        "destinationPhoneNumber": EUM_NUMBER, "messageBody": PHRASE, "context": {"row": rows[-1] if rows else "a.b"},
    }


def outages(clinic: Clinic) -> None:
    """Each service away in turn, an ordinary text and a crisis each time; then the parked ones come back."""
    clinic.restart()  # without store and key at once, before a data key is at hand
    for away in (DB | KMS, DB, KMS, {"sns"}, {"sqs"}, DB | {"sqs"}, DB | {"sns"}):
        clinic.cloud.down = away
        _both(clinic, "+".join(sorted(away)))
        if away > DB:
            clinic.status("a.b", "delivered", To=NUMBER)
            clinic.minute()
            clinic.hour()
    clinic.cloud.down = set()
    clinic.queues()
    clinic.trigger("replay_parked", {"Records": [{"messageId": "1", "body": f"{PHRASE} not ours"}]})
    clinic.trigger("replay_parked", {"Records": [{"messageId": "1", "body": '{"carrier": "twilio", "carrier_id": "SM1", "body": "' + PHRASE + '", "sealed": "AAAA"}'}]})
    clinic.stream()


def _both(clinic: Clinic, what: str) -> None:
    clinic.text(f"inbound, no {what}", NUMBER, f"{PHRASE} while {what} is away")
    clinic.text(f"inbound, no {what}", SECOND, CRISIS)
    clinic.text(f"inbound, no {what}", NEW, "STOP")
    clinic.sns("eum_inbound", _eum_text(CRISIS))


def refusals_and_doubt(clinic: Clinic, carol: Person, patient: str) -> None:
    """The carrier says no, is busy, hangs up, is gone; the key or the store is away at the moment of sending."""
    path = f"/console/threads/{patient}"
    clinic.text("inbound", SECOND, f"{PHRASE} are you there")
    answers: list[Any] = [REFUSED, BUSY, "hang up", (500, {"message": f"{PHRASE} {NUMBER}"}), (400, {"code": 21211, "message": f"The 'To' number {NUMBER} is not valid"}), (201, {})]
    for answer in answers:
        clinic.clock.advance(seconds=2)
        clinic.carrier.answer = answer
        page = carol.get("thread", path)
        carol.submit("thread, reply", page, "/reply", text=f"{REPLY_WORD} {PHRASE}")
        clinic.stream()
    clinic.carrier.answer = "ok"
    for service in ("kms", "dynamodb"):
        clinic.clock.advance(seconds=2)
        page = carol.get("thread", path)
        carol.submit("thread, reply", page, "/reply", text=f"{REPLY_WORD} {PHRASE}")
        clinic.stream(away={service})
        form = carol.get("register", "/console/register?program=adult")
        clinic.cloud.down = {service}
        carol.get("thread, away", path)
        carol.get("inbox, away", "/console/inbox?program=adult")
        carol.submit("thread, away", page, "/reply", text=f"{REPLY_WORD} {PHRASE}")
        carol.post("find, away", "/console/find", {"asked": NAME, "csrf": _csrf(page)})
        carol.submit("register, away", form, "/register", **_form(NAME, NEW), shared_known="on")
        clinic.cloud.down = set()


def bad_webhooks(clinic: Clinic) -> None:
    """Unsigned, unreadable, of a carrier we do not have, of a kind we do not take."""
    fields = a_text("SM" + "b" * 32, NUMBER, CLINIC_NUMBER, CRISIS)
    kinds = {"Content-Type": "application/x-www-form-urlencoded"}
    clinic.webhook("unsigned", INBOUND, fields, **{"X-Twilio-Signature": "AAAA"})
    clinic.post("unsigned", INBOUND, kinds, b"Body=" + PHRASE.encode())
    clinic.webhook("unreadable", INBOUND, {name: value for name, value in fields.items() if name != "MessageSid"})
    clinic.webhook("unreadable", INBOUND, {"MessageSid": PHRASE, "From": "", "To": NUMBER, "Body": PHRASE})
    clinic.webhook("unreadable", "/sms/twilio/status?row=a.b", {"MessageSid": "", "To": NUMBER, "Body": PHRASE})
    clinic.webhook("no such carrier", "/sms/nobody/inbound", fields)
    clinic.post("other kind", INBOUND, {"Content-Type": "text/plain"}, PHRASE.encode())
    clinic.post("json", INBOUND, {"Content-Type": "application/json", "X-Twilio-Signature": "AAAA"}, b'{"Body": "' + PHRASE.encode())
    clinic.webhook("odd sid", INBOUND, {**fields, "MessageSid": "SM#" + "f" * 31})
    clinic.webhook("fields", INBOUND, {**fields, "MessageSid": "SM" + "f" * 32, "NumMedia": PHRASE, "OptOutType": NAME, "NumSegments": NAME})


def turned_away(clinic: Clinic, carol: Person, patient: str) -> None:
    """A clinician of another program, nobody signed in, addresses that are none, a session that ended."""
    path, dan, nobody = f"/console/threads/{patient}", clinic.person("dan"), clinic.person("nobody")
    dan.sign_in()
    for away in (path, f"{path}/news", f"/console/patients/{patient}", "/console/inbox?program=adult", f"/console/register?thread={patient}"):
        dan.get("turned away", away)
        nobody.get("turned away", away)
    token = _csrf(dan.get("find, empty", "/console/find"))
    dan.post("find, other program", "/console/find", {"asked": NAME, "csrf": token})
    for move in ("reply", "settle"):
        dan.post("turned away", f"{path}/{move}", {"text": f"{REPLY_WORD} {PHRASE}", "csrf": token, "form_id": "0" * 26})
        nobody.post("turned away", f"{path}/{move}", {"text": f"{REPLY_WORD} {PHRASE}", "csrf": token})
    nobody.post("turned away", "/console/register", _form(NAME, NEW))
    nobody.post("turned away", "/console/find", {"asked": NAME})
    nobody.post("sign-in", "/console/sign-in", {"username": NAME, "password": PHRASE})
    nobody.post("sign-in", "/console/sign-in/challenge", {"kind": "code", "username": "carol", "state": "s", "answer": PHRASE})
    for missing in ("/console/threads/nothing", "/console/patients/nothing", "/console/nothing", "/console/static/nothing.css"):
        carol.get("missing", missing)
    page = carol.get("thread", path)
    clinic.clock.advance(minutes=45)
    carol.submit("thread, signed out", page, "/reply", text=f"{REPLY_WORD} {PHRASE}")
    carol.sign_in()


def unknown_numbers(clinic: Clinic, carol: Person) -> None:
    """A number that belongs to nobody: its thread, its number on the form that registers who wrote."""
    inbox = carol.get("inbox", "/console/inbox?program=unmatched")
    for thread in dict.fromkeys(re.findall(r"/console/threads/(\w+)", inbox.body.decode())):
        page = carol.get("thread", f"/console/threads/{thread}")
        carol.get("register", f"/console/register?thread={thread}")
        clinic.clock.advance(seconds=1)
        carol.submit("thread, reply", page, "/reply", text=f"{REPLY_WORD} who is writing? {PHRASE}")
    clinic.stream()


def asked_on_page(clinic: Clinic, carol: Person) -> None:
    """Somebody asks for texts on the web page, in every wrong way and in danger, then as it should be; their phone says yes."""
    phone, at = Person("her phone", clinic.http, clinic.evidence), "/p/texts?lang=en"
    page = phone.get("page, texts", "/p/texts")
    right = {"number": THIRD, "name": NAME, "born": BORN, "speaks": "en", "kind_appointments": "yes", "risk": "yes", "do": "ask"}
    phone.submit("page, texts", page, at, **{**right, "born": PHRASE})
    phone.submit("page, texts", page, at, **{**right, "form": PHRASE})
    phone.submit("page, texts, danger", page, at, **{**right, "name": f"{SELF} {NAME}"})
    for down in (DB, KMS):
        clinic.cloud.down = down
        phone.submit("page, texts", page, at, **right)
        phone.submit("page, texts, danger", page, at, **{**right, "born": SELF})
    clinic.cloud.down = set()
    phone.follow("page, texts", phone.submit("page, texts", page, at, **right))
    for _ in range(3):
        clinic.minute()
        clinic.stream()
    clinic.text("inbound, yes", THIRD, "1")
    clinic.stream()
    carol.sign_in()
    inbox = carol.get("inbox", "/console/inbox?program=unmatched")
    for thread in dict.fromkeys(re.findall(r"/console/threads/(\w+)", inbox.body.decode())):
        carol.get("thread", f"/console/threads/{thread}")


def by_mail(clinic: Clinic, carol: Person) -> None:
    """Somebody without a phone: how to reach them, a page that goes by e-mail, and SES's word that it came back, address and all."""
    carol.sign_in()
    form = {name: value for name, value in _form(NAME, "").items() if name not in ("consent", "consent_by", "answers")}
    done = carol.submit("register", carol.get("register", "/console/register?program=adult"), "/register", **form, no_phone="on")
    patient = _patient_of(done)
    path = f"/console/patients/{patient}/reach"
    said = {"phone": "none", "email": f"{GIVEN}@example.org", "email_whose": "self", "letter": f"{NAME}\n{PHRASE}", "language": "", "first": "email"}
    carol.follow("reach", carol.submit("reach", carol.get("reach", path), "/reach", **said))
    carol.submit("reach", carol.get("reach", path), "/reach/agree", channel="email", wants="yes", medium="verbal", said=PHRASE)
    thread = f"/console/threads/{patient}"
    carol.submit("thread, reply", carol.get("thread", thread), "/reply", text=f"{PHRASE} {NAME}", do="page:message")
    clinic.clock.advance(seconds=12)
    clinic.stream()
    clinic.minute()
    rows = [row.removeprefix("m#") for row in _rows(clinic) if row.startswith(patient)]
    for row in rows:
        tags = {"thread": [patient], "message": [row.partition(".")[2]]}
        mail = {"destination": [f"{GIVEN}@example.org"], "commonHeaders": {"subject": PHRASE}, "tags": tags}
        clinic.sns("eum_event", {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": f"{GIVEN}@example.org"}]}, "mail": mail})
        clinic.sns("eum_event", {"eventType": "Complaint", "complaint": {"userAgent": PHRASE}, "mail": mail})
    clinic.sns("eum_event", {"eventType": "Bounce", "mail": PHRASE})
    for _ in range(2):
        clinic.clock.advance(minutes=1)
        clinic.minute()


def safe_phone(clinic: Clinic, carol: Person, patient: str) -> None:
    """A plan with all that a person may write in it, a wrong one before it; its word in a text, what only tightens, and a doubt."""
    path = f"/console/patients/{patient}/safe-phone"
    carol.sign_in()
    page = carol.get("plan", path)
    said = {
        "hours": "house", "level": "0", "phone": "safe", "voicemail": "no", "others": f"{GIVEN} {FAMILY}", "way": f"{PHRASE} {STRANGER}",
        "avoid": NAME, "agreed": f"{PHRASE} {NUMBER}", "word": WORDS[1], "duress": REPLY_WORD, "how": "in_person",
    }
    carol.submit("plan, wrong", page, "/safe-phone", **{**said, "agreed": PHRASE * 40})
    carol.follow("plan", carol.submit("plan", page, "/safe-phone", **said))
    carol.get("thread", f"/console/threads/{patient}")
    for text in ("PRIVATE", "QUIET", f"the {REPLY_WORD} is on the stove", "wrong number"):
        clinic.text("inbound, not safe", SECOND, text)
        clinic.stream()
    carol.get("plan", path)
    carol.get("numbers", "/console/numbers")
    carol.get("passkeys", "/console/passkeys")
    carol.get("thread", f"/console/threads/{patient}")


def stop_and_start(clinic: Clinic) -> None:
    for number in (NUMBER, STRANGER, NEW):
        for body in ("STOP", "STOP", f"please stop {PHRASE}", "START", "HELP", "cancel"):
            clinic.clock.advance(seconds=20)
            clinic.text("inbound", number, body)
            clinic.stream()
    clinic.text("inbound", NUMBER, "STOP", OptOutType="STOP")
    clinic.text("inbound, crisis", NUMBER, CRISIS)


def weeks_text(clinic: Clinic) -> None:
    """A Monday: from the clinic's second number to its first, as it was written and with more in it; then the log is looked at."""
    local = clinic.clock.now.astimezone(ZoneInfo("America/Denver"))
    clinic.clock.now = (local + timedelta(days=7 - local.weekday())).replace(hour=10, minute=0, second=30).astimezone(UTC)
    clinic.hour()
    clinic.minute()
    body = next(fields["Body"] for fields in reversed(clinic.carrier.taken) if fields.get("From") == OWN_SECOND)
    sent = clinic.clock.now
    clinic.text("inbound, week's text", OWN_SECOND, body, "SM" + "5" * 32)
    clinic.text("inbound, week's text and more", OWN_SECOND, f"{body} {CRISIS}")
    clinic.carrier.log = [a_line("SM" + "5" * 32, OWN_SECOND, CLINIC_NUMBER, body, sent)]
    clinic.clock.advance(hours=1)
    clinic.hour()
    clinic.minute()


def what_comes_due(clinic: Clinic) -> None:
    for later in (1, 5, 10, 30, 120, 1440):
        clinic.minute(minutes=later)
        clinic.stream()
        clinic.queues()


def reconciled(clinic: Clinic) -> None:
    """The carrier's log knows texts that never reached us, and what became of those that left in doubt."""
    earlier = clinic.clock.now - timedelta(hours=1)
    clinic.carrier.log = [
        a_line("SM" + "a" * 32, NUMBER, CLINIC_NUMBER, f"{PHRASE} you missed this", earlier),
        a_line("SM" + "9" * 32, SECOND, CLINIC_NUMBER, CRISIS, earlier),
        a_line("SM" + "8" * 32, NAME, CLINIC_NUMBER, f"{PHRASE} {NAME}", earlier),
        a_line("SM" + "7" * 32, CLINIC_NUMBER, NUMBER, f"{REPLY_WORD} {PHRASE}", earlier, "outbound-api", "delivered"),
        {"sid": "SM" + "6" * 32, "direction": "inbound", "from": None, "date_sent": PHRASE},
    ]
    clinic.hour()
    clinic.trigger("reconcile_now", {"Records": [{"messageId": "1", "body": "{}"}]})
    clinic.minute(minutes=30)
    clinic.stream()

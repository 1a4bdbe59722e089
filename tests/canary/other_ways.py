"""What reaches a patient besides a text, and what opens a record besides a program: an e-mail, an automated call, a code, each page
that is sent, and a glass that is broken, with marks in all that is content."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from .browser import Person, read_page
from .clinic import Clinic
from .marks import AT_HOME, BORN, EMAIL, FAMILY, GIVEN, NAME, PHRASE, THIRD, WORDS

OWN = f"my {WORDS[1]}"
PURPOSES = ("visits", "choices", "form", "room", "resources")


def other_ways(clinic: Clinic, carol: Person, patient: str) -> None:
    """`patient`: whom a way besides texts reaches."""
    path = f"/console/threads/{patient}"
    plan = f"/console/patients/{patient}/safe-phone"
    carol.submit("plan", carol.get("plan", plan), "/safe-phone", hours="house", level="0", phone="safe", word=OWN, how="in_person")
    _sheet(carol, patient)
    start = (clinic.clock.now + timedelta(days=3)).astimezone(ZoneInfo("America/Denver")).replace(hour=11, minute=0)
    _visit(carol, patient, start.strftime("%Y-%m-%dT%H:%M"))
    for purpose in PURPOSES:
        _page(clinic, carol, path, purpose)
    for first in ("email", "landline"):
        _reminded(clinic, carol, patient, first)
    _glass(clinic, patient)


def _sheet(carol: Person, patient: str) -> None:
    """How they can be reached, with an address in each field; a wrong one before it; and their yes to each."""
    path = f"/console/patients/{patient}/reach"
    page = carol.get("reach", path)
    wrong = {"phone": "own", "email": f"{PHRASE} {EMAIL}", "landline": f"{NAME} {AT_HOME}", "letter": f"{NAME}, {PHRASE}", "language": PHRASE}
    carol.submit("reach, wrong", page, "/reach", **wrong)
    good = {"phone": "own", "email": EMAIL, "email_whose": "self", "landline": AT_HOME, "letter": f"{NAME}, 1 {WORDS[1]} street"}
    page = carol.follow("reach", carol.submit("reach", page, "/reach", **good))
    for channel in ("email", "landline"):
        carol.submit("reach", carol.get("reach", path), "/reach/agree", channel=channel, wants="yes", medium="verbal", said=PHRASE)


def _visit(carol: Person, patient: str, start: str) -> None:
    page = carol.get("visit, new", f"/console/patients/{patient}/visits/new")
    booked = {"start": start, "minutes": "50", "zone": "America/Denver", "kind": "individual", "clinician": "carol", "place": "",
              "link": f"https://video.example.org/{WORDS[1]}", "remote": "yes", "rhythm": ""}  # fmt: skip
    carol.submit("visit", page, f"/patients/{patient}/visits/new", **booked, do="book")


def token_in(clinic: Clinic, said: str) -> str:
    """Remembered apart: `test_canary` asks where else it stands."""
    found = re.findall(r"/p/([0-9a-f]{32})", said)
    clinic.evidence.see("link's token", "made", found[-1])
    return str(found[-1])


def _page(clinic: Clinic, carol: Person, path: str, purpose: str) -> None:
    """Sent, looked at by somebody else, asked for a code, opened and used; each with marks where a patient can type."""
    clinic.clock.advance(seconds=2)
    carol.submit("thread, reply", carol.get("thread", path), "/reply", text=PHRASE, do=f"page:{purpose}", page_form="before_visit", share_sleep="yes")
    clinic.clock.advance(seconds=12)
    clinic.stream()
    clinic.minute()
    lines = [fields["Body"] for fields in clinic.carrier.taken if "/p/" in fields.get("Body", "")]
    clinic.evidence.see("page's line", purpose, lines[-1])
    at = f"/p/{token_in(clinic, lines[-1])}"
    phone = Person("her phone", clinic.http, clinic.evidence)
    asks = phone.get("page, asks", at)
    for do in ("code_email", "code_call"):
        phone.submit("page, code", asks, f"{at}?lang=en", do=do, answer=PHRASE, draft=PHRASE)
        clinic.stream()
        clinic.clock.advance(minutes=1)
    phone.submit("page, wrong", asks, f"{at}?lang=en", answer=f"{NAME} {PHRASE}", do="open")
    opened = phone.submit("page, open", asks, f"{at}?lang=en", answer=OWN, do="open")
    page = phone.follow(f"page, {purpose}", opened)
    typed: dict[str, dict[str, str]] = {
        "visits": {"do": "wait", "when": PHRASE, "place": PHRASE, "visit": f"{PHRASE} {THIRD}"},
        "choices": {"do": "decline", "kind": PHRASE},
        "form": {"do": "fill", "text": f"{PHRASE} {NAME}", "about": "before_visit"},
        "room": {"do": "broken", "text": f"{PHRASE} {NAME}", "what": PHRASE},
        "resources": {"do": "send", "text": f"{PHRASE} {NAME}"},
    }
    hidden: dict[str, str] = {}
    for form in read_page(page.body).forms:
        hidden |= form["hidden"]
    label = "page, answer" if purpose == "resources" else f"page, {purpose}"  # nothing is typed there: it waits behind the question
    phone.post(label, f"{at}?lang=en", {**hidden, **typed[purpose]})
    phone.post("page, leave", at, {"do": "leave"})


def _reminded(clinic: Clinic, carol: Person, patient: str, first: str) -> None:
    """A reminder by an e-mail, or by a call to another telephone: every word of it is on record."""
    carol.sign_in()
    path = f"/console/patients/{patient}/reach"
    page = carol.get("reach", path)
    carol.submit("reach", page, "/reach", phone="none" if first == "landline" else "own", email="" if first == "landline" else EMAIL,
                 email_whose="self", landline=AT_HOME, letter=NAME, first=first)  # fmt: skip
    if first == "landline":
        start = (clinic.clock.now + timedelta(days=2)).astimezone(ZoneInfo("America/Denver")).replace(hour=11, minute=0)
        _visit(carol, patient, start.strftime("%Y-%m-%dT%H:%M"))
    for hours in (20, 6, 6, 6, 6, 6, 6, 6):
        clinic.minute(hours=hours)
        clinic.stream()
        clinic.minute()
        clinic.stream()
    if first == "landline" and any("Url" in fields and fields.get("To") == AT_HOME for fields in clinic.carrier.taken):
        _answered(clinic)


def _answered(clinic: Clinic) -> None:
    """A person hears it, and a machine; the keys, and what are none."""
    row = clinic.rung()
    for moment, keys in (("", ""), ("before", "1"), ("menu", "1"), ("menu", PHRASE), ("choice", PHRASE), ("choice", "2")):
        said = clinic.call("script", row, moment, label="call told", Digits=keys)
        clinic.evidence.see("voice script", "twilio", said.body)
    clinic.call("script", row, label="call told", AnsweredBy="machine_end_beep")
    clinic.call("status", row, CallStatus="completed", To=AT_HOME)
    clinic.minute()


def _glass(clinic: Clinic, patient: str) -> None:
    """Dan, of another program: what he types to find somebody, why, and what he is shown."""
    dan = clinic.person("dan")
    dan.sign_in()
    page = dan.get("glass", "/console/open-record")
    for find in (NAME, PHRASE, str(BORN), THIRD[:7], ""):
        dan.submit("glass, wrong", page, "/open-record", find=find, ground="suicide", words=f"{PHRASE} {GIVEN}", cannot_ask="yes")
    dan.submit("glass, wrong", page, "/open-record", find=patient, ground=PHRASE, words=PHRASE * 20, cannot_ask="yes")
    for find in (THIRD, patient):
        done = dan.submit("glass", page, "/open-record", find=find, ground="suicide", words=f"{PHRASE} {FAMILY}", cannot_ask="yes")
        if done is not None and done.status_code == 303:
            dan.follow("glass", done)
    for later in range(3):
        clinic.minute(minutes=1 + later)
        clinic.stream()
    dan.get("glass, thread", f"/console/threads/{patient}")

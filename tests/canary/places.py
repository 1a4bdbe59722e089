"""Every place that is searched, and the few in which content may be: the place, whose it is, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .marks import MARKS

PLACES: dict[str, str] = {
    "table key": "key attributes, of tables and of indexes: CloudTrail's data events show them",
    "table attribute": "every other attribute of every row: a table export shows them",
    "table attribute's name": "the names of attributes",
    "stream record": "keys, new and old images of every table's stream",
    "queue message": "body and attributes of every message on every queue, pages on their topic among them",
    "kms context": "encryption contexts: CloudTrail shows them in clear",
    "aws address": "the address of every request to AWS",
    "aws header": "the headers of every request to AWS",
    "aws body": "the body of every request to AWS but for a carrier's own fields",
    "carrier address": "the address of every request to the carrier",
    "carrier header": "its headers",
    "page's line": "the text that brings a link to a patient's page: nothing of the page may be in it",
    "e-mail": "subject and body of an e-mail: a neutral line and a link",
    "voice script": "what an automated call to a patient says, from the first word to the last",
    "link's token": "as it was made; where else it stands is a test of its own",
    "carrier field": "each field of what the carrier is asked to send, the callback's address and the context among them",
    "log record": "every record of every logger at DEBUG, with its extras and traceback",
    "standard output": "all that the process printed: logs and metrics, as CloudWatch takes them",
    "standard error": "the same",
    "exception of ours": "message, fields and cause of each, caught or not",
    "escaped exception": "the whole traceback of what left a trigger: Lambda logs it",
    "function's answer": "what a function gave back to its event source",
    "address asked": "what a browser asked for: API Gateway's access log shows it",
    "address in a page": "every href, src and action of every page, to be asked for next",
    "telephone link": "what a page gives to a telephone",
    "response header": "the headers of every response, redirects and cookies among them",
    "response body": "every page, TwiML and refusal",
    "PDF": "every PDF that a page gave, unpacked and read: its bytes would hide anything",
    "file": "every file of every bucket, unpacked: seals of the trail, dropped visits and their reports, the laptop's CloudTrail",
    "file's name": "what it is called, and what is said beside it: S3's own log and data events show that",
    "carrier's log": "what the carrier's own log says of each text, a day after its words were to leave it",
}

_NAMES = [mark.name for mark in MARKS]
TEXT = frozenset(name for name in _NAMES if "phrase" in name or name == "reply")
PEOPLE = frozenset({"given name", "family name", "name"})
NUMBERS = frozenset(name for name in _NAMES if "number" in name)
BORN, TAGS = frozenset({"birth date"}), frozenset({"tag"})
MAIL = frozenset({"e-mail address"})
EVERYTHING = TEXT | PEOPLE | NUMBERS | BORN | TAGS | MAIL


@dataclass(frozen=True)
class Allowed:
    """`where` is matched whole."""

    place: str
    where: str
    marks: frozenset[str]
    why: str

    def covers(self, place: str, where: str, mark: str) -> bool:
        return place == self.place and mark in self.marks and re.fullmatch(self.where, where) is not None


ALLOWED: tuple[Allowed, ...] = (
    Allowed("carrier field", "ses Destination", MAIL | PEOPLE, "who carries an e-mail must know to whom"),
    Allowed("response body", "carol: reach(, wrong)? (200|400)", EVERYTHING, "how they can be reached, for the same; what they typed, given back"),
    Allowed("response body", "her phone: page, room 200", TEXT, "the way into their visit by video, for who showed that it is theirs"),
    Allowed("address in a page", "her phone: page, room", TEXT, "the same, to be pressed"),
    Allowed("response body", "her phone: page, code 200", TEXT, "what they typed before, kept in the form that asks who they are"),
    Allowed("response body", "dan: glass, wrong (400|409)", EVERYTHING, "what they typed, given back; it is kept nowhere"),
    Allowed("response body", "dan: glass, thread 200", EVERYTHING, "a record that was opened by breaking the glass"),
    Allowed("telephone link", "dan: glass, thread", NUMBERS | PEOPLE, "the same: a clinician calls from the page"),
    Allowed("carrier field", "twilio To|aws DestinationPhoneNumber", NUMBERS | PEOPLE, "the carrier must know whom to text; a sender may be a word"),
    Allowed("carrier field", "twilio From", frozenset({"clinic's second number"}), "by which of the clinic's own numbers a text leaves"),
    Allowed("carrier field", "twilio Body|aws MessageBody", TEXT | PEOPLE, "the carrier must know what to say"),
    Allowed("response body", "carol: thread(, preview|, wrong reply)? (200|400|409)", EVERYTHING, "the thread, for a signed-in person of its program"),
    Allowed("response body", "carol: item(, note)? 200", EVERYTHING, "an urgent item with its texts, for a signed-in person of its program"),
    Allowed("response body", "carol: my phone 200", NUMBERS, "her own phone, for herself alone"),
    Allowed("response body", "carol: patient 200", PEOPLE | NUMBERS | BORN | TAGS, "at a glance, for the same; no text of hers"),
    Allowed("response body", "carol: (inbox|rows) 200", PEOPLE | TAGS, "names and tags in a list, for the same; no text, no number"),
    Allowed("response body", "carol: practice (answer|note) 200", EVERYTHING, "what they typed to the practice patient, given back once and kept nowhere"),
    Allowed("response body", "carol: find 200", EVERYTHING, "who was found, for the same; and what they typed"),
    Allowed("response body", "dan: find, other program 200", PEOPLE, "what they typed, given back to them alone"),
    Allowed("response body", "carol: register 200", NUMBERS | PEOPLE, "the number that wrote, on the form that registers who"),
    Allowed("response body", "carol: register, (wrong 400|preview 200|number in use 409)", EVERYTHING, "what they typed, given back; nothing typed is lost"),
    Allowed("response body", "carol: visit(, page|, new|, edit|, preview|, stale)? (200|409)", TEXT | PEOPLE, "a visit with where and what they get, for the same"),
    Allowed("response body", "carol: visit, wrong 400", EVERYTHING, "what they typed, given back; nothing typed is lost"),
    Allowed("response body", "carol: waitlist, wrong 400", EVERYTHING, "what they typed, given back; and the names on the list"),
    Allowed("response body", "carol: waitlist, entry 200", PEOPLE, "whose entry the form is, for the same"),
    Allowed("response body", "carol: waitlist 200", PEOPLE, "names on the list, for the same"),
    Allowed("response body", "carol: plan(, wrong)? (200|400)", EVERYTHING, "the safe-phone plan, for the same; what they typed, given back"),
    Allowed("response body", "carol: numbers 200", PEOPLE | NUMBERS, "whose numbers are in doubt, for the same"),
    Allowed("response body", "carol: visits 200", PEOPLE, "names in the day's list, for the same"),
    Allowed("response body", "carol: visits, import (200|400)", EVERYTHING, "the file, given back to be taken in; it is kept nowhere in between"),
    Allowed("response body", "rita: (records|records, wrong|release|record file) (200|400)", EVERYTHING, "a record that is released, for a records person; what they typed, given back"),
    Allowed("PDF", "account", EVERYTHING, "to whom a record was released, for the same"),
    Allowed("response body", "her phone: page, read (200|400)", TEXT | PEOPLE, "the message, for who showed at the page that it is theirs"),
    Allowed("response body", "her phone: page, (answer|late) 403", EVERYTHING, "what they typed, kept in the form that asks who they are"),
    Allowed("response body", "her phone: page, texts (400|403|503)", EVERYTHING, "what they typed on the page that asks for texts, given back"),
    Allowed("response body", "carol: consent 200", PEOPLE | BORN, "what somebody typed there, and who it is, for a signed-in person of the program"),
    Allowed("response body", "nobody: sign-in 40[01]", PEOPLE, "a user name, given back to who typed it"),
    Allowed("response body", "carrier: call script 200", NUMBERS, "whom a call is put through to: the carrier must dial it"),
    Allowed("file", "DropBucket in", EVERYTHING, "the clinic's own file, as its schedule dropped it; a report beside it says lines and words of ours"),
    Allowed("carrier's log", "from|to", NUMBERS | PEOPLE, "whom the carrier knows; a sender may be a word"),
    Allowed("telephone link", "carol: (thread|patient|item)(, preview|, wrong reply)?", NUMBERS | PEOPLE, "a clinician calls from the page; a telephone link asks no server"),
)


def reason(place: str, where: str, mark: str) -> Allowed | None:
    """The row that allows this mark there, or None."""
    return next((row for row in ALLOWED if row.covers(place, where, mark)), None)

"""What a text means, besides danger: whose it is, a consent word, an answer, a reaction, or words for a person.

Pure: from the contact, the text and the instant to a frozen `Meaning`. The flow turns it into rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .consent import Scope, after_crisis, keeps, stopped
from .keywords import OF_KINDS, Word, bare
from .messages import InboundSms, Kind
from .people import Contact, Prompt, loud
from .place import Place as Place
from .place import open_prompt as open_prompt
from .place import place as place
from .triage import FirstLook
from .visit_replies import NOTHING, Reading

SAME_MOMENT = timedelta(minutes=2)  # a START this soon after a STOP may be older than it: the person stays stopped
REPLACED = timedelta(seconds=20)  # a digit this soon after a new question may answer the old one
LAPSE = timedelta(minutes=5)  # TCPA-7
GREETING = "greeting"
GREETS = (GREETING, "no_pictures")  # who has had one of these has been greeted
ASKS_FOR_TEXTS = "asks_for_texts"
STOP_KEEP = "stop_keep"  # the confirmation that asks what to keep
STOP_AFTER_CRISIS = "stop_after_crisis"
VISIT, BARRIER = "visit", "barrier"  # kinds of questions
WHO = "who"  # how we name ourselves
INITIALS = "initials"  # whose text it is, on a phone of several people
DOUBTS = (Word.WRONG_NUMBER, Word.NEW_OWNER)
ONCE_A_DAY = timedelta(days=1)
JOIN = "join"  # whether they really want texts
OFFER, MOVE = "offer", "move"  # a time from the waitlist; times for who needs another
MISSED, RETURN = "missed", "return"  # after a missed visit: what got in the way and a way back; a way back alone
BACK_TIME = {MISSED: "8", RETURN: "1"}
BACK_TALK = {MISSED: "9", RETURN: "2"}
BEFORE = ("mood", "homework", "forms")  # asked before a visit (`texts/previsit.toml`)
PICKS = {"first": "1", "second": "2", "third": "3"}  # of several times, in words
DIGITS = {"1": "confirmed", "2": "wants_move", "3": "cannot_come"}
DISTRESS = 2  # the tier of RULES §3.4 that pages nobody and still is no ordinary text


@dataclass(frozen=True, slots=True)
class Meaning:
    """`name` stands in the row. `note` asks a person to look. `answer` is a template's name and its kind."""

    name: str
    owed: bool = True  # somebody must answer
    note: str = ""
    consent: str = ""  # revoked or granted, for everything on this number; kept (by KEEP), joined; unsure: a person decides
    answer: tuple[Kind, str] | None = None
    expires_in: timedelta | None = None
    closes_prompt: bool = False
    visit: str = ""  # what it says of the visits that were asked about: a word of `core.appointments.CONFIRMATIONS`
    barrier: str = ""  # the digit by which they say what stands in the way
    offer: str = ""  # the digit by which they answer an offer
    back: str = ""  # after a missed visit they want: times, talk
    asked: str = ""  # which question before a visit they answer: a word of BEFORE
    before: str = ""  # the digit by which they do
    guess: str = ""  # the same as `visit`, when only a person may decide it
    asks: str = ""  # the question that the answer puts to them
    tightens: str = ""  # what they ask of this phone (TXT-1): private, quiet
    doubt: str = ""  # why this number may be somebody else's now: a word of `core.whose_number`
    reach: bool = False  # they stopped soon after a crisis: somebody reaches them another way


def read(
    sms: InboundSms, look: FirstLook, word: Word, contact: Contact, reply: Reading = NOTHING, of_offer: Reading = NOTHING
) -> Meaning:
    """The meaning of a text that is no reaction, as of when it came to the carrier or to us. A crisis text only means
    itself; STOP as the whole message is a STOP, and so is what the carrier took for one (TW-4). `reply`: what the text
    would say of a visit, if one was asked about; `of_offer`: of a time on offer, if one was offered.

    An opt-out is never read from a sentence with distress in it: a person does that (FAILURES 1.12).
    """
    if word is Word.STOP or sms.opt_out_type == "STOP":
        return _stop(sms, contact)
    if look.pages:  # what may be STOP in the same text holds what is automatic; only a person reads more into it
        unsure = word in (Word.STOP_SENTENCE, Word.MAYBE_STOP) and not stopped(contact)
        return Meaning("crisis", consent="unsure" if unsure else "")
    if word is Word.BY_TEXT and loud(contact):  # before any question's answer: somebody in danger cannot talk
        return Meaning(ASKS_FOR_TEXTS, note=ASKS_FOR_TEXTS)
    if word is Word.STOP_SENTENCE and look.tier > DISTRESS:
        return _stop(sms, contact)
    if said := _of_phone(sms, look, word, contact):
        return said
    if word is Word.KEEP and stopped(contact):
        return _keep(sms, contact)
    if word in (Word.START, Word.START_IF_STOPPED, Word.JOIN) and stopped(contact):
        return _start(sms, contact)
    if word is Word.JOIN:
        return _join(sms, contact)
    if word is Word.HELP:
        return Meaning("help", answer=None if sms.opt_out_type == "HELP" else (Kind.HELP, "help"))
    return _answer(sms, contact) or _of_visit(sms, look, word, contact, reply, of_offer) or _words(sms, word, contact)


def _stop(sms: InboundSms, contact: Contact) -> Meaning:
    kept = keeps(contact, Scope.APPOINTMENTS)
    reach = bool(contact.patients) and after_crisis(contact, sms.received_at)
    if stopped(contact) and not kept:  # said anew: a START that was written before it must not count as the way back (N1)
        return Meaning("stop_again", reach, STOP_AFTER_CRISIS if reach else "", "revoked", reach=reach)
    asks = bool(contact.patients) and not kept
    answer = None if sms.opt_out_type == "STOP" else (Kind.STOP_CONFIRMATION, STOP_KEEP if asks else "stop")
    note = "cancel_word" if sms.body.strip().lower().startswith("cancel") and contact.prompt else ""
    note = STOP_AFTER_CRISIS if reach else note
    return Meaning(
        "stop", bool(note), note, "revoked", answer=answer, expires_in=LAPSE, closes_prompt=True, reach=reach,
    )  # fmt: skip


def _keep(sms: InboundSms, contact: Contact) -> Meaning:
    """TCPA-8: they say what to keep. Only after the confirmation that asked, or when no STOP is as fresh as this."""
    asked = contact.keep_asked_at is not None and contact.keep_asked_at == contact.stopped_at
    if not asked and contact.stopped_at is not None and sms.received_at - contact.stopped_at < SAME_MOMENT:
        return Meaning("start_after_stop", note="start_after_stop")
    return Meaning("keep", owed=False, consent="kept", answer=(Kind.KEEP_CONFIRMATION, "kept"), expires_in=LAPSE)


def _join(sms: InboundSms, contact: Contact) -> Meaning:
    """A poster's word asks for texts: asked back once, so that a number that somebody else typed agrees to nothing."""
    return Meaning("join", owed=False, answer=(Kind.NOTICE, "join"), asks=JOIN)


def _of_phone(sms: InboundSms, look: FirstLook, word: Word, contact: Contact) -> Meaning | None:
    """Whose phone it is, who we are to it, and what is asked of it."""
    if word in OF_KINDS and contact.patients and not stopped(contact):
        return _no_kind(look, word, contact)
    if word in DOUBTS:
        return _wrong_number(contact, word)
    if word is Word.WHO:
        return _who(sms, contact)
    if word in (Word.PRIVATE, Word.QUIET) and contact.patients and not stopped(contact):
        return Meaning(word, owed=False, tightens=word)
    return None


def _no_kind(look: FirstLook, word: Word, contact: Contact) -> Meaning:
    """TCPA-8: one kind, where one person named it and nothing else. Else a person decides, and all that is automatic waits."""
    if len(contact.patients) == 1 and look.tier > DISTRESS:
        return Meaning(word, owed=False, tightens=word)
    return Meaning("words", note="maybe_stop", consent="unsure")


def _wrong_number(contact: Contact, word: Word) -> Meaning:
    """SAFE-7: one line without a name, no further text, and a person who detaches it or finds that it is theirs."""
    answer = None if stopped(contact) else (Kind.STOP_CONFIRMATION, "wrong_number")
    return Meaning(
        "wrong_number", note="wrong_number", consent="revoked", answer=answer, expires_in=LAPSE, closes_prompt=True, doubt=word,
    )  # fmt: skip


def _who(sms: InboundSms, contact: Contact) -> Meaning:
    """SAFE-7, P2-4: how we name ourselves on this phone and nothing else; a person sees that somebody asked."""
    return Meaning("who", note="asks_who", answer=_once_a_day(sms, contact, WHO))


def _once_a_day(sms: InboundSms, contact: Contact, template: str) -> tuple[Kind, str] | None:
    """Of these lines one a day, to who has not stopped us."""
    told = contact.who_at is not None and sms.received_at - contact.who_at < ONCE_A_DAY
    return None if told or stopped(contact) else (Kind.PHONE_ANSWER, template)


def _start(sms: InboundSms, contact: Contact) -> Meaning:
    if contact.stopped_at is not None and sms.received_at - contact.stopped_at < SAME_MOMENT:
        return Meaning("start_after_stop", note="start_after_stop")
    answer = None if sms.opt_out_type == "START" else (Kind.START_CONFIRMATION, "start")
    return Meaning("start", owed=False, consent="granted", answer=answer, expires_in=LAPSE)


def _answer(sms: InboundSms, contact: Contact) -> Meaning | None:
    """An answer is the whole message and one of the accepted ones: a number inside a sentence is not (C13)."""
    asked = open_prompt(contact, sms.received_at)
    said = sms.page.choice if sms.page else bare(sms.body)
    if asked is None or said not in asked.accepted:
        return None
    if asked.replaced and sms.received_at - asked.opened_at < REPLACED:
        return Meaning("ask_again", answer=(Kind.PHONE_ANSWER, "ask_again"))  # the question's own text has used up a NOTICE's cap
    if asked.kind == VISIT:
        return visit_answer(DIGITS[said])
    if asked.kind in BACK_TIME and said in (BACK_TIME[asked.kind], BACK_TALK[asked.kind]):
        wants = "times" if said == BACK_TIME[asked.kind] else "talk"
        return Meaning(f"answer:{asked.kind}:{said}", note=f"back_{wants}", closes_prompt=True, back=wants)
    if asked.kind == MISSED:  # what got in the way; the way back stays open
        return Meaning(f"answer:{asked.kind}:{said}", owed=False, barrier=said)
    if asked.kind == BARRIER:
        return Meaning(f"answer:{asked.kind}:{said}", owed=False, closes_prompt=True, barrier=said)
    if asked.kind == JOIN:
        return Meaning("joined", True, "joined", "joined", (Kind.START_CONFIRMATION, "joined"), LAPSE, closes_prompt=True)
    if asked.kind in BEFORE:  # N5: what the number was stands in the sealed text alone
        return Meaning(f"answer:{asked.kind}", owed=False, closes_prompt=True, asked=asked.kind, before=said)
    offer = said if asked.kind in (OFFER, MOVE) else ""
    return Meaning(f"answer:{asked.kind}:{said}", owed=False, closes_prompt=True, offer=offer)


def visit_answer(says: str) -> Meaning:
    """The question stays open, since plans change, until the visit is off. What a person must do is owed."""
    owed = says != "confirmed"
    return Meaning(f"answer:visit:{says}", owed, says if owed else "", closes_prompt=says == "cannot_come", visit=says)


def _of_visit(
    sms: InboundSms, look: FirstLook, word: Word, contact: Contact, reply: Reading, of_offer: Reading
) -> Meaning | None:
    """Words in answer to a question about a visit or an open time. Only sure ones without a trace of distress are taken by a
    machine."""
    asked = open_prompt(contact, sms.received_at)
    if asked is None or asked.kind not in (VISIT, OFFER, MOVE) or sms.media:
        return None
    if word in (Word.MAYBE_STOP, Word.STOP_SENTENCE):
        return None
    if asked.kind in (OFFER, MOVE) and of_offer.sure and look.tier > DISTRESS and (digit := _picked(asked, of_offer.means, sms)):
        return Meaning(f"answer:{asked.kind}:{digit}", owed=False, closes_prompt=True, offer=digit)
    if not reply.means:
        return Meaning("words", note="offer_answer") if asked.kind in (OFFER, MOVE) and of_offer.means else None
    if reply.sure and look.tier > DISTRESS and asked.kind == VISIT:
        return visit_answer(reply.means)
    return Meaning("words", note="visit_guess", guess=reply.means)


def _picked(asked: Prompt, means: str, sms: InboundSms) -> str:
    """The digit that words stand for: yes and no to one time that is offered; which one, of several; "" where that is not
    plain, or a moment after another question was asked."""
    if asked.replaced and sms.received_at - asked.opened_at < REPLACED:
        return ""
    one_time = asked.kind == OFFER or asked.accepted == ("1",)
    digit = {"take": "1", "refuse": "2"}.get(means, "") if one_time else PICKS.get(means, "")
    return digit if digit in asked.accepted else ""


def _words(sms: InboundSms, word: Word, contact: Contact) -> Meaning:
    if word in (Word.MAYBE_STOP, Word.STOP_SENTENCE):  # a person decides; what is automatic waits (TCPA-3, fails closed)
        return Meaning("picture" if sms.media else "words", note="maybe_stop", consent="" if stopped(contact) else "unsure")
    if sms.media:
        return Meaning("picture", note="picture", answer=(Kind.NOTICE, "no_pictures"))
    if not sms.body.strip():
        return Meaning("empty", note="empty")
    if len(contact.patients) > 1 and not sms.page:  # N7: asked openly, never offered a list; a person matches what they say
        return Meaning("words", note="shared_number", answer=_once_a_day(sms, contact, INITIALS))
    return Meaning("words", answer=_greeting(contact))


def _greeting(contact: Contact) -> tuple[Kind, str] | None:
    """Once in the life of a number that is nobody's (FAILURES 1.37, C56): never after STOP, never into a crisis. A colleague's
    phone is told what it is for (`flows.colleague`)."""
    met = contact.patients or contact.staff or contact.greeted_at or contact.incidents or stopped(contact)
    return None if met else (Kind.NOTICE, GREETING)

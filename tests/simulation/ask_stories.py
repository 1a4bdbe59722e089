"""The web page on which anybody may ask for texts: whatever fails, a phone is asked once, only its own yes is a line in the ledger, a
person's note is there once and whole, and danger in a field pages."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.asked import Asked
from chalicelib.core.consent_ledger import comes_to
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import ConsentEntry, Contact, Message, Patient, Thread, Update
from chalicelib.flows import ask_form, asked_desk
from chalicelib.texts.pages import words
from tests.cast import ALICE_NUMBER, CAROL, STRANGER_NUMBER, an_sms

from .consent_stories import stopped_at_carrier
from .told import CRISIS, Story
from .town import Town

TICKED = ("appointments", "groups")
LINES = ["conversation"]  # who holds the phone saw no box
WITHIN = timedelta(minutes=3)
UNSENT = (Status.NOT_SENT, Status.FAILED_OTHER, Status.FAILED_BLOCKED)  # a carrier's "opted out" is the last


def _asks(number: str):
    """The same form, until the page says that it is taken."""

    def act(town: Town) -> None:
        wish = ask_form.Wish(number, "Alice", "1990-05-05", "en", "web-en-1", TICKED, True, "one form")
        town.taken = False  # type: ignore[attr-defined]

        def post() -> None:
            town.taken = ask_form.ask(town.world, wish, "") or town.taken  # type: ignore[attr-defined]

        town.pressed(post)

    return act


def _and_is_asked(number: str):
    def act(town: Town) -> None:
        _asks(number)(town)
        for _ in range(4):
            town.clock.advance(minutes=1)
            town.minute()

    return act


def _asked_once(number: str):
    def after(town: Town) -> list[str]:
        rows = [row for row in town.store.rows(Message) if row.kind == Kind.ASK_BACK]
        texts = [sms for sms in town.sent if sms.recipient == number]
        asks = [ask for row in town.store.rows(Asked) for ask in row.asks]
        wrong = [] if not town.taken or len(asks) == 1 else [f"{len(asks)} asks of one form"]  # type: ignore[attr-defined]
        wrong += [f"{len(texts)} texts, {len(rows)} rows"] if len(texts) > 1 or len(rows) > 1 else []
        if town.taken and not rows:  # type: ignore[attr-defined]
            wrong.append("taken, and the phone was never asked")
        if rows and not texts and Status(rows[0].status) not in UNSENT:
            wrong.append(f"not sent, and it stands as {rows[0].status}")
        granted = [line for line in town.store.rows(ConsentEntry) if line.change == "granted"]
        return wrong + (["a form is a permission"] if granted else [])

    return after


def _was_asked(number: str):
    def before(town: Town) -> None:
        alice = town.store.get(Patient, "alice")
        assert alice is not None
        town.world.store.commit(Update(Patient, ("alice",), set={"consent": {}}))
        _and_is_asked(number)(town)
        assert len(town.sent) == 1

    return before


def _yes(number: str):
    def act(town: Town) -> None:
        town.clock.advance(minutes=1)
        town.text(an_sms("1", number, at=town.clock.now))
        town.stream()

    return act


def _a_line_each(town: Town) -> list[str]:
    contact = town.store.get(Contact, town.world.hasher.contact_id(STRANGER_NUMBER))
    lines = sorted(line.kind for line in town.store.rows(ConsentEntry) if line.medium == "web")
    thread = town.store.get(Thread, contact.contact_id) if contact else None
    joined = contact is not None and (contact.joined_at or stopped_at_carrier(town, contact))
    return [] if lines == LINES and joined and thread is not None and thread.unanswered else [f"said yes: {lines}"]


def _said_yes(town: Town) -> None:
    _was_asked(ALICE_NUMBER)(town)
    _yes(ALICE_NUMBER)(town)


def _notes(town: Town) -> None:
    def press() -> None:
        [row] = town.store.rows(Asked)
        assert asked_desk.note(town.world, CAROL, "alice", row.asks[0].ask_id, risk=True) == "saved"

    town.do(press)


def _noted_once(town: Town) -> list[str]:
    patient = town.store.get(Patient, "alice")
    own = [line for line in town.store.rows(ConsentEntry) if line.subject_id == "alice"]
    assert patient is not None
    came = comes_to(own, town.clock.now)
    whole = len(own) == len(TICKED) + 3 and set(came.consent) == set(patient.consent) == {"conversation", *TICKED}
    return [] if whole and patient.unencrypted == "yes" else [f"{len(own)} lines; {sorted(patient.consent)}"]


def _types_danger(town: Town) -> None:
    town.posted, town.shown = town.clock.now, []  # type: ignore[attr-defined]

    def post() -> None:
        try:
            said = ask_form.overhear(town.world, (CRISIS, "Alice"), ALICE_NUMBER, "203.0.113.9", "en")
        except ask_form.NotKept:
            town.shown.append(words("en")["danger"])  # type: ignore[attr-defined]
            raise
        town.shown.append(said)  # type: ignore[attr-defined]

    town.pressed(post)


def _was_heard(town: Town) -> list[str]:
    posted, shown = town.posted, town.shown  # type: ignore[attr-defined]
    rows = [row for row in town.store.rows(Message) if row.direction == "in"]
    wrong = [] if any(posted <= at <= posted + WITHIN for at, _, _ in town.pages) else ["nobody was paged in time"]
    wrong += [] if any("988" in said for said in shown) or any("not delivered" in text for _, _, text in town.pages) else ["no answer"]
    wrong += [f"kept {len(rows)} times"] if len(rows) != 1 and set(shown) != {words("en")["danger"]} else []
    return wrong + (["in Alice's thread"] if any(row.thread_id == "alice" for row in rows) else [])


STORIES = (
    Story("a stranger's number is typed on the web page", _and_is_asked(STRANGER_NUMBER), after=_asked_once(STRANGER_NUMBER)),
    Story("a patient's number is typed on the web page", _and_is_asked(ALICE_NUMBER), after=_asked_once(ALICE_NUMBER)),
    Story("the phone says yes to the web page", _yes(STRANGER_NUMBER), _was_asked(STRANGER_NUMBER), _a_line_each),
    Story("a person notes what was ticked on the web page", _notes, _said_yes, _noted_once),
    Story("danger in a field of the web page", _types_danger, after=_was_heard),
)

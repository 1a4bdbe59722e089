"""After a missed visit: whatever fails, a line leaves once at most, a call is asked for once, and nothing leaves while one is owed."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.appointments import Appointment
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Due, Message, Patient, Quiet, Reengagement, Tasks, Update
from chalicelib.core.reengagement import next_at
from chalicelib.flows import desk_tasks, gone_quiet, quiet_desk, reengage
from chalicelib.flows.book_appointment import book, set_confirmation, set_status
from tests.appointments import a_wish
from tests.cast import CAROL, an_sms
from tests.waitlist import opened

from .told import Story
from .town import Town
from .waitlist_stories import a_minute

VISIT = timedelta(minutes=30)  # from the story's beginning: noon in Denver, on a Tuesday


def agreed(town: Town) -> None:
    consent = dict.fromkeys(("conversation", "re_engagement"), town.began)
    town.world.store.commit(Update(Patient, ("alice",), set={"consent": consent}))


def held(town: Town) -> None:
    """A visit that has begun, and nobody came."""
    agreed(town)
    book(town.world, CAROL, "alice", "v1", a_wish(town.began + VISIT))
    town.clock.now = town.began + VISIT + timedelta(minutes=30)


def _marks(town: Town) -> None:
    town.do(lambda: set_status(town.world, CAROL, "alice", "v1", "noshow"))


def begun(town: Town) -> None:
    held(town)
    set_status(town.world, CAROL, "alice", "v1", "noshow")
    town.clock.advance(minutes=10)


def _due(town: Town) -> None:
    for _ in range(2):
        a_minute(town)
        town.clock.advance(minutes=1)


def told(town: Town) -> None:
    begun(town)
    a_minute(town)
    town.clock.advance(minutes=5)


def _careful(town: Town) -> None:
    held(town)
    town.world.store.commit(Update(Patient, ("alice",), set={"item9_at": town.began}))


def _called_for(town: Town) -> None:
    _careful(town)
    set_status(town.world, CAROL, "alice", "v1", "noshow")


def _ends_the_call(town: Town) -> None:
    [task] = [task for row in town.store.rows(Tasks) for task in row.items if task.kind == "missed_call"]
    town.do(lambda: desk_tasks.end(town.world, CAROL, "adult", task.task_id))


def _takes_back(town: Town) -> None:
    town.do(lambda: set_status(town.world, CAROL, "alice", "v1", "booked"))
    _due(town)


def _stops(town: Town) -> None:
    [row] = town.store.rows(Reengagement)
    town.do(lambda: reengage.stop(town.world, CAROL, "alice", row.reengagement_id))
    _due(town)


def _says(body: str):  # type: ignore[no-untyped-def]
    def act(town: Town) -> None:
        town.text(an_sms(body, at=town.clock.now))
        town.stream()
        a_minute(town)

    return act


def _told_and_open(town: Town) -> None:
    for at in (3, 4):
        opened(town.world, town.began + timedelta(days=at), f"s{at}")
    told(town)


def _quiet(town: Town) -> None:
    """Two months without a word; their morning has come."""
    agreed(town)
    due = gone_quiet.due_of("alice", "adult", town.clock.now)
    town.clock.advance(minutes=60 * 24 * 60)
    town.world.store.commit(*gone_quiet.armed(town.world, "alice", "adult", town.clock.now - timedelta(days=50)))
    del due


def _listed(town: Town) -> None:
    _quiet(town)
    a_minute(town)
    town.clock.advance(minutes=1)


def _begins(town: Town) -> None:
    town.do(lambda: reengage.start(town.world, CAROL, "alice"))
    town.clock.advance(minutes=11)
    _due(town)


def _asks_for_a_call(town: Town) -> None:
    town.do(lambda: quiet_desk.ask_call(town.world, CAROL, "adult", "alice"))


def _heard(town: Town) -> None:
    town.do(lambda: set_confirmation(town.world, CAROL, "alice", "v1", "wants_move", offer=True))
    _due(town)


def _ahead_and_open(town: Town) -> None:
    book(town.world, CAROL, "alice", "v1", a_wish(town.began + timedelta(days=2)))
    opened(town.world, town.began + timedelta(days=3))


def texts(town: Town, *kinds: Kind) -> list[Message]:
    """Those of a re-engagement, or of these kinds."""
    return [row for row in town.store.rows(Message) if (row.kind in kinds if kinds else row.reengagement)]


def left(town: Town) -> list[Message]:
    """What the carrier may have had."""
    here = (Status.REFUSED, Status.QUEUED, Status.CLAIMED)
    return [row for row in texts(town) if row.status not in here]


def in_order(town: Town) -> list[str]:
    """One sequence at a time, one text a touch, a due row for whatever goes on; nothing left while a call was owed."""
    rows = town.store.rows(Reengagement)
    wrong = ["two sequences at once"] if sum(row.state == "on" for row in rows) > 1 else []
    dues = {due.target: due.at for due in town.store.rows(Due) if due.kind == "reengage"}
    for row in rows:
        sent = [text.reengagement[1] for text in texts(town) if text.reengagement[0] == row.reengagement_id]
        if len(sent) != len(set(sent)):
            wrong.append(f"a touch twice: {sent}")
        marked = {touch.name for touch in row.touches if touch.state == "sent"}
        if marked != set(sent):
            wrong.append(f"marked {sorted(marked)}, written {sorted(sent)}")
        if next_at(row) is not None and row.ref not in dues:
            wrong.append("goes on, and nobody will look")
    calls = [task for row in town.store.rows(Tasks) for task in row.items if task.kind == "missed_call"]
    alice = town.store.get(Patient, "alice")
    if len(calls) > 1 or (alice is not None and alice.call_first not in ("", *(task.task_id for task in calls))):
        wrong.append("a mark without its call, or two calls")
    return wrong + (["a text while a call was owed"] if calls and left(town) else [])


def _missed_once(town: Town) -> list[str]:
    [visit] = town.store.rows(Appointment)
    begun_rows = town.store.rows(Reengagement)
    marked = visit.status == "noshow"
    return in_order(town) + ([] if marked == (len(begun_rows) == 1) else [f"{visit.status}, {len(begun_rows)} begun"])


def _called(town: Town) -> list[str]:
    [visit] = town.store.rows(Appointment)
    calls = [task for row in town.store.rows(Tasks) for task in row.items if task.kind == "missed_call"]
    wrong = [] if (visit.status == "noshow") == (len(calls) == 1) else [f"{visit.status}, {len(calls)} calls"]
    return in_order(town) + wrong + (["a sequence"] if town.store.rows(Reengagement) else [])


def _told_once(town: Town) -> list[str]:
    return in_order(town) + ([] if len(texts(town, Kind.MISSED)) == 1 else [f"{len(texts(town, Kind.MISSED))} lines"])


def _not_after(town: Town) -> list[str]:
    """It was taken back or stopped: whether a line had left before or not, nothing more is planned."""
    rows = town.store.rows(Reengagement)
    return in_order(town) + (["still on"] if any(row.state == "on" for row in rows) else []) + (["it left"] if left(town) else [])


def _answered(town: Town) -> list[str]:
    heard = [row for row in town.store.rows(Message) if row.meaning.startswith("answer:missed")]
    [visit] = [each for each in town.store.rows(Appointment) if each.appointment_id == "v1"]
    return in_order(town) + ([] if bool(heard) == (visit.answered_at is not None) else ["kept, and not counted, or the reverse"])


def _back(town: Town) -> list[str]:
    wrong = [] if len(texts(town, Kind.MOVES)) <= 1 else ["offered times twice"]
    lines = texts(town, Kind.VISIT_ANSWER)
    heard = [row for row in town.store.rows(Message) if row.meaning == "answer:missed:8"]
    return _answered(town) + wrong + ([] if len(lines) == len(heard) else [f"{len(heard)} asked, {len(lines)} lines"])


def _on_the_list(town: Town) -> list[str]:
    due = [each for each in town.store.rows(Due) if each.kind == "quiet"]
    wrong = [] if len(due) == 1 else [f"{len(due)} rows look after her"]
    return in_order(town) + wrong + ([] if len(town.store.rows(Quiet)) == 1 else ["not on the list"])


def _one_call(town: Town) -> list[str]:
    calls = [task for row in town.store.rows(Tasks) for task in row.items if task.kind == "quiet_call"]
    return in_order(town) + ([] if len(calls) == 1 else [f"{len(calls)} calls"])


def _offered_once(town: Town) -> list[str]:
    return [] if len(texts(town, Kind.TIMES)) <= 1 else ["offered times twice"]


STORIES: tuple[Story, ...] = (
    Story("a visit is missed", _marks, held, _missed_once),
    Story("a visit is missed by somebody at risk", _marks, _careful, _called),
    Story("the call is made", _ends_the_call, _called_for, in_order),
    Story("the line of the day", _due, begun, _told_once),
    Story("a click is taken back", _takes_back, begun, _not_after),
    Story("a colleague stops it", _stops, begun, _not_after),
    Story("they say what got in the way", _says("3"), told, _answered),
    Story("they want a new time", _says("8"), _told_and_open, _back),
    Story("they write in words", _says("sorry, I was ill"), told, in_order),
    Story("somebody has gone quiet", _due, _quiet, _on_the_list),
    Story("texts to who has gone quiet", _begins, _listed, in_order),
    Story("a call to who has gone quiet", _asks_for_a_call, _listed, _one_call),
    Story("a person heard that they need another time", _heard, _ahead_and_open, _offered_once),
)

"""Administrators' changes: whatever fails, a change is there once with its line, and a closed account is closed."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.lexicon_change import LexiconChange, Outcome
from chalicelib.core.records import Access, Revision, Session, Setting
from chalicelib.core.settings_overlay import overlaid
from chalicelib.core.staff import Staff
from chalicelib.core.triage import Rule
from chalicelib.flows import sign_in
from chalicelib.flows.change_program import change_program, undo_program
from chalicelib.flows.change_snippet import change_snippet
from chalicelib.flows.let_in_again import let_in_again
from chalicelib.flows.manage_staff import Wanted, add_person, change_person, tell_again
from chalicelib.flows.propose import agree, propose, seen_as
from tests.cast import CAROL, DAN, ERIN, FRANK
from tests.fakes.directory import FakeDirectory

from .faults import Faulty
from .told import Story
from .town import Town

LEAD = Staff("grace", "clinical_lead", ("adult",))
WANTS = "en.suicide.want-to-die"
ADMIN = Staff("administrator", "administrator", ())
CALLS = ("accounts", "create", "remove", "change", "close", "reopen")
SNIPPET = {"title": "Parking", "level": "0", "body": "Hi {name}, parking is free.", "owner": "", "off": ""}


def _changed(town: Town) -> None:
    town.do(lambda: change_program(town.world, ADMIN, "adult", {"response": "the same day"}, 0, "promised"))


def _taken_back(town: Town) -> None:
    town.do(lambda: undo_program(town.world, ADMIN, "adult", 1, 1))


def _text_added(town: Town) -> None:
    town.do(lambda: change_snippet(town.world, ADMIN, "parking.en", SNIPPET, 0, ""))


def _pool(town: Town) -> FakeDirectory:
    return vars(town).setdefault("staff_pool", FakeDirectory.of(ADMIN, CAROL, DAN, ERIN, FRANK))


def _directory(town: Town) -> Faulty:
    return Faulty("directory", _pool(town), town.plan, CALLS)


def _frank_came_in(town: Town) -> None:
    for _ in range(2):
        sign_in.start(town.world, FRANK)


def _closed(town: Town) -> None:
    wanted = Wanted("compliance", (), closed=True)
    town.do(lambda: change_person(town.world, _directory(town), ADMIN, "frank", wanted))
    town.do(lambda: tell_again(town.world, _directory(town), ADMIN, "frank"))


def _came_in(town: Town) -> None:
    for _ in range(2):
        town.do(lambda: sign_in.start(town.world, FRANK))


def _invited(town: Town) -> None:
    """A person who sees that it is there already goes to its page and asks for another invitation."""
    wanted = Wanted("front_desk", ("adult",))

    def press() -> None:
        if town.store.get(Access, "gail") is None:
            add_person(town.world, _directory(town), ADMIN, "gail", "Gail", "", wanted)
        tell_again(town.world, _directory(town), ADMIN, "gail")

    town.do(press)
    town.do(lambda: tell_again(town.world, _directory(town), ADMIN, "gail"))


def _let_in(town: Town) -> None:
    """A person who sees that it hangs tells it again; who sees nothing done asks anew."""

    def press() -> None:
        held = town.store.get(Access, "frank")
        if held is None or held.version == 0:
            let_in_again(town.world, _directory(town), ADMIN, "frank", 0)
        tell_again(town.world, _directory(town), ADMIN, "frank")

    town.do(press)
    town.do(lambda: tell_again(town.world, _directory(town), ADMIN, "frank"))


def _in_the_pool(town: Town) -> list[str]:
    """An account is never lost, nor a session kept."""
    frank = town.store.get(Access, "frank")
    wrong = [] if frank is not None and not frank.pending else ["the account hangs"]
    wrong += [] if "frank" in _pool(town).people else ["nobody can sign in as frank"]
    wrong += [] if (there := _pool(town).people.get("frank")) is None or there.state else ["frank's lost app is asked for still"]
    wrong += ["a session lives on"] if town.store.rows(Session) else []
    return wrong + _count(town, 1)


def _history(town: Town, kind: str, setting_id: str) -> list[str]:
    """Versions without gap or double, and the fields are what the lines say."""
    lines = [row for row in town.store.rows(Revision) if (row.kind, row.setting_id) == (kind, setting_id)]
    held = town.store.get(Setting, kind, setting_id)
    said: dict[str, str] = {}
    for line in lines:
        said |= line.after
    wrong = [] if [line.version for line in lines] == list(range(1, len(lines) + 1)) else ["the history has a gap"]
    if held is None or (held.version, held.value) != (len(lines), said):
        wrong.append("the setting is not what its history says")
    return wrong


def _changed_once(town: Town) -> list[str]:
    clinic = overlaid(town.world.clinic, [row for row in town.store.rows(Setting) if row.kind == "program"])
    wrong = [] if clinic.programs["adult"].response == "the same day" else ["the change is lost"]
    return wrong + _history(town, "program", "adult") + _count(town, 1)


def _as_before(town: Town) -> list[str]:
    clinic = overlaid(town.world.clinic, [row for row in town.store.rows(Setting) if row.kind == "program"])
    wrong = [] if clinic.programs["adult"] == town.world.clinic.programs["adult"] else ["it was not taken back"]
    return wrong + _history(town, "program", "adult") + _count(town, 2)


def _count(town: Town, lines: int) -> list[str]:
    return [] if len(town.store.rows(Revision)) == lines else [f"not {lines} lines in the history"]


def _out(town: Town) -> list[str]:
    frank, pool = town.store.get(Access, "frank"), _pool(town).people["frank"]
    wrong = [] if frank is not None and frank.closed and not frank.pending else ["the account is not closed"]
    wrong += [] if not pool.enabled else ["the user pool was not told"]
    wrong += ["a session lives on"] if town.store.rows(Session) else []
    return wrong + _count(town, 1)


def _noted(town: Town) -> list[str]:
    """Every session is found from its person's door: none could survive its closing."""
    door = town.store.get(Access, "frank")
    noted = {each.token_hash for each in door.sessions} if door else set()
    lost = {row.token_hash for row in town.store.rows(Session)} - noted
    return ["a session that no door knows"] if lost or not noted else []


def _there(town: Town) -> list[str]:
    gail = town.store.get(Access, "gail")
    wrong = [] if gail is not None and not gail.pending else ["the account hangs"]
    return wrong + ([] if "gail" in _pool(town).people else ["nobody was invited"]) + _count(town, 1)


class Tried:
    """A rehearsal that moves nothing: what it says is no matter of what fails."""

    rules: Mapping[str, Rule] = {WANTS: Rule(WANTS, 1, "suicide")}

    def pattern(self, rule: str) -> str:
        return ""

    def plain(self, phrase: str) -> str:
        return phrase

    def try_out(self, change: LexiconChange) -> Outcome:
        return Outcome()


def _proposed(town: Town) -> None:
    change = LexiconChange("retire", WANTS, "It wakes people for nothing")
    town.do(lambda: propose(town.world, LEAD, Tried(), "01JPROPOSAL", change))


def _agreed(town: Town) -> None:
    town.do(lambda: agree(town.world, LEAD, Tried(), "01JPROPOSAL", 1, seen_as(Outcome())))


def _accepted_once(town: Town) -> list[str]:
    kept = town.store.get(Setting, "proposal", "01JPROPOSAL")
    lines = [each for each in town.store.rows(Revision) if each.kind == "proposal"]
    state = kept.value.get("state") if kept is not None else None
    return [] if (state, len(lines)) == ("accepted", 2) else [f"{state} after {len(lines)} lines"]


STORIES: tuple[Story, ...] = (
    Story("a program's promise changes", _changed, after=_changed_once),
    Story("a change is taken back", _taken_back, _changed, _as_before),
    Story("a text for staff is added", _text_added, after=lambda town: _history(town, "snippet", "parking.en")),
    Story("somebody signs in", _came_in, after=_noted),
    Story("an account is closed", _closed, _frank_came_in, _out),
    Story("somebody is invited", _invited, after=_there),
    Story("a colleague signs in anew", _let_in, _frank_came_in, _in_the_pool),
    Story("a proposal for the screen's rules", _proposed, after=lambda town: _history(town, "proposal", "01JPROPOSAL")),
    Story("a proposal accepted", _agreed, _proposed, _accepted_once),
)

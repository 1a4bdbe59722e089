"""The texts that staff begin with: changed, added, switched off, taken back; and what the composer then offers."""

from __future__ import annotations

import pytest

from chalicelib.core.records import Revision, Setting
from chalicelib.core.staff import Staff
from chalicelib.errors import Conflict, NotFound
from chalicelib.flows.change_snippet import BadSnippet, change_snippet, read_snippet, read_snippets, undo_snippet
from chalicelib.flows.snippets import known_snippets
from chalicelib.ports import World
from chalicelib.texts.staff import snippets

from ..cast import CAROL, FRANK
from .office import an_open_office, store, traces

ADMIN = Staff("administrator", "administrator", ())
MINE = {"title": "Parking", "level": "0", "body": "Hi {name}, parking is free today. {clinician}", "owner": "carol", "off": ""}
FIRST = snippets()[0]
OWN = f"{FIRST.snippet_id}.{FIRST.language}"


def offered(world: World, setting_id: str) -> str:
    """The words that the composer would offer, or "" when it is not offered."""
    snippet_id, _, language = setting_id.partition(".")
    found = known_snippets(world).get((snippet_id, language))
    return found.body if found else ""


def test_all_of_the_file_are_listed_as_they_came() -> None:
    world = an_open_office()
    found = read_snippets(world, ADMIN)
    assert [each.setting_id for each in found] == [f"{each.snippet_id}.{each.language}" for each in snippets()]
    assert all(each.in_file and each.version == 0 and not each.off for each in found)


def test_a_changed_text_is_what_the_composer_offers() -> None:
    world = an_open_office()
    fields = {**read_snippet(world, ADMIN, OWN).fields, "body": "Hi {name}, thank you. {clinician}"}
    after = change_snippet(world, ADMIN, OWN, fields, 0, "shorter")
    assert (after.version, after.changed_by) == (1, "administrator")
    assert offered(world, OWN) == "Hi {name}, thank you. {clinician}"
    [line] = read_snippet(world, ADMIN, OWN).history
    assert (line.before, line.after, line.why) == ({"body": FIRST.body}, {"body": fields["body"]}, "shorter")
    assert traces(world, f"snippet#{OWN}") == [("administrator", "change", "done")]


def test_one_that_is_added_is_offered_and_listed_last() -> None:
    world = an_open_office()
    change_snippet(world, ADMIN, "parking.en", MINE, 0, "")
    assert offered(world, "parking.en") == MINE["body"]
    last = read_snippets(world, ADMIN)[-1]
    assert (last.setting_id, last.in_file, last.fields) == ("parking.en", False, MINE)


def test_one_that_is_switched_off_is_not_offered_and_can_come_back() -> None:
    world = an_open_office()
    change_snippet(world, ADMIN, OWN, {**read_snippet(world, ADMIN, OWN).fields, "off": "yes"}, 0, "")
    assert offered(world, OWN) == ""
    undo_snippet(world, ADMIN, OWN, 1, 1)
    assert offered(world, OWN) == FIRST.body


def test_taking_back_an_addition_switches_it_off_and_never_leaves_it_without_words() -> None:
    world = an_open_office()
    change_snippet(world, ADMIN, "parking.en", MINE, 0, "")
    after = undo_snippet(world, ADMIN, "parking.en", 1, 1)
    assert after.off and after.fields["body"] == MINE["body"]
    assert offered(world, "parking.en") == ""


def test_the_same_form_twice_changes_once_and_an_older_one_is_refused() -> None:
    world = an_open_office()
    for _ in range(2):
        assert change_snippet(world, ADMIN, "parking.en", MINE, 0, "").version == 1
    assert len(store(world).rows(Revision)) == 1
    with pytest.raises(Conflict):
        change_snippet(world, ADMIN, "parking.en", {**MINE, "title": "Other"}, 0, "")


@pytest.mark.parametrize("changed", [{"body": ""}, {"body": "{patient}"}, {"level": "9"}, {"title": ""}, {"colour": "red"}])
def test_what_breaks_a_rule_is_never_kept(changed: dict[str, str]) -> None:
    world = an_open_office()
    with pytest.raises(BadSnippet):
        change_snippet(world, ADMIN, "parking.en", {**MINE, **changed}, 0, "")
    assert store(world).rows(Setting) == []


@pytest.mark.parametrize("setting_id", ["parking", "parking.fr", "Parking.en", "par#king.en", "a" * 40 + ".en", ".en", "p..en"])
def test_an_id_that_is_none_is_not_found(setting_id: str) -> None:
    world = an_open_office()
    with pytest.raises(NotFound):
        change_snippet(world, ADMIN, setting_id, MINE, 0, "")


@pytest.mark.parametrize("who", [CAROL, FRANK, Staff("s", "supervisor", ())])
def test_nobody_else(who: Staff) -> None:
    world = an_open_office()
    for attempt in (
        lambda: read_snippets(world, who),
        lambda: read_snippet(world, who, OWN),
        lambda: change_snippet(world, who, "parking.en", MINE, 0, ""),
        lambda: undo_snippet(world, who, OWN, 1, 1),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert store(world).rows(Setting) == []

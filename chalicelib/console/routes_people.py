"""Accounts of the clinic's people: list, invite, change, close. Reviewed before it happens, with history."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Response

from ..core.records import UNMATCHED, Revision
from ..core.roles import DOES, ROLES
from ..errors import NotFound
from ..flows.change_setting import read_revision
from ..flows.directory import Directory, DirectoryUnavailable
from ..flows.hand_all_over import NotTaken, could_take, hand_all_over
from ..flows.let_in_again import let_in_again
from ..flows.manage_staff import Refused, Wanted, add_person, change_person, tell_again
from ..flows.read_staff import STAFF, Holds, Person, read_people, read_person
from . import person_form
from .desk import Visit, furniture, route
from .person_form import Errors
from .web import whole

PEOPLE = "/settings/people"
DONE = ("changed", "same", "told", "waits", "invited", "handed", "left", "anew")


def _directory() -> Directory:
    return furniture().directory()


@route(PEOPLE)
def people_page(visit: Visit) -> Response:
    try:
        people = read_people(visit.world, _directory(), visit.who)
    except DirectoryUnavailable:
        return visit.show("settings_people.html", 503, people=None, roles=ROLES)
    return visit.show("settings_people.html", people=people, roles=ROLES)


@route(f"{PEOPLE}/new")
def new_person_page(visit: Visit) -> Response:
    read_people(visit.world, _directory(), visit.who)  # for who may not: nothing here
    return _new(visit, {"role": "front_desk"}, {})


@route(f"{PEOPLE}/new", ("POST",))
def new_person_submit(visit: Visit) -> Response:
    form = visit.form
    wanted, errors = person_form.read(form, _programs(visit))
    staff_id, name, email = person_form.read_new(form, errors)
    if errors:
        read_people(visit.world, _directory(), visit.who)
        return _new(visit, {**form}, errors, 400)
    try:
        password = add_person(visit.world, _directory(), visit.who, staff_id, name, email, wanted)
    except Refused as refused:
        return _new(visit, {**form}, {person_form.FIELD.get(str(refused), "staff_id"): person_form.REFUSED[str(refused)]}, 409)
    if password:  # shown once, on a page that nothing keeps
        return visit.show("settings_invited.html", staff_id=staff_id, password=password)
    person, _, _ = read_person(visit.world, _directory(), visit.who, staff_id)
    return visit.go(f"{PEOPLE}/{staff_id}?done={'waits' if person.pending else 'invited'}")


@route(f"{PEOPLE}/{{staff_id}}")
def person_page(visit: Visit, staff_id: str) -> Response:
    person, holds, history = read_person(visit.world, _directory(), visit.who, staff_id)
    return _form(visit, person, holds, history, person_form.blank(person), {})


@route(f"{PEOPLE}/{{staff_id}}", ("POST",))
def person_submit(visit: Visit, staff_id: str) -> Response:
    person, holds, history = read_person(visit.world, _directory(), visit.who, staff_id)
    wanted, errors = person_form.read(visit.form, _programs(visit))
    if errors or visit.form.get("do") == "edit":
        return _form(visit, person, holds, history, {**visit.form}, errors, 400 if errors else 200)
    if visit.form.get("do") == "save":
        return _save(visit, person, holds, history, wanted)
    return _review(visit, person, wanted)


@route(f"{PEOPLE}/{{staff_id}}/undo", ("POST",))
def person_undo_submit(visit: Visit, staff_id: str) -> Response:
    """A review of what the account was before that change; it is saved as any other."""
    person, _, _ = read_person(visit.world, _directory(), visit.who, staff_id)
    line = read_revision(visit.world, STAFF, staff_id, whole(visit.form.get("undone", "")))
    fields = {**person.fields, **line.before}
    if not fields["role"]:
        raise NotFound(f"{STAFF}#{staff_id}")  # before it there was no account: close it instead
    programs = tuple(part for part in fields["programs"].split(",") if part)
    return _review(visit, person, Wanted(fields["role"], programs, fields["closed"] == "yes", person.version))


@route(f"{PEOPLE}/{{staff_id}}/hand-over", ("POST",))
def person_hand_over_submit(visit: Visit, staff_id: str) -> Response:
    """Everything that is in their hands, to one colleague."""
    try:
        left = hand_all_over(visit.world, _directory(), visit.who, staff_id, visit.form.get("to", ""))
    except NotTaken:
        person, held, history = read_person(visit.world, _directory(), visit.who, staff_id)
        wrong = {"to": "Choose somebody who is here and sees all of these programs."}
        return _form(visit, person, held, history, person_form.blank(person), wrong, 409)
    return visit.go(f"{PEOPLE}/{staff_id}?done={'left' if left else 'handed'}")


@route(f"{PEOPLE}/{{staff_id}}/tell", ("POST",))
def person_tell_submit(visit: Visit, staff_id: str) -> Response:
    password = tell_again(visit.world, _directory(), visit.who, staff_id)
    if password:
        return visit.show("settings_invited.html", staff_id=staff_id, password=password)
    person, _, _ = read_person(visit.world, _directory(), visit.who, staff_id)
    return visit.go(f"{PEOPLE}/{staff_id}?done={'waits' if person.pending else 'told'}")


@route(f"{PEOPLE}/{{staff_id}}/anew", ("POST",))
def person_anew_submit(visit: Visit, staff_id: str) -> Response:
    """They have lost every way to sign in."""
    person, holds, history = read_person(visit.world, _directory(), visit.who, staff_id)
    why = person_form.why(visit.form, "why_anew")
    try:
        password = let_in_again(visit.world, _directory(), visit.who, staff_id, whole(visit.form.get("version", "0")), why)
    except Refused as refused:
        return _form(visit, person, holds, history, person_form.blank(person), {"anew": person_form.REFUSED[str(refused)]}, 409)
    if password:
        return visit.show("settings_invited.html", staff_id=staff_id, password=password)
    after, _, _ = read_person(visit.world, _directory(), visit.who, staff_id)
    return visit.go(f"{PEOPLE}/{staff_id}?done={'waits' if after.pending else 'anew'}")


def _save(visit: Visit, person: Person, holds: Holds, history: list[Revision], wanted: Wanted) -> Response:
    try:
        after = change_person(visit.world, _directory(), visit.who, person.staff_id, wanted)
    except Refused as refused:
        errors = {person_form.FIELD.get(str(refused), "role"): person_form.REFUSED[str(refused)]}
        return _form(visit, person, holds, history, {**visit.form}, errors, 409)
    return visit.go(f"{PEOPLE}/{person.staff_id}?done={'waits' if after.pending else 'changed'}")


def _review(visit: Visit, person: Person, wanted: Wanted) -> Response:
    moves = person_form.moves(person.fields, wanted.fields, visit.world.clinic)
    if not moves:
        return visit.go(f"{PEOPLE}/{person.staff_id}?done=same")
    return visit.show(
        "settings_review.html",
        title=person.name or person.staff_id,
        back=f"{PEOPLE}/{person.staff_id}",
        action=f"{PEOPLE}/{person.staff_id}",
        moves=moves,
        samples=None,
        warnings=person_form.warnings(person, wanted),
        held=person_form.held(wanted),
        why=wanted.why,
        undoing=False,
    )


def _form(
    visit: Visit,
    person: Person,
    holds: Holds,
    history: list[Revision],
    form: dict[str, str],
    errors: Errors,
    status: int = 200,
) -> Response:
    done = visit.query("done")
    return visit.show(
        "settings_person.html",
        status,
        person=person,
        holds=holds,
        history=history,
        form=form,
        errors=errors,
        roles=ROLES,
        does=DOES,
        programs=_programs(visit),
        said=lambda field, text: person_form.said(field, text, visit.world.clinic),
        labels=person_form.LABELS,
        me=person.staff_id == visit.who.staff_id,
        takers=_takers(visit, person, holds),
        done=done if done in DONE else "",
    )


def _new(visit: Visit, form: Mapping[str, str], errors: Errors, status: int = 200) -> Response:
    return visit.show(
        "settings_person_new.html",
        status,
        form=form,
        errors=errors,
        roles=ROLES,
        does=DOES,
        programs=_programs(visit),
        labels=person_form.LABELS,
    )


def _programs(visit: Visit) -> list[str]:
    return [*visit.world.clinic.programs, UNMATCHED]


def _takers(visit: Visit, person: Person, held: Holds) -> list[Person]:
    """Who could have all that is in their hands."""
    return could_take(visit.world, held, read_people(visit.world, _directory(), visit.who), person.staff_id) if held else []

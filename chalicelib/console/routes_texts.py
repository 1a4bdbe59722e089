"""Every sentence the service knows: those patients get by themselves are shown, those staff begin with can be changed."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Response

from .. import texts
from ..core.segments import count
from ..flows.change_setting import read_revision
from ..flows.change_snippet import SnippetNow, change_snippet, read_snippet, read_snippets, undo_snippet, undone_fields
from ..texts import crisis
from ..texts.verified import provenance
from . import snippet_form
from .desk import Visit, route
from .snippet_form import Errors
from .web import whole

TEXTS = "/settings/texts"
DONE = ("changed", "undone", "same")
LONGEST_WHY = 120


@route(TEXTS)
def texts_page(visit: Visit) -> Response:
    clinic, found = visit.world.clinic, read_snippets(visit.world, visit.who)
    return visit.show(
        "settings_texts.html",
        snippets=[(each, snippet_form.counted(clinic, each.fields, each.language).parts) for each in found],
        templates=[(each, count(each.body).parts) for each in texts.templates().values()],
        of_staff=provenance("staff.toml"),
        of_patients=provenance("patient.toml"),
        crisis_texts=[(each, count(each.body).parts) for each in crisis.pieces()],
        of_crisis=provenance("crisis.toml"),
    )


@route(f"{TEXTS}/new")
def new_text_page(visit: Visit) -> Response:
    read_snippets(visit.world, visit.who)  # for who may not: nothing here
    return _new(visit, {"level": "0", "language": "en"}, {})


@route(f"{TEXTS}/new", ("POST",))
def new_text_submit(visit: Visit) -> Response:
    """The title makes the id; then it is reviewed as any change."""
    known = {each.setting_id for each in read_snippets(visit.world, visit.who)}
    fields, errors = snippet_form.read(visit.form, _owners(visit))
    language = "es" if visit.form.get("language") == "es" else "en"
    setting_id = f"{_id_of(fields['title'])}.{language}"
    if setting_id in known:
        errors["title"] = "There is one with this title. Open that one, or choose another title."
    if errors:
        return _new(visit, {**visit.form}, errors, 400)
    now = SnippetNow(setting_id.partition(".")[0], language, {}, 0, in_file=False)
    return _review(visit, now, fields, {**visit.form}, "")


@route(f"{TEXTS}/{{setting_id}}")
def text_page(visit: Visit, setting_id: str) -> Response:
    now = read_snippet(visit.world, visit.who, setting_id)
    return _form(visit, now, dict(now.fields), now.fields, {})


@route(f"{TEXTS}/{{setting_id}}", ("POST",))
def text_submit(visit: Visit, setting_id: str) -> Response:
    form, version = visit.form, whole(visit.form.get("version", ""))
    adding = version == 0 and setting_id not in {each.setting_id for each in read_snippets(visit.world, visit.who)}
    fields, errors = snippet_form.read(form, _owners(visit))
    if form.get("do") == "save" and not errors:
        after = change_snippet(visit.world, visit.who, setting_id, fields, version, _why(form))
        return visit.go(f"{TEXTS}/{after.setting_id}?done={'same' if after.version == version else 'changed'}")
    if adding:
        return _new(visit, {**form, "language": setting_id.partition(".")[2]}, errors, 400 if errors else 200)
    now = read_snippet(visit.world, visit.who, setting_id)
    if errors or form.get("do") == "edit":
        return _form(visit, now, {**form}, fields, errors, 400 if errors else 200)
    return _review(visit, now, fields, {**form}, "")


@route(f"{TEXTS}/{{setting_id}}/undo", ("POST",))
def text_undo_submit(visit: Visit, setting_id: str) -> Response:
    now, form = read_snippet(visit.world, visit.who, setting_id), visit.form
    line = read_revision(visit.world, "snippet", setting_id, whole(form.get("undone", "")))
    if form.get("do") == "save":
        undo_snippet(visit.world, visit.who, setting_id, line.version, whole(form.get("version", "")))
        return visit.go(f"{TEXTS}/{setting_id}?done=undone")
    return _review(visit, now, {**now.fields, **undone_fields(now, line)}, {"undone": str(line.version)}, "/undo")


def _review(visit: Visit, now: SnippetNow, fields: Mapping[str, str], form: dict[str, str], where: str) -> Response:
    moves, clinic = snippet_form.moves(now.fields, fields), visit.world.clinic
    if not moves:
        return visit.go(f"{TEXTS}/{now.setting_id}?done=same")
    held = {name: text for name, text in form.items() if name not in ("csrf", "do", "version", "why", "language")}
    return visit.show(
        "settings_review.html",
        title=fields["title"],
        back=f"{TEXTS}/{now.setting_id}" if now.fields else TEXTS,
        action=f"{TEXTS}/{now.setting_id}{where}",
        moves=moves,
        samples=[_sample(visit, fields, now.language)],
        warnings=snippet_form.warnings(clinic, fields, now.language),
        held={**held, "version": form.get("version") or str(now.version)},
        why=_why(form),
        undoing=bool(where),
    )


def _sample(visit: Visit, fields: Mapping[str, str], language: str) -> dict[str, object]:
    clinic = visit.world.clinic
    return {
        "what": "To a patient called Sam, from Jo, if nothing is added",
        "language": language,
        "body": snippet_form.filled(clinic, fields, language),
        "parts": snippet_form.counted(clinic, fields, language).parts,
    }


def _form(
    visit: Visit, now: SnippetNow, form: dict[str, str], fields: Mapping[str, str], errors: Errors, status: int = 200
) -> Response:
    done = visit.query("done")
    return visit.show(
        "settings_text.html",
        status,
        now_is=now,
        form=form,
        errors=errors,
        labels=snippet_form.LABELS,
        said=snippet_form.said,
        samples=[_sample(visit, fields, now.language)],
        warnings=snippet_form.warnings(visit.world.clinic, fields, now.language),
        owners=_owners(visit),
        done=done if done in DONE else "",
    )


def _new(visit: Visit, form: Mapping[str, str], errors: Errors, status: int = 200) -> Response:
    labels, owners = snippet_form.LABELS, _owners(visit)
    return visit.show("settings_text_new.html", status, form=form, errors=errors, labels=labels, owners=owners)


def _owners(visit: Visit) -> list[str]:
    """Who may answer for a text: everybody with a door here."""
    return sorted({each.staff_id for each in visit.world.store.accesses() if not each.closed} | {visit.who.staff_id})


def _id_of(title: str) -> str:
    """"See you soon!" as see_you_soon; it stands in the history of texts, so letters and digits alone."""
    plain = "".join(char if char.isascii() and char.isalnum() else " " for char in title.lower())
    name = "_".join(plain.split())[:32].rstrip("_")
    return name if name[:1].isalpha() else f"t_{name}"[:32].rstrip("_")


def _why(form: Mapping[str, str]) -> str:
    return " ".join(form.get("why", "").split())[:LONGEST_WHY]

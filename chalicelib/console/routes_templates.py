"""Templates: what each would say to this patient, against what the patient allows; choosing one fills the composer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalice.app import Response

from ..core import segments
from ..flows.read_thread import Behind, read_thread
from ..flows.snippets import in_language, known_snippets
from ..texts import spoken_number
from ..texts.hours import hours_words
from . import words
from .desk import Visit
from .thread_page import Composer, show_thread


@dataclass(frozen=True, slots=True)
class Choice:
    """One template, filled. `above`: it says more than this patient allows."""

    snippet_id: str
    title: str
    says: str
    level: int
    above: bool
    size: segments.Segments


def show_templates(visit: Visit, thread_id: str, composer: Composer) -> Response:
    """The list, with what was typed carried along."""
    behind = read_thread(visit.world, visit.who, thread_id).behind
    choices = _choices(visit, behind)
    return visit.show(
        "templates.html",
        behind=behind,
        composer=composer,
        fits=[each for each in choices if not each.above],
        above=[each for each in choices if each.above],
        allowed=_allowed(behind),
        program=behind.thread.program,
        name=behind.profile.name if behind.profile else "Unknown number",
    )


def insert_template(visit: Visit, thread_id: str, composer: Composer, snippet_id: str) -> Response:
    """The composer with a template behind what was typed; a warning at once where it says more than allowed."""
    behind = read_thread(visit.world, visit.who, thread_id).behind
    chosen = next((each for each in _choices(visit, behind) if each.snippet_id == snippet_id), None)
    if chosen is None:
        return show_thread(visit, thread_id, composer)
    text = f"{composer.text} {chosen.says}".strip()
    snippets = tuple(dict.fromkeys((*composer.snippets, snippet_id)))
    above = chosen.level if chosen.above and behind.patient else 0
    filled = replace(composer, text=text, snippets=snippets, above=above, preview=segments.count(text))
    return show_thread(visit, thread_id, filled)


def _allowed(behind: Behind) -> int:
    return behind.patient.content_level if behind.patient else 0


def _choices(visit: Visit, behind: Behind) -> list[Choice]:
    """In the patient's language. For a number that belongs to nobody, only what anybody may read."""
    language, fields = behind.patient.language if behind.patient else "en", _fields(visit, behind)
    found = []
    for each in in_language(known_snippets(visit.world), language):
        says, above = each.filled(fields), each.level > _allowed(behind)
        if behind.patient is not None or not above:
            found.append(Choice(each.snippet_id, each.title, says, each.level, above, segments.count(says)))
    return found


def _fields(visit: Visit, behind: Behind) -> dict[str, str]:
    clinic = visit.world.clinic
    language = behind.patient.language if behind.patient else "en"
    fields = {"clinician": words.person(visit.who.staff_id), "clinic": clinic.display_name}
    if behind.profile:
        fields["name"] = behind.profile.name.split()[0]
    program = clinic.programs.get(behind.thread.program)
    if program is not None:
        fields |= {"phone": spoken_number(program.phone), "hours": hours_words(language).week(program.hours)}
    return fields

"""The sentences about visits, filled: from reviewed templates alone (N8), at the level the patient allows."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from .. import texts
from ..core.appointments import Appointment, Details
from ..core.page_links import ROOM
from ..core.records import Patient
from ..core.sequences import Step
from ..ports import World
from ..texts import Template
from ..texts import visits as visit_texts
from ..texts.visits import Barrier
from .plan_touches import open_details, zone_of
from .sender import of_patient

AT = {"en": " at {place}", "es": " en {place}"}
JOIN = {"en": " Join: {link}", "es": " Para entrar: {link}"}
ASKS, KNOWN = "visit_confirm", "visit_known"  # whoever has confirmed is not asked again


@dataclass(frozen=True, slots=True)
class Said:
    """One text, and the template it came from."""

    text: str
    template: Template


@dataclass(frozen=True, slots=True)
class Shows:
    """What a page shows in the place of a text's own line: its purpose, what it is about, and the words for it alone."""

    page: str
    subject: str
    words: str


def room(world: World, visit: Appointment, reader: str) -> Shows | None:
    """The way into a visit by video; None where nobody wrote one down. Raises `OpenFailed`."""
    link = open_details(world, visit, reader).link if visit.sealed_details else ""
    return Shows(ROOM, visit.appointment_id, link) if link else None


def touch_text(world: World, patient: Patient, step: Step, told: tuple[Appointment, ...], reader: str) -> Said:
    """What a touch says of these visits of one day. Raises `OpenFailed`."""
    name = KNOWN if step.template == ASKS and all(each.confirmation == "confirmed" for each in told) else step.template
    template = visit_texts.choose(name, patient.language, patient.content_level)
    details = [open_details(world, each, reader) for each in told if each.sealed_details]
    return Said(fill(world, template, patient, told, details), template)


def fill(world: World, template: Template, patient: Patient, told: tuple[Appointment, ...], details: list[Details]) -> str:
    """Where and how to get in are said only when they are the same for all of them."""
    spoken = template.language
    places = {each.place for each in details} if len(details) == len(told) else set()
    place = places.pop() if len(places) == 1 else ""
    link = details[0].link if len(told) == len(details) == 1 else ""
    return template.body.format(
        sender=of_patient(world, patient),
        clinic=world.clinic.display_name,
        phone=phone_of(world, told[0].program),
        when=when(world, patient, told, spoken),
        place=AT[spoken].format(place=place) if place else "",
        link=JOIN[spoken].format(link=link) if link else "",
    )


def answer_text(world: World, template_id: str, language: str, told: tuple[Appointment, ...], sender: str) -> Said:
    """A line in answer to what they wrote, at level 0. `sender`: as `flows.sender` has it."""
    template = visit_texts.choose(template_id, language, 0)
    starts = [each.start_at for each in told]
    said = visit_texts.spoken_when(starts, _zone(told[0]), template.language) if told else ""
    phone = phone_of(world, told[0].program if told else "")
    return Said(template.body.format(sender=sender, phone=phone, when=said), template)


def back_text(world: World, template_id: str, language: str, program: str, sender: str) -> Said:
    """A line in answer to who wants to come back, at level 0."""
    template = visit_texts.choose(template_id, language, 0)
    return Said(template.body.format(sender=sender, phone=phone_of(world, program)), template)


def news_text(world: World, template: Template, patient: Patient, was: Appointment, visit: Appointment) -> str:
    """What the clinic did with a visit, on the clock that the visit is told on."""
    zone = ZoneInfo(spoken_zone(world, patient, (visit,)))
    before, after = (visit_texts.spoken_when([each.start_at], zone, template.language) for each in (was, visit))
    sender = of_patient(world, patient)
    return template.body.format(sender=sender, phone=phone_of(world, visit.program), was=before, when=after)


def barrier_text(world: World, barrier: Barrier, language: str, program: str, sender: str) -> Said:
    """What is said to who told us what stands in the way."""
    spoken = language if language in barrier.answers else "en"
    template = Template(f"barrier_{barrier.barrier_id}", spoken, 0, barrier.answers[spoken])
    return Said(template.body.format(sender=sender, phone=phone_of(world, program)), template)


def when(world: World, patient: Patient, told: tuple[Appointment, ...], language: str) -> str:
    """On the wall where the visit is; of a visit by video, on theirs."""
    zone = ZoneInfo(spoken_zone(world, patient, told))
    return visit_texts.spoken_when([each.start_at for each in told], zone, language)


def spoken_zone(world: World, patient: Patient, told: tuple[Appointment, ...]) -> str:
    return zone_of(world, patient).key if all(each.remote for each in told) else told[0].zone


def phone_of(world: World, program: str) -> str:
    known = world.clinic.programs.get(program)
    return texts.spoken_number(known.phone if known else world.clinic.phone or world.clinic.number)


def _zone(visit: Appointment) -> ZoneInfo:
    return ZoneInfo(visit.spoken_zone or visit.zone)

"""Campaigns: a list with a form for a new one, one with its dry run and report, who is in it, a file, what is done with it."""

from __future__ import annotations

from chalice.app import Response

from ..core.campaigns import AUDIENCES, HOLD_OUTS, MOVES, PURPOSES, Campaign, Recipient
from ..core.csv_out import written
from ..core.stage import STAGES
from ..flows import campaign_desk, campaign_words, read_campaign
from ..flows.book_appointment import Wrong
from ..flows.campaign_desk import CampaignWish
from ..flows.write_reply import form_is_ours
from ..texts import campaigns as texts
from . import campaigns_view as view
from . import times, web
from .colleagues import accounts, of_program
from .desk import Visit, route
from .registration_form import Errors

FIELDS = ("patient", "arm", "state", "why", "parts", "written_at", "outcome", "reply", "opted_out", "booked", "kept")
LANGUAGES = {
    "": "Everybody, each in their own language",
    "en": "Who is written to in English",
    "es": "Who is written to in Spanish",
}


@route("/campaigns")
def campaigns_page(visit: Visit) -> Response:
    return _list(visit, _program(visit), {}, {})


@route("/campaigns", ("POST",))
def campaign_submit(visit: Visit) -> Response:
    form, program, world = dict(visit.form), visit.form.get("program", ""), visit.world
    form_id = form.get("form_id", "")
    if not form_is_ours(world, form_id, world.clock()):
        form_id = world.ids(world.clock())
    wish = CampaignWish(
        form.get("template", ""), form.get("audience", ""), form.get("language", ""), web.whole(form.get("hold_out", "")),
        form.get("reader", "") if form.get("reader", "") in _people(visit, program) else "",
    )  # fmt: skip
    made = campaign_desk.make(world, visit.who, program, form_id, wish)
    if isinstance(made, Wrong):
        return _list(visit, program, form, made.fields, 400)
    return visit.go(f"/campaigns/{program}/{made.campaign_id}?done=made")


@route("/campaigns/{program}/{campaign_id}")
def campaign_page(visit: Visit, program: str, campaign_id: str) -> Response:
    found = read_campaign.read_page(visit.world, visit.who, program, campaign_id)
    campaign, limits = found.campaign, visit.world.clinic.throughput
    return visit.show(
        "campaign.html",
        found=found,
        campaign=campaign,
        label=_labels().get(campaign.template, campaign.template),
        purpose=PURPOSES.get(campaign.purpose, campaign.purpose),
        audience=AUDIENCES.get(campaign.audience, campaign.audience),
        languages=LANGUAGES,
        row=view.row_of(campaign, _labels(), times.Place(visit.world.clinic.zone, visit.world.clock())),
        left_out=view.left_out(campaign),
        takes=view.takes(campaign, limits),
        tables=view.figures_of(campaign),
        measures=view.measures(campaign),
        moves=[name for name, (states, _) in MOVES.items() if campaign.state in states],
        steps=view.STEPS,
        says=view.DONE.get(visit.query("done")),
        program=program,
    )


@route("/campaigns/{program}/{campaign_id}/people")
def campaign_people_page(visit: Visit, program: str, campaign_id: str) -> Response:
    found = read_campaign.read_people(visit.world, visit.who, program, campaign_id, visit.query("after"))
    people = [view.person_of(each, found.names) for each in found.people]
    label = _labels().get(found.campaign.template, found.campaign.template)
    return visit.show(
        "campaign_people.html", campaign=found.campaign, people=people, behind=found.more, label=label, program=program,
    )  # fmt: skip


@route("/campaigns/{program}/{campaign_id}/file")
def campaign_file(visit: Visit, program: str, campaign_id: str) -> Response:
    """Everybody of both groups and who was left out: ids and words of ours, nobody's name."""
    people = read_campaign.read_file(visit.world, visit.who, program, campaign_id)
    return web.file(csv_of(people), "text/csv; charset=utf-8", f"campaign-{campaign_id}.csv")


@route("/campaigns/{program}/{campaign_id}/{move}", ("POST",))
def campaign_move_submit(visit: Visit, program: str, campaign_id: str, move: str) -> Response:
    refused = campaign_desk.move(visit.world, visit.who, program, campaign_id, move)
    return visit.go(f"/campaigns/{program}/{campaign_id}?done={refused or move}")


def csv_of(people: list[Recipient]) -> str:
    rows = list[tuple[object, ...]]()
    for each in people:
        sent = each.written_at.isoformat(timespec="seconds") if each.written_at else ""
        rows.append(
            (
                each.patient_id, each.arm, each.state, each.why, each.parts, sent, each.outcome, each.reply,
                int(each.opted_out), int(each.booked), int(each.kept),
            )
        )  # fmt: skip
    return written(FIELDS, rows)


def _labels() -> dict[str, str]:
    return {name: text.label for name, text in texts.templates().items()}


def _program(visit: Visit) -> str:
    own = [each for each in visit.who.programs if each in visit.world.clinic.programs]
    return visit.query("program") or (own[0] if own else "")


def _list(visit: Visit, program: str, form: dict[str, str], errors: Errors, status: int = 200) -> Response:
    world, place = visit.world, times.Place(visit.world.clinic.zone, visit.world.clock())
    found: list[Campaign] = read_campaign.read_list(world, visit.who, program)
    approved = campaign_words.approved()
    return visit.show(
        "campaigns.html",
        status,
        rows=[view.row_of(each, _labels(), place) for each in found],
        program=program,
        programs=[each for each in visit.who.programs if each in world.clinic.programs],
        choices=_choices(world.clinic.sender, world.clinic.display_name, approved),
        unread=[text for name, text in texts.templates().items() if name not in approved],
        purposes=PURPOSES,
        audiences={name: label for name, label in AUDIENCES.items() if name not in STAGES},
        stages={name: label for name, label in AUDIENCES.items() if name in STAGES},
        languages=LANGUAGES,
        hold_outs=HOLD_OUTS,
        people=_people(visit, program),
        form={"hold_out": "10", "audience": "no_visit", **form},
        form_id=world.ids(world.clock()),
        errors=errors,
    )


def _choices(sender: str, clinic: str, approved: dict[str, texts.CampaignText]) -> list[tuple[texts.CampaignText, str]]:
    """Each sentence with its words as they would read."""
    return [(text, text.body("en").format(sender=sender, clinic=clinic, phone="(phone)")) for text in approved.values()]


def _people(visit: Visit, program: str) -> list[str]:
    return sorted({*(each.staff_id for each in of_program(accounts(visit), program)), visit.who.staff_id})

"""Proposals for the screen's rules: made from a false alarm or a miss, tried on the evaluation sets, agreed to, taken along."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Response

from ..core.lexicon_change import Outcome
from ..core.proposal_file import as_toml
from ..core.proposals import ACCEPTED, OPEN, missing
from ..core.records import Incident, Message
from ..core.roles import Action
from ..core.screen_figures import raising
from ..flows import propose as proposing
from ..flows.authority import demand
from ..flows.propose import BadProposal, Rehearses
from . import proposal_form as form_of
from . import web
from .desk import Visit, furniture, route
from .rule_reasons import rules
from .web import whole

PROPOSALS = "/screen/proposals"
SHOWN = 40  # sentences of each sort; the counts have them all


@route(PROPOSALS)
def proposals_page(visit: Visit) -> Response:
    found = proposing.read_proposals(visit.world, visit.who)
    return visit.show("proposals.html", found=found, kinds=form_of.KINDS, states=form_of.STATES)


@route("/screen/propose")
def propose_page(visit: Visit) -> Response:
    """First what and which rule, then the rest."""
    demand(visit.world, visit.who, Action.SCREEN)
    asked = {name: visit.query(name) for name in ("kind", "rule", "about")}
    return _form(visit, asked, {})


@route("/screen/propose", ("POST",))
def propose_submit(visit: Visit) -> Response:
    form = visit.form
    proposal_id = form.get("id", "")
    if not (len(proposal_id) == 26 and proposal_id.isalnum()):
        return visit.go("/screen/propose")
    try:
        made = proposing.propose(visit.world, visit.who, _rehearsal(), proposal_id, form_of.read(form), form.get("about", ""))
    except BadProposal as bad:
        return _form(visit, form, form_of.errors(bad.wrong, form.get("kind", "")), 400)
    return visit.go(f"{PROPOSALS}/{made.proposal_id}?done=made")


@route(f"{PROPOSALS}/{{proposal_id}}")
def proposal_page(visit: Visit, proposal_id: str) -> Response:
    return _show(visit, proposal_id, visit.query("done"))


@route(f"{PROPOSALS}/{{proposal_id}}/agree", ("POST",))
def agree_submit(visit: Visit, proposal_id: str) -> Response:
    form = visit.form
    _, wanted = proposing.agree(
        visit.world, visit.who, _rehearsal(), proposal_id, _version(form), form.get("seen", ""), _why(form)
    )
    return visit.go(f"{PROPOSALS}/{proposal_id}?done={'agreed' if wanted else 'accepted'}")


@route(f"{PROPOSALS}/{{proposal_id}}/decline", ("POST",))
def decline_submit(visit: Visit, proposal_id: str) -> Response:
    try:
        proposing.decline(visit.world, visit.who, proposal_id, _version(visit.form), _why(visit.form))
    except BadProposal:
        return _show(visit, proposal_id, "", "Say why.", 400)
    return visit.go(f"{PROPOSALS}/{proposal_id}?done=ended")


@route(f"{PROPOSALS}/{{proposal_id}}/file")
def proposal_file(visit: Visit, proposal_id: str) -> Response:
    """What a release is made from; only of an accepted one."""
    proposal, _ = proposing.read_proposal(visit.world, visit.who, proposal_id)
    if proposal.state != ACCEPTED:
        return visit.go(f"{PROPOSALS}/{proposal_id}")
    return web.file(as_toml(proposal), "application/toml; charset=utf-8", f"proposal-{proposal_id.lower()}.toml")


def _rehearsal() -> Rehearses:
    return furniture().rehearsal()


def _show(visit: Visit, proposal_id: str, done: str, error: str = "", status: int = 200) -> Response:
    proposal, history = proposing.read_proposal(visit.world, visit.who, proposal_id)
    outcome = _rehearsal().try_out(proposal.change) if proposal.state == OPEN else None
    return visit.show(
        "proposal.html", status,
        proposal=proposal, history=history, change=proposal.change, outcome=outcome, done=done, error=error,
        seen=proposing.seen_as(outcome) if outcome else "", table=_table(outcome) if outcome else (),
        wanted=[form_of.MISSING[each] for each in missing(outcome, proposal.agreed)] if outcome else [],
        kind=form_of.KINDS[proposal.change.kind], about=rules().get(proposal.change.rule), states=form_of.STATES, shown=SHOWN,
        mine=any(each.who == visit.who.staff_id for each in proposal.agreed),
    )  # fmt: skip


def _table(outcome: Outcome) -> list[tuple[str, int, int, tuple[int, ...]]]:
    """By set: its name, crises, others, and what moves, in the order of the columns."""
    parts = (outcome.lost, outcome.late, outcome.found, outcome.spared, outcome.woken)
    return [
        (form_of.SETS.get(name, name), crises, others, tuple(sum(each.set == name for each in part) for part in parts))
        for name, crises, others in outcome.sizes
    ]


def _form(visit: Visit, form: Mapping[str, str], errors: dict[str, str], status: int = 200) -> Response:
    kind, known = form.get("kind", ""), {name: about for name, about in rules().items() if about.tier is not None}
    fired = [each for each in _fired(visit, form.get("about", "")) if each in known]
    asks = form_of.ASKS.get(kind, ())
    chosen = kind in form_of.KINDS and (kind == "new" or form.get("rule", "") in known)
    return visit.show(
        "propose.html", status,
        form=form, errors=errors, kinds=form_of.KINDS, asks=asks, chosen=chosen, known=known, fired=fired, labels=form_of.LABELS,
        about=known.get(form.get("rule", "")), categories=sorted({each.category for each in known.values()}),
        proposal_id=form.get("id") or visit.world.ids(visit.world.clock()),
    )  # fmt: skip


def _fired(visit: Visit, about: str) -> tuple[str, ...]:
    """The rules of the item, or of the text, that this begins from: ids alone, and only of a program of theirs."""
    thread_id, _, message_id = about.partition(".")
    if message_id:
        message = visit.world.store.get(Message, thread_id, message_id)
        return message.rules if message is not None and visit.who.may_see(message.program) else ()
    incident = visit.world.store.get(Incident, about) if about.isalnum() else None
    return raising(incident) if incident is not None and visit.who.may_see(incident.program) else ()


def _version(form: Mapping[str, str]) -> int:
    return whole(form.get("version", ""), 0)


def _why(form: Mapping[str, str]) -> str:
    return " ".join(form.get("why", "").split())[:300]

"""What must be there before one request of the console can do anything: a release in progress, a case, a merge, somebody gone quiet.
Each row names who of Alice's program gets through with it; `test_every_id` asks the same of everybody of another program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.core.messages import Kind, Status
from chalicelib.core.reach import Reach
from chalicelib.core.records import (
    Asked,
    Erasure,
    Incident,
    Lending,
    Message,
    Move,
    Patient,
    Put,
    Round,
    Slot,
    Task,
    Tasks,
    Thread,
    Update,
)
from chalicelib.core.releases import Asked as Wanted
from chalicelib.core.releases import Release
from chalicelib.core.staff import Staff
from chalicelib.flows import amend_record, break_glass, desk_tasks, erase_patient, gone_quiet, handle_incident, reengage
from chalicelib.flows.merge_patients import Merged, merge
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.release_record import release
from chalicelib.flows.tick import tick
from chalicelib.flows.write_reply import Draft, Sent, write_reply
from chalicelib.ports import SealContext, World

from ..appointments import FRIDAY, booked
from ..asking import asks_and_says_yes
from ..campaigns import made
from ..cast import ALICE_NUMBER, CAROL, ERIN, FRANK, RITA, STRANGER_NUMBER, a_patient, an_sms
from ..flows.calls import a_number_for_calls
from ..flows.office import clock, store
from ..pages import send_page
from ..waitlist import NUMBERS, opened, waiting
from .scene import SECRET, Scene, a_scene

Said = Mapping[str, str]  # ids for the address, and fields of the form
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Request:
    """`role`: who of her program gets through. `build` puts in place what it takes, for whoever asks."""

    how: str
    path: str
    role: str
    build: Callable[[World, Staff], Said]
    fields: Said | None = None

    def __str__(self) -> str:
        moves = [(self.fields or {})[each] for each in ("move", "do", "form") if each in (self.fields or {})]
        return " ".join([self.how, self.path, *moves])

    def scene(self, role: str, *programs: str) -> Scene:
        """Alice, what this request takes, and somebody of these programs who asks."""
        scene = a_scene(role, *programs)
        said = {**self.build(scene.world, scene.who), **(self.fields or {})}
        now = scene.world.clock()
        ids = {**scene.ids, **{name: value for name, value in said.items() if "{%s}" % name in self.path}}  # noqa: UP031 (braces)
        fresh = {"form_id": scene.world.ids(now), "seen": now.isoformat()}
        return Scene(scene.world, scene.who, ids, scene.desk, {**scene.fields, **fresh, **said})


def nothing(world: World, who: Staff) -> Said:
    return {}


# Consent, phone, reach.


def a_stop_to_decide_on(world: World, who: Staff) -> Said:
    receive(world, an_sms("you send too many messages", at=world.clock()), inline=False)
    return {}


def a_form_of_the_web_page(world: World, who: Staff) -> Said:
    closed(world, who)
    clock(world).advance(hours=48)
    world.store.commit(Update(Patient, ("alice",), set={"consent": {}}, add={"version": 1}))
    asks_and_says_yes(world)
    [asked] = store(world).rows(Asked)
    return {"ask": asked.asks[0].ask_id}


def a_phone_that_is_held(world: World, who: Staff) -> Said:
    world.store.commit(Update(Patient, ("alice",), set={"held_at": world.clock()}, add={"version": 1}))
    return {}


def a_sheet(world: World, who: Staff) -> Said:
    assert save_sheet(world, CAROL, "alice", Reach("own", email="alice@example.org", email_whose="self"), 0) == "saved"
    return {"channel": "email", "wants": "yes", "medium": "verbal", "said": "e-mail is fine"}


def a_visit_that_nothing_told_of(world: World, who: Staff) -> Said:
    a_sheet(world, who)
    booked(world, clock(world).now + DAY + 5 * MINUTE)
    patient = world.store.get(Patient, "alice")
    assert patient is not None
    world.store.commit(Update(Patient, ("alice",), set={"no_phone": True}, add={"version": 1}))
    for _ in range(20):
        clock(world).advance(minutes=1)
        tick(world)
        for row in store(world).rows(Round):
            if row.state == "person":
                return {"round_id": row.round_id, "came": "called"}
    raise AssertionError("no round came to a person")


# Records.


def a_release(world: World, who: Staff) -> Said:
    keeper = Staff("rita", "records", ("adult",))
    wanted = Wanted("patient", "Alice herself", ticks=frozenset({"checked"}), sections=("texts", "visits"))
    out = release(world, keeper, "alice", wanted, world.ids(world.clock()))
    assert isinstance(out, Release), out
    return {"release_id": out.release_id}


def an_amendment(world: World, who: Staff) -> Said:
    form_id = world.ids(world.clock())
    assert amend_record.ask(world, RITA, "alice", "It was two a week.", "", form_id) == "asked"
    return {"amendment_id": form_id, "text": "So it was.", "reason": "accurate"}


def a_denied_amendment(world: World, who: Staff) -> Said:
    said = an_amendment(world, who)
    assert amend_record.decide(world, RITA, "alice", said["amendment_id"], "accurate", "It says so.", world.ids(world.clock())) == "denied"
    return said


def left(world: World) -> None:
    """She is discharged, and nothing of hers is open."""
    closed(world, ERIN)
    world.store.commit(
        Update(Patient, ("alice",), set={"status": "discharged"}, add={"version": 1}),
        Update(Thread, ("alice",), set={"waiting_since": None, "unanswered": 0}),
    )


def one_who_left(world: World, who: Staff) -> Said:
    left(world)
    return {"patient": "alice", "why": "mistake"}


def a_deletion(world: World, who: Staff) -> Said:
    left(world)
    erasure_id = world.ids(world.clock())
    assert erase_patient.ask(world, FRANK, "alice", erase_patient.Wish("mistake", True), erasure_id) == "asked"
    assert store(world).rows(Erasure)
    return {"erasure_id": erasure_id}


# Texts.


def a_text_of_ours(world: World, who: Staff) -> Said:
    sealed = world.vault.seal(SealContext("alice", "adult", "outgoing_text"), "alice.m9", SECRET)
    world.store.commit(Put(Message(
        "alice", "m9", "out", Kind.REPLY, Status.DELIVERED, world.clock(), "adult", world.hasher.contact_id(ALICE_NUMBER), sealed,
        patient_id="alice", carrier="twilio", carrier_id="SMm9", author="carol", content_level=1,
    )))  # fmt: skip
    return {"message_id": "m9"}


def a_text_that_paged_nobody(world: World, who: Staff) -> Said:
    closed(world, who)
    clock(world).advance(hours=2)
    receive(world, an_sms("see you on Friday", at=world.clock()), inline=False)
    row = max((row for row in store(world).rows(Message) if row.direction == "in"), key=lambda row: row.message_id)
    return {"message_id": row.message_id}


def a_text_to_take_back(world: World, who: Staff) -> Said:
    thread = world.store.get(Thread, "alice")
    assert thread is not None
    form_id = world.ids(world.clock())
    assert isinstance(write_reply(world, CAROL, "alice", Draft("At three.", form_id, thread.last_at)), Sent)
    return {"message_id": form_id}


def a_page_of_hers(world: World, who: Staff) -> Said:
    row = send_page(world)
    clock(world).advance(minutes=1)
    return {"message_id": row.message_id}


def a_number_that_is_nobodys(world: World, who: Staff) -> Said:
    receive(world, an_sms(f"it is me {SECRET}", STRANGER_NUMBER, at=world.clock()), inline=False)
    [thread] = [row for row in store(world).rows(Thread) if row.program == "unmatched"]
    assert thread.last_at is not None
    return {"thread_id": thread.thread_id, "seen": thread.last_at.isoformat(), "patient": "alice", "keep": "once"}


# Urgent items.


def item(world: World) -> Incident:
    [found] = store(world).rows(Incident)
    return found


def taken(world: World, who: Staff) -> Said:
    """In the hands of whoever asks, if they are of its program: who holds an item was called for it."""
    handle_incident.acknowledge(world, who if who.may_see("adult") else ERIN, item(world).incident_id)
    return {}


def taken_with_a_phone(world: World, who: Staff) -> Said:
    a_number_for_calls(world, who, "+13035550121")
    return taken(world, who)


def taken_and_unread(world: World, who: Staff) -> Said:
    thread = world.store.get(Thread, "alice")
    assert thread is not None and thread.last_at is not None
    return {**taken(world, who), "incident": item(world).incident_id, "choice": "read_can_text", "seen": thread.last_at.isoformat()}


def reached(world: World, who: Staff) -> Said:
    handle_incident.acknowledge(world, ERIN, item(world).incident_id)
    handle_incident.contacted(world, ERIN, item(world).incident_id)
    return {"seen": str(item(world).version)}


def closed(world: World, who: Staff) -> Said:
    reached(world, who)
    handle_incident.resolve(world, ERIN, item(world).incident_id, "emergency_services")
    return {}


def a_task(world: World, who: Staff) -> Said:
    desk_tasks.ask(world, ERIN, item(world), "urgent_visit")
    [tasks] = store(world).rows(Tasks)
    task: Task = tasks.items[-1]
    return {"task": task.task_id, "program": "adult"}


# Visits, waitlist, quiet, campaigns, moves, keys.


def an_opening(world: World, who: Staff) -> Said:
    [slot] = store(world).rows(Slot)
    return {"slot": slot.slot_id, "slot_id": slot.slot_id}


def an_offer(world: World, who: Staff) -> Said:
    a_patient(world, "bea", NUMBERS["bea"])
    waiting(world, "bea", by_phone=True)
    slot = opened(world, FRIDAY + DAY, "s2")
    tick(world)
    return {"slot_id": slot.slot_id, "patient": "bea"}


def gone_silent(world: World, who: Staff) -> Said:
    consent = dict.fromkeys(("conversation", "re_engagement"), world.clock())
    left(world)
    world.store.commit(Update(Patient, ("alice",), set={"quiet_due": world.clock(), "status": "active", "consent": consent}, add={"version": 1}))
    clock(world).now += 60 * DAY
    gone_quiet.look(world, gone_quiet.due_of("alice", "adult", clock(world).now))
    return {"program": "adult", "days": "30", "why": "away"}


def texts_again(world: World, who: Staff) -> Said:
    gone_silent(world, who)
    patient = world.store.get(Patient, "alice")
    assert patient is not None
    world.store.commit(*reengage.begun(world, patient, "quiet", "carol", world.clock(), None, "r1"))
    return {"reengagement_id": "r1"}


def a_campaign(world: World, who: Staff) -> Said:
    consent = dict.fromkeys(("conversation", "re_engagement", "clinical"), world.clock())
    world.store.commit(Update(Patient, ("alice",), set={"consent": consent}, add={"version": 1}))
    return {"campaign_id": made(world).campaign_id}


def a_visit_to_try(world: World, who: Staff) -> Said:
    visit = booked(world, FRIDAY + 14 * DAY)
    step = {"before": "2", "before_unit": "d", "until": "2", "until_unit": "h", "template": "visit_confirm", "rank": "1", "catch_up": "on"}
    return {"whose": f"alice.{visit.appointment_id}", "rows": "1", **{f"{name}_0": said for name, said in step.items()}}


def a_merge(world: World, who: Staff) -> Said:
    a_patient(world, "alias", "+13035550142")
    receive(world, an_sms("from alias", "+13035550142", at=world.clock()), inline=False)
    outcome = merge(world, CAROL, "alias", "alice", world.ids(world.clock()))
    assert isinstance(outcome, Merged), outcome
    for _ in range(3):
        clock(world).advance(minutes=1)
        tick(world)
    [move] = [row for row in store(world).rows(Move) if row.kind == "merge"]
    return {"move_id": move.move_id, "patient": "alice"}


def a_lent_key(world: World, who: Staff) -> Said:
    """Dan broke the glass, and it is over."""
    dan = Staff("dan", "clinician", ("harbor",))
    break_glass.break_glass(world, dan, break_glass.Asked("", ALICE_NUMBER, "care", SECRET, cannot_ask=True))
    break_glass.end(world, dan, "alice")
    tick(world)
    [row] = store(world).rows(Lending)
    return {"lending_id": row.lending_id, "found": "right"}


def rows(how: str, path: str, role: str, build: Callable[[World, Staff], Said], *each: Said) -> list[Request]:
    return [Request(how, path, role, build, fields) for fields in (each or ({},))]


REQUESTS: tuple[Request, ...] = (
    *rows("POST", "/patients/{patient_id}/consent/decide", "clinician", a_stop_to_decide_on),
    *rows("POST", "/patients/{patient_id}/consent/form", "clinician", a_form_of_the_web_page),
    *rows("POST", "/patients/{patient_id}/safe-phone/end", "clinician", a_phone_that_is_held),
    *rows("POST", "/patients/{patient_id}/reach/agree", "clinician", a_sheet),
    *rows("GET", "/patients/{patient_id}/tell/{round_id}", "clinician", a_visit_that_nothing_told_of),
    *rows("POST", "/patients/{patient_id}/tell/{round_id}", "clinician", a_visit_that_nothing_told_of),
    *rows("GET", "/patients/{patient_id}/records/{release_id}", "records", a_release),
    *rows("GET", "/patients/{patient_id}/records/{release_id}/{part}/{form}", "records", a_release, {"form": "html"}, {"form": "json"}),
    *rows("POST", "/patients/{patient_id}/amendments/{amendment_id}/{move}", "records", an_amendment, {"move": "accept"}, {"move": "deny"}, {"move": "longer"}),
    *rows("POST", "/patients/{patient_id}/amendments/{amendment_id}/{move}", "records", a_denied_amendment, {"move": "disagree"}),
    *rows("POST", "/keeping/hold", "records", nothing, {"reason": "litigation", "matter": "24-CV-1", "do": "place"}),
    *rows("POST", "/keeping/erase", "records", one_who_left),
    *rows("POST", "/keeping/erasures/{erasure_id}/{move}", "records", a_deletion, {"move": "confirm"}, {"move": "drop"}),
    *rows("POST", "/threads/{thread_id}/misdirected/{message_id}", "clinician", a_text_of_ours),
    *rows("POST", "/threads/{thread_id}/missed/{message_id}", "clinician", a_text_that_paged_nobody),
    *rows("GET", "/threads/{thread_id}/truth/{message_id}", "clinician", a_text_of_ours),
    *rows("POST", "/threads/{thread_id}/undo/{message_id}", "clinician", a_text_to_take_back),
    *rows("POST", "/threads/{thread_id}/close-page/{message_id}", "clinician", a_page_of_hers),
    *rows("GET", "/threads/{thread_id}/hand-over", "clinician", nothing),
    *rows("GET", "/threads/{thread_id}/match", "front_desk", a_number_that_is_nobodys),
    *rows("POST", "/threads/{thread_id}/match", "front_desk", a_number_that_is_nobodys),
    *rows("POST", "/threads/{thread_id}/dismiss", "front_desk", a_number_that_is_nobodys),
    *rows("POST", "/threads/{thread_id}/read-this", "clinician", taken_and_unread),
    *rows("GET", "/incidents/{incident_id}/news", "clinician", nothing),
    *rows("POST", "/incidents/{incident_id}/call", "clinician", taken_with_a_phone),
    *rows("GET", "/incidents/{incident_id}/transfer", "clinician", taken),
    *rows("POST", "/incidents/{incident_id}/transfer", "clinician", reached),
    *rows("POST", "/incidents/{incident_id}/{move}", "clinician", taken, {"move": "contacted"}, {"move": "unable", "how": "no_answer"}),
    *rows("POST", "/incidents/{incident_id}/{move}", "clinician", reached, {"move": "resolve"}),
    *rows("POST", "/incidents/{incident_id}/sign", "supervisor", closed),
    *rows("POST", "/tasks/end", "clinician", a_task),
    *rows("GET", "/patients/{patient_id}/urgent", "clinician", an_opening),
    *rows("POST", "/patients/{patient_id}/urgent", "clinician", an_opening),
    *rows("POST", "/waitlist/{program}/{slot_id}/{move}", "clinician", an_opening, {"move": "withdrawn"}),
    *rows("POST", "/waitlist/{program}/{slot_id}/{move}", "clinician", an_offer, {"move": "taken"}, {"move": "refused"}),
    *rows("POST", "/waitlist/rules", "clinician", nothing, {"clinician": "carol", "offers": "all", "notice": "24"}),
    *rows("POST", "/waitlist/times", "clinician", nothing, {"start": "2026-03-06T16:00", "minutes": "50", "zone": "America/Denver", "kind": "individual", "clinician": "carol", "place": "200 Elm St"}),
    *rows("POST", "/quiet/{patient_id}/{move}", "clinician", gone_silent, {"move": "call"}, {"move": "leave"}, {"move": "texts"}),
    *rows("POST", "/patients/{patient_id}/stop/{reengagement_id}", "clinician", texts_again),
    *rows("POST", "/campaigns", "supervisor", a_campaign, {"template": "open_place", "audience": "everyone", "language": "", "hold_out": "10", "reader": ""}),
    *rows("GET", "/campaigns/{program}/{campaign_id}", "supervisor", a_campaign),
    *rows("GET", "/campaigns/{program}/{campaign_id}/people", "supervisor", a_campaign),
    *rows("GET", "/campaigns/{program}/{campaign_id}/file", "supervisor", a_campaign),
    *rows("POST", "/campaigns/{program}/{campaign_id}/{move}", "supervisor", a_campaign, {"move": "approve"}),
    *rows("GET", "/sequences/{program}/{sequence_id}", "clinical_lead", nothing, {"sequence_id": "full"}),
    *rows("POST", "/sequences/{program}/{sequence_id}", "clinical_lead", a_visit_to_try, {"sequence_id": "full", "do": "preview"}),
    *rows("POST", "/moves/{move_id}/undo", "clinician", a_merge),
    *rows("GET", "/keys/{shelf}/{lending_id}", "clinical_lead", a_lent_key),
    *rows("POST", "/keys/{shelf}/{lending_id}/review", "clinical_lead", a_lent_key),
)  # fmt: skip

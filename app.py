"""Every trigger of the service, on one page. What happens is in `chalicelib/flows`, a file each.

Five functions answer HTTP from this one zip, each with its own role: the carriers' door can seal and page but not open; the
voice's door opens the one number that a call is to be put through to; the schedule's door books and opens no text; the console's
door reads for a signed-in person; the patients' pages have their own (docs/decisions/three-doors.md).
"""

from __future__ import annotations

from typing import Any

from chalice import Chalice, Rate, Response

from chalicelib import functions, wiring
from chalicelib.late import module

# Each is read at its first use, so that a function loads its own flow and no other's; `wiring.warm` asks for it early.
batches, carrier_door = module("chalicelib.doors.batches"), module("chalicelib.doors.carrier_door")
drop_door = module("chalicelib.doors.drop_door")
voice, schedule = module("chalicelib.doors.voice_door"), module("chalicelib.doors.schedule_door")
deliver, errands = module("chalicelib.flows.deliver"), module("chalicelib.flows.errands")
carrier_stop = module("chalicelib.flows.carrier_stop")
look_ahead, plan_ahead = module("chalicelib.flows.look_ahead"), module("chalicelib.flows.plan_ahead")
list_due = module("chalicelib.flows.list_due")
reconcile, redact_at_carrier = module("chalicelib.flows.reconcile"), module("chalicelib.flows.redact_at_carrier")
looking, replaying = module("chalicelib.flows.second_look"), module("chalicelib.flows.replay_parked")
sealing, sweep_keys = module("chalicelib.flows.seal_trail"), module("chalicelib.flows.sweep_keys")
self_testing, ticking = module("chalicelib.flows.self_test"), module("chalicelib.flows.tick")

functions.starting()
app = Chalice(app_name="porchlight")
app.api.binary_types = []
if functions.serves_console():
    from chalicelib.console import console  # a list of pages; what answers them is read at the first visit

    app.register_blueprint(console)
if functions.serves_pages():
    from chalicelib.patient_pages import patient_pages  # two routes; what answers them is read at the first visit

    app.register_blueprint(patient_pages)

FORMS = ["application/x-www-form-urlencoded", "application/json"]
BODY = ["application/json", "application/merge-patch+json"]
VISIT = "/schedule/{program}/visits/{visit_id}"
# Re-pointed by the template.
STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/threads/stream/2026-01-01T00:00:00.000"
RECENT = "arn:aws:dynamodb:us-east-1:000000000000:table/recent/stream/2026-01-01T00:00:00.000"


@app.route("/sms/{carrier}/inbound", methods=["POST"], content_types=FORMS)
def sms_received(carrier: str) -> Response:
    """A carrier hands us a patient's text."""
    return carrier_door.inbound(carrier, app.current_request)


@app.route("/sms/{carrier}/status", methods=["POST"], content_types=FORMS)
def sms_status(carrier: str) -> Response:
    """A carrier tells what became of one of our texts."""
    return carrier_door.status(carrier, app.current_request)


@app.route("/voice/{carrier}/script", methods=["POST"], content_types=FORMS)
def call_goes_on(carrier: str) -> Response:
    """A call of ours was answered, or a key was pressed: what it says and does next."""
    return voice.script(carrier, app.current_request)


@app.route("/voice/{carrier}/status", methods=["POST"], content_types=FORMS)
def call_status(carrier: str) -> Response:
    """A carrier tells how a call ended, or that a machine answered it."""
    return voice.status(carrier, app.current_request)


@app.route(VISIT, methods=["GET", "PUT", "PATCH"], content_types=BODY)
def schedule_visit(program: str, visit_id: str) -> Response:
    """The clinic's own schedule puts a visit, changes it, or asks how it stands."""
    return schedule.visit(program, visit_id, app.current_request)


@app.route(VISIT + "/cancel", methods=["POST"], content_types=BODY)
def schedule_cancel(program: str, visit_id: str) -> Response:
    """The clinic's own schedule calls a visit off."""
    return schedule.cancel(program, visit_id, app.current_request)


@app.route("/schedule/{program}/changes", methods=["GET"], content_types=BODY)
def schedule_changes(program: str) -> Response:
    """The clinic's own schedule asks what patients answered, and what else changed."""
    return schedule.changes(program, app.current_request)


@app.on_sns_message(topic="porchlight-eum-inbound")
def eum_inbound(event: Any) -> None:
    """A text through AWS End User Messaging."""
    carrier_door.eum_inbound(event)


@app.on_sns_message(topic="porchlight-eum-events")
def eum_event(event: Any) -> None:
    """A delivery event of AWS End User Messaging."""
    carrier_door.eum_event(event)


@app.on_dynamodb_record(stream_arn=STREAM)
def deliver_queued(event: Any) -> dict[str, Any]:
    """A text was queued, or a colleague is to be called: send it."""
    return batches.each_queued(
        event,
        lambda thread, message: deliver.deliver(wiring.world(), thread, message),
        lambda errand: errands.run(wiring.world(), errand),
    )


@app.on_dynamodb_record(stream_arn=RECENT)
def second_look(event: Any) -> dict[str, Any]:
    """A text paged nobody: look again, at ten minutes together. It may only raise."""
    return batches.each_new_text(event, lambda thread, message: looking.look(wiring.world(), thread, message))


@app.on_sqs_message(queue="porchlight-outbox", batch_size=10)
def deliver_later(event: Any) -> dict[str, Any]:
    """The time to take a text back is over: send it."""
    return batches.each_row(event, lambda thread, message: deliver.deliver(wiring.world(), thread, message))


@app.schedule(Rate(1, unit=Rate.MINUTES))
def tick(event: Any) -> None:
    """Once a minute: what is due, and no more."""
    ticking.tick(wiring.world())


@app.schedule(Rate(1, unit=Rate.HOURS))
def reconcile_hourly(event: Any) -> None:
    """Compare with the carriers' own logs and lists of STOPs; ask for a look ahead, at what is lent and at what a log holds."""
    look_ahead.ask(wiring.world())
    plan_ahead.ask(wiring.world())
    sweep_keys.ask(wiring.world())
    list_due.ask(wiring.world())
    redact_at_carrier.ask(wiring.world())
    try:
        reconcile.reconcile_hourly(wiring.world())
    finally:  # one text that cannot be kept must not leave a STOP at the carrier alone
        carrier_stop.compare_daily(wiring.world())


@app.schedule(Rate(1, unit=Rate.HOURS))
def seal_trail(event: Any) -> None:
    """The hours of the trail that are over are sealed where nobody can change them."""
    sealing.seal(wiring.world())


@app.schedule(Rate(15, unit=Rate.MINUTES))
def self_test(event: Any) -> None:
    """The dead man's text: a synthetic crisis goes the whole road, and its page must arrive at a machine."""
    self_testing.run(wiring.world())


@app.on_sqs_message(queue="porchlight-reconcile", batch_size=10)
def reconcile_now(event: Any) -> None:
    """Somebody could not keep a text: compare at once, and again when the carrier's log has caught up."""
    reconcile.look_now(wiring.world(), [record.body for record in event])


@app.on_sqs_message(queue="porchlight-parking", batch_size=1)
def replay_parked(event: Any) -> dict[str, Any]:
    """A text that the store could not take comes back."""
    return batches.each_parked(event, lambda text: replaying.replay(wiring.world(), text))


@app.on_sqs_message(queue="porchlight-drops", batch_size=1)
def visits_dropped(event: Any) -> dict[str, Any]:
    """The clinic's schedule dropped a file of visits."""
    return batches.each_parked(event, drop_door.dropped)


@app.lambda_function(name="sms_door")
def sms_door(event: Any, context: Any) -> Any:
    """The carriers' door: seals and pages, cannot open."""
    return app(event, context)


@app.lambda_function(name="voice_door")
def voice_door(event: Any, context: Any) -> Any:
    """The door of calls: says, takes keys, pages; opens nothing but the number of a call through the clinic."""
    return app(event, context)


@app.lambda_function(name="schedule_door")
def schedule_door(event: Any, context: Any) -> Any:
    """The door of the clinic's own schedule: seals and books, opens where a visit is and nothing that anybody wrote."""
    return app(event, context)


@app.lambda_function(name="console_door")
def console_door(event: Any, context: Any) -> Any:
    """The staff's door."""
    return app(event, context)


@app.lambda_function(name="pages_door")
def pages_door(event: Any, context: Any) -> Any:
    """The patients' door."""
    return app(event, context)


if functions.on_lambda():
    wiring.warm()
    functions.started()

"""Which Lambda function this process is, and what that one needs. On a laptop and in tests it is none of them."""

from __future__ import annotations

import gc
import os

# What each function's trigger reads, by the end of the function's name.
OWN: dict[str, tuple[str, ...]] = {
    "-console-door": ("console.everything",),
    "-sms-door": ("doors.carrier_door",),
    "-pages-door": ("patient_pages.page", "flows.keep_text"),
    "-voice-door": ("doors.voice_door",),
    "-schedule-door": ("doors.schedule_door", "charts.signed_request"),
    "-eum-inbound": ("doors.carrier_door",),
    "-eum-event": ("doors.carrier_door",),
    "-deliver-queued": ("doors.batches", "flows.deliver", "flows.errands"),
    "-deliver-later": ("doors.batches", "flows.deliver"),
    "-second-look": ("doors.batches", "flows.second_look"),
    "-tick": ("flows.tick",),
    "-reconcile-hourly": ("flows.look_ahead", "flows.reconcile"),
    "-self-test": ("flows.self_test",),
    "-seal-trail": ("flows.seal_trail",),
    "-reconcile-now": ("flows.reconcile",),
    "-visits-dropped": ("doors.batches", "doors.drop_door"),
    "-replay-parked": ("doors.batches", "flows.replay_parked"),
}


def own_modules() -> tuple[str, ...]:
    """The modules, below `chalicelib`, that this function will need; none for one we do not know."""
    return next((names for end, names in OWN.items() if name().endswith(end)), ())


def name() -> str:
    return os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")


def serves_console() -> bool:
    """Whether this process may be asked for a page of the console: not in the functions that move texts."""
    return not name() or name().endswith(("console-door", "api-handler", "console_door", "APIHandler"))


def serves_pages() -> bool:
    """Whether this process may be asked for a patient's page."""
    return not name() or name().endswith(("pages-door", "api-handler", "pages_door", "APIHandler"))


def reads_the_secret() -> bool:
    """Whether this process may: these two know no number and send nothing."""
    return not name().endswith(("-seal-trail", "-eum-event"))


def on_lambda() -> bool:
    return bool(name())


def starting() -> None:
    """What a start-up makes, it makes to stay: looking for garbage among it took a sixth of a cold start."""
    if on_lambda():
        gc.disable()


def started() -> None:
    """From now on garbage is looked for, and not among what was there before the first event."""
    gc.freeze()
    gc.enable()

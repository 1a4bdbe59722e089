"""What a carrier asks during a call. It always gets something it can say: an error that is ours ends in a kind line, not in the
carrier's own "application error"."""

from __future__ import annotations

from typing import Any

from chalice import Response

from .. import wiring
from ..core.calls import Script
from ..errors import BadPayload, BadSignature, DeadlineExceeded, SecretUnavailable
from ..flows import call_ended, on_the_phone
from ..ports import VoiceWebhook, WebhookRequest, World
from .carrier_door import TOKEN, as_it_came, noted


def script(carrier: str, request: Any) -> Response:
    """404: no such carrier; else as `play`."""
    voice = _voice(carrier)
    return Response("", status_code=404) if voice is None else play(wiring.world(), voice, as_it_came(request))


def play(world: World, voice: VoiceWebhook, asked: WebhookRequest) -> Response:
    """200 and what the call does next; 403 unsigned, in silence; ours are a kind line."""
    try:
        event = world.patience.within(TOKEN, lambda: voice.read(asked, world.clock()))
    except BadSignature:
        world.journal.count("signature_refused")
        return _says(voice, Script(), "", 403)
    except (SecretUnavailable, DeadlineExceeded, BadPayload) as failure:
        return _trouble(world, voice, failure)
    try:
        return _says(voice, on_the_phone.goes_on(world, event), event.row)
    except Exception as failure:  # noqa: BLE001  whatever it is, somebody is on the line
        return _trouble(world, voice, failure)


def status(carrier: str, request: Any) -> Response:
    """404: no such carrier; else as `note`."""
    voice = _voice(carrier)
    return Response("", status_code=404) if voice is None else note(wiring.world(), voice, as_it_came(request))


def note(world: World, voice: VoiceWebhook, asked: WebhookRequest) -> Response:
    """204 when it is written down or means nothing to us; 403 unsigned; 422 unreadable; 5xx: please say it again."""

    def keep() -> None:
        call_ended.told(world, world.patience.within(TOKEN, lambda: voice.read(asked, world.clock())))

    return noted(world, keep, "call_not_recorded")


def _voice(carrier: str) -> VoiceWebhook | None:
    try:
        return wiring.voice(carrier)
    except KeyError:
        return None


def _trouble(world: World, voice: VoiceWebhook, failure: Exception) -> Response:
    world.journal.event("call_trouble", error=type(failure).__name__)
    world.journal.count("call_trouble")
    return _says(voice, on_the_phone.trouble(), "")


def _says(voice: VoiceWebhook, said: Script, row: str, status_code: int = 200) -> Response:
    kind, body = voice.answer(said, row)
    return Response(body, status_code=status_code, headers={"Content-Type": kind})

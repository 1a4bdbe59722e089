"""Telephone calls as Twilio plays them: it rings, asks the clinic what to say, gathers keys, dials on, and tells how it ended.

A thread a call. Whoever holds a simulated phone answers, declines, lets it go to voicemail, presses keys, hangs up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import urljoin
from xml.etree import ElementTree

from .calls import Call, new_call_sid, verbs_of
from .network import Entry, Network
from .webhooks import Poster

LONGEST_SCRIPT = 50  # documents of one call: a script that goes on longer goes round
A_WORD = 0.35  # seconds that a voice takes for one
class Exchange:
    """Every call. Methods are safe to call from any thread. `pace`: seconds a spoken word takes; 0 in tests."""

    def __init__(self, network: Network, account_sid: str, poster: Poster, pace: float = A_WORD):
        self.network, self._account, self._poster, self._pace = network, account_sid, poster, pace
        self.hurry: Callable[[], bool] = lambda: False  # while a history is made up nobody picks up
        self._calls: dict[str, Call] = {}
        self._change = threading.Condition(threading.RLock())

    # --- the carrier's API --------------------------------------------------------------------------------------------

    def place(self, call: Call) -> Call:
        """Ring. It is queued when this returns, and goes its way behind us."""
        with self._change:
            self._calls[call.sid] = call
        threading.Thread(target=self._carry, args=(call,), name="call", daemon=True).start()
        return call

    def call(self, sid: str) -> Call | None:
        with self._change:
            return self._calls.get(sid)

    def calls(self) -> list[Call]:
        """Newest first."""
        with self._change:
            return list(reversed(self._calls.values()))

    # --- whoever holds the phone --------------------------------------------------------------------------------------

    def on(self, number: str) -> Call | None:
        """The call that this phone is in, or that rings on it."""
        with self._change:
            theirs = (each for each in self._calls.values() if each.callee == number)
            return next((each for each in theirs if not each.over and each.status != "queued"), None)

    def pick_up(self, number: str, machine: bool = False) -> None:
        self._set(number, status="in-progress", machine=machine)

    def decline(self, number: str) -> None:
        self._set(number, status="busy")

    def hang_up(self, number: str) -> None:
        self._set(number, status="completed")

    def cancel(self, call: Call) -> None:
        """What nobody answered yet; a call that was answered goes on."""
        with self._change:
            if call.status in ("queued", "ringing"):
                call.status = "canceled"
                self._wake()

    def press(self, number: str, keys: str) -> None:
        with self._change:
            call = self.on(number)
            if call is not None and call.status == "in-progress":
                call.keys += keys
                self._wake()

    def _set(self, number: str, **changed: object) -> None:
        with self._change:
            call = self.on(number)
            if call is None or (changed["status"] in ("in-progress", "busy") and call.status != "ringing"):
                return
            for name, value in changed.items():
                setattr(call, name, value)
            self._wake()

    def _wake(self) -> None:
        self._change.notify_all()
        self.network.touch()

    # --- a call's life ------------------------------------------------------------------------------------------------

    def _carry(self, call: Call) -> None:
        if self._rings(call):
            self._answered(call)
        self._end(call)

    def _rings(self, call: Call) -> bool:
        """Whether something answered."""
        with self._change:
            if call.over:
                return False
            if self.network.phone(call.callee).off or self.hurry() or self.on(call.callee) is not None:
                call.status = "busy" if self.on(call.callee) else "no-answer"
                return False
            call.status = "ringing"
            self._wake()
            self._change.wait_for(lambda: call.status != "ringing", call.rings)
            if call.status == "ringing":
                call.status = "no-answer"
            if call.status == "in-progress":
                call.answered_at = self.network.now()
            return call.status == "in-progress"

    def _answered(self, call: Call) -> None:
        if call.amd_callback:
            fields = {"CallSid": call.sid, "AccountSid": self._account, "MachineDetectionDuration": "1800"}
            self._poster.post(call.amd_callback, fields | {"AnsweredBy": "machine_start" if call.machine else "human"})
        machine = "machine_end_beep" if call.listens == "DetectMessageEnd" else "machine_start"
        known = {"AnsweredBy": machine if call.machine else "human"} if call.listens else {}
        script = self._ask(call, call.url, known)
        for _ in range(LONGEST_SCRIPT):
            if script is None or call.over:
                return
            script = self._play(call, *script)

    def _ask(self, call: Call, url: str, more: dict[str, str]) -> tuple[str, list[ElementTree.Element]] | None:
        """The next document; None when there is none that can be played (Twilio: "an application error has occurred")."""
        answer = self._poster.post(url, call.fields(self._account) | more)
        verbs = verbs_of(answer)
        if verbs is None:
            self._say(call, "An application error has occurred. Goodbye.")
            return None
        return url, verbs

    def _play(self, call: Call, url: str, verbs: list[ElementTree.Element]) -> tuple[str, list[ElementTree.Element]] | None:
        for verb in verbs:
            if call.over:
                return None
            if verb.tag == "Say":
                self._say(call, verb.text or "")
            elif verb.tag == "Gather":
                if keys := self._gather(call, verb):
                    return self._ask(call, urljoin(url, verb.get("action", "")), {"Digits": keys, "msg": "Gather End"})
            elif verb.tag == "Dial":
                told = self._dial(call, verb)
                return self._ask(call, urljoin(url, verb.get("action", "")), told) if verb.get("action") else None
            elif verb.tag == "Redirect":
                return self._ask(call, urljoin(url, verb.text or ""), {})
            elif verb.tag == "Hangup":
                return None
        return None

    def _say(self, call: Call, words: str) -> None:
        with self._change:
            call.heard.append(words.strip())
            self._wake()

    def _gather(self, call: Call, verb: ElementTree.Element) -> str:
        """The keys, or "" when none came in time. A machine presses none."""
        said = verb.find("Say")
        words = (said.text or "") if said is not None else ""
        self._say(call, words)
        wanted, times = int(verb.get("numDigits", "1")), int(said.get("loop", "1")) if said is not None else 1
        patience = float(verb.get("timeout", "5")) + times * len(words.split()) * self._pace
        with self._change:
            call.keys, call.asks = "", not call.machine
            self._wake()
            if call.machine:
                return ""
            self._change.wait_for(lambda: len(call.keys) >= wanted or call.over, patience)
            keys, call.asks = call.keys[:wanted], False
            return keys if len(keys) >= wanted or (keys and not call.over) else ""

    def _dial(self, call: Call, verb: ElementTree.Element) -> dict[str, str]:
        """The other leg, from the number that the caller id says. What its action is told."""
        number = verb.findtext("Number") or verb.text or ""
        other = Call(
            new_call_sid(), verb.get("callerId", call.caller), number.strip(), self.network.now(), direction="outbound-dial",
            parent=call.sid, rings=float(verb.get("timeout", "30")),
        )
        with self._change:
            self._calls[other.sid] = other
            call.with_number = other.callee
            self._wake()
        watch = threading.Thread(target=self._give_up_with, args=(call, other), daemon=True)
        watch.start()
        if self._rings(other):
            self._speak(call, other)
        call.with_number = ""
        self._end(other)
        told = {"DialCallSid": other.sid, "DialCallStatus": other.status, "DialCallDuration": str(other.seconds)}
        return told | {"DialBridged": "true" if other.answered_at else "false"}

    def _give_up_with(self, call: Call, other: Call) -> None:
        """The caller hangs up while it rings, or while they speak: the other leg ends too."""
        with self._change:
            self._change.wait_for(lambda: call.over or other.over)
            if call.over and not other.over:
                other.status = "canceled" if other.status == "ringing" else "completed"
                self._wake()

    def _speak(self, call: Call, other: Call) -> None:
        with self._change:
            other.with_number = call.callee
            self._wake()
            self._change.wait_for(lambda: call.over or other.over)
            if not other.over:
                other.status = "completed"

    def _end(self, call: Call) -> None:
        with self._change:
            call.status = call.status if call.over else "completed"
            call.ended_at, call.asks = self.network.now(), False
        if not self.hurry():
            self.network.show(call.callee, Entry(call.caller, call.callee, call.remembered, call.ended_at, "call", call.sid))
        if call.callback:
            times = {"CallDuration": str(call.seconds), "CallbackSource": "call-progress-events", "SequenceNumber": "0"}
            self._poster.post(call.callback, call.fields(self._account) | times)

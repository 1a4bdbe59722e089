"""An automated call to a patient: somebody answered, or pressed a key. It says nothing until a key was pressed: a voicemail box
presses none, and hears one neutral line where that was agreed, or silence. Where the carrier cannot tell which of both listens,
it hears that a key may be pressed, and from whom only after one.

This door opens the words of this one call and nothing else of anybody; what a key means for the visit the tick does, soon after.
"""

from __future__ import annotations

from ..core.calls import Ask, CallEvent, Ended, PhoneCall, Script, Why
from ..core.records import Change, Due, Update
from ..errors import Conflict, Rejected
from ..ports import SealContext, World
from ..texts import channels
from .outbox import SHARD, keep_due

MENU, CHOICE = "menu", "choice"
BEFORE = "before"  # nobody knows yet whether a person listens
SAID = "voice_said"  # the due row: what became of it
KEYS = ("1", "2", "3")  # come, another time, a person
ATTEMPTS = 4


def spoken_context(patient_id: str, program: str) -> SealContext:
    """Under what the words of one call are sealed: the door of calls opens this kind, and the tick makes it."""
    return SealContext(patient_id, program, "spoken")


def goes_on(world: World, call: PhoneCall, event: CallEvent) -> Script:
    """Raises `StoreError`, `OpenFailed`: the door says a kind line."""
    if event.machine:
        return _machine(world, call)
    if event.moment == CHOICE and event.keys in KEYS:
        _note(world, call, event.keys)
        return _says(world, call, f"call_done_{event.keys}")
    if event.moment == MENU and event.keys == "1":
        _note(world, call, "heard")
        words = world.vault.open(spoken_context(call.patient_id, call.for_program), call.spoken_row, call.spoken, "door:voice")
        after_it = MENU if call.why == Why.OPENS else CHOICE  # a code asks for nothing: 1 says it again
        return Script(ask=Ask(words, after_it, times=2), after=_line(world, call, "call_bye"), language=call.language)
    if (event.unsure and not event.moment) or (event.moment == BEFORE and event.keys != "1"):
        return Script(ask=Ask(_line(world, call, "call_press"), BEFORE, times=2), language=call.language)
    hello = Ask(_line(world, call, "call_hello"), MENU, times=2)
    return Script(ask=hello, after=_line(world, call, "call_bye"), language=call.language)


def _machine(world: World, call: PhoneCall) -> Script:
    """Nothing at all where no message may be left."""
    _note(world, call, "voicemail" if call.voicemail else "machine")
    return _says(world, call, "call_voicemail") if call.voicemail else Script()


def _says(world: World, call: PhoneCall, sentence: str) -> Script:
    return Script(_line(world, call, sentence), language=call.language)


def _line(world: World, call: PhoneCall, sentence: str) -> str:
    from ..texts.safe_phone import spoken_label
    from .visit_words import phone_of

    label = spoken_label(call.label, call.language, world.clinic.sender)
    return channels.say(sentence, call.language, label=label, phone=phone_of(world, call.for_program)).body


def _note(world: World, call: PhoneCall, what: str) -> None:
    """Once each: the same key told twice does what it did once. A choice stands over "heard". Whoever hangs up with the key is in
    a race with the call's end: what they asked for is not lost by it. Raises `Conflict`: nobody is promised what is not kept."""
    known: PhoneCall | None = call
    for _ in range(ATTEMPTS):
        if known is None or known.done == what or known.done in KEYS:
            return
        change = Update(PhoneCall, (call.call_id,), set={"done": what}, add={"version": 1}, expect={"version": known.version})
        try:
            return world.store.commit(change, said(world, known, what))
        except (Rejected, Conflict):
            world.journal.count("call_contended")
            known = world.store.get(PhoneCall, call.call_id)
    raise Conflict(call.call_id)


def said(world: World, call: PhoneCall, what: str) -> Change:
    now = world.clock()
    return keep_due(Due(SHARD, now, f"{SAID}#{call.row}#{what}", SAID, call.row, what))


def ended(world: World, call: PhoneCall, how: str) -> list[Change]:
    """Nobody pressed a key, or nobody answered: for the tick, in a word. What was heard stands."""
    if call.done:
        return []
    return [said(world, call, "no_key" if how == Ended.ANSWERED else how)]

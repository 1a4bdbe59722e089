"""A diary of urgent items, kept beside the service: by a pager that looks at the clock, and by whoever did something. What a release
and the officer's report say of them is held against it (`test_a_month_given_out`); nothing here is read from a row of an item."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from chalicelib.core.messages import DeliveryEvent, Status
from chalicelib.core.records import Contact
from chalicelib.core.staff import Staff
from chalicelib.flows import handle_incident
from chalicelib.flows.mark_page import mark_page
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.tick import tick
from chalicelib.ports import World

from ..cast import ALICE_NUMBER, CAROL, ERIN, an_sms
from ..fakes.world import FakePager
from .office import clock

CRISES = (("I took all my pills", 0), ("I want to hurt myself", 1))
ENDINGS = ("visit_arranged", "safe_plan_reviewed", "emergency_services", "went_to_hospital")
CODE = re.compile(r"urgent item ([0-9A-Z]{4})\b")  # "item X is taken" calls nobody
Line = tuple[datetime, str, str, str]  # when, who, what, and whom or how


@dataclass
class Item:
    """`lines`: oldest first."""

    code: str
    tier: int
    at: datetime
    lines: list[Line]
    disposition: str = ""


class Noting(FakePager):
    """Whom it called, when, and for which item."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.now, self.called = now, list[tuple[datetime, str, str]]()

    def page(self, to: str, text: str) -> None:
        super().page(to, text)
        found = CODE.search(text)
        self.called.append((self.now(), to, found[1] if found else ""))


@dataclass
class Desk:
    """What becomes of a crisis of Alice's."""

    world: World
    odds: Random
    items: list[Item] = field(default_factory=list)
    wrote: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)  # what went back in the webhook's own answer

    def happens(self, day: int) -> None:
        """She writes, and is called back; now and then only after the next one on call was paged, or after she wrote again."""
        body, tier = self.odds.choice(CRISES)
        item = self._begins(f"{body} {day}", tier)
        self._waits(item, self.odds.choice((0, 2, 14)))
        if self.odds.random() < 0.5:
            self._writes_again(item, f"I want to hurt myself {day}.2")
            self._waits(item, 3)
        who = self.odds.choice((CAROL, ERIN))
        self._does(item, who, "acknowledged", "", lambda code: handle_incident.acknowledge(self.world, who, code))
        if self.odds.random() < 0.4:
            self._waits(item, 1)
            how = self.odds.choice(("no_answer", ""))
            self._does(item, who, "unable", how, lambda code: handle_incident.unable(self.world, who, code, how))
        self._waits(item, 2)
        other = self.odds.choice((CAROL, ERIN))
        self._does(item, other, "contacted", "", lambda code: handle_incident.contacted(self.world, other, code))
        if self.odds.random() < 0.3:
            self._does(item, who, "marked", "true", lambda code: mark_page(self.world, who, code, "true"))
        if day < 26:  # the last one stays open
            ending = self.odds.choice(ENDINGS)
            self._does(item, who, "resolved", ending, lambda code: handle_incident.resolve(self.world, who, code, ending))
            item.disposition = ending

    def _begins(self, body: str, tier: int) -> Item:
        called = self._sent(body)
        [code] = {code for _, _, code in called}
        began = self.world.clock()
        item = Item(code, tier, began, [(began, "screen", "detected", ""), *self._pages(called, code)])
        self.items.append(item)
        return item

    def _writes_again(self, item: Item, body: str) -> None:
        called = self._sent(body)
        item.tier = min(item.tier, 1)
        item.lines += [(self.world.clock(), "patient", "text", ""), *self._pages(called, item.code)]

    def _sent(self, body: str) -> list[tuple[datetime, str, str]]:
        before = len(self.pager.called)
        self.writes(body)
        return self.pager.called[before:]

    def writes(self, body: str) -> None:
        """What goes back in the webhook's answer arrives, and the carrier says so."""
        clock(self.world).advance(seconds=7)
        answer = receive(self.world, an_sms(body, ALICE_NUMBER, at=self.world.clock()), inline=True)
        self.wrote.append(body)
        if answer.row:
            self.inline.append(answer.text)
            record(self.world, DeliveryEvent("twilio", f"SM{len(self.wrote)}", Status.HANDED_TO_CARRIER, self.world.clock(), answer.row))

    def _waits(self, item: Item, minutes: int) -> None:
        for _ in range(minutes):
            before = len(self.pager.called)
            clock(self.world).advance(minutes=1)
            tick(self.world)
            item.lines += self._pages(self.pager.called[before:], item.code)

    def _does(self, item: Item, who: Staff, what: str, how: str, act: Callable[[str], object]) -> None:
        act(self._id())
        item.lines.append((self.world.clock(), who.staff_id, what, how))

    def _id(self) -> str:
        """What is open for her number: the one id that a person's press names."""
        contact = self.world.store.get(Contact, self.world.hasher.contact_id(ALICE_NUMBER))
        assert contact is not None
        return next(each.incident_id for each in contact.incidents if each.thread_id == "alice")

    @property
    def pager(self) -> Noting:
        assert isinstance(self.world.pager, Noting)
        return self.world.pager

    @staticmethod
    def _pages(called: list[tuple[datetime, str, str]], code: str) -> list[Line]:
        return [(at, "pager", "paged", to) for at, to, of in called if of == code]

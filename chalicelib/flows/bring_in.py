"""What never reached us comes in now, the worst first, some at once: a thousand texts one after the other outlast a function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from operator import itemgetter

from ..core.messages import CarrierRecord, InboundSms
from ..ports import World
from .receive_sms import first_look, receive

AT_ONCE = 8  # persons; each text waits for its store and keys three quarters of its time
FEW = 8  # texts that one after the other have come in soon enough
Turn = tuple[int, bool, datetime]  # its tier, whether its words are gone, when it was written
WORDLESS_PAGES = 5  # of one comparison; a table restored to last week has hundreds


@dataclass(slots=True)
class Bringing:
    """One comparison's bringing in. `tried`: ids of the texts it came to; `brought`: how many were kept; `_paging`: texts without
    words that page for themselves."""

    world: World
    tried: set[str] = field(default_factory=set)
    brought: int = 0
    _paging: set[str] = field(default_factory=set)
    _begun: list[Future[tuple[list[str], int]]] = field(default_factory=list)

    def bring(self, missing: Sequence[CarrierRecord], until: datetime) -> bool:
        """The worst first; False when it was `until` before it came to all."""
        turns = sorted(((self._turn(line), line) for line in missing), key=itemgetter(0))
        wordless = [line.carrier_id for (_, gone, _), line in turns if gone and line.carrier_id not in self._paging]
        self._paging.update(wordless[::-1][: WORDLESS_PAGES - len(self._paging)])
        work = partial(self._one_by_one, until)
        if len(turns) <= FEW:
            came = [work([line for _, line in turns])]
        else:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                came = list(pool.map(work, _by_person(turns)))
        for tried, brought in came:
            self._note(tried, brought)
        return self.tried.issuperset(line.carrier_id for line in missing)

    def begin(self, lines: Iterable[CarrierRecord], until: datetime, pool: ThreadPoolExecutor) -> None:
        """What pages of these comes in behind whoever goes on reading; of texts without words a few page, once all are known."""
        urgent = [line for line in lines if not is_wordless(line) and first_look(self.world, as_text(line)).pages]
        turns = sorted(((self._turn(line), line) for line in urgent), key=itemgetter(0))
        self._begun += [pool.submit(self._one_by_one, until, each) for each in _by_person(turns)]

    def settle(self) -> None:
        """Until all that was begun is done."""
        while self._begun:
            self._note(*self._begun.pop().result())

    def _note(self, tried: Iterable[str], brought: int) -> None:
        self.tried.update(tried)
        self.brought += brought

    def _turn(self, line: CarrierRecord) -> Turn:
        """The worst first, then as they were written: after an hour without a door a crisis must not wait behind a thousand
        thanks, nor behind a thousand texts that may have been one (N2). Reordered texts change nothing else (N1)."""
        return first_look(self.world, as_text(line)).tier, is_wordless(line), line.at

    def _one_by_one(self, until: datetime, lines: Sequence[CarrierRecord]) -> tuple[list[str], int]:
        """The ids it came to, and how many of them were kept."""
        tried, brought = list[str](), 0
        for line in lines:
            if self.world.clock() >= until:
                break
            tried.append(line.carrier_id)
            brought += self._bring_in(as_text(line, is_wordless(line) and line.carrier_id not in self._paging))
        return tried, brought

    def _bring_in(self, text: InboundSms) -> bool:
        """One that cannot be kept, for whatever reason, must not stand before a crisis behind it (C12)."""
        try:
            receive(self.world, text, inline=False, found=True)
        except Exception as failure:  # noqa: BLE001  NotKept or anything else: it is asked for again
            self.world.journal.event("reconcile_not_kept", carrier=text.carrier, error=type(failure).__name__)
            self.world.journal.count("reconcile_not_kept")
            return False
        return True


def _by_person(turns: Iterable[tuple[Turn, CarrierRecord]]) -> list[list[CarrierRecord]]:
    """What one person wrote stays in one hand and in its order: two at once would only keep each other waiting."""
    people: dict[tuple[int, str], list[CarrierRecord]] = {}
    for (tier, _, _), line in turns:
        people.setdefault((tier, line.sender), []).append(line)
    return list(people.values())


def is_wordless(line: CarrierRecord) -> bool:
    """Taken out of the log, by us or by whoever else may."""
    return not line.body and not line.media


def as_text(line: CarrierRecord, of_many: bool = False) -> InboundSms:
    return InboundSms(
        carrier=line.carrier,
        carrier_id=line.carrier_id,
        sender=line.sender,
        our_number=line.recipient,
        body=line.body,
        received_at=line.at,
        sent_at=line.at,
        media=line.media,
        wordless=is_wordless(line),
        of_many=of_many,
    )

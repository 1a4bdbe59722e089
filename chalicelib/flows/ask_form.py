"""Somebody asks on our web page to be texted. It is kept and nothing else: who the number belongs to is not looked up here, so
that the page answers each of them alike, in words and in time (N7); the tick asks the phone itself (`ask_back`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from ..core.asked import KEPT, Ask, AskCount, Asked, pushes, with_one_more
from ..core.consent import RULE_VERSION
from ..core.messages import FromPage
from ..core.records import ABSENT, UNMATCHED, Due, Update
from ..errors import Conflict, Rejected
from ..ports import SealContext, World
from ..texts import pages
from . import answer_page
from .answer_page import NotKept as NotKept
from .outbox import SHARD, keep_due
from .receive_sms import LOOK_UPS

KIND = "ask_back"
ATTEMPTS = 4
OF_ADDRESS, OF_ALL = 30, 300  # forms in an hour from one address, which may be a waiting room's; and in a day from all of them
ALONE, AT_ONCE = 5, timedelta(minutes=10)  # items of danger that page for themselves in so long
GOOD_FOR = timedelta(hours=4)  # how long the form may stay open
NUMBERS, NUMBER = "numbers", "number"
DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Wish:
    """A form whose fields could be read. `number`: E.164; `born`: a day; `form`: the token that came with the page."""

    number: str
    name: str
    born: str
    language: str
    words: str
    kinds: tuple[str, ...]
    risk: bool
    form: str


def ask(world: World, wish: Wish, where: str) -> bool:
    """Keep it. False: too many came. The same form again is the same ask. Raises `StoreError`, `VaultError`."""
    now = world.clock()
    if not _room(world, where, now):
        world.journal.count("ask_form_limited")
        return False
    contact_id, ask_id = world.hasher.contact_id(wish.number), _id_of(world, wish)
    number = world.vault.seal(SealContext(contact_id, NUMBERS, NUMBER), contact_id, wish.number)
    asked = _ask(world, contact_id, ask_id, wish, now)
    for _ in range(ATTEMPTS):
        known = world.store.get(Asked, contact_id) or Asked(contact_id, 0, number)
        if any(each.ask_id == ask_id for each in known.asks):
            return True
        fields = {
            "sealed_number": number, "asks": with_one_more(known.asks, asked), "version": known.version + 1, "forgotten_at":
            now + KEPT, **({"pushed_at": now} if pushes(known, asked) else {}),
        }  # fmt: skip
        fresh = known.version == 0
        row = Update(Asked, (contact_id,), set=fields, expect={"version": ABSENT if fresh else known.version}, create=fresh)
        try:
            world.store.commit(row, keep_due(Due(SHARD, now, f"{KIND}#{contact_id}", KIND, contact_id)))
        except (Conflict, Rejected):  # another form for the same number at this moment
            continue
        return True
    raise Conflict("ask")


def _id_of(world: World, wish: Wish) -> str:
    said = "\n".join((wish.form, wish.number, wish.name, wish.born, wish.language, *wish.kinds, str(wish.risk)))
    return world.hasher.text_hash(f"ask {said}")[:26]


def _ask(world: World, contact_id: str, ask_id: str, wish: Wish, now: datetime) -> Ask:
    typed = json.dumps({"number": wish.number, "name": wish.name, "born": wish.born}, sort_keys=True)
    sealed = world.vault.seal(context_of(contact_id), row_of(contact_id, ask_id), typed)
    return Ask(ask_id, now, wish.language, wish.words, wish.kinds, wish.risk, RULE_VERSION, sealed)


def context_of(contact_id: str) -> SealContext:
    """Whoever may see numbers that are nobody's may open what was typed: it is nobody's word yet."""
    return SealContext(contact_id, UNMATCHED, "inbound_text")


def row_of(contact_id: str, ask_id: str) -> str:
    return f"{contact_id}.{ask_id}"


def _room(world: World, where: str, now: datetime) -> bool:
    """Counted before anything is kept, so that many at once are no way around."""
    hour, day = f"{now:%Y%m%d%H}", f"{now:%Y%m%d}"
    ends = now + timedelta(days=2)
    counters = [(f"all.{day}", OF_ALL)]
    if where:
        counters.append((f"{world.hasher.text_hash(f'ask from {_house(where)}')}.{hour}", OF_ADDRESS))
    counts = [_count(world, name, ends) for name, _ in counters]
    return all(count <= most for count, (_, most) in zip(counts, counters, strict=True))


def _house(where: str) -> str:
    """What one connection may write from: of IPv6 it has a whole network, more addresses than anybody could count."""
    try:
        at = ip_address(where)
    except ValueError:
        return where
    return str(ip_network((at, 64), strict=False)) if isinstance(at, IPv6Address) and at.ipv4_mapped is None else where


def _count(world: World, name: str, ends: datetime) -> int:
    for _ in range(ATTEMPTS):
        try:
            world.store.commit(Update(AskCount, (name,), set={"expires_at": ends}, add={"count": 1}, create=True))
            break
        except Conflict:
            continue
    known = world.store.get(AskCount, name)
    return known.count if known else 0


def token(world: World) -> str:
    """What a form carries: that a page of ours was asked for first, and when. Raises `SecretUnavailable`."""
    at = f"{int(world.clock().timestamp()):x}"
    return f"{at}.{_signed(world, at)}"


def holds(world: World, said: str) -> bool:
    """Raises `SecretUnavailable`."""
    at, _, signed = said.partition(".")
    if not at.isascii() or not at.isalnum() or len(at) > 12 or signed != _signed(world, at):
        return False
    try:
        age = world.clock().timestamp() - int(at, 16)
    except ValueError:
        return False
    return 0 <= age < GOOD_FOR.total_seconds()


def _signed(world: World, at: str) -> str:
    return world.hasher.text_hash(f"web form {at}")[:32]


def overhear(world: World, typed: Iterable[str], number: str, where: str, language: str) -> str:
    """Danger in what was typed, by whoever it is: paged and kept as the words of nobody we know, with the number that they
    typed, which is not checked. One address is one thread a day, and many addresses at once are one beside the first few, so that
    no form floods who is on call. The answer to danger, or "".

    Raises `NotKept`: the page has left by then."""
    said = [each for each in typed if each.strip()]
    own = "\n".join(said)
    if not any(answer_page.is_danger(world, each) for each in (*said, own)):
        return ""
    item = _item(world, where)
    told = f"Typed on our web page for texts by somebody we do not know. Number typed, not checked: {number or 'none'}.\n{own}"
    if item == _named("many", world.clock()):
        told = f"One of many such forms just now: each text here may be somebody else's.\n{told}"
    answers = [answer_page.write(world, FromPage(item), each, "ask") for each in answer_page.apart(world, told, own)]
    return next((each for each in answers if each), pages.words(language)["danger"])  # which is not repeated within minutes


def _item(world: World, where: str) -> str:
    """The thread of one address' danger today, or of many at once. Ids are written down, and there are few enough addresses to
    try each: so by its keyed hash. Without the key all are one; where nobody can count, each pages for itself."""
    now = world.clock()
    found = [_named("", now)]

    def find() -> None:
        found.append(_named(world.hasher.text_hash(f"danger from {_house(where)}"), now))
        found.append(found[-1] if _alone(world, found[-1], now) else _named("many", now))

    try:
        world.patience.within(LOOK_UPS, find)
    except Exception as failure:  # noqa: BLE001  no key and no count may stand between danger and its page
        world.journal.event("look_up_failed", carrier="ask", error=type(failure).__name__)
    return found[-1]


def _named(who: str, now: datetime) -> str:
    return sha256(f"web form {who} {now:%Y%m%d}".encode()).hexdigest()


def _alone(world: World, item: str, now: datetime) -> bool:
    """Whether it pages for itself. A pager that does not stop silences the next crisis, so what comes beyond a few items at once
    joins one that pages as one phone's texts do. Raises `Conflict`, `Rejected`, `StoreError`."""
    for _ in range(ATTEMPTS):
        known = world.store.get(AskCount, DANGER) or AskCount(DANGER)
        recent = {name: at for name, at in known.recent.items() if now - at < AT_ONCE}
        if item in recent or len(recent) >= ALONE:
            return item in recent
        fields = {"recent": {**recent, item: now}, "count": known.count + 1, "expires_at": now + timedelta(days=2)}
        try:
            expect = {"count": known.count or ABSENT}
            world.store.commit(Update(AskCount, (DANGER,), set=fields, expect=expect, create=not known.count))
        except (Conflict, Rejected):  # another at this moment
            continue
        return True
    raise Conflict(DANGER)

"""Keys of people, and AWS's answer to each opening by the staff role's own policy and by what was lent (`fakes.iam`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.own_keys import LASTS
from chalicelib.core.passes import OwnKey, Pass
from chalicelib.core.staff import Staff
from chalicelib.errors import KeyRefused, KeyUnavailable, PassOver
from chalicelib.ports import SealContext, Vault, World

from .iam import Tags, opens, tags_of


def token_of(who: Staff) -> str:
    """An ID token, as far as a fake one goes."""
    return json.dumps([who.staff_id, who.role, list(who.programs)])


@dataclass
class FakeKeys:
    """`asked`: whose key was asked for, in order. `fails`: raised instead, once each. `world`: whose vault and lender stand behind it."""

    world: Callable[[], World]
    asked: list[str] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    away: bool = False  # it answers nobody

    def hide(self, token: str, held: Pass) -> bytes:
        key = [held.key.session, held.key.until.isoformat()] if held.key else None
        return json.dumps([token, held.id_token, held.renews, key]).encode()

    def show(self, token: str, hidden: bytes) -> Pass:
        whose, id_token, renews, key = json.loads(hidden or b'["", "", "", null]')
        if whose != token:
            raise PassOver("no pass")
        return Pass(id_token, renews, OwnKey("", "", key[0], datetime.fromisoformat(key[1])) if key else None)

    def ask(self, id_token: str, staff_id: str, now: datetime) -> OwnKey:
        if self.away:
            self.asked.append("nobody answers")
            raise KeyUnavailable("sts")
        if self.fails:
            raise self.fails.pop(0)
        whose, role, programs = json.loads(id_token)
        if whose != staff_id:  # the trust policy's condition
            raise KeyRefused("sign-in")
        self.asked.append(staff_id)
        return OwnKey("", "", json.dumps(tags_of(whose, role, tuple(programs))), now + LASTS)

    def vault(self, key: OwnKey, tokens: tuple[str, ...] = ()) -> Vault:
        return GuardedVault(self.world, json.loads(key.session))


@dataclass(frozen=True)
class GuardedVault:
    """The world's vault behind what IAM would say."""

    world: Callable[[], World]
    tags: Tags
    inner: Vault | None = None

    def _vault(self) -> Vault:
        return self.inner or self.world().vault

    def seal(self, context: SealContext, row_id: str, text: str) -> bytes:
        raise AssertionError("a person's own key seals nothing")

    def open(self, context: SealContext, row_id: str, sealed: bytes, reader: str) -> str:
        lent = getattr(self.world().lender, "lent", {})
        if not opens(self.tags, context) and (self.tags["staff"], context.patient) not in lent:
            raise KeyRefused(f"{context.kind} of row {row_id}")
        return self._vault().open(context, row_id, sealed, reader)

    def one_request(self) -> Vault:
        return GuardedVault(self.world, self.tags, self._vault().one_request())

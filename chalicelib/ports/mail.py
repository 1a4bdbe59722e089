"""Who carries e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..core.mail import OutboundMail


class Mailer(Protocol):
    """One carrier of e-mail. There is no record to ask afterwards: an unknown outcome is a person's."""

    def send(self, mail: OutboundMail) -> str:
        """The carrier's id. Raises `CarrierRefused` (nothing left), `CarrierUnknown` (it may have)."""

"""A person of the clinic, as the sign-in says."""

from __future__ import annotations

from dataclasses import dataclass

from . import roles


@dataclass(frozen=True, slots=True)
class Staff:
    """`programs` are the units of access; `unmatched` among them opens the list of unknown numbers."""

    staff_id: str
    role: str
    programs: tuple[str, ...]

    def may_see(self, program: str) -> bool:
        return program in self.programs

    def may(self, action: str) -> bool:
        """What the role allows beside the work with patients (`core.roles`)."""
        return roles.may(self.role, action)

    @property
    def administers(self) -> bool:
        return roles.administers(self.role)

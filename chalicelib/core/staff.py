"""A person of the clinic, as the sign-in says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Staff:
    """`programs` are the units of access; `unmatched` among them opens the list of unknown numbers."""

    staff_id: str
    role: str
    programs: tuple[str, ...]

    def may_see(self, program: str) -> bool:
        return program in self.programs

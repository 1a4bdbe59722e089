"""A person of the clinic, as the sign-in says."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import roles


@dataclass(frozen=True, slots=True)
class Staff:
    """`programs` are the units of access; `unmatched` among them opens the list of unknown numbers.

    `where`: what they came through and from which address, for the trail ("console 203.0.113.7"). `let_in`: to whom besides
    their programs this request let them in, and by what ("break_glass:<lending>", "page:<item>"): the trail says so, as why.
    """

    staff_id: str
    role: str
    programs: tuple[str, ...]
    where: str = field(default="", compare=False)
    let_in: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def may_see(self, program: str) -> bool:
        """Of its patients. A compliance officer sees who did what and never content, whatever programs somebody gives them."""
        return program in self.programs and self.role not in roles.SEES_NO_PATIENTS

    def may(self, action: str) -> bool:
        """What the role allows beside the work with patients (`core.roles`)."""
        return roles.may(self.role, action)

    @property
    def administers(self) -> bool:
        return roles.administers(self.role)

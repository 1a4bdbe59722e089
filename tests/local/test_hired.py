"""The demo's people get their phones on a machine that is busy with something else, too."""

from __future__ import annotations

from chalicelib.core.phones import Way
from chalicelib.errors import Conflict
from chalicelib.flows.staff_phones import my_phone
from infra.local.hired import verify_phones
from infra.local.synthetic import Person

from ..cast import ERIN
from ..fakes.store import FakeStore
from ..fakes.world import a_world


class AnswersTooLate(FakeStore):
    """The first commit holds, and is refused when it is asked for again."""

    late = True

    def commit(self, *changes):
        super().commit(*changes)
        if self.late:
            self.late = False
            raise Conflict("the same, once more")


def test_a_phone_that_was_given_and_refused_the_second_time_is_verified():
    world = a_world(store=AnswersTooLate())
    verify_phones(world, [Person("erin", "", "clinician", ("adult",), "+12025550161", "Erin", "")])
    method = my_phone(world, ERIN).method(Way.TEXT)
    assert method is not None and method.verified_at is not None

"""Three tasks on a practice patient, step by step. There is no such patient: no thread, no text, no number, no incident, so
nothing of it can leave, page anybody, wait in an inbox or be counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

TASKS: dict[str, tuple[str, ...]] = {
    "answer": ("take", "answer"),
    "urgent": ("acknowledge", "reached", "resolve"),
    "close": ("note", "close"),
}
STEPS: tuple[str, ...] = tuple(step for steps in TASKS.values() for step in steps)
BACK = "take_back"  # an answer, while its seconds run


@dataclass(frozen=True, slots=True)
class Practice:
    """How far a person is. `begun`: they were asked, and did a step or said not now."""

    done: int = 0
    begun: bool = False

    @property
    def step(self) -> str:
        """What comes next; "" when all is done."""
        return STEPS[self.done] if self.done < len(STEPS) else ""

    @property
    def task(self) -> str:
        return next((task for task, steps in TASKS.items() if self.step in steps), "")

    def finished(self, task: str) -> bool:
        return self.done > STEPS.index(TASKS[task][-1])


def after(practice: Practice, step: str) -> Practice:
    """What pressing a button makes of it. A step that is not the next one changes nothing: a page may be old."""
    if step == BACK and practice.done == STEPS.index("answer") + 1:
        return replace(practice, done=STEPS.index("answer"))
    return Practice(practice.done + 1, True) if step and step == practice.step else practice

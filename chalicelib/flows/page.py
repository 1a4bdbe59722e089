"""Send one page, in time, and say whether the pager took it."""

from __future__ import annotations

from ..ports import World

PAGE = 3.5  # seconds for the pager


def send_page(world: World, to: str, text: str) -> bool:
    """Whether the pager took it, in time. Its failure is counted and found again by the tick."""
    try:
        world.patience.within(PAGE, lambda: world.pager.page(to, text))
    except Exception:  # noqa: BLE001  whatever SNS answered, the text must still be kept and answered
        world.journal.count("page_failed")
        return False
    world.journal.count("page_sent")
    return True

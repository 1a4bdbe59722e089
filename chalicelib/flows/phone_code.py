"""The six digits that show whose a phone is, and the PIN that shows who holds it: worked out from a keyed hash, so that they
stand in no row and no queue."""

from __future__ import annotations

from ..core.phones import Method
from ..ports import World


def code_for_phone(world: World, staff_id: str, method: Method) -> str:
    """Another for each time that it is asked for. Raises `SecretUnavailable`."""
    asked = method.asked_at.isoformat() if method.asked_at else ""
    digest = world.hasher.text_hash(f"phone#{staff_id}#{method.way}#{method.contact_id}#{asked}")
    return f"{int(digest[:12], 16) % 1_000_000:06d}"


def pin_for_calls(world: World, staff_id: str, method: Method) -> str:
    """Four digits, the same until their owner asks for others. Raises `SecretUnavailable`."""
    digest = world.hasher.text_hash(f"pin#{staff_id}#{method.pin}")
    return f"{int(digest[:12], 16) % 10_000:04d}"

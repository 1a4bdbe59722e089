"""The staff's web pages. `app.py` registers `console`; `furnish(...)` puts other things behind it than `wiring` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .front import console

if TYPE_CHECKING:
    from .furniture import Furniture, furnish

__all__ = ["Furniture", "console", "furnish"]


def __getattr__(name: str) -> Any:
    """What stands behind it is read when somebody asks for it: `app.py` goes without."""
    if name not in __all__:
        raise AttributeError(name)
    from . import furniture

    return getattr(furniture, name)

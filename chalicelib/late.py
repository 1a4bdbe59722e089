"""A port that is made, or a module that is read, at its first use: a page must not wait for the key service's library, nor one
function for the flows of another (docs: `make bench`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from threading import Lock
from typing import Any


class Late:
    """Stands in for what `make` gives, until somebody asks it for something. Safe to share between threads."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self._lock, self._made = make, Lock(), None

    def made(self) -> Any:
        """The thing itself, made now if it was not. What `make` raises comes out, and it is tried again next time."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._make()
        return self._made

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made(), name)


def made(port: Any) -> Any:
    """What stands behind a port, made now."""
    return port.made() if isinstance(port, Late) else port


def module(name: str) -> Any:
    """A module by its full name, read at its first use."""
    return Late(partial(import_module, name))

"""`pytest -p tests.powers.watching` with PORCHLIGHT_ASKED=FOLDER: each call of a port, by the function whose trigger began it, as
what it asks of AWS. Nothing is judged here."""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any

from botocore import handlers

from chalicelib.ports import World

from .asked import PORTS, asked, of_aws
from .policies import Use
from .triggers import asking

ASKED = "PORCHLIGHT_ASKED"
Seen = dict[str, dict[Use, str]]  # function to what it asked, each with the test that showed it first


class Watched:
    """A port that notes what it is asked. To everybody else it is what stands behind it."""

    def __init__(self, port: str = "", real: Any = None, seen: Seen | None = None) -> None:
        object.__setattr__(self, "_parts", (port, real, seen))

    def __getattr__(self, name: str) -> Any:
        port, real, seen = object.__getattribute__(self, "_parts")
        found = getattr(real, name)
        return _noting(port, name, found, seen) if callable(found) and not name.startswith("_") else found

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._parts[1], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._parts[1], name)

    def __eq__(self, other: object) -> bool:
        return bool(self._parts[1] == getattr(other, "_parts", (None, other))[1])

    def __hash__(self) -> int:
        return hash(self._parts[1])

    @property
    def __class__(self) -> type:
        return type(object.__getattribute__(self, "_parts")[1])


class Carriers(Watched):
    """Carriers by name."""

    def __init__(self, real: Any, seen: Seen) -> None:
        super().__init__("carriers", real, seen)

    def __getitem__(self, name: str) -> Any:
        _, real, seen = self._parts
        return Watched("carrier", real[name], seen)

    def __setitem__(self, name: str, value: Any) -> None:
        self._parts[1][name] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts[1])

    def __contains__(self, name: object) -> bool:
        return name in self._parts[1]

    def __len__(self) -> int:
        return len(self._parts[1])

    def items(self) -> list[tuple[str, Any]]:
        return [(name, self[name]) for name in self]

    def values(self) -> list[Any]:
        return [self[name] for name in self]


def _noting(port: str, method: str, real: Callable[..., Any], seen: Seen) -> Callable[..., Any]:
    def noted(*args: Any, **kwargs: Any) -> Any:
        args = tuple(list(each) if isinstance(each, Iterator) else each for each in args)
        if functions := asking(sys._getframe(1), noted.__code__) or getattr(_BEHALF, "of", ()):
            uses = asked(port, method, args, kwargs)
            note(seen, functions, uses)
        answer = real(*args, **kwargs)
        return Watched(port, answer, seen) if method == "one_request" else answer

    return noted


def note(seen: Seen, functions: tuple[str, ...], uses: set[Use]) -> None:
    for function in functions:
        for use in uses - seen[function].keys():
            seen[function][use] = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]


def watch(seen: Seen) -> None:
    """From here on every world's ports are watched, in this process."""
    for port in PORTS:
        setattr(World, port, _watching(port, getattr(World, port), lambda real, port=port: _watched(port, real, seen)))
    World.carriers = _watching("carriers", World.carriers, lambda held: Carriers(held, seen))  # type: ignore[assignment]


def _watched(port: str, real: Any, seen: Seen) -> Any:
    """What a flow itself puts before a port asks AWS for nothing: what stands behind that does."""
    return real if type(real).__module__.startswith("chalicelib.flows") else Watched(port, real, seen)


def side_by_side() -> None:
    """What a pool's thread asks, it asks for whoever handed it the work."""
    submit = ThreadPoolExecutor.submit

    def handed(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        of = asking(sys._getframe(1), _NOWHERE) or getattr(_BEHALF, "of", ())

        def done(*args: Any, **kwargs: Any) -> Any:
            _BEHALF.of = of
            return work(*args, **kwargs)

        return submit(pool, done, *args, **kwargs)

    ThreadPoolExecutor.submit = handed  # type: ignore[method-assign]


def listen(seen: Seen) -> None:
    """Adapters that stand behind no port of the world: what they ask of AWS, asked of moto."""

    def asked_of_aws(params: dict[str, Any], model: Any, **_: Any) -> None:
        uses = of_aws(model.service_model.service_name, model.name, params)
        note(seen, asking(sys._getframe(1), _NOWHERE) if uses else (), uses)

    handlers.BUILTIN_HANDLERS.insert(0, ("provide-client-params.*.*", asked_of_aws))  # sessions take theirs from this list


def _watching(port: str, slot: Any, watched: Callable[[Any], Any]) -> Any:
    def read(world: World) -> Any:
        real = slot.__get__(world, World)
        return watched(real) if real is not None else None

    def put(world: World, value: Any) -> None:
        slot.__set__(world, value._parts[1] if type(value) in (Watched, Carriers) else value)

    return property(read, put)


def pytest_configure() -> None:
    seen: Seen = defaultdict(dict)
    _SEEN.append(seen)
    watch(seen)
    side_by_side()
    listen(seen)


def pytest_sessionfinish() -> None:
    save(_SEEN[-1], "tests")


def save(seen: Seen, by: str) -> None:
    lines = sorted((function, *use, test) for function, uses in seen.items() for use, test in uses.items())
    (Path(os.environ[ASKED]) / f"{by}-{os.getpid()}.json").write_text(json.dumps(lines), encoding="utf-8")


_SEEN: list[Seen] = []
_BEHALF = local()
_NOWHERE = object()

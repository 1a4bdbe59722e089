"""`core.quick.dataclass` makes what the standard library makes: every class of the house that uses it is held to a twin."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

import chalicelib
from chalicelib.core import quick

Kind = Any


def _classes() -> Iterator[Kind]:
    for found in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        module = import_module(found.name)
        if getattr(module, "dataclass", None) is quick.dataclass and module is not quick:
            yield from (each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == module.__name__)


QUICK = [each for each in _classes() if dataclasses.is_dataclass(each)]


ASKED = ("default", "default_factory", "compare", "repr")


def _twin(kind: Kind) -> Kind:
    """The same fields, made by the standard library."""
    rows = [(each.name, each.type, dataclasses.field(**{asked: getattr(each, asked) for asked in ASKED})) for each in dataclasses.fields(kind)]
    return dataclasses.make_dataclass(kind.__qualname__, rows, frozen=True, slots=hasattr(kind, "__slots__"))


def _parameters(kind: Kind) -> list[tuple[str, Any, Any]]:
    named = inspect.signature(kind.__init__).parameters.values()
    return [(each.name, each.kind, each.default is inspect.Parameter.empty) for each in named]


@pytest.mark.parametrize("kind", QUICK, ids=lambda kind: kind.__qualname__)
def test_it_is_what_the_standard_library_would_make(kind: Kind) -> None:
    twin, names = _twin(kind), [field.name for field in dataclasses.fields(kind)]
    needed = {name: f"<{name}>" for name, _, required in _parameters(kind)[1:] if required}
    ours, theirs = kind(**needed), twin(**needed)
    assert _parameters(kind) == _parameters(twin)
    assert repr(ours) == repr(theirs)
    assert kind.__match_args__ == tuple(names)
    assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]
    assert ours == kind(**needed) == copy.deepcopy(ours) == dataclasses.replace(ours)
    for field in dataclasses.fields(kind):
        name, other = field.name, dataclasses.replace(ours, **{field.name: "other"})
        assert (other != ours) == field.compare and getattr(other, name) == "other"
        assert repr(other) == repr(dataclasses.replace(theirs, **{name: "other"})) and getattr(copy.copy(other), name) == "other"
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(ours, name, "other")
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(ours, name)


def test_there_are_as_many_as_a_page_waits_for() -> None:
    assert len(QUICK) > 40


@quick.dataclass(frozen=True, slots=True)
class Odd:
    """Names that the compiled lines could mistake for their own."""

    set: str
    object: int = 1
    rows: list[int] = dataclasses.field(default_factory=list)


@quick.dataclass(frozen=True)
class One:
    value: object


def test_equal_values_are_one_key_and_another_class_is_another_value() -> None:
    assert hash(Odd("a", 2, ())) == hash(Odd("a", 2, ()))  # type: ignore[arg-type]
    assert {One("a"): 1}[One("a")] == 1
    assert One("a") != Odd("a")
    assert One("a") != ("a",)
    assert Odd("a").rows is not Odd("a").rows
    with pytest.raises(TypeError):
        hash(Odd("a"))  # a list is no key


class Plain:
    value: int = 1


class WithItsOwn:
    value: int = 1

    def __repr__(self) -> str:
        return ""


class KeywordOnly:
    value: int = dataclasses.field(default=1, kw_only=True)


@pytest.mark.parametrize("kind", [type("Child", (Plain,), {}), WithItsOwn, KeywordOnly], ids=lambda kind: kind.__name__)
def test_what_it_does_not_know_it_refuses(kind: Kind) -> None:
    with pytest.raises(TypeError, match=r"quick\.py"):
        quick.dataclass(frozen=True)(kind)


def test_what_is_not_frozen_is_no_value() -> None:
    with pytest.raises(TypeError):
        quick.dataclass(frozen=False)(Plain)

"""`dataclass` for frozen values as the standard library makes them, in a third of the time.

Six compiled methods a class were most of what our own modules cost a cold start until a page (docs/decisions/cold-start.md).
Here only `__init__` is compiled, when the first value is made; comparing, hashing, showing and refusing a change are the same
few lines for all. What it does not know it refuses when the class is made. `tests/core/test_quick.py` holds every class that
uses it to the original.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

Later = tuple[tuple[str, Any], ...]  # name and value, as the table has them
LATER = "later"
Values = Callable[[Any], tuple[Any, ...]]
OWN = frozenset({"__init__", "__post_init__", "__eq__", "__hash__", "__repr__", "__setattr__", "__delattr__", "__reduce__"})

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen, slots=False):
        """The class, made a frozen value. Raises TypeError where it asks for more than this one knows."""
        if not frozen:
            raise TypeError("a value is frozen")
        return lambda kind: _made(kind, slots)


def carried() -> Any:
    """A map's last field, `later`: what a newer version wrote inside that this one does not know. Never compared, never shown.

    Two versions run side by side in every deployment. A row's own fields are safe, since rows are changed field by field; a map
    inside a row is written whole. So each kind of map carries what its reader did not understand, and `replace` takes it along.
    Nobody but the codec reads or fills it.
    """
    return dataclasses.field(default=(), compare=False, repr=False)


def _made(kind: type, slots: bool) -> type:
    if kind.__bases__ != (object,) or OWN & set(vars(kind)):
        raise TypeError(f"{kind.__name__}: core/quick.py knows no inheritance and no methods of one's own in place of its")
    given = _given(kind)
    made: Any = _with_slots(kind, tuple(given)) if slots else kind
    compared = _values([name for name, (_, field) in given.items() if not isinstance(field, dataclasses.Field) or field.compare])
    made.__match_args__ = tuple(given)  # type: ignore[misc]
    _Later(made, "__dataclass_fields__", lambda: _fields(given))
    _Later(made, "__init__", lambda: _init(made.__qualname__, dataclasses.fields(made)))
    made.__eq__, made.__hash__, made.__reduce__ = _compared(compared), _hashed(compared), _copied(_values(list(given)))
    made.__repr__, made.__setattr__, made.__delattr__ = _shown, _not_assigned, _not_deleted
    return made  # type: ignore[no-any-return]


class _Later:
    """An attribute of a class, made when somebody first asks for it: of many classes that a start reads it makes no value."""

    def __init__(self, owner: type, name: str, make: Callable[[], Any]) -> None:
        self._name, self._make = name, make
        setattr(owner, name, self)

    def __get__(self, value: Any, owner: type) -> Any:
        setattr(owner, self._name, self._make())
        return getattr(owner if value is None else value, self._name)


def _given(kind: type) -> dict[str, tuple[Any, Any]]:
    """Each field's annotation and what the class says it is: nothing, a default, or a `Field`. Defaults stay the class's own."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, told in vars(kind).get("__annotations__", {}).items():
        if str(told).startswith(("ClassVar", "typing.ClassVar")):
            continue
        given: Any = vars(kind).get(name, dataclasses.MISSING)
        if isinstance(given, dataclasses.Field):
            _check(f"{kind.__qualname__}.{name}", given)
            if given.default is dataclasses.MISSING:
                delattr(kind, name)
            else:
                setattr(kind, name, given.default)
        found[name] = told, given
    return found


def _check(named: str, field: dataclasses.Field[Any]) -> None:
    if field.kw_only is True or not field.init or field.compare != field.repr or field.hash is not None:
        raise TypeError(f"{named}: core/quick.py knows plain fields only")


def _fields(given: dict[str, tuple[Any, Any]]) -> dict[str, dataclasses.Field[Any]]:
    """As the standard library finds them, which looks at each annotation's text three times."""
    found: dict[str, dataclasses.Field[Any]] = {}
    for name, (told, value) in given.items():
        field: Any = value if isinstance(value, dataclasses.Field) else dataclasses.field(default=value)
        field.name, field.type, field._field_type, field.kw_only = name, told, dataclasses._FIELD, False  # type: ignore[attr-defined]
        found[name] = field
    return found


def _with_slots(kind: type, names: tuple[str, ...]) -> type:
    """The class once more, with a slot for each field."""
    left = {name: value for name, value in vars(kind).items() if name not in {*names, "__dict__", "__weakref__"}}
    made = type(kind.__name__, (), {**left, "__slots__": names})
    made.__qualname__ = kind.__qualname__
    return made


def _init(owner: str, fields: Sequence[dataclasses.Field[Any]]) -> Any:
    """`__init__`, compiled: it runs for every row."""
    scope: dict[str, Any] = {"_keep_": object.__setattr__, "_absent_": object()}
    takes, does = ["self"], []
    for field in fields:
        taken, value, other = field.name, field.name, f"_else_{field.name}"
        if field.default_factory is not dataclasses.MISSING:
            scope[other] = field.default_factory
            taken, value = f"{field.name}=_absent_", f"{other}() if {field.name} is _absent_ else {field.name}"
        elif field.default is not dataclasses.MISSING:
            scope[other], taken = field.default, f"{field.name}={other}"
        takes.append(taken)
        does.append(f"_keep_(self, {field.name!r}, {value})")
    exec(f"def __init__({', '.join(takes)}):\n {'; '.join(does) or 'pass'}", scope)  # noqa: S102 (made of our own fields' names)
    scope["__init__"].__qualname__ = f"{owner}.__init__"
    return scope["__init__"]


def _values(names: list[str]) -> Values:
    """A value's fields, in order."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _compared(values: Values) -> Any:
    def __eq__(self: Any, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hashed(values: Values) -> Any:
    return lambda self: hash(values(self))


def _copied(values: Values) -> Any:
    return lambda self: (type(self), values(self))


def _shown(self: Any) -> str:
    shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({shown})"


def _not_assigned(_: Any, name: str, __: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _not_deleted(_: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

"""`dataclass` for frozen values as the standard library makes them, in a third of the time.

Six compiled methods a class were most of what our own modules cost a cold start until a page (docs/decisions/cold-start.md). Here
only `__init__` is compiled; comparing, hashing, showing and refusing a change are the same few lines for all. What it does not
know it refuses when the class is made. `tests/core/test_quick.py` holds every class that uses it to the original.
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
    fields = _fields(kind)
    made: Any = _with_slots(kind, tuple(fields)) if slots else kind
    made.__dataclass_fields__, made.__match_args__ = fields, tuple(fields)  # type: ignore[misc]
    values, compared = _values(list(fields)), _values([name for name, field in fields.items() if field.compare])
    made.__init__ = _init(made.__qualname__, list(fields.values()))
    made.__eq__, made.__hash__, made.__reduce__ = _compared(compared), _hashed(compared), _copied(values)
    made.__repr__, made.__setattr__, made.__delattr__ = _shown, _not_assigned, _not_deleted
    return made  # type: ignore[no-any-return]


def _fields(kind: type) -> dict[str, dataclasses.Field[Any]]:
    """As the standard library finds them, which looks at each annotation's text three times."""
    found: dict[str, dataclasses.Field[Any]] = {}
    for name, told in vars(kind).get("__annotations__", {}).items():
        if str(told).startswith(("ClassVar", "typing.ClassVar")):
            continue
        given: Any = vars(kind).get(name, dataclasses.MISSING)
        field: Any = given if isinstance(given, dataclasses.Field) else dataclasses.field(default=given)
        field.name, field.type, field._field_type = name, told, dataclasses._FIELD  # type: ignore[attr-defined]
        field.kw_only = field.kw_only is True
        if field.default is not dataclasses.MISSING:
            setattr(kind, name, field.default)
        elif given is not dataclasses.MISSING:
            delattr(kind, name)
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
        if field.kw_only or not field.init or field.compare != field.repr or field.hash is not None:
            raise TypeError(f"{owner}.{field.name}: core/quick.py knows plain fields only")
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

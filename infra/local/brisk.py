"""moto without what it does over again for each call: a third of its time here, and the demo's start waits for it.

Answers stay the same. moto looks each member of a value up under every name that it could have in Python, ten members for
each attribute of each row; DynamoDB's attributes have one name each. And it reads its own folder for every request.
"""

from __future__ import annotations

from typing import Any

import moto.backends
from moto.core.serialize import ResponseSerializer


def install() -> None:
    """From now on, in this process."""
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
    ResponseSerializer.get_value = _value_of(ResponseSerializer.get_value)  # type: ignore[method-assign]


def _value_of(otherwise: Any) -> Any:
    def get_value(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        if type(value) is dict and shape.parent.name == "AttributeValue":
            return value.get(key)
        return otherwise(serializer, value, key, shape)

    return get_value

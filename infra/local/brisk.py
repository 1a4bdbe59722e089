"""moto without what it does over again for each call: a third of its time here, and the demo's start waits for it.

Answers stay the same. moto looks each member of a value up under every name that it could have in Python, ten members for
each attribute of each row; DynamoDB's attributes have one name each. It reads its own folder for every request, and takes each
change's words apart anew, and at each of their nodes asks ten walkers for what they walk to.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import moto.backends
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser  # type: ignore[attr-defined]
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined]


def install() -> None:
    """From now on, in this process."""
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
    ResponseSerializer.get_value = _value_of(ResponseSerializer.get_value)  # type: ignore[method-assign]
    UpdateExpressionParser.make = lru_cache(1024)(UpdateExpressionParser.make)  # whoever walks the tree copies it before
    DepthFirstTraverser.nodes_to_be_processed = _kept_by_class(DepthFirstTraverser.nodes_to_be_processed)


def _value_of(otherwise: Any) -> Any:
    def get_value(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        if type(value) is dict and shape.parent.name == "AttributeValue":
            return value.get(key)
        return otherwise(serializer, value, key, shape)

    return get_value


def _kept_by_class(asked: Any) -> Any:
    kept: dict[type, Any] = {}

    def nodes_to_be_processed(walker: DepthFirstTraverser) -> Any:
        kind = type(walker)
        if kind not in kept:
            kept[kind] = asked(walker)
        return kept[kind]

    return nodes_to_be_processed

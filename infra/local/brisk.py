"""moto without what it does over again for each call: a third of its time here, and the demo's start waits for it.

Answers stay the same. moto looks each member of a value up under every name that it could have in Python, ten members for
each attribute of each row; DynamoDB's attributes have one name each. It reads its own folder for every request, and lists the
methods of whoever answers. It takes each change's words apart anew, copies the whole tree of them piece by piece, and sends ten
walkers through it that ask at each node what they walk to; two of them look at every branch of each branch again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import moto.backends
from moto.core import responses
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node  # type: ignore[attr-defined]
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined]
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator


def install() -> None:
    """From now on, in this process; once."""
    if DepthFirstTraverser.traverse_node_recursively is _walked:
        return
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
    ResponseSerializer.get_value = _value_of(ResponseSerializer.get_value)  # type: ignore[method-assign]
    vars(responses)["method_names_from_class"] = lru_cache(None)(vars(responses)["method_names_from_class"])
    UpdateExpressionParser.make = lru_cache(1024)(UpdateExpressionParser.make)  # whoever walks the tree copies it before
    Node.__deepcopy__ = _copied
    DepthFirstTraverser.traverse_node_recursively = _walked
    ActionCountValidator.traverse = _whole_first(ActionCountValidator.verify_action_counts)
    OverlappingPathsValidator.traverse = _whole_first(OverlappingPathsValidator.check_for_overlapping_paths)
    lexed = lru_cache(1024)(_lexed(ConditionExpressionParser._lex_condition_expression))
    ConditionExpressionParser._lex_condition_expression = lambda parser: deque(lexed(parser.condition_expression))  # type: ignore[method-assign, assignment]


def _value_of(otherwise: Any) -> Any:
    def get_value(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        if type(value) is dict and shape.parent.name == "AttributeValue":
            return value.get(key)
        return otherwise(serializer, value, key, shape)

    return get_value


def _copied(node: Any, memo: Any = None) -> Any:
    """A tree of words: its leaves are names and numbers, which nobody changes."""
    twin = object.__new__(type(node))
    twin.__dict__.update(node.__dict__, parent=None)
    if node.children is not None:
        twin.children = [_copied(child) if isinstance(child, Node) else child for child in node.children]
        for child in twin.children:
            if isinstance(child, Node):
                child.parent = twin
    return twin


@lru_cache(None)
def _walks_to(kinds: Any, kind: Any) -> bool:
    return issubclass(kind, kinds)


@lru_cache(None)
def _is_node(kind: Any) -> bool:
    return issubclass(kind, Node)


def _walked(walker: Any, node: Any, child_id: int = -1) -> Any:
    """As moto's, which asks for each node of each walk what kinds there are."""
    kinds = walker.__dict__.get("_kinds")
    if kinds is None:
        kinds = walker._kinds = walker.nodes_to_be_processed()
        walker._looks_before = type(walker).pre_processing_of_child is not DepthFirstTraverser.pre_processing_of_child
    kind: Any = type(node)
    if not _is_node(kind):
        return node
    above = node.parent
    for at, child in enumerate(node.children or ()):
        if walker._looks_before:
            walker.pre_processing_of_child(node, at)
        _walked(walker, child, at)
    if _walks_to(kinds, kind):
        node = walker.process(node)
        node.parent = above
        if above:
            above.children[child_id] = node
    return node


def _whole_first(check: Callable[[Any, Any], Any]) -> Any:
    """What the whole tree passes, each branch passes; what it does not is said as moto says it, from the first branch on."""

    def traverse(walker: Any, node: Any) -> Any:
        try:
            return check(walker, node)
        except MockValidationException:
            return walker.traverse_node_recursively(node)

    return traverse


def _lexed(lex: Callable[[Any], Any]) -> Callable[[str], tuple[Any, ...]]:
    return lambda words: tuple(lex(ConditionExpressionParser(words, None, None)))

"""The laptop's moto answers as moto does, only sooner."""

from __future__ import annotations

from typing import Any

import boto3
import moto.backends
from moto import mock_aws
from moto.core import responses
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator

from infra.local import brisk

ROW: dict[str, Any] = {
    "k": {"S": "one"}, "n": {"N": "2.5"}, "yes": {"BOOL": True}, "no": {"BOOL": False}, "nothing": {"NULL": True},
    "raw": {"B": b"\x00\xffsealed"}, "empty": {"S": ""}, "names": {"SS": ["a", "b"]}, "sizes": {"NS": ["1", "2"]},
    "deep": {"M": {"list": {"L": [{"S": "x"}, {"M": {"in": {"B": b"\x01"}}}, {"NULL": True}]}, "M": {"S": "named as a kind"}}},
}  # fmt: skip


def answers() -> list[Any]:
    """What a reading, a search and a transaction's reading say of the row."""
    with mock_aws():
        db = boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        db.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        db.transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": ROW}}])
        key = {"TableName": "t", "Key": {"k": ROW["k"]}}
        together = db.transact_get_items(TransactItems=[{"Get": key}])["Responses"][0]["Item"]
        return [db.get_item(**key)["Item"], db.scan(TableName="t")["Items"], together, *changes(db), *refusals(db)]


def changes(db: Any) -> list[Any]:
    """What becomes of rows that the same words change twice, with other values, and of one that may not be changed."""
    change = "SET #deep.M.more = :more, n = n + :n REMOVE #deep.#list[1], #sizes ADD #names :names"
    said = []
    for row, more, by in (("one", "x", "1"), ("one", "y", "7"), ("two", "z", "2"), ("three", "w", "3")):
        if row == "two":
            db.put_item(TableName="t", Item=ROW | {"k": {"S": "two"}, "deep": {"M": ROW["deep"]["M"] | {"M": {"M": {}}}}})
        values = {":more": {"S": more}, ":n": {"N": by}, ":names": {"SS": [more]}}
        names = {"#deep": "deep", "#list": "list", "#names": "names", "#sizes": "sizes"}
        asked = {"UpdateExpression": change, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
        try:
            said.append(db.update_item(TableName="t", Key={"k": {"S": row}}, ReturnValues="ALL_NEW", **asked)["Attributes"])
        except db.exceptions.ClientError as refused:
            said.append(str(refused))
    return said


CHANGED: tuple[tuple[Any, str], ...] = (
    (moto.backends, "list_of_moto_modules"), (responses, "method_names_from_class"), (ResponseSerializer, "get_value"),
    (UpdateExpressionParser, "make"), (Node, "__deepcopy__"), (DepthFirstTraverser, "traverse_node_recursively"),
    (ActionCountValidator, "traverse"), (OverlappingPathsValidator, "traverse"), (ConditionExpressionParser, "_lex_condition_expression"),
)  # fmt: skip
REFUSED = (  # words that moto takes or refuses, and what it says of each must stay
    "SET a = :n SET b = :n", "ADD a :n ADD b :n", "REMOVE a REMOVE b", "SET a = :n, a = :n", "SET a.b = :n, a.b.c = :n, a.b = :n",
    "SET #x = :n, #y = :n", "SET k = :s", "SET a = :none", "SET #none = :n", "SET name = :n", "SET a = b", "SET deep.nowhere.more = :s",
    "SET a = if_not_exists(b, :n) + :n, sizes2 = list_append(:l, deep.#list)", "SET n = n - :n ADD m :n DELETE #names :two REMOVE yes",
)  # fmt: skip
CONDITIONS = (
    "attribute_exists(k) AND n > :n", "NOT (n > :n)", "n IN (:n, :m) OR contains(#names, :s)", "size(deep.#list) BETWEEN :n AND :m",
    "name = :n", "((n = :m))", "begins_with(#deep.M.M, :s)",
)  # fmt: skip


def said_of(db: Any, change: str, condition: str) -> Any:
    names = {"#x": "same", "#y": "same", "#list": "list", "#names": "names", "#deep": "deep"}
    values: dict[str, Any] = {":n": {"N": "1"}, ":m": {"N": "2.5"}, ":s": {"S": "a"}, ":l": {"L": [{"S": "z"}]}, ":two": {"SS": ["a"]}}
    used = {name: of for name, of in names.items() if name in change + condition}
    given = {name: of for name, of in values.items() if name in change + condition}
    asked = {"UpdateExpression": change, "ConditionExpression": condition, "Key": {"k": ROW["k"]}}
    asked |= ({"ExpressionAttributeNames": used} if used else {}) | ({"ExpressionAttributeValues": given} if given else {})
    try:
        db.put_item(TableName="t", Item=ROW)
        if change.startswith("SET a = :n SET"):  # in a transaction too, where moto looks at them twice
            db.transact_write_items(TransactItems=[{"Update": asked | {"TableName": "t"}}])
        return db.update_item(TableName="t", ReturnValues="ALL_NEW", **asked)["Attributes"]
    except (db.exceptions.ClientError, KeyError) as refused:  # moto stumbles over names that nobody gave
        return repr(refused)


def refusals(db: Any) -> list[Any]:
    """Twice over: what is kept of the first time must say the same the second."""
    return [said_of(db, change, "attribute_exists(k)") for change in REFUSED * 2] + [said_of(db, "SET m = :n", words) for words in CONDITIONS * 2]


def test_every_kind_of_attribute_comes_back_as_from_moto_itself() -> None:
    own = {(owner, name): owner.__dict__.get(name) for owner, name in CHANGED}
    before, known = answers(), list(moto.backends.list_of_moto_modules())
    try:
        brisk.install()
        after, listed = answers(), list(moto.backends.list_of_moto_modules())
        assert all(owner.__dict__.get(name) is not own[owner, name] for owner, name in CHANGED)
    finally:
        for (owner, name), was in own.items():
            setattr(owner, name, was) if was else delattr(owner, name)
    assert after == before
    assert after[0] == ROW
    assert "document path" in after[6]
    assert (after[5]["n"], after[5]["names"]["SS"], after[5]["deep"]["M"]["M"]) == ({"N": "4.5"}, ["a", "b", "z"], {"M": {"more": {"S": "z"}}})
    assert listed == known

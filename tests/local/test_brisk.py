"""The laptop's moto answers as moto does, only sooner."""

from __future__ import annotations

from typing import Any

import boto3
import moto.backends
from moto import mock_aws
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

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
        return [db.get_item(**key)["Item"], db.scan(TableName="t")["Items"], together, *changes(db)]


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


def test_every_kind_of_attribute_comes_back_as_from_moto_itself() -> None:
    own, modules = ResponseSerializer.get_value, moto.backends.list_of_moto_modules
    make, walked = UpdateExpressionParser.__dict__["make"], DepthFirstTraverser.nodes_to_be_processed
    before, known = answers(), list(modules())
    try:
        brisk.install()
        after, listed = answers(), list(moto.backends.list_of_moto_modules())
    finally:
        ResponseSerializer.get_value, moto.backends.list_of_moto_modules = own, modules  # type: ignore[method-assign]
        UpdateExpressionParser.make, DepthFirstTraverser.nodes_to_be_processed = make, walked
    assert after == before
    assert after[0] == ROW
    assert "document path" in after[6]
    assert (after[5]["n"], after[5]["names"]["SS"], after[5]["deep"]["M"]["M"]) == ({"N": "4.5"}, ["a", "b", "z"], {"M": {"more": {"S": "z"}}})
    assert listed == known

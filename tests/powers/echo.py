"""The production store with nothing behind it: it says which calls of DynamoDB a call of the port is."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from chalicelib.core.records import Message
from chalicelib.storage.layouts import LAYOUTS
from chalicelib.storage.store import DynamoStore
from chalicelib.storage.tables import Rows, Tables

from .policies import Use

WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


class Echo(DynamoStore):
    """`asked`: the calls so far, each item of a transaction as the power it needs."""

    def __init__(self) -> None:
        self.asked: set[Use] = set()
        self._tables = _Tables(self)

    def would(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> set[Use]:
        self.asked = set()
        with suppress(KeyError):  # whatever it would do next depends on an answer
            getattr(self, method)(*args, **kwargs)
        if method == "claim":  # refused, it looks whose the claim is
            self.get(Message, *args[:2])
        return self.asked

    def ask(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation == "Query":
            [wanted] = asked["ExpressionAttributeValues"].values()
            return self.query(asked["TableName"], str(next(iter(wanted.values()))))
        if operation == "TransactWriteItems":
            for item in asked["TransactItems"]:
                [(kind, what)] = item.items()
                self._note(WRITES[kind], what["TableName"], what.get("Key") or what["Item"])
        elif operation == "BatchGetItem":
            for table, wanted in asked["RequestItems"].items():
                for key in wanted["Keys"]:
                    self._note(operation, table, key)
        else:
            self._note(operation, asked["TableName"], asked["Key"])
        return {"Responses": {}}

    def query(self, table: str, hash_key: str, *, index_name: str | None = None, **_: Any) -> dict[str, Any]:
        resource = _resource(table) + (f"/index/{index_name}" if index_name else "")
        self.asked.add(Use("dynamodb:Query", resource, hash_key))
        return {"Items": []}

    def _note(self, operation: str, table: str, key: dict[str, Any]) -> None:
        first = key[self._tables.key_names(table)[0]]
        self.asked.add(Use(f"dynamodb:{operation}", _resource(table), str(next(iter(first.values())))))




class _Tables(Tables):
    def __init__(self, echo: Echo) -> None:
        self._connection, self.ask = echo, echo.ask  # type: ignore[assignment,method-assign]
        self._of = {layout.named: Rows(layout, "porchlight", "us-east-1") for layout in LAYOUTS}

    def described(self, table: str) -> str:
        return table


def _resource(table: str) -> str:
    return f"{table.removeprefix('porchlight-').capitalize()}Table"

"""The officer's table in DuckDB, made from the template's own columns, and her questions as they are shipped.

What stands between: Athena's SQL is said in DuckDB's by sqlglot; one function that sqlglot does not know, `at_timezone`, is
DuckDB's `timezone` with its arguments turned; and the SerDe's two habits are done by hand (names in lower case,
`requestParameters` and the like as JSON in a text).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
import yaml

from infra.local.create import RESOURCES
from infra.queries import questions

AS_TEXT = {"requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails"}


def table_of(folder: Path) -> duckdb.DuckDBPyConnection:
    """`cloudtrail` over every file of a bucket that lies in `folder`."""
    found = yaml.safe_load(RESOURCES.with_name("trail.yaml").read_text(encoding="utf-8"))["Resources"]["CloudTrailTable"]["Properties"]["TableInput"]
    columns = [(each["Name"], each["Type"]) for each in (*found["StorageDescriptor"]["Columns"], *found["PartitionKeys"])]
    created = "CREATE TABLE cloudtrail (" + ", ".join(f"{name} {kind}" for name, kind in columns) + ")"
    database = duckdb.connect()
    database.execute("CREATE MACRO at_timezone(instant, zone) AS timezone(zone, instant)")
    database.execute(sqlglot.transpile(created, read="hive", write="duckdb")[0])
    rows = folder / "rows.jsonl"
    rows.write_text("\n".join(json.dumps(row) for row in _rows(folder)))
    database.execute(f"INSERT INTO cloudtrail BY NAME SELECT * FROM read_json('{rows}', format='newline_delimited', columns={_types(database)})")
    return database


def _types(database: duckdb.DuckDBPyConnection) -> str:
    described = database.execute("DESCRIBE cloudtrail").fetchall()
    return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind, *_ in described) + "}"


def _rows(folder: Path) -> list[dict[str, Any]]:
    found = []
    for file in sorted(folder.rglob("*.json.gz")):
        *_, region, year, month, day, _ = file.parts
        for record in json.loads(gzip.decompress(file.read_bytes()))["Records"]:
            found.append({**_row(record), "region": region, "day": f"{year}/{month}/{day}"})
    return found


def _row(record: dict[str, Any]) -> dict[str, Any]:
    def lower(value: Any) -> Any:
        if isinstance(value, dict):
            return {name.lower(): lower(inside) for name, inside in value.items()}
        return [lower(inside) for inside in value] if isinstance(value, list) else value

    named = {name.lower(): value for name, value in record.items()}
    return {
        name: json.dumps(value) if name in AS_TEXT and value is not None else str(value).lower() if isinstance(value, bool) else lower(value)
        for name, value in named.items()
    }


def ask(database: duckdb.DuckDBPyConnection, name: str, *values: Any) -> list[dict[str, Any]]:
    """The answer to the question whose file's name has this in it, a dictionary a line."""
    [question] = [each for each in questions() if name in each.name]
    said = sqlglot.transpile(question.sql, read="athena", write="duckdb")[0]
    found = database.execute(said, list(values))
    names = [each[0] for each in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

"""The numbers in the clinic's own file, as they must be written there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .rota_file import required

_E164 = re.compile(r"\+[1-9]\d{6,14}")
OURS = ("number", "voice", "phone", "test_number")


def is_number(value: str) -> bool:
    return _E164.fullmatch(value) is not None


def a_number(row: Mapping[str, Any], name: str, where: str) -> str:
    value = required(row, name, where)
    if not is_number(value):
        raise ValueError(f"{where}: {name!r} is not a number such as +13035550100")
    return value


def sender_of_tests(head: Mapping[str, Any], programs: Sequence[Mapping[str, Any]]) -> str:
    """A second number at the carrier, which nobody holds: what it writes with the week's mark is taken for a test (PG-6)."""
    number = a_number(head, "test_sender", "clinic")
    if not is_number(str(head.get("number"))):
        raise ValueError("clinic: 'test_sender' texts 'number', which must then be one number and not a carrier's pool")
    if number in {*(head.get(each) for each in OURS), *(row.get("phone") for row in programs)}:
        raise ValueError("clinic: 'test_sender' is in this file already; it must be a number for nothing else")
    return number

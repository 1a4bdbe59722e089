"""The laptop's secrets: made on the first run, kept in `.demo/` for its owner alone, never in git."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PRIVATE = 0o600


def write_private(path: Path, data: Any) -> None:
    """JSON that only this user can read, whole or not at all."""
    half = path.with_suffix(".half")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "w") as file:
        json.dump(data, file, indent=2)
        file.write("\n")
    half.chmod(PRIVATE)
    half.replace(path)


def keys(folder: Path, staff_ids: Iterable[str]) -> dict[str, Any]:
    """{"number_key", "twilio": {"account_sid", "auth_token"}, "fallback_token", "schedule_key": base64, "passwords": {staff id:
    password}}."""
    path = folder / "secrets.json"
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    wanted = {
        "number_key": kept.get("number_key") or secrets.token_hex(32),
        "twilio": kept.get("twilio") or {"account_sid": f"AC{secrets.token_hex(16)}", "auth_token": secrets.token_hex(16)},
        "fallback_token": kept.get("fallback_token") or secrets.token_hex(16),
        "schedule_key": kept.get("schedule_key") or base64.b64encode(secrets.token_bytes(32)).decode(),
        "passwords": {name: kept.get("passwords", {}).get(name) or password() for name in staff_ids},
    }
    if wanted != kept:
        write_private(path, wanted)
    return wanted


def password(word: Callable[[int], str] = secrets.token_hex) -> str:
    """Long, and of every kind of character that the staff pool asks for."""
    return f"Porch-{word(4)}-{word(4)}-9"

"""`make drop`: a file of visits into the running demo's bucket, as a clinic's schedule would put it there."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import boto3

from .demo import FOLDER


def main(arguments: list[str] | None = None) -> int:
    """0 when it was put; 1 when no demo runs."""
    parser = argparse.ArgumentParser(prog="make drop", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("program", nargs="?", default="north")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args(arguments)
    told = given.folder / "demo.json"
    if not told.exists():
        print("No demo runs: start `make demo` first.", file=sys.stderr)
        return 1
    demo = json.loads(told.read_text())
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    s3 = boto3.client(
        "s3", endpoint_url=demo["aws_endpoint"], region_name=demo["region"],
        aws_access_key_id="laptop", aws_secret_access_key="laptop",  # noqa: S106  the emulator asks for some
    )
    s3.put_object(Bucket=demo["drop"]["bucket"], Key=f"in/{given.program}/{given.file.name}", Body=given.file.read_bytes())
    print(f"Dropped into in/{given.program}/: see Visits in the console, and the inbox for lines that are wrong.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

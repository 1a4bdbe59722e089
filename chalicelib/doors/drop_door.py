"""A bucket tells of a file of visits, through its queue."""

from __future__ import annotations

import json
from urllib.parse import unquote_plus

from .. import wiring
from ..flows.take_drop import Place, take
from ..ports import Drops, World


def dropped(body: str) -> None:
    told(wiring.world(), wiring.drops(), body)


def told(world: World, drops: Drops, body: str) -> None:
    """One message: one file or several. S3's own trial message names none. What raises comes again."""
    for record in json.loads(body).get("Records", ()):
        file = record["s3"]["object"]
        bucket, version = record["s3"]["bucket"]["name"], file.get("versionId") or ""
        place = Place(bucket, unquote_plus(file["key"]), version, file.get("eTag", ""))
        take(world, drops, wiring.read_visit_file, place)

"""A text that the store could not take waits, sealed, on a queue; and comes back."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import datetime

from ..core.messages import FromPage, InboundSms
from ..core.sealed_json import known
from ..ports import SealContext, World

CONTEXT = SealContext("unknown", "parking", "parked")


def park(world: World, sms: InboundSms, paged: bool) -> None:
    """Seal the whole text and park it. Raises `SealFailed`, `ParkFailed`."""
    inside = json.dumps(
        {
            "sender": sms.sender,
            "our_number": sms.our_number,
            "body": sms.body,
            "received_at": sms.received_at.isoformat(),
            "media": sms.media,
            "opt_out_type": sms.opt_out_type,
            **({"page": sms.page.link} if sms.page else {}),
            **({"wordless": True} if sms.wordless else {}),
            **({"of_many": True} if sms.of_many else {}),
        }
    )
    sealed = world.vault.seal(CONTEXT, f"{sms.carrier}#{sms.carrier_id}", inside)
    outside = {
        "carrier": sms.carrier,
        "carrier_id": sms.carrier_id,
        "paged": paged,
        "sealed": b64encode(sealed).decode(),
    }
    world.parking.park(json.dumps(outside))


def unpark(world: World, text: str) -> tuple[InboundSms, bool]:
    """The parked text and whether its page had left. Raises `OpenFailed`, ValueError."""
    outside = json.loads(text)
    row = f"{outside['carrier']}#{outside['carrier_id']}"
    inside = known(InboundSms, world.vault.open(CONTEXT, row, b64decode(outside["sealed"]), "job:replay_parked"))
    inside["received_at"] = datetime.fromisoformat(inside["received_at"])
    if link := inside.pop("page", ""):  # a button of a page is words by now: a person reads them
        inside["page"] = FromPage(link)
    return InboundSms(carrier=outside["carrier"], carrier_id=outside["carrier_id"], **inside), outside["paged"]

"""What a new person's authenticator app needs: its key as a link and as a picture (the otpauth URI that such apps read)."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote, urlencode

from ..flows.sign_in import Challenge

ISSUER = "Porchlight"


def authenticator(challenge: Challenge) -> dict[str, Any]:
    """`link` and `qr` (an SVG element) for the page. Cognito's codes are the usual ones: SHA-1, six digits, 30 seconds."""
    import segno  # one page needs it, once in a person's time here

    named = quote(f"{ISSUER}:{challenge.username}", safe="")
    link = f"otpauth://totp/{named}?{urlencode({'secret': challenge.asks, 'issuer': ISSUER})}"
    drawn = io.BytesIO()
    picture = {"xmldecl": False, "svgns": False, "omitsize": True, "border": 4, "dark": "#000", "light": "#fff"}
    segno.make(link, error="m").save(drawn, kind="svg", **picture)
    return {"link": link, "qr": drawn.getvalue().decode()}

"""An error of the carrier's API."""

from __future__ import annotations


class Refused(Exception):
    """An error in the published shape. `code` is Twilio's own."""

    def __init__(self, status: int, code: int, message: str):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message

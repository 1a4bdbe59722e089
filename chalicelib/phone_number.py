"""What people type as a phone number, as E.164."""

from __future__ import annotations

import phonenumbers


def read_number(text: str) -> str:
    """A North American number as E.164, or "" when it is not one (NUM-1)."""
    if not any(char.isdigit() for char in text) or any(char.isalpha() for char in text):
        return ""
    try:
        parsed = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    if parsed.country_code != 1 or not phonenumbers.is_possible_number(parsed):
        return ""
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return number if len(number) == 12 and number[2] in "23456789" and number[5] in "23456789" else ""

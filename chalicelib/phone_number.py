"""What people type as a phone number, as E.164."""

from __future__ import annotations

import phonenumbers

AT_HOME = ("US", "PR", "GU", "VI", "AS", "MP", "CA")


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


def is_at_home(number: str) -> bool:
    """Whether a text to it costs what a text costs: no premium number, nor one of the countries beyond the sea that +1 covers too
    (NUM-1). Whoever earns by such texts lets strangers' forms ask for them."""
    parsed = phonenumbers.parse(number)
    premium = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.PREMIUM_RATE
    return not premium and phonenumbers.region_code_for_number(parsed) in (*AT_HOME, None)

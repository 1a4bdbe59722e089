"""A passkey from end to end in Chromium, whose own authenticator signs and whose signature the laptop's pool checks."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.console import furnish
from chalicelib.console.cognito import CognitoSignIn
from chalicelib.console.cognito_passkeys import CognitoPasskeys
from infra.local.aws import Aws

from ..console.test_cognito import PASSWORD, REGION, Pool
from ..fakes.directory import FakeDirectory
from ..fakes.keys import FakeKeys
from .axe import complaints
from .conftest import Office

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def pool() -> Iterator[Pool]:
    aws = Aws(subprocess.DEVNULL)
    yield Pool(aws.url())
    aws.stop()


@pytest.fixture
def console(office: Office, pool: Pool) -> str:
    """The console by its name: an address of digits has no passkeys."""
    at, ids = f"http://localhost:{urlsplit(office.address).port}", (pool.pool, pool.app, REGION, pool.endpoint)
    door, keys = CognitoSignIn(*ids), CognitoPasskeys(*ids)
    own = FakeKeys(lambda: office.world)
    furnish(
        lambda: office.world, lambda: door, lambda: f"{at}/console", lambda: FakeDirectory(), passkeys=lambda: keys, keys=lambda: own
    )  # fmt: skip
    return f"{at}/console"


@pytest.fixture
def phone(browser: Browser, console: str) -> Iterator[Page]:
    """390 px wide, with an authenticator that its owner's finger has opened."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield page
    context.close()


def with_password(page: Page, console: str) -> None:
    page.goto(f"{console}/sign-in")
    page.fill("#username", "carol")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/console/(inbox|practice)"))


def add_one(page: Page, console: str) -> None:
    page.goto(f"{console}/passkeys")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Add a passkey on this device").click()
    expect(page.get_by_text("The passkey is added")).to_be_visible()


def test_a_passkey_is_added_opens_the_console_and_is_taken_away(phone: Page, console: str, axe: str) -> None:
    with_password(phone, console)
    add_one(phone, console)
    assert complaints(phone, axe) == []
    phone.context.clear_cookies()
    phone.goto(f"{console}/sign-in")
    assert complaints(phone, axe) == []
    phone.fill("#username", "carol")
    phone.get_by_role("button", name="Use a passkey").click()
    phone.wait_for_url(re.compile("/console/(inbox|practice)"))
    phone.goto(f"{console}/passkeys")
    phone.fill("#password", PASSWORD)
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_role("button", name="Take away").click()
    expect(phone.get_by_text("None yet")).to_be_visible()
    phone.context.clear_cookies()
    phone.goto(f"{console}/sign-in")
    phone.fill("#username", "carol")
    phone.get_by_role("button", name="Use a passkey").click()
    expect(phone.get_by_text("There is no passkey for that user name")).to_be_visible()


def test_a_second_key_on_the_same_device_is_refused_in_words(phone: Page, console: str) -> None:
    with_password(phone, console)
    add_one(phone, console)
    phone.get_by_role("button", name="Add a passkey on this device").click()
    expect(phone.get_by_text("This device has a passkey of yours already")).to_be_visible()


def test_at_an_address_of_digits_no_passkey_is_offered(visit: Callable[..., Page], office: Office) -> None:
    page = visit()
    page.goto(office.url("/sign-in"))
    page.context.clear_cookies()
    page.goto(office.url("/sign-in"))
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()

"""Calls in Chromium: one thumb at 390 px, without a script, for everybody (axe); and the laptop's ringing telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.core.phones import Way
from chalicelib.core.records import Incident, Patient, Update
from chalicelib.flows.staff_phones import give
from infra.local.phones.calls import Call, new_call_sid
from infra.local.phones.exchange import Exchange
from infra.local.phones.server import application, serve
from infra.local.phones.webhooks import Poster
from tests.local.standin import CLINIC, NOON, SID, TOKEN, Door, Still, a_carrier
from tests.local.standin import ERIN as ERIN_PHONE

from ..cast import ERIN
from ..console.office import an_office
from ..flows.calls import a_number_for_calls, rung
from ..flows.phones import a_work_phone, stream
from .axe import TAGS, complaints
from .conftest import Office
from .story import EVERYBODY, acknowledged
from .whole import widths

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
THUMB = 44
PHONE = "+13035550121"


def _fits(page: Page, axe: str) -> bool:
    needs, room = widths(page)
    return bool(needs <= room) and not complaints(page, axe)


def _item(office: Office) -> str:
    [incident] = office.world.store.rows(Incident)  # type: ignore[attr-defined]
    return office.url(f"/incidents/{incident.incident_id}")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_pages_of_calls(visit: Visit, office: Office, axe: str, scheme: str, width: int) -> None:
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 800})
    give(office.world, ERIN, Way.CALL, PHONE)
    for at in ("/phone?done=sent&way=call", "/phone?done=wrong&way=call"):
        page.goto(office.url(at))
        assert _fits(page, axe), at
    a_work_phone(office.world, ERIN, PHONE)
    a_number_for_calls(office.world, ERIN, PHONE)
    acknowledged(office.world)
    for at in ("/phone?done=pin&way=call", "/phones"):
        page.goto(office.url(at))
        assert _fits(page, axe), at
    page.goto(_item(office))
    assert _fits(page, axe)
    office.world.store.commit(Update(Patient, ("alice",), set={"safe_phone": "unsafe"}, add={"version": 1}))
    page.goto(_item(office))
    page.get_by_text("Call anyway").click()
    assert _fits(page, axe)


@pytest.mark.parametrize("script", [True, False])
def test_with_one_thumb_she_calls_through_the_clinic(visit: Visit, office: Office, script: bool) -> None:
    a_work_phone(office.world, ERIN, PHONE)
    acknowledged(office.world)
    page = visit(color_scheme="dark", viewport={"width": 390, "height": 800}, java_script_enabled=script)
    page.goto(_item(office))
    call, reached = (page.get_by_role("button", name=name) for name in ("Call through the clinic", "I reached them"))
    for each in (call, reached):
        box = each.bounding_box()
        assert box is not None and box["height"] >= THUMB and box["y"] + box["height"] <= 800, box
    call.click()
    expect(page.get_by_text("Your phone rings now. Press 1 on it")).to_be_visible()
    stream(office.world)
    assert [each.recipient for each in rung(office.world)] == [PHONE]


def test_where_a_call_is_not_safe_it_asks_why(visit: Visit, office: Office) -> None:
    a_work_phone(office.world, ERIN, PHONE)
    acknowledged(office.world)
    office.world.store.commit(Update(Patient, ("alice",), set={"safe_phone": "unsafe"}, add={"version": 1}))
    page = visit(viewport={"width": 390, "height": 800})
    page.goto(_item(office))
    expect(page.get_by_role("button", name="Call through the clinic")).to_be_hidden()
    page.get_by_text("Call anyway").click()
    page.get_by_role("button", name="Call through the clinic").click()
    stream(office.world)
    assert rung(office.world) == []  # the browser asks for the reason first
    page.get_by_label("Why call?").select_option("danger")
    page.get_by_role("button", name="Call through the clinic").click()
    expect(page.get_by_text("Your phone rings now")).to_be_visible()
    stream(office.world)
    assert len(rung(office.world)) == 1


def test_the_pin_shows_when_it_is_asked_for(visit: Visit, office: Office) -> None:
    from ..flows.calls import pin_of

    a_number_for_calls(office.world, ERIN, PHONE)
    page = visit()
    page.goto(office.url("/phone"))
    expect(page.get_by_text(pin_of(office.world, ERIN), exact=True)).to_be_hidden()
    page.get_by_text("Show it").click()
    expect(page.get_by_text(pin_of(office.world, ERIN), exact=True)).to_be_visible()
    an_office(EVERYBODY, world=office.world)


# --- the laptop's telephone ------------------------------------------------------------------------------------------

MENU = (
    '<Response><Gather input="dtmf" numDigits="1" timeout="20" action="/keys" method="POST"><Say>Press 1.</Say></Gather>'
    "<Hangup/></Response>"
)
DONE = "<Response><Say>It is yours. Goodbye.</Say><Hangup/></Response>"


@pytest.fixture
def ringing() -> Iterator[str]:
    """The page of phones, with Erin's telephone ringing."""
    with Door() as door:
        door.answers |= {"/script": (200, "text/xml", MENU), "/keys": (200, "text/xml", DONE)}
        carrier = a_carrier(door)
        carrier.exchange = Exchange(carrier.network, SID, Poster(TOKEN), pace=0)
        server = serve(application(carrier, Still()), 0)
        carrier.exchange.place(Call(new_call_sid(), CLINIC, ERIN_PHONE, NOON, url=f"{door.url}/script"))
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        server.server_close()
        carrier.close()


@pytest.mark.parametrize("width", [1440, 420])
def test_a_telephone_rings_on_the_page_is_answered_and_takes_a_key(browser: Browser, ringing: str, axe: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(ringing)
    page.wait_for_selector("html.live")
    expect(page.get_by_text("Incoming call")).to_be_visible()
    assert complaints(page, axe, TAGS) == []
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("button", name="1", exact=True)).to_be_visible()
    assert complaints(page, axe, TAGS) == []
    page.get_by_role("button", name="1", exact=True).click()
    expect(page.locator(".texts .carrier").filter(has_text="It is yours")).to_be_visible()
    context.close()

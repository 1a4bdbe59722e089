"""`make screens`: the main pages of the real demo, after a crisis was taken, at three widths, into docs/screens/."""

from __future__ import annotations

import struct
import sys
import tempfile
import zlib
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from .demo import ROOT, Demo, a_running_demo

FOLDER = ROOT / "docs" / "screens"
MOST_BYTES = 140_000
WIDTHS = {"": (1280, 800), "-tablet": (768, 900), "-phone": (390, 800)}  # what stands behind a picture's name
CRISIS = "I can't do this anymore, I took all my pills"
ANSWER = "I am calling you now. If you can't pick up, call 911. Erin"
FEW_SHADES = """async (png) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
  const draw = canvas.getContext("2d");
  draw.drawImage(picture, 0, 0);
  const all = new Uint32Array(draw.getImageData(0, 0, canvas.width, canvas.height).data.buffer), often = new Map();
  for (const shade of all) often.set(shade, (often.get(shade) || 0) + 1);
  const parts = (shade) => [shade & 255, (shade >> 8) & 255, (shade >> 16) & 255];
  const kept = [...often.keys()].sort((one, other) => often.get(other) - often.get(one)).slice(0, 256), known = kept.map(parts);
  const place = new Map(kept.map((shade, at) => [shade, at]));
  for (const shade of often.keys()) {
    if (place.has(shade)) continue;
    const apart = known.map((each) => parts(shade).reduce((sum, part, at) => sum + (part - each[at]) ** 2, 0));
    place.set(shade, apart.indexOf(Math.min(...apart)));
  }
  let text = "";
  for (const shade of all) text += String.fromCharCode(place.get(shade));
  return { width: canvas.width, height: canvas.height, palette: known.flat(), pixels: btoa(text) };
}"""
CHROMIUM = "/usr/bin/chromium"


def main() -> int:
    """0, or 1 when a picture is too large for the repository."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, a_running_demo(Path(folder)) as demo, sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-lcd-text"])
        _pictures(demo, browser)
        _lighten(browser)
        browser.close()
    large = [each.name for each in sorted(FOLDER.glob("*.png")) if each.stat().st_size > MOST_BYTES]
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in docs/screens" + (f"; too large: {large}" if large else ""))
    return 1 if large else 0


def _pictures(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(demo.url("/sign-in"))
    _take(page, "sign-in")
    demo.sign_in(page, "erin")
    patient_id, number = demo.patient(0, "north")
    page.goto(demo.url("/inbox?program=north"))
    demo.write(number, CRISIS)
    page.get_by_role("button", name="Acknowledge").wait_for()
    _take(page, "inbox")
    thread = _through_the_crisis(page)
    page.goto(f"{thread}#latest")
    page.evaluate("scrollTo(0, 0)")
    _take(page, "thread")
    page.get_by_text(CRISIS).first.evaluate("(words) => scrollBy(0, words.getBoundingClientRect().top - 160)")
    page.screenshot(path=FOLDER / "thread.png", animations="disabled")  # the words and the answer, which the README shows
    _others(demo, page, patient_id)
    context.close()
    _phones(demo, browser, number)


def _through_the_crisis(page: Page) -> str:
    """Acknowledged, the thread taken, answered; the thread's address."""
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("It is yours. Now call.").wait_for()
    _take(page, "urgent-item")
    page.get_by_role("link", name="Write to them").click()
    page.get_by_role("button", name="Take it").first.click()
    page.get_by_text("It is yours.").first.wait_for()
    page.fill("#text", ANSWER)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("Delivered to the phone").last.wait_for(timeout=60_000)
    return page.url.partition("?")[0]


def _others(demo: Demo, page: Page, patient_id: str) -> None:
    for name, path in {
        "patient": f"/patients/{patient_id}",
        "register": "/register?program=north",
        "find": "/find",
        "away": "/away",
        "unknown-numbers": "/inbox?program=unmatched",
    }.items():
        page.goto(demo.url(path))
        _take(page, name)
    page.locator(".more summary").click()
    page.get_by_role("button", name="Sign out").click()
    demo.sign_in(page, "front.desk")
    page.goto(demo.url("/practice"))
    _practice_up_to_the_call(page)
    _take(page, "practice")
    page.locator(".more summary").click()
    page.get_by_role("button", name="Sign out").click()
    demo.sign_in(page, "supervisor")
    page.goto(demo.url("/health"))
    _take(page, "queue-health")


def _practice_up_to_the_call(page: Page) -> None:
    page.get_by_role("button", name="Take it").click()
    page.fill("#text", "Yes, 3 is fine.")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Next task").click()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("Now call.", exact=True).wait_for()


def _phones(demo: Demo, browser: Browser, number: str) -> None:
    """The patient's phone and the page on the clinician's, as a newcomer sees them."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(demo.told["phones"])
    page.get_by_text(CRISIS).first.wait_for()
    _take(page, "phones")
    page.close()


def _take(page: Page, name: str) -> None:
    for behind, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=FOLDER / f"{name}{behind}.png", animations="disabled")
    page.set_viewport_size({"width": 1280, "height": 800})


def _lighten(browser: Browser) -> None:
    """At most 256 shades, which nobody sees: a third of the bytes in the repository."""
    page = browser.new_page()
    for path in FOLDER.glob("*.png"):
        path.write_bytes(_png(page.evaluate(FEW_SHADES, b64encode(path.read_bytes()).decode())))
    page.close()


def _png(picture: dict[str, Any]) -> bytes:
    """A picture with a palette (PNG specification, colour type 3)."""
    width, pixels = picture["width"], b64decode(picture["pixels"])
    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", width, picture["height"], 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", bytes(picture["palette"])), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


if __name__ == "__main__":
    sys.exit(main())

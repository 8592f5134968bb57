"""Pictures of an email as people see it, desktop and mobile, by headless Chromium if it is there.

Nothing is loaded from anywhere: pictures of the email become placeholders that say their alt text
and size, scripts are off. Where there is no browser, or it fails, there are no pictures and a plain
reason; a draft never waits for them.
"""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import quote

import lxml.html
from lxml.etree import ParserError
from pydantic import BaseModel, ConfigDict

from gates.files import Attachment, file_of
from gates.sections import Picture

from .chromium import Browser, BrowserFailed, find_chromium, open_browser

__all__ = ["DESKTOP", "MOBILE", "Preview", "Screenshots", "Shot", "pictures_of", "without_images"]

DESKTOP, MOBILE = 640, 375
"""CSS pixels: the width that mail programs give a message, and that of a common telephone."""
TALLEST = 6_000
"""CSS pixels; what is longer is cut, and the shot says so."""
_VIEWPORT_HEIGHT = 200
"""CSS pixels; a picture is never shorter."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shot(_Value):
    """One picture of one email."""

    name: str
    """`desktop` or `mobile`."""
    width: int
    height: int
    """In CSS pixels, which are the picture's own."""
    cut: bool
    """Whether the email goes on below the picture."""
    png: bytes


class Preview(_Value):
    """What was taken, or why not."""

    shots: tuple[Shot, ...] = ()
    why: str = ""
    """Why there are no pictures, in words; empty where there are."""


class Screenshots:
    """Takes pictures of HTML. Stateless: each call has a browser of its own, gone when it returns.

    Args:
        binary: the path of a Chromium or Chrome; None looks for one.
        seconds: how long one email may take, the browser's start included.
    """

    def __init__(self, binary: str | None = None, *, seconds: float = 30.0) -> None:
        self._binary, self._seconds = binary, seconds

    def take(self, html: str) -> Preview:
        """Return the email at desktop and at mobile width."""
        binary = self._binary or find_chromium()
        if binary is None:
            return Preview(why="There is no Chromium here, so there is no picture: install one.")
        try:
            with open_browser(binary, seconds=self._seconds) as browser:
                page = _Page(browser)
                shown = without_images(html)
                shots = (page.shoot(shown, "desktop", DESKTOP), page.shoot(shown, "mobile", MOBILE))
        except BrowserFailed as failed:
            return Preview(why=f"There is no picture: {failed}.")
        return Preview(shots=shots)


class _Page:
    """One tab, in which no script runs and nothing is loaded."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = str(attached["sessionId"])
        self._call("Page.enable")
        self._call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        self._call("Emulation.setScriptExecutionDisabled", value=True)
        self._frame = self._call("Page.getFrameTree")["frameTree"]["frame"]["id"]

    def shoot(self, html: str, name: str, width: int) -> Shot:
        mobile = width == MOBILE
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=_VIEWPORT_HEIGHT, deviceScaleFactor=1, mobile=mobile,
        )  # fmt: skip
        self._call("Page.setDocumentContent", frameId=self._frame, html=html)
        metrics = self._call("Page.getLayoutMetrics")["cssContentSize"]
        height = max(1, round(metrics["height"]))
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST), "scale": 1}
        taken = self._call(
            "Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True
        )
        return Shot(
            name=name,
            width=width,
            height=min(height, TALLEST),
            cut=height > TALLEST,
            png=base64.b64decode(taken["data"]),
        )

    def _call(self, method: str, **params: object) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)


def pictures_of(
    preview: Preview, *, stem: str, alt: str
) -> tuple[tuple[Picture, ...], tuple[Attachment, ...]]:
    """Return a preview as pictures for a section, and the files that they refer to.

    Args:
        preview: what was taken.
        stem: how the files begin: `email` becomes `email-desktop.png`.
        alt: what is on them; the width is added.
    """
    pictures, files = list[Picture](), list[Attachment]()
    for shot in preview.shots:
        file = file_of(shot.png, name=f"{stem}-{shot.name}.png", media_type="image/png")
        words = f"{alt}, {shot.name}, {shot.width} pixels wide" + (", cut below" * shot.cut)
        files.append(file)
        pictures.append(Picture(file=file.ref, alt=words, width=shot.width, height=shot.height))
    return tuple(pictures), tuple(files)


# --- placeholders --------------------------------------------------------------------------------

_PIXELS = re.compile(r"\s*(\d{1,5})(?:px)?\s*$")
_URL = re.compile(r"url\((?!\s*['\"]?data:)[^)]*\)", re.IGNORECASE)
_TINY = 2
"""CSS pixels; what is no larger is a spacer or counts opens, and shows nothing."""


def without_images(html: str) -> str:
    """Return the HTML with each remote picture replaced by a placeholder of its size and alt text.

    Style sheets, frames and objects that would be loaded go too; so do addresses in styles.
    """
    tree = _tree(html.encode("utf-8", "replace").decode())
    for element in list(tree.iter("img")):
        _replace(element)
    for element in list(tree.iter("link", "script", "iframe", "object", "embed", "base", "meta")):
        if element.tag != "meta" or "http-equiv" in element.attrib:
            element.drop_tree()
    for element in tree.iter("style"):
        element.text = _URL.sub("none", element.text or "")
    for element in tree.iter():
        if isinstance(element.tag, str):
            _disarm(element)
    doctype = "<!doctype html>" if "<!doctype" in html[:200].lower() else ""
    return doctype + lxml.html.tostring(tree, encoding="unicode")


def _tree(html: str) -> lxml.html.HtmlElement:
    try:
        return lxml.html.document_fromstring(html)
    except (ParserError, ValueError):  # nothing in it, or bytes that are no text
        return lxml.html.document_fromstring("<p></p>")


def _disarm(element: lxml.html.HtmlElement) -> None:
    """Take away what an element would load by itself."""
    element.attrib.pop("background", None)
    style = element.get("style", "")
    if "url(" in style.lower():
        element.set("style", _URL.sub("none", style))


def _replace(image: lxml.html.HtmlElement) -> None:
    width = _pixels(image.get("width"), 300)
    height = _pixels(image.get("height"), 0) or _styled_height(image) or round(width * 0.4)
    alt = image.get("alt", "").strip()
    tiny = width <= _TINY or height <= _TINY
    drawn = "" if tiny else _drawn(alt or "picture without alt text", width, height)
    image.attrib.pop("srcset", None)
    image.set("src", f"data:image/svg+xml,{quote(_svg(width, height, drawn))}")


def _pixels(value: str | None, default: int) -> int:
    found = _PIXELS.match(value or "")
    return int(found[1]) if found else default


def _styled_height(image: lxml.html.HtmlElement) -> int:
    found = re.search(r"(?<![-\w])height:\s*(\d{1,5})px", image.get("style", ""))
    return int(found[1]) if found else 0


def _svg(width: int, height: int, inner: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{inner}</svg>'
    )


def _drawn(alt: str, width: int, height: int) -> str:
    size = 12 if height >= 30 else 9
    room = max(4, int((width - 12) / (size * 0.6)))
    lines = textwrap.wrap(alt, room)[: max(1, (height - 6) // (size + 4) - 1)] or [alt[:room]]
    if height >= 3 * (size + 4):
        lines.append(f"{width} × {height}")
    top = (height - (size + 4) * (len(lines) - 1)) / 2 + size / 3
    texts = "".join(
        f'<text x="{width / 2:g}" y="{top + n * (size + 4):g}">{_xml(line)}</text>'
        for n, line in enumerate(lines)
    )
    return (
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" fill="#eceff1" '
        'stroke="#90a4ae" stroke-dasharray="4 3"/>'
        f'<g font-family="sans-serif" font-size="{size}" fill="#455a64" '
        f'text-anchor="middle">{texts}</g>'
    )


def _xml(text: str) -> str:
    return escape("".join(_printable(text)))


def _printable(text: str) -> Iterable[str]:
    """XML holds no control characters, not even as references."""
    return (char for char in text if char.isprintable())

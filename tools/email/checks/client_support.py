"""What mail programs drop, weighed on the programs that the members' domains tell of."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import resources
from typing import Any

from .case import Case
from .page import Page
from .port import EmailCheck, Hit
from .providers import mix_of

__all__ = ["CHECKS", "client_mix", "features_of"]

_DROPPED = frozenset({"script", "iframe", "embed", "applet", "frame", "frameset", "canvas"})
_WORTH = 0.01
"""Share of readers from which on a loss of looks is worth a line."""
_TAGS = {
    "video": "html-video",
    "audio": "html-audio",
    "form": "html-form",
    "select": "html-select",
    "textarea": "html-textarea",
    "svg": "html-svg",
    "object": "html-object",
    "dialog": "html-dialog",
    "marquee": "html-marquee",
    "meter": "html-meter",
    "progress": "html-progress",
    "map": "html-image-maps",
    "picture": "html-picture",
    "base": "html-base",
    "input": "html-input-text",
    "button": "html-button-submit",
}
_PROPERTIES = {
    "background-image": "css-background-image",
    "position": "css-position",
    "float": "css-float",
    "gap": "css-gap",
    "flex-direction": "css-flex-direction",
    "transform": "css-transform",
    "column-count": "css-column-count",
    "object-fit": "css-object-fit",
    "clip-path": "css-clip-path",
    "opacity": "css-opacity",
    "animation": "css-animation",
    "animation-name": "css-animation",
    "transition": "css-transition",
    "box-shadow": "css-box-shadow",
    "text-shadow": "css-text-shadow",
    "filter": "css-filter",
    "backdrop-filter": "css-backdrop-filter",
    "aspect-ratio": "css-aspect-ratio",
    "mix-blend-mode": "css-mix-blend-mode",
    "writing-mode": "css-writing-mode",
    "inset": "css-inset",
    "grid-template-columns": "css-grid-template",
    "grid-template-rows": "css-grid-template",
}
_VALUES = (
    (re.compile(r"\bvar\("), "css-variables"),
    (re.compile(r"\bcalc\("), "css-unit-calc"),
    (re.compile(r"\bclamp\("), "css-function-clamp"),
    (re.compile(r"\blinear-gradient\("), "css-linear-gradient"),
    (re.compile(r"\bradial-gradient\("), "css-radial-gradient"),
    (re.compile(r"\burl\("), "css-background-image"),
    (re.compile(r"\d(?:vw|vmin|vmax)\b"), "css-unit-vw"),
    (re.compile(r"\dvh\b"), "css-unit-vh"),
    (re.compile(r"^(?:inline-)?flex$"), "css-display-flex"),
    (re.compile(r"^(?:inline-)?grid$"), "css-display-grid"),
)
_PICTURES = {
    "svg": "image-svg",
    "webp": "image-webp",
    "avif": "image-avif",
    "heic": "image-heif",
    "heif": "image-heif",
    "bmp": "image-bmp",
    "tif": "image-tiff",
    "tiff": "image-tiff",
    "mp4": "image-mp4",
    "apng": "image-apng",
}


@cache
def _table() -> Mapping[str, Any]:
    text = (
        resources.files("tools.email.checks")
        .joinpath("data/client_support.json")
        .read_text("utf-8")
    )
    features: Mapping[str, Any] = json.loads(text)["features"]
    return features


def features_of(page: Page, *, spare: str = "") -> frozenset[str]:
    """Return the features of the table that a page uses, by caniemail's names.

    `spare` is text that stands in hidden elements on purpose: the preheader.
    """
    found = {_TAGS[tag] for tag in page.tags if tag in _TAGS}
    for name, value in page.properties.items():
        if name in _PROPERTIES and value not in {
            "none",
            "static",
            "normal",
            "auto",
            "1",
            "initial",
        }:
            found.add(_PROPERTIES[name])
        found |= {feature for pattern, feature in _VALUES if pattern.search(value.strip())}
    if (
        spare
        and "opacity" in page.properties
        and page.properties["opacity"].strip() in {"0", "0.0"}
    ):
        found.discard("css-opacity")  # the preheader's
    if page.properties.get("float", "none") in {"left", "right"} and "mj-" not in page.source[:200]:
        found.add("css-float")
    for image in page.images:
        end = re.search(r"\.(\w{3,4})(?:[?#]|$)", image.src)
        if end and end[1].casefold() in _PICTURES:
            found.add(_PICTURES[end[1].casefold()])
        if image.src.startswith("data:"):
            found.add("image-base64")
    if re.search(r"<style[^>]*>[^<]*@import", page.source):
        # The build's own font import is an offer; an author's style sheet is a need.
        found |= {"css-at-import"} if "fonts.googleapis" not in page.source else set()
    if re.search(r"srcset\s*=", page.source):
        found.add("html-srcset")
    return frozenset(found)


def client_mix(domains: Mapping[str, int]) -> Mapping[str, float]:
    """Return which programs read the members' mail, as shares."""
    shares: Counter[str] = Counter()
    total = sum(domains.values()) or 1
    for domain, count in domains.items():
        for client, share in mix_of(domain).items():
            shares[client] += share * count / total  # type: ignore[assignment] # shares, not counts
    return shares


def _losing(harm: str, case: Case) -> Iterator[Hit]:
    mix = client_mix(case.tally.domains)
    used: set[str] = set()
    for sample in case.samples:
        used |= features_of(sample.page, spare=sample.rendered.preheader)
    for name in sorted(used):
        feature = _table().get(name)
        if feature is None or feature["harm"] != harm:
            continue
        without = {
            client: share for client, share in mix.items() if feature["support"].get(client) == "n"
        }
        lost = sum(without.values())
        if lost > _WORTH:
            worst = sorted(without, key=lambda one: -without[one])[:3]
            yield Hit(
                message=f"{feature['title']} does not work for about {lost:.0%} of the "
                f"members ({', '.join(worst)}).",
                evidence=f"caniemail: {name}",
                severity="error" if harm == "content" and lost >= 0.1 else None,
            )


def _dropped(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        found = sorted(sample.page.tags & _DROPPED)
        handlers = re.search(
            r"<[^>]+\son(?:click|load|error|mouseover|focus)\s*=", sample.page.source, re.IGNORECASE
        )
        if found or handlers:
            said = f"<{found[0]}>" if found else "an event handler"
            yield Hit(
                message=f"The HTML holds {said}, which every mail program removes and many "
                "filters refuse.",
                evidence=sample.who,
            )
            return


CHECKS = (
    EmailCheck(
        name="client_support.dropped",
        severity="error",
        look=_dropped,
        about="scripts, frames and event handlers",
        fix="Link to a page that does it.",
    ),
    EmailCheck(
        name="client_support.content",
        severity="warn",
        look=partial(_losing, "content"),
        about="features whose loss costs words, pictures or forms; an error from 10 % of the "
        "members on",
        fix="Use a picture with a link, or a page behind a button.",
    ),
    EmailCheck(
        name="client_support.layout",
        severity="warn",
        look=partial(_losing, "layout"),
        about="features whose loss breaks the layout",
        fix="Use mj-section and mj-column, which become tables.",
    ),
    EmailCheck(
        name="client_support.look",
        severity="info",
        look=partial(_losing, "look"),
        about="features whose loss costs looks alone",
        fix="Nothing, where it is readable without.",
    ),
)

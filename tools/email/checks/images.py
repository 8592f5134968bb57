"""Pictures: words for those who do not see them, a size, an address that works, and no spies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Case, Sample
from .facts import TOKEN
from .page import Image
from .port import EmailCheck, Hit
from .style import pixels

__all__ = ["CHECKS"]

_FILE = re.compile(
    r"(?i)^\S+\.(?:png|jpe?g|gif|webp|svg|bmp)$|^(?:img|dsc|image|picture|photo|bild|foto|"
    r"grafik|banner|untitled)[\s_-]*\d*$"
)


def _images(case: Case) -> Iterator[tuple[Sample, Image]]:
    seen: set[tuple[str, str | None]] = set()
    for sample in case.samples:
        for image in sample.page.images:
            if not sample.ours(image.src) and (image.src, image.alt) not in seen:
                seen.add((image.src, image.alt))
                yield sample, image


def _alt(case: Case) -> Iterator[Hit]:
    for _, image in _images(case):
        if image.alt is None and not _dot(image):
            yield Hit(message="A picture has no alternative text.", evidence=image.src)
        elif image.alt is not None and not image.alt.strip(" \u200b\u00a0") and not _dot(image):
            if image.link:
                yield Hit(
                    message="A picture that is a link has an empty alternative text.",
                    evidence=image.src,
                )
            else:
                yield Hit(
                    message="A picture's alternative text is empty.",
                    evidence=image.src,
                    severity="warn",
                )


def _alt_words(case: Case) -> Iterator[Hit]:
    for _, image in _images(case):
        alt = (image.alt or "").replace(TOKEN, "").strip()
        if alt and _FILE.match(alt):
            yield Hit(
                message="A picture's alternative text is a file name, not what is seen.",
                evidence=alt,
            )
        elif len(alt) > 150:
            yield Hit(message=f"An alternative text has {len(alt)} characters.", evidence=alt)


def _sizes(case: Case) -> Iterator[Hit]:
    for _, image in _images(case):
        lacking = [
            name for name, value in (("width", image.width), ("height", image.height)) if not value
        ]
        if lacking:
            yield Hit(
                message=f"A picture has no {' and no '.join(lacking)}.",
                evidence=image.src,
                severity="error" if "width" in lacking else "warn",
            )


def _address(case: Case) -> Iterator[Hit]:
    for _, image in _images(case):
        src = re.sub(r"[\x00-\x20]", "", image.src)
        if src.casefold().startswith(("data:", "cid:")):
            yield Hit(
                message="A picture is carried inside the message, which Gmail and Outlook drop.",
                evidence=src[:60],
            )
        elif not src:
            yield Hit(message="A picture has no address.", evidence=image.alt or "")
        elif not src.casefold().startswith("https://"):
            yield Hit(message="A picture is not fetched by https.", evidence=image.src)


def _spy(case: Case) -> Iterator[Hit]:
    for _, image in _images(case):
        if _dot(image) or (image.hidden and image.src):
            how = image.hidden or f"{image.width or '?'} x {image.height or '?'} px"
            yield Hit(
                message=f"A picture nobody can see ({how}) reports who opened the email.",
                evidence=image.src,
            )


def _dot(image: Image) -> bool:
    width, height = pixels(image.width or "x", 16), pixels(image.height or "x", 16)
    return width is not None and height is not None and width <= 3 and height <= 3


CHECKS = (
    EmailCheck(
        name="images.alt",
        severity="error",
        look=_alt,
        about="alternative text on every picture",
        fix="Say in a few words what the picture tells.",
    ),
    EmailCheck(
        name="images.alt_words",
        severity="warn",
        look=_alt_words,
        about="alternative texts that are file names or novels",
        fix="Say in a few words what the picture tells.",
    ),
    EmailCheck(
        name="images.size",
        severity="error",
        look=_sizes,
        about="width and height on every picture, so that nothing jumps",
        fix="Give width and height in pixels.",
    ),
    EmailCheck(
        name="images.address",
        severity="error",
        look=_address,
        about="https addresses; nothing embedded",
        fix="Put the picture on the brand's site and link to it by https.",
    ),
    EmailCheck(
        name="images.tracking_pixel",
        severity="error",
        look=_spy,
        about="pictures of a dot or hidden ones that are not ours",
        fix="Remove it; opens are recorded by Placet where the operator allows it.",
    ),
)

"""Just enough CSS to know what a reader sees: inline declarations, simple rules, colours, sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

__all__ = ["Colour", "colour", "contrast", "declarations", "over", "pixels", "rules"]

Colour = tuple[int, int, int, float]
"""Red, green, blue from 0 to 255, and opacity from 0 to 1."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_NAMED: Mapping[str, str] = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "green": "008000", "blue": "0000ff",
    "yellow": "ffff00", "orange": "ffa500", "purple": "800080", "grey": "808080", "gray": "808080",
    "silver": "c0c0c0", "lightgray": "d3d3d3", "lightgrey": "d3d3d3", "darkgray": "a9a9a9",
    "darkgrey": "a9a9a9", "gainsboro": "dcdcdc", "whitesmoke": "f5f5f5", "snow": "fffafa",
    "ivory": "fffff0", "navy": "000080", "teal": "008080", "maroon": "800000", "lime": "00ff00",
    "aqua": "00ffff", "cyan": "00ffff", "fuchsia": "ff00ff", "magenta": "ff00ff", "pink": "ffc0cb",
    "gold": "ffd700", "beige": "f5f5dc", "ghostwhite": "f8f8ff", "floralwhite": "fffaf0",
    "azure": "f0ffff", "aliceblue": "f0f8ff", "lightyellow": "ffffe0", "dimgray": "696969",
}  # fmt: skip


def declarations(text: str) -> dict[str, str]:
    """Return the declarations of a `style` attribute, names in lower case; the last one counts."""
    found: dict[str, str] = {}
    for part in re.split(r";(?![^(]*\))", _COMMENT.sub("", text)):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip()
    return found


def rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give a style sheet's simple rules: a selector and its declarations, no media queries."""
    for match in _RULE.finditer(_outside_media(_COMMENT.sub("", sheet))):
        for selector in match[1].split(","):
            yield selector.strip(), declarations(match[2])


def _outside_media(sheet: str) -> str:
    """Drop at-rules with their blocks: what holds only somewhere is not what everybody sees."""
    out, at = [], 0
    for match in re.finditer(r"@[^{};]+(\{|;)", sheet):
        if match.start() < at:
            continue
        out.append(sheet[at : match.start()])
        at = match.end() if match[1] == ";" else _closing(sheet, match.end())
    return "".join([*out, sheet[at:]])


def _closing(sheet: str, at: int) -> int:
    depth = 1
    while at < len(sheet) and depth:
        depth += {"{": 1, "}": -1}.get(sheet[at], 0)
        at += 1
    return at


def colour(text: str) -> Colour | None:
    """Return a CSS colour, or None where it is none that this reads (gradients, variables)."""
    value = text.strip().lower()
    value = _NAMED.get(value, value)
    if value == "transparent":
        return (255, 255, 255, 0.0)
    if match := re.fullmatch(r"#?([0-9a-f]{3,8})", value):
        return _hex(match[1])
    if match := re.match(r"rgba?\(([^)]+)\)", value):
        return _rgb(match[1])
    return None


def _hex(digits: str) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(2 * digit for digit in digits)
    if len(digits) not in (6, 8):
        return None
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue, int(digits[6:8], 16) / 255 if len(digits) == 8 else 1.0


def _rgb(text: str) -> Colour | None:
    parts = [part for part in re.split(r"[\s,/]+", text.strip()) if part]
    try:
        numbers = [
            float(part[:-1]) * (2.55 if at < 3 else 0.01) if part.endswith("%") else float(part)
            for at, part in enumerate(parts)
        ]
    except ValueError:
        return None
    if len(numbers) < 3:
        return None
    red, green, blue = (max(0, min(255, round(number))) for number in numbers[:3])
    return red, green, blue, numbers[3] if len(numbers) > 3 else 1.0


def over(front: Colour, back: Colour) -> Colour:
    """Return the colour that is seen where `front` lies on an opaque `back`."""
    share = front[3]
    red, green, blue = (round(front[at] * share + back[at] * (1 - share)) for at in range(3))
    return red, green, blue, 1.0


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(seen: Colour) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(seen[0]) + 0.7152 * linear(seen[1]) + 0.0722 * linear(seen[2])


def pixels(text: str, around: float) -> float | None:
    """Return a CSS length in pixels; `around` is the font size that `em` and `%` refer to."""
    match = re.fullmatch(r"\s*(-?\d*\.?\d+)\s*(px|pt|em|rem|%)?\s*", text.lower())
    if not match:
        return None
    factor = {"pt": 4 / 3, "em": around, "rem": 16.0, "%": around / 100}.get(match[2] or "px", 1.0)
    return float(match[1]) * factor

"""Numbers as exports and people write them."""

import re

__all__ = ["number"]

_CURRENCY = re.compile(r"[€$£¥₹₽₩]|\b(?:eur|usd|gbp|chf|inr|jpy|brl|pln|sek|nok|dkk)\b")
_GROUP_SPACE = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,10})?")
_FACTORS = {"k": 1e3, "m": 1e6, "mm": 1e6, "b": 1e9, "bn": 1e9, "mio": 1e6, "mrd": 1e9}
_SUFFIX = re.compile(r"(?<=\d)\s?(k|mm|mio|m|bn|b|mrd)\.?$")
_GROUPED = {
    ",": re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?"),
    ".": re.compile(r"-?\d{1,3}(\.\d{3})+(,\d*)?"),
}
_DECIMAL_COMMA = re.compile(r"-?\d*,\d+")


def number(text: str, *, decimal_comma: bool = False) -> float | None:
    """Return the number in `text`, or None where it is none, a range ("11-50") or open ("50+").

    Understood: "1,234.5", "1.234,56", "€ 12,000", "USD 1200", "1.2M", "(300)" for -300. One sign
    with three digits after it can be read two ways: "1,234" is a thousand, "1.234" is one and a
    bit, and the other way round where `decimal_comma` says that the file writes decimals with a
    comma.
    """
    bare = _GROUP_SPACE.sub("", _CURRENCY.sub(" ", text.lower()).strip())
    if bare.startswith("(") and bare.endswith(")"):  # accountants' minus
        bare = "-" + bare[1:-1]
    suffix = _SUFFIX.search(bare)
    factor = _FACTORS[suffix[1]] if suffix else 1.0
    plain = _without_groups(bare[: suffix.start()] if suffix else bare, decimal_comma)
    return float(plain) * factor if _PLAIN.fullmatch(plain) else None


def _without_groups(text: str, decimal_comma: bool) -> str:
    """Return `text` with a point for decimals and no signs between thousands."""
    ambiguous = len(re.findall(r"[.,]", text)) == 1
    if _GROUPED[","].fullmatch(text) and not (ambiguous and decimal_comma):
        return text.replace(",", "").rstrip(".")
    if _GROUPED["."].fullmatch(text) and not (ambiguous and not decimal_comma):
        return text.replace(".", "").replace(",", ".").rstrip(".")
    if _DECIMAL_COMMA.fullmatch(text):
        return text.replace(",", ".")
    return text

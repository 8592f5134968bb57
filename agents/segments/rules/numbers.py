"""Numbers as people write them: "50+", "over 20k", "between 100 and 500", "at least twice"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.segments.tree import Between, Equals, Greater, Less

from .text import Token

__all__ = ["NumberTest", "Quantity", "lacks_number", "read_number", "read_quantity", "widened"]

NumberTest = Equals | Greater | Less | Between

_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100,
    "thousand": 1000, "dozen": 12,
}  # fmt: skip
_SCALE = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "m": 1_000_000,
    "mio": 1_000_000,
    "mn": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
}
_MONEY = {"dollars", "dollar", "euros", "euro", "pounds", "usd", "eur", "gbp", "$", "€", "£"}
_NUMBER = re.compile(r"([$€£]?)(\d[\d,]*(?:\.\d+)?)(k|mio|mn|m|bn)?([%+]?)$")
_ABOVE = (
    ("more", "than"), ("greater", "than"), ("larger", "than"), ("bigger", "than"),
    ("higher", "than"), ("over",), ("above",), (">",), ("exceeding",), ("beyond",),
    ("north", "of"), ("upwards", "of"),
)  # fmt: skip
_AT_LEAST = (
    ("at", "least"), ("no", "fewer", "than"), ("no", "less", "than"), ("not", "less", "than"),
    ("minimum", "of"), ("a", "minimum", "of"), ("minimum",), ("min",), (">=",), ("from",),
    ("starting", "at"), ("starting", "from"),
)  # fmt: skip
_BELOW = (
    ("less", "than"), ("fewer", "than"), ("lower", "than"), ("smaller", "than"), ("under",),
    ("below",), ("<",), ("beneath",),
)  # fmt: skip
_AT_MOST = (
    ("at", "most"), ("no", "more", "than"), ("not", "more", "than"), ("up", "to"),
    ("maximum", "of"), ("a", "maximum", "of"), ("maximum",), ("max",), ("<=",),
    ("not", "over"), ("not", "above"),
)  # fmt: skip
_EXACT = (("exactly",), ("equal", "to"), ("equals",), ("=",), ("==",), ("precisely",))
_SIGNS = (
    *[(p, "gt") for p in _ABOVE],
    *[(p, "ge") for p in _AT_LEAST],
    *[(p, "lt") for p in _BELOW],
    *[(p, "le") for p in _AT_MOST],
    *[(p, "eq") for p in _EXACT],
)
_AFTER = (
    (("or", "more"), "ge"), (("or", "above"), "ge"), (("or", "higher"), "ge"),
    (("or", "over"), "ge"), (("or", "greater"), "ge"), (("or", "larger"), "ge"),
    (("and", "up"), "ge"), (("and", "above"), "ge"), (("and", "over"), "ge"), (("plus",), "ge"),
    (("and", "more"), "ge"), (("or", "better"), "ge"), (("or", "bigger"), "ge"),
    (("upwards",), "ge"), (("or", "fewer"), "le"), (("or", "less"), "le"), (("or", "below"), "le"),
    (("or", "under"), "le"), (("or", "lower"), "le"), (("and", "below"), "le"),
    (("or", "smaller"), "le"), (("max",), "le"), (("min",), "ge"), (("maximum",), "le"),
    (("minimum",), "ge"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """A comparison with a number, and how many tokens it took."""

    test: NumberTest
    end: int
    bare: bool = False
    """A number without a comparing word: "3 times", "50 employees"."""
    percent: bool = False

    def bounds(self) -> tuple[int, int | None] | None:
        """Return at least and at most as whole counts; None where no count can satisfy it."""
        low: float
        high: float | None
        match self.test:
            case Equals(value=value):
                low, high = float(value), float(value)
            case Greater(value=value, or_equal=equal):
                low, high = float(value) + (0 if equal else 1), None
            case Less(value=value, or_equal=equal):
                low, high = 0.0, float(value) - (0 if equal else 1)
            case Between(low=a, high=b):
                low, high = float(a), float(b)
        if low < 0 or (high is not None and high < low) or not low.is_integer():
            return None
        return int(low), None if high is None else int(high)


def _starts(tokens: Sequence[Token], at: int, words: tuple[str, ...]) -> bool:
    if at + len(words) > len(tokens):
        return False
    return all(tokens[at + n].key == word for n, word in enumerate(words))


def read_number(tokens: Sequence[Token], at: int) -> tuple[float, int, str] | None:
    """Read "1.5m", "10k", "two hundred": the number, where it ends and its sign ("+", "%", "")."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    if token.key in _MONEY and at + 1 < len(tokens) and tokens[at + 1].kind == "number":
        return read_number(tokens, at + 1)
    if token.kind == "number":
        match = _NUMBER.match(token.key)
        if match is None:
            return None
        value, sign, end = float(match[2].replace(",", "")), match[4], at + 1
        value *= _SCALE.get(match[3] or "", 1)
    elif token.key in {"half", "a"} or token.key not in _WORDS:
        if not (token.key == "a" and _starts(tokens, at + 1, ("dozen",))):
            if not (
                token.key == "a"
                and at + 1 < len(tokens)
                and tokens[at + 1].key in _SCALE
                and len(tokens[at + 1].key) > 3
            ):
                return None
            return float(_SCALE[tokens[at + 1].key]), at + 2, ""
        value, sign, end = 12.0, "", at + 2
    else:
        value, sign, end = float(_WORDS[token.key]), "", at + 1
    while end < len(tokens) and tokens[end].key in _SCALE and not sign:
        value, end = value * _SCALE[tokens[end].key], end + 1
    if end < len(tokens) and tokens[end].key == "+" and not sign:
        sign, end = "+", end + 1
    elif end < len(tokens) and tokens[end].key in {"percent", "%"} and not sign:
        sign, end = "%", end + 1
    if end < len(tokens) and tokens[end].key in _MONEY:
        end += 1
    return value, end, sign


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def _test(sign: str, value: float) -> NumberTest:
    number = _plain(value)
    match sign:
        case "gt" | "ge":
            return Greater(value=number, or_equal=sign == "ge")
        case "lt" | "le":
            return Less(value=number, or_equal=sign == "le")
        case _:
            return Equals(value=number)


def lacks_number(tokens: Sequence[Token], at: int) -> int | None:
    """Return where "at least", "more than", "between" ends if no number follows, or None."""
    if at < len(tokens) and tokens[at].key == "between":
        return at + 1 if read_number(tokens, at + 1) is None else None
    sign = _sign_at(tokens, at)
    if sign is None or tokens[at].key in {"from", "starting", "=", "==", "equals", "equal"}:
        return None
    return sign[1] if read_number(tokens, sign[1]) is None else None


def _sign_at(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    best: tuple[str, int] | None = None
    for words, sign in _SIGNS:
        if _starts(tokens, at, words) and (best is None or at + len(words) > best[1]):
            best = (sign, at + len(words))
    return best


def _range(tokens: Sequence[Token], at: int) -> Quantity | None:
    """Read "between 100 and 500", "from 10 to 20", "100-500", "100 to 500"."""
    opened = tokens[at].key in {"between", "from"}
    first = read_number(tokens, at + 1 if opened else at)
    if first is None or first[1] >= len(tokens) or first[2]:
        return None
    joins = {"and", "-", "to"} if tokens[at].key == "between" else {"-", "to"}
    if tokens[first[1]].key not in joins:
        return None
    second = read_number(tokens, first[1] + 1)
    if second is None or second[0] < first[0] or second[2] == "+":
        return None
    return Quantity(Between(low=_plain(first[0]), high=_plain(second[0])), second[1])


def read_quantity(tokens: Sequence[Token], at: int) -> Quantity | None:
    """Read a comparison with a number that starts at `at`, or return None."""
    if at >= len(tokens):
        return None
    if ranged := _range(tokens, at):
        return ranged
    if (sign := _sign_at(tokens, at)) is not None:
        number = read_number(tokens, sign[1])
        if number is None and sign[1] < len(tokens):
            number = _times_word(tokens[sign[1]], sign[1])
        if number is None:
            return None
        return Quantity(_test(sign[0], number[0]), number[1], percent=number[2] == "%")
    number = read_number(tokens, at)
    if number is None:
        return None
    value, end, mark = number
    for words, sign_name in _AFTER:
        if _starts(tokens, end, words):
            return Quantity(_test(sign_name, value), end + len(words))
    if mark == "+":
        return Quantity(_test("ge", value), end)
    return Quantity(_test("eq", value), end, bare=True, percent=mark == "%")


def _times_word(token: Token, at: int) -> tuple[float, int, str] | None:
    return {"once": (1.0, at + 1, ""), "twice": (2.0, at + 1, ""), "thrice": (3.0, at + 1, "")}.get(
        token.key
    )


def widened(tokens: Sequence[Token], at: int, quantity: Quantity) -> tuple[NumberTest, int]:
    """Return the test and its end, with "or more" read after the noun: "50 employees or more"."""
    if quantity.bare and isinstance(quantity.test, Equals):
        for words, sign in _AFTER:
            if words[0] in {"or", "and"} and _starts(tokens, at, words):
                return _test(sign, float(quantity.test.value)), at + len(words)
    return quantity.test, at

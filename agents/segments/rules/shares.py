"""Random shares: "a random 10% of", "one in five", "every tenth"."""

from __future__ import annotations

from math import gcd

from tools.segments.tree import Bucket, Filter

from .doubts import Unclear
from .numbers import read_number
from .reader import Reader

__all__ = ["Shares"]

_DRAWN = {"chosen", "picked", "selected", "drawn", "sampled", "taken", "at"}
_PICK = {"pick", "choose", "select", "draw", "take", "sample"}
_PARTS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10, "twentieth": 20}


class Shares(Reader):
    """Reads how large a share of the people is drawn."""

    def _share(self) -> Filter | None:
        """Read "a random 10% of", "random half of"."""
        c = self.c
        start = c.at
        seen = False
        while not c.done and (
            c.has("random", "sample")
            or c.keys[c.at] in {"a", "an", "of", "(", *_DRAWN}
            or (c.keys[c.at] in _PICK and c.at + 1 < len(c.keys))
        ):
            seen = seen or c.has("random")
            c.at += 1
        share = self._portion()
        if share is None:
            if seen:
                words = c.words(start, c.at + 1) if not c.done else c.words(start, c.at)
                number = c.quantity()
                if number is not None:
                    words = c.words(start, number.end)
                raise Unclear(
                    "share",
                    "How big should the random share be? I can take a percentage.",
                    ("a random 10% of", "a random 50% of"),
                    about=words,
                    rewrites=("a random 10% of", "a random 50% of"),
                )
            c.at = start
            return None
        while not c.done and (
            c.has("random", "sample")
            or c.keys[c.at] in {"of", "the", "all", "our", ")", "slice", *_DRAWN}
        ):
            c.at += 1
        self.shared = True
        step = gcd(*share)
        return Bucket(of=share[1] // step, take=tuple(range(share[0] // step)))

    def _portion(self) -> tuple[int, int] | None:
        """Read "10%", "half", "a third", "one in five", "every tenth" as so many out of so many."""
        c = self.c
        at = c.at
        one = c.keys[at : at + 1] in (["1"], ["one"])
        if one and (c.keys[at + 1 : at + 2] == ["in"] or c.keys[at + 1 : at + 3] == ["out", "of"]):
            number = read_number(c.tokens, at + 2 + (c.keys[at + 1] == "out"))
            if number is not None and number[0].is_integer() and 2 <= number[0] <= 100:
                c.at = number[1]
                return 1, int(number[0])
        if at and c.keys[at - 1] == "every" and c.keys[at] in _PARTS:
            c.at = at + 1
            return 1, _PARTS[c.keys[at]]
        if c.keys[at : at + 1] == ["every"] and c.keys[at + 1 : at + 2]:
            part = _PARTS.get(c.keys[at + 1])
            if part is not None:
                c.at = at + 2
                return 1, part
        percent = self._percent()
        return None if percent is None else (percent, 100) if percent > 0 else (1, -percent)

    def _percent(self) -> int | None:
        c = self.c
        if c.done:
            return None
        shares = {"half": 50, "quarter": 25, "tenth": 10, "fifth": 20, "third": -3}
        if (
            c.keys[c.at] in shares
            and c.date() is None
            and ((c.at and c.has("random", at=c.at - 1)) or c.keys[c.at + 1 : c.at + 2] == ["of"])
        ):
            c.at += 1
            return shares[c.keys[c.at - 1]]
        quantity = c.quantity()
        if quantity is None or not quantity.percent:
            return None
        value = getattr(quantity.test, "value", 0)
        if not isinstance(value, int) or not 0 < value < 100:
            raise Unclear(
                "percent",
                "What share should it be? Whole per cents from 1 to 99.",
                ("10%", "50%"),
                about=c.words(c.at, quantity.end),
                rewrites=("10%", "50%"),
            )
        c.at = quantity.end
        return value

"""Cells to values: what a row says, field by field, with every doubt reported."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from tools.crm.local.crm import micros
from tools.crm.port import FieldSpec
from tools.crm.values import Order, date, domain, email, number, picklist

from .columns import Columns
from .reader import Row
from .report import Tally

__all__ = ["LONGEST_NAME", "Cells", "Convert", "truth"]

Convert = Callable[[int, int, str], Any]
"""From line, column position and text to the value; None where it was bad and is reported."""
LONGEST_NAME = 500
"""In characters: PostgreSQL indexes no text of more than 2,704 bytes."""
_LEFT = "the field was left as it was"
_LARGEST_INTEGER = 2**31 - 1
_TRUE = frozenset("true 1 yes y x ja oui si wahr vrai".split())  # noqa: SIM905 - a list of words
_FALSE = frozenset("false 0 no n nein non falsch faux".split())  # noqa: SIM905 - a list of words


def truth(text: str) -> bool | None:
    """Return what a yes-or-no cell says, or None."""
    word = text.strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


class Cells:
    """Reads the cells of rows in one file: knows its columns, zone and ways of writing."""

    def __init__(
        self, columns: Columns, tally: Tally, *,
        zone: tzinfo, orders: Mapping[int, Order], decimal_comma: bool,
    ) -> None:  # fmt: skip
        self._columns = columns
        self._tally = tally
        self._zone = zone
        self._orders = orders
        self._decimal_comma = decimal_comma
        self._picked: dict[tuple[str, str], str | None] = {}

    def values(self, row: Row, converts: Mapping[str, Convert]) -> dict[str, Any]:
        """Return what the row says: field to value; blank and bad cells are not in it."""
        found: dict[str, Any] = {}
        cells = row.cells
        for field, positions in self._columns.positions.items():
            for position in positions:
                text = cells[position].strip()
                if text:
                    value = converts[field](row.line, position, text)
                    if value is not None:
                        found[field] = value
                    break
        return found

    def bad(self, line: int, field: str, text: str, message: str) -> None:
        """Report one bad cell under the header it has in the file."""
        self._tally.bad(line, self._columns.named(field), text, message)

    def skip(self, line: int, field: str, text: str, message: str) -> None:
        """Report a row that is left out whole, and the cell that is to blame."""
        self._tally.skip(line, self._columns.named(field), text, message)

    def raw(self, row: Row, field: str) -> str:
        """Return the first cell of the field that is not blank, as it stands."""
        positions = self._columns.positions.get(field, ())
        return next((row.cells[p].strip() for p in positions if row.cells[p].strip()), "")

    def convert(self, spec: FieldSpec) -> Convert:
        """Return how a cell of this field becomes a value."""
        match spec.type:
            case "picklist":
                return lambda line, at, text: self._pick(spec, line, at, text)
            case "number":
                whole = spec.name in ("employees", "lead_score")
                return lambda line, at, text: self._number(whole, line, at, text)
            case "date":
                return self.moment
            case "text" | "boolean":
                return self.text

    def text(self, line: int, at: int, text: str) -> str | None:
        """Return the text; a NUL sign, which no database takes, is taken out and reported."""
        if "\0" not in text:
            return text
        self._bad(line, at, text, "holds a NUL sign; it was taken out")
        return text.replace("\0", "").strip() or None

    def name(self, line: int, at: int, text: str) -> str | None:
        """Return the text of a name that is looked up by index, cut where an index could not."""
        found = self.text(line, at, text)
        if found is None or len(found) <= LONGEST_NAME:
            return found
        self._bad(line, at, text, f"is longer than {LONGEST_NAME} characters; it was cut there")
        return found[:LONGEST_NAME].rstrip()

    def moment(self, line: int, at: int, text: str, became: str = _LEFT) -> int | None:
        """Return the moment as epoch microseconds; `became` says what happens without it."""
        found = date(text, self._zone, order=self._orders.get(at, "month_first"))
        if found is None:
            self._bad(line, at, text, f"is no date that can be read; {became}")
            return None
        return micros(found)

    def email(self, line: int, at: int, text: str) -> str | None:
        """Return the address, lower-cased; the caller reports a bad one."""
        return email(text)

    def domain(self, line: int, at: int, text: str) -> str | None:
        """Return the bare host of a website or domain."""
        found = domain(text)
        if found is None:
            self._bad(line, at, text, f"is no website or domain; {_LEFT}")
        return found

    def flag(self, line: int, at: int, text: str) -> bool | None:
        """Return what a yes-or-no cell says."""
        found = truth(text)
        if found is None:
            self._bad(line, at, text, f"is neither yes nor no; {_LEFT}")
        return found

    def _number(self, whole: bool, line: int, at: int, text: str) -> float | int | None:
        found = number(text, decimal_comma=self._decimal_comma)
        if found is None:
            message = f"is no single number; {_LEFT}"
        elif not whole:
            return found
        elif found != int(found) or not 0 <= found <= _LARGEST_INTEGER:
            message = f"is no whole number of zero or more; {_LEFT}"
        else:
            return int(found)
        self._bad(line, at, text, message)
        return None

    def _pick(self, spec: FieldSpec, line: int, at: int, text: str) -> str | None:
        key = (spec.name, text)
        if key not in self._picked:
            if len(self._picked) > 50_000:
                self._picked.clear()
            self._picked[key] = picklist(spec, text)
        found = self._picked[key]
        if found is None:
            self._bad(line, at, text, f"is no known {spec.label.lower()}; kept as it is")
            return text.replace("\0", "").strip() or None
        if found != text:
            self._tally.normalised(spec.name, text, found)
        return found

    def _bad(self, line: int, at: int, text: str, message: str) -> None:
        self._tally.bad(line, self._columns.header[at], text, message)

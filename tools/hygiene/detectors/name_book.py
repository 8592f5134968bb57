"""How often, and how, each name is written in this CRM: the evidence for repairs of names."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache

from tools.crm.values import fold
from tools.hygiene.columns import Columns

__all__ = ["NameBook", "cased", "key_of"]


@lru_cache(maxsize=200_000)
def key_of(name: str) -> str:
    """Return a name without case and accents; in scripts without either, the name."""
    return fold(name) or name.strip()


def cased(text: str) -> bool:
    """Tell whether a name is written in lower and upper case, as names are."""
    return any(c.islower() for c in text) and any(c.isupper() for c in text)


class NameBook:
    """Counts of first and last names, word by word, and of their spellings."""

    def __init__(self, table: Columns) -> None:
        self.first: Counter[str] = Counter()
        self.last: Counter[str] = Counter()
        self._spelt: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for field, book in (("first_name", self.first), ("last_name", self.last)):
            column = table.column("contact", field)
            for name, many in zip(column.values, column.counts(), strict=True):
                if isinstance(name, str):
                    book[key_of(name)] += many
                    if cased(name):
                        self._spelt[name.casefold()][name] += many

    def usual(self, name: str) -> tuple[str, int] | None:
        """Return how nine in ten records that use both cases write this name, and how many do."""
        spelt = self._spelt.get(name.casefold())
        if not spelt:
            return None
        best, many = min(spelt.items(), key=lambda one: (-one[1], one[0]))
        return (best, many) if many >= 0.9 * spelt.total() else None

    def likes_first(self, name: str) -> bool:
        """Tell whether this CRM knows the name as a first name, and hardly as a last one."""
        return self._mostly(self.first, self.last, name)

    def likes_last(self, name: str) -> bool:
        """Tell whether this CRM knows the name as a last name, and hardly as a first one."""
        return self._mostly(self.last, self.first, name)

    @staticmethod
    def _mostly(here: Counter[str], there: Counter[str], name: str) -> bool:
        key = key_of(name)
        many = here.get(key, 0)
        return many >= 4 and many >= 10 * there.get(key, 0)

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


def _without_case(name: str) -> str:
    """Return what a name in capitals and in small letters have in common, the two i as one."""
    return name.replace("İ", "i").casefold().replace("ı", "i")


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
                        self._spelt[_without_case(name)][name] += many

    def usual(self, name: str) -> tuple[str, int] | None:
        """Return how nine in ten records that use both cases write this name, and how many do.

        None too where that has other letters: "weiss" is not "Weiß", "WEISS" may be.
        """
        spelt = self._spelt.get(_without_case(name))
        if not spelt:
            return None
        best, many = min(spelt.items(), key=lambda one: (-one[1], one[0]))
        capitals = (best.upper(), best.replace("i", "İ").upper())
        same = name == best.lower() or name in capitals
        return (best, many) if same and many >= 0.9 * spelt.total() else None

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
        # One use in the other field may be the very record that is judged.
        return many >= 4 and many >= 8 * there.get(key, 0) - 4

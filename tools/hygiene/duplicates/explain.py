"""Why two records are thought to be one, in sentences, without a value of either record."""

from __future__ import annotations

from collections.abc import Mapping

from .clusters import Group, Pair
from .comparisons import ELSE

__all__ = ["evidence"]

_AGREES: Mapping[str, Mapping[str, str]] = {
    "name": {
        "same": "the same name", "short_form": "the same name, one in a short form",
        "swapped": "the same names in another order", "initial": "the same name, one an initial",
        "no_given": "the same family name", "given_one_off": "nearly the same given name",
        "family_one_off": "nearly the same family name", "family_part": "part of a double name",
        "given_alone": "the same given name", "roughly": "nearly the same names",
        "other_given": "", "other_family": "",
        "same_letters": "the same letters in the name", "one_off": "nearly the same name",
        "begins": "one name begins with the other", "alike": "similar names",
    },
    "email": {
        "same": "the same mailbox", "host_one_off": "one address with a slip in its domain",
        "same_handle": "the same name before the @", "local_one_off": "addresses one slip apart",
        "same_local": "the same name before the @",
    },
    "phone": {
        "same_own": "the same number",
        "same": "the same number", "same_end": "numbers that end alike",
        "one_off": "numbers one digit apart",
    },
    "company": {
        "same_domain": "the same company domain", "same_name": "the same company",
        "named_alike": "companies that are called alike", "crossed": "",
    },
    "domain": {
        "same": "the same domain", "same_label": "domains that differ only in the ending",
        "one_off": "domains one slip apart",
    },
    "place": {"same_city": "the same city", "same_country": "the same country",
              "number_from_there": "a number of the other one's country"},
    "title": {"same": "the same job title"},
}  # fmt: skip
_MOST = 6
"""Sentences in one merge at most; a group of twelve has 66 pairs."""


def evidence(group: Group, ids: Mapping[int, str], survivor: str) -> tuple[str, ...]:
    """Return a sentence for each pair, the least likely first, then those with the survivor."""
    by_doubt = sorted(group.pairs, key=lambda one: (one.weight, one.left, one.right))
    with_it = [one for one in by_doubt if survivor in (ids[one.left], ids[one.right])]
    chosen = [by_doubt[0], *(one for one in with_it if one is not by_doubt[0])]
    return tuple(_sentence(pair, ids) for pair in chosen[:_MOST])


def _sentence(pair: Pair, ids: Mapping[int, str]) -> str:
    agrees = [
        words for name, level in pair.levels.items()
        if (words := _AGREES.get(name, {}).get(level, ""))
    ]  # fmt: skip
    other = [name for name, level in pair.levels.items() if level == ELSE and name != "place"]
    text = f"{ids[pair.left]} and {ids[pair.right]} share {_list(agrees) or 'little'}"
    if pair.differences:
        text += f"; against it: another {_list(list(pair.differences))}"
    soft = [name for name in other if name in ("email", "title")]
    if soft:
        text += f"; {_list(['job title' if one == 'title' else one for one in soft])} differ"
    return f"{text}; {pair.probability:.1%} likely one."


def _list(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"

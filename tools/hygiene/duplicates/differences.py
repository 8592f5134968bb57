"""Hard differences: what speaks against two records being one, however much else agrees.

A person has one given name, one family name, one employer, one number and one country at a time; a
company has one name, one domain, one number and one country. Each of these that is known on both
sides and does not agree, not even as a short form or with a slip of the hand, is one hard
difference. A pair with one is for a person to look at; with two it is never proposed: a sister in
the same office, a namesake elsewhere. Who left a company and married is missed, and that is meant.

Two records that reach the very same mailbox are one reader: employer, number and country then say
that something changed, not that they are two; so does one number for a second country, and a
number that somebody brought along from the country where the other record lives. Consent is no
difference: the stricter one is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from tools.hygiene.change import Subject

from .comparisons import COMPARISONS, ELSE

__all__ = ["FOLLOWED", "ONE_NAME", "hard_differences", "is_exact", "is_lean", "is_thin",
           "levels_of"]  # fmt: skip

Levels = Mapping[str, str]
"""By comparison, the level a pair is at."""

FOLLOWED = "number_from_there"
"""The level of two places in two countries, where one record's number is of the other's."""
ONE_NAME = frozenset({
    "same", "short_form", "swapped", "initial", "no_given", "given_one_off", "family_one_off",
    "family_part", "given_alone", "roughly", "unknown",
})  # fmt: skip
"""Levels at which two names can be one person's."""
_PARTIAL = frozenset({"no_given", "given_alone", "initial", "roughly", "unknown"})
_NAMELESS = frozenset({"no_given", "given_alone", "unknown"})
_NEAR = frozenset({"host_one_off", "local_one_off", "same_handle"})
_EMPLOYED = frozenset({"same_domain", "same_name", "named_alike"})
_REACHED = ("same_own", "same", "same_end")
_LABELS = {"company": "employer", "phone": "phone", "place": "country", "domain": "domain"}


def levels_of(subject: Subject, gammas: tuple[int, ...]) -> dict[str, str]:
    """Return the level of each comparison from Splink's numbers, in the comparisons' order."""
    return {
        one.name: one.level(gamma)
        for one, gamma in zip(COMPARISONS[subject], gammas, strict=True)
    }  # fmt: skip


def hard_differences(subject: Subject, levels: Levels) -> tuple[str, ...]:
    """Return what the two have and do not agree in, by name."""
    found = list(_names(levels["name"]) if subject == "contact" else _name(levels["name"]))
    if subject == "contact" and levels["email"] == "same":
        return tuple(found)
    reached = levels["phone"] in _REACHED
    found += [
        label
        for name, label in _LABELS.items()
        if name in levels and levels[name] == ELSE and not (name == "place" and reached)
    ]
    return tuple(found)


def _names(level: str) -> tuple[str, ...]:
    match level:
        case "other_given":
            return ("given name",)
        case "other_family":
            return ("family name",)
        case "differs":
            return ("given name", "family name")
        case _:
            return ()


def _name(level: str) -> tuple[str, ...]:
    return ("name",) if level == ELSE else ()


def is_exact(subject: Subject, levels: Levels) -> bool:
    """Tell whether the two share a key that only one record should have.

    For people: one mailbox, and names that can be one, a given name among them: "Smith" may share
    the household's mailbox with anybody of that name. For companies: one domain and one name, or
    one name and a number that is nobody else's, and no other domain.
    """
    if hard_differences(subject, levels):
        return False
    if subject == "contact":
        return levels["email"] == "same" and levels["name"] in ONE_NAME - _NAMELESS
    if levels["domain"] == "same":
        return levels["name"] in ("same", "same_letters")
    own = levels["phone"] == "same_own" and levels["domain"] in ("same_label", "unknown")
    return own and levels["name"] == "same"


def is_thin(subject: Subject, levels: Levels) -> bool:
    """Tell whether a pair has too little to go by for bulk approval, whatever its odds.

    A company needs one domain or one number. A person needs both names and more than a name and an
    employer: nearly the same address, or the same job title, or no employer in common, which a
    colleague of the same name would have. Brothers on one line, of whom one is written down as
    "Smith", look alike in all that is known. Who came from another country is for a person to see.
    """
    if subject == "company":
        return levels["domain"] != "same" and levels["phone"] not in _REACHED
    if levels["name"] in _NAMELESS:
        return True
    if levels["email"] == "same":
        return False
    if levels["place"] == FOLLOWED:
        return True
    if levels["email"] in _NEAR:
        return False
    if levels["name"] in _PARTIAL or levels["title"] == ELSE:
        return True
    return levels["title"] != "same" and levels["company"] in _EMPLOYED


def is_lean(subject: Subject, levels: Levels) -> bool:
    """Tell whether a pair of people rests on name, employer and job title: no address, no number.

    Two records of that kind are hardly ever two people; where four of them lie together, they may
    be two colleagues twice each.
    """
    if subject == "company" or levels["email"] == "same" or levels["email"] in _NEAR:
        return False
    return levels["phone"] not in _REACHED and levels["company"] in _EMPLOYED

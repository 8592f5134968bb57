"""How two records are compared: for each comparison its levels, the most alike first.

A pair takes the first level whose condition holds. `tf` names the column whose frequency counts: to
share a rare name says more than to share a common one. A person's company and mail domain are one
comparison: as two they would count one fact twice, for who shares the one shares the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tools.hygiene.change import Subject

__all__ = ["BLOCKS", "COMPARISONS", "ELSE", "OWN_LINE", "Block", "Comparison", "Step"]

OWN_LINE = 4
"""A number that no more records have than this may be somebody's own; more share a switchboard."""
ELSE = "differs"
"""The last level of each comparison: both are known and none of the others holds."""


@dataclass(frozen=True, slots=True)
class Step:
    """One level of likeness."""

    name: str
    holds: str
    """SQL over the columns of both records, `x_l` and `x_r`."""
    tf: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing that two records are compared by."""

    name: str
    unknown: str
    """SQL: when it says nothing, because one of them has no value."""
    steps: tuple[Step, ...]

    def gamma(self, name: str) -> int:
        """Return the number that Splink gives a level: 0 for `ELSE`, higher is more alike."""
        if name == ELSE:
            return 0
        names = [step.name for step in self.steps]
        return len(names) - names.index(name)

    def level(self, gamma: int) -> str:
        """Return the level with this number; "unknown" for -1."""
        if gamma < 0:
            return "unknown"
        return self.steps[len(self.steps) - gamma].name if gamma else ELSE


@dataclass(frozen=True, slots=True)
class Block:
    """What two records must share to be compared at all."""

    name: str
    key: str
    """SQL over one record's columns; NULL blocks nothing."""
    most: int
    """A key that more records share than this tells nothing: those pairs are left to others."""


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _missing(*columns: str) -> str:
    return " AND ".join(f"({one}_l IS NULL OR {one}_r IS NULL)" for one in columns)


def _begins(column: str, least: int) -> str:
    """SQL: one value begins with the other, which has at least so many letters."""
    return (
        f"(least(length({column}_l), length({column}_r)) >= {least} AND "
        f"(starts_with({column}_l, {column}_r) OR starts_with({column}_r, {column}_l)))"
    )


_INITIAL = "least(length(given_l), length(given_r)) = 1 AND given_l[1] = given_r[1]"
# Yang and Fang, Jan and Dan are one letter apart and two people: the first letter is rarely wrong.
_ONE_OFF_GIVEN = (
    "((damerau_levenshtein(given_l, given_r) <= 1 AND given_l[1] = given_r[1] AND "
    "least(length(given_l), length(given_r)) >= 3) OR "
    "(damerau_levenshtein(given_l, given_r) <= 2 AND "
    "least(length(given_l), length(given_r)) >= 6 AND "
    "jaro_winkler_similarity(given_l, given_r) >= 0.9) OR "
    "(least(length(given_l), length(given_r)) >= 4 AND "
    "(starts_with(given_l, given_r) OR starts_with(given_r, given_l))))"
)
_ONE_OFF_FAMILY = (
    "((damerau_levenshtein(family_l, family_r) <= 1 AND "
    "least(length(family_l), length(family_r)) >= 4) OR "
    "(damerau_levenshtein(family_l, family_r) <= 2 AND "
    "least(length(family_l), length(family_r)) >= 8))"
)
_SWAPPED = (
    "(least(length(given_l), length(given_r), length(family_l), length(family_r)) >= 4 AND "
    "damerau_levenshtein(given_l, family_r) <= 1 AND damerau_levenshtein(family_l, given_r) <= 1)"
)
_PART_OF_FAMILY = (
    "(contains(' ' || family_words_l || ' ', ' ' || family_words_r || ' ') OR "
    "contains(' ' || family_words_r || ' ', ' ' || family_words_l || ' '))"
)
_PHONE = Comparison(
    "phone",
    _missing("phone"),
    (
        Step("same_own", _same("own_phone"), "phone"),
        Step("same", _same("phone"), "phone"),
        Step("same_end", _same("phone_tail"), "phone_tail"),
        Step("one_off", "damerau_levenshtein(phone_l, phone_r) <= 1"),
    ),
)
_PLACE = Comparison(
    "place",
    _missing("city", "country"),
    (
        Step("same_city", _same("city"), "city"),
        Step("other_city", f"{_same('country')} AND city_l <> city_r"),
        Step("same_country", _same("country"), "country"),
        Step("city_only", _missing("country")),
    ),
)
COMPARISONS: Mapping[Subject, tuple[Comparison, ...]] = {
    "contact": (
        Comparison(
            "name",
            _missing("family", "given"),
            (
                Step("same", _same("full_name"), "full_name"),
                Step("short_form", f"{_same('family')} AND {_same('given_root')}", "name_bag"),
                Step("swapped", _same("name_bag"), "name_bag"),
                Step("initial", f"{_same('family')} AND {_INITIAL}", "family"),
                Step("no_given", f"{_same('family')} AND ({_missing('given')})", "family"),
                Step(
                    "given_one_off",
                    f"{_same('family')} AND {_ONE_OFF_GIVEN}",
                    "family",
                ),
                Step(
                    "family_one_off",
                    f"{_same('given_root')} AND {_ONE_OFF_FAMILY}",
                    "given_root",
                ),
                Step("family_part", f"{_same('given_root')} AND {_PART_OF_FAMILY}", "given_root"),
                Step(
                    "roughly",
                    f"({_ONE_OFF_FAMILY} AND "
                    f"(({_INITIAL}) OR {_ONE_OFF_GIVEN} OR {_missing('given')})) OR {_SWAPPED}",
                ),
                Step(
                    "given_alone", f"{_same('given_root')} AND ({_missing('family')})", "given_root"
                ),
                Step("other_given", f"{_same('family')} OR {_missing('family')}"),
                Step("other_family", _same("given_root")),
            ),
        ),
        Comparison(
            "email",
            _missing("mailbox"),
            (
                Step("same", _same("mailbox")),
                Step(
                    "host_one_off",
                    f"{_same('local')} AND length(local_l) >= 3 AND host_l <> host_r AND "
                    "least(length(host_l), length(host_r)) >= 6 AND "
                    "damerau_levenshtein(host_l, host_r) <= 2",
                ),
                Step("same_handle", _same("handle"), "handle"),
                Step(
                    "local_one_off",
                    f"{_same('host')} AND least(length(local_l), length(local_r)) >= 6 AND "
                    "damerau_levenshtein(local_l, local_r) <= 1",
                ),
                Step("same_local", _same("local")),
            ),
        ),
        _PHONE,
        Comparison(
            "company",
            "(coalesce(domain_l, employer_l) IS NULL OR coalesce(domain_r, employer_r) IS NULL)",
            (
                Step("same_domain", _same("domain"), "domain"),
                Step("same_name", _same("employer"), "employer"),
                Step(
                    "named_alike",
                    f"({_same('employer_label')} OR employer_label_l = employer_r OR "
                    f"employer_l = employer_label_r OR {_begins('employer', 5)} OR "
                    "jaro_winkler_similarity(employer_l, employer_r) >= 0.93)",
                ),
                Step("crossed", f"{_missing('domain')} AND {_missing('employer')}"),
            ),
        ),
        _PLACE,
        Comparison("title", _missing("title"), (Step("same", _same("title"), "title"),)),
    ),
    "company": (
        Comparison(
            "name",
            _missing("name"),
            (
                Step("same", _same("name"), "name"),
                Step("same_letters", _same("name_bag"), "name_bag"),
                Step(
                    "one_off",
                    "least(length(name_l), length(name_r)) >= 5 AND "
                    "damerau_levenshtein(name_l, name_r) <= 1",
                ),
                Step("begins", _begins("name", 5)),
                Step("alike", "jaro_winkler_similarity(name_l, name_r) >= 0.92"),
            ),
        ),
        Comparison(
            "domain",
            _missing("domain"),
            (
                Step("same", _same("domain"), "domain"),
                Step("same_label", _same("label"), "label"),
                Step(
                    "one_off",
                    "least(length(label_l), length(label_r)) >= 6 AND "
                    "damerau_levenshtein(domain_l, domain_r) <= 1",
                ),
            ),
        ),
        _PHONE,
        _PLACE,
    ),
}  # fmt: skip

BLOCKS: Mapping[Subject, tuple[Block, ...]] = {
    "contact": (
        Block("mailbox", "mailbox", 50),
        Block("phone", "phone_tail", 40),
        Block("name", "name_bag", 60),
        Block("handle", "handle", 50),
        Block("local", "CASE WHEN length(local) >= 6 THEN local END", 40),
        Block("name_at", "name_bag || '@' || domain", 200),
        Block("name_of", "name_bag || '@' || employer", 200),
        Block("name_in", "name_bag || '@' || city", 100),
        Block("phone_and_given", "phone_tail || given_root", 200),
        Block("family_at", "family || '@' || domain", 60),
        Block("given_at", "given_root || '@' || domain", 60),
        Block("bones_at", "family_bones || '@' || domain", 60),
        Block("family_of", "family || given[1] || '@' || employer", 60),
        Block("bones", "family_bones || given_root", 60),
        Block("family_in", "family || given[1] || '@' || city", 60),
        Block("family_like", "family || given[1]", 20),
        Block("family", "family", 12),
    ),
    "company": (
        Block("domain", "domain", 50),
        Block("name", "name", 60),
        Block("letters", "name_bag", 60),
        Block("label", "label", 60),
        Block("phone", "phone_tail", 40),
        Block("name_in", "name_start || '@' || city", 100),
        Block("label_name", "coalesce(label, name)", 60),
        Block("start", "left(name, 7)", 60),
    ),
}

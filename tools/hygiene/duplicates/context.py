"""A pair of people in the light of the whole CRM: facts that no comparison of two records holds.

Splink's weights take every likeness for itself. What they cannot say is how many strangers of one
name a country would have anyway, that two numbers lie on one office's lines, or that the number a
newcomer has is of the country another record lives in. Each fact here is a number, in SQL over both
records; `trees` weighs them together.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

__all__ = ["FACTS", "add_counts", "read_facts"]

_UNKNOWN = -9
"""What a fact holds where one of the records has no value: below everything that can be known."""
_COUNTED: Mapping[str, str] = {
    "givens": "given_root", "families": "family", "names": "name_bag", "domains": "domain",
    "employers": "employer", "cities": "city", "titles": "title", "phones": "phone",
    "hosts": "host", "people": "country", "givens_there": "given_root, country",
    "families_there": "family, country",
}  # fmt: skip
"""By name of a count, what records share that are counted together."""


def _same(column: str) -> str:
    return f"(l.{column} = r.{column})::INTEGER"


def _known(column: str) -> str:
    return f"(l.{column} IS NOT NULL)::INTEGER + (r.{column} IS NOT NULL)::INTEGER"


def _alike(column: str) -> str:
    return f"round(jaro_winkler_similarity(l.{column}, r.{column}), 3)"


def _holds(column: str) -> str:
    """SQL: in how many of the two addresses the other record's name stands."""
    return f"contains(l.local, r.{column})::INTEGER + contains(r.local, l.{column})::INTEGER"


def _least(column: str) -> str:
    return f"least(l.{column}, r.{column})"


def _most(column: str) -> str:
    return f"greatest(l.{column}, r.{column})"


_NAMESAKES = (
    "CASE WHEN l.country = r.country "
    f"THEN log2({_least('givens_there')} * {_least('families_there')} / "
    f"greatest({_least('people')}, $rows * {_least('people')} / l.total)) "
    f"ELSE log2({_least('givens')} * {_least('families')} / $rows) END"
)
FACTS: Mapping[str, str] = {
    "namesakes": f"round({_NAMESAKES}, 2)",
    "namesakes_anywhere": f"round(log2({_least('givens')} * {_least('families')} / $rows), 2)",
    "given_share": f"round(log2({_least('givens')} / $rows), 2)",
    "family_share": f"round(log2({_least('families')} / $rows), 2)",
    "colleagues_called_so": f"round(log2({_least('givens')} * {_most('domains')} / $rows), 2)",
    "relatives_there": f"round(log2({_least('families')} * {_most('domains')} / $rows), 2)",
    "names": _most("names"),
    "colleagues": _most("domains"), "employed": _most("employers"),
    "city_share": f"round(log2({_least('cities')} / $rows), 2)",
    "title_share": f"round(log2({_least('titles')} / $rows), 2)",
    "line": _most("phones"), "provider_share": f"round(log2({_least('hosts')} / $rows), 2)",
    "same_given": _same("given"), "same_family": _same("family"),
    "given_alike": _alike("given"), "family_alike": _alike("family"),
    "given_length": "least(length(l.given), length(r.given))",
    "family_length": "least(length(l.family), length(r.family))",
    "local_alike": _alike("local"), "given_in_address": _holds("given"),
    "family_in_address": _holds("family"), "same_host": _same("host"),
    "companies_mails": _known("domain"), "employers_known": _known("employer"),
    "employer_alike": _alike("employer"),
    "same_country": _same("country"), "same_city": _same("city"), "same_title": _same("title"),
    "title_longer": "abs(length(l.title) - length(r.title))",
    "phones_known": _known("phone"), "same_office": _same("office"),
    "same_calling": "(l.phone[:3] = r.phone[:3])::INTEGER",
    "number_from_there": "(l.country <> r.country AND (l.phone[:3] = r.calling OR "
    "r.phone[:3] = l.calling))::INTEGER",
    "switchboards": "(l.own_phone IS NULL AND l.phone IS NOT NULL)::INTEGER + "
    "(r.own_phone IS NULL AND r.phone IS NOT NULL)::INTEGER",
}  # fmt: skip
"""By name, the SQL of a fact over two rows `l` and `r` of `counted`; NULL for not known."""


def add_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `counted`: what `FACTS` need of each of the `records`."""
    counts = ", ".join(
        f"CASE WHEN {columns.replace(', ', ' IS NOT NULL AND ')} IS NOT NULL "
        f"THEN count(*) OVER (PARTITION BY {columns}) END AS {name}"
        for name, columns in _COUNTED.items()
    )
    connection.execute(
        "CREATE OR REPLACE TABLE callings AS SELECT country, mode(phone[:3]) AS calling "
        "FROM records WHERE country IS NOT NULL AND phone LIKE '+%' GROUP BY country"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE counted AS SELECT unique_id, given, family, local, "  # noqa: S608 - our own constants
        "host, domain, employer, city, country, title, phone, own_phone, calling, "
        f"phone[:-5] AS office, count(*) OVER () AS total, {counts} "
        "FROM records LEFT JOIN callings USING (country)"
    )


def read_facts(pairs: str, rows: float) -> str:
    """Return the SQL that gives each pair of a table its facts beside `p.*`.

    Args:
        pairs: the table, with `unique_id_l` and `unique_id_r`.
        rows: how many records a share is a share of; a CRM smaller than the smallest one known
            is judged as if it were that size.

    """
    facts = ", ".join(
        f"coalesce(({sql.replace('$rows', str(float(rows)))}), {_UNKNOWN})::FLOAT AS fact_{name}"
        for name, sql in FACTS.items()
    )
    return (
        f"SELECT p.*, {facts} FROM {pairs} p "  # noqa: S608 - our own constants
        "JOIN counted l ON l.unique_id = p.unique_id_l "
        "JOIN counted r ON r.unique_id = p.unique_id_r"
    )

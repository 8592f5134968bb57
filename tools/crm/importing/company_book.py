"""Which company a person or a deal belongs to: by domain, else by exact name, else a new one."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from placet.ids import new_id
from tools.crm.local.schema import companies

from .upsert import by_column

__all__ = ["CompanyBook", "blank_company"]


def blank_company(**known: Any) -> dict[str, Any]:
    """Return a whole company row with a fresh id; what is not known is NULL."""
    return {column.name: None for column in companies.c} | {"id": new_id("co")} | known


class CompanyBook:
    """The companies one batch may speak of, those it is about to create included."""

    def __init__(
        self, connection: sa.Connection, *,
        domains: Iterable[str | None], names: Iterable[str | None],
        ids: Iterable[str | None] = (),
    ) -> None:  # fmt: skip
        self._by_id: dict[str, dict[str, Any]] = {}
        self._by_domain: dict[str, dict[str, Any]] = {}
        self._by_name: dict[str, list[dict[str, Any]]] = {}
        wanted = ((companies.c.domain, domains), (companies.c.name, names), (companies.c.id, ids))
        found: dict[str, Mapping[str, Any]] = {}
        for column, values in wanted:
            found |= {row["id"]: row for row in by_column(connection, column, values)}
        for key in sorted(found):
            self.add(dict(found[key]))

    def add(self, row: dict[str, Any]) -> None:
        """Enter a company, found or about to be created; the oldest id goes first."""
        self._by_id[row["id"]] = row
        self._by_name.setdefault(row["name"], []).append(row)
        if row["domain"] is not None:
            self._by_domain.setdefault(row["domain"], row)

    def refile(self, row: dict[str, Any]) -> None:
        """Enter the domain that a company has just been given."""
        if row["domain"] is not None:
            self._by_domain.setdefault(row["domain"], row)

    def is_named(self, company_id: str, *, domain: str | None, name: str | None) -> bool:
        """Return whether this company goes by the domain or the name."""
        row = self._by_id.get(company_id)
        return row is not None and (
            (domain is not None and row["domain"] == domain)
            or (name is not None and row["name"] == name)
        )

    def find(self, *, domain: str | None, name: str | None, strict: bool) -> dict[str, Any] | None:
        """Return the company, by domain, else by exact name.

        `strict`: the domain is the company's own, so that a company of the same name with another
        domain is another company.
        """
        if domain is not None and domain in self._by_domain:
            return self._by_domain[domain]
        same = self._by_name.get(name, []) if name is not None else []
        if strict and domain is not None:
            same = [row for row in same if row["domain"] is None]
        return min(same, key=lambda row: row["id"], default=None)

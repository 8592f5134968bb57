"""Find duplicates in the embedded CRM: the way in.

Everything runs here, offline, and twice over the same records it says the same. Memory holds one
chunk of rows, the pairs above the floor and the records that may be merged; the rest is DuckDB's,
within its limit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb
import sqlalchemy as sa

from placet.errors import BadInput
from tools.hygiene.change import Subject

from .candidates import find_groups
from .clusters import Group
from .explain import evidence
from .model import Model, load_model
from .plan import Merge, fingerprint
from .reading import load
from .records import Part, read_parts
from .scoring import workspace
from .survivor import choices, lost_values, ordered, stricter_opt_outs

__all__ = ["find_duplicates"]

_ORDER = {"exact": 0, "certain": 1, "review": 2}


def find_duplicates(
    engine: sa.Engine, subject: Subject, scope_ids: Collection[str] | None = None, *,
    memory: str = "1GB", model: Model | None = None,
) -> Sequence[Merge]:  # fmt: skip
    """Return the merges proposed for a subject: the exact ones, the certain ones, those to review.

    Args:
        engine: the CRM's database; it is only read.
        subject: people or companies.
        scope_ids: only groups with one of these records in them; None for all. Records outside
            are compared too: the other half of a duplicate is often not in the segment.
        memory: what DuckDB may use, as it writes sizes; beyond it goes to a temporary folder.
        model: other weights than those shipped.

    Raises:
        BadInput: the subject has no duplicates to look for.

    """
    if subject not in _SUBJECTS:
        raise BadInput(f"Duplicates of {subject} are not looked for; use contact or company.")
    model = load_model(subject) if model is None else model
    with workspace(memory) as connection:
        rows = load(engine, subject, connection)
        groups = find_groups(connection, subject, model, rows)
        ids = _ids(connection, groups)
    scope = None if scope_ids is None else frozenset(scope_ids)
    kept = [
        one for one in groups
        if scope is None or any(ids[member] in scope for member in one.members)
    ]  # fmt: skip
    wanted = {ids[member] for one in kept for member in one.members}
    parts = read_parts(engine, subject, wanted)
    certain = model.certain_at(rows)
    made = (_merge(subject, one, ids, parts, certain) for one in kept)
    return tuple(sorted(
        (one for one in made if one is not None), key=lambda one: (_ORDER[one.tier], one.survivor)
    ))  # fmt: skip


_SUBJECTS: tuple[Subject, ...] = ("contact", "company")


def _ids(connection: duckdb.DuckDBPyConnection, groups: Sequence[Group]) -> dict[int, str]:
    """Return the CRM's ids of the records in these groups."""
    members = sorted({member for one in groups for member in one.members})
    found: dict[int, str] = {}
    for start in range(0, len(members), 10_000):
        result = connection.execute(
            "SELECT unique_id, id FROM records WHERE unique_id IN (SELECT unnest(?))",
            [members[start : start + 10_000]],
        )
        found |= {int(number): str(record) for number, record in result.fetchall()}
    return found


def _merge(
    subject: Subject, group: Group, ids: dict[int, str], parts: dict[str, Part], certain: float
) -> Merge | None:  # fmt: skip
    """Return the merge of a group; None where a record went away while we looked."""
    members = [parts[ids[one]] for one in group.members if ids[one] in parts]
    if len(members) < len(group.members):
        return None
    line = ordered(subject, members)
    fields = choices(subject, line)
    suppress, topics_off = stricter_opt_outs(line)
    return Merge(
        survivor=line[0].id, losers=tuple(sorted(part.id for part in line[1:])), subject=subject,
        fields=fields, lost=lost_values(fields, line), confidence=round(group.confidence, 6),
        tier=group.tier(certain), evidence=evidence(group, ids, line[0].id),
        seen={part.id: fingerprint(part.row) for part in line},
        suppress=suppress, topics_off=topics_off,
    )  # fmt: skip

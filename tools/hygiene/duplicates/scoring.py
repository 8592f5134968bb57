"""Pairs of records and how likely each is one: blocking and weights, by Splink on DuckDB."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
from splink import DuckDBAPI, Linker

from tools.hygiene.change import Subject

from .comparisons import BLOCKS, COMPARISONS, OWN_LINE
from .model import Model, settings

if TYPE_CHECKING:
    from splink.internals.splink_dataframe import SplinkDataFrame

__all__ = ["Scorer", "block", "workspace"]


@contextmanager
def workspace(memory: str = "1GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB database in memory that spills into a folder of its own; no extensions."""
    with TemporaryDirectory(prefix="placet-duplicates-") as folder:
        connection = duckdb.connect(config={
            "memory_limit": memory, "temp_directory": folder, "preserve_insertion_order": False,
            "autoinstall_known_extensions": False, "autoload_known_extensions": False,
        })  # fmt: skip
        connection.execute("SET enable_progress_bar = false")
        try:
            yield connection
        finally:
            connection.close()


def block(connection: duckdb.DuckDBPyConnection, subject: Subject) -> None:
    """Add to `records` one column for each blocking rule; keys too many share are left out."""
    connection.execute("ALTER TABLE records ADD COLUMN own_phone VARCHAR")
    connection.execute(
        "UPDATE records SET own_phone = phone FROM (SELECT phone AS line FROM records "
        "GROUP BY 1 HAVING count(*) <= ?) WHERE phone = line",
        [OWN_LINE],
    )
    for one in BLOCKS[subject]:
        column = f"block_{one.name}"
        connection.execute(f"ALTER TABLE records ADD COLUMN {column} UBIGINT")
        sql = (
            f"UPDATE records SET {column} = hash(k.key) FROM (SELECT {one.key} AS key "  # noqa: S608 - our own constants
            f"FROM records GROUP BY 1 HAVING count(*) BETWEEN 2 AND {one.most}) k "
            f"WHERE ({one.key}) = k.key"
        )
        connection.execute(sql)


class Scorer:
    """Splink over the table `records` of one connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        subject: Subject,
        model: Model | None,
        rows: int,
    ) -> None:
        self.connection = connection
        self._api = DuckDBAPI(connection)
        with _quiet():
            frame = self._api.register("records", dataset_display_name="records")
            made = settings(subject, model, rows)
            self._linker = Linker(frame, made, log_level=None, validate_settings=False)

        if model is not None and rows < model.smallest:
            self._widen(subject, model.smallest / rows)

    def _widen(self, subject: Subject, factor: float) -> None:
        """Take values for as rare as in the smallest CRM the model knows.

        Among six records everything that two share seems frequent.
        """
        for column in sorted({s.tf for one in COMPARISONS[subject] for s in one.steps if s.tf}):
            self.connection.execute(
                f"CREATE OR REPLACE TABLE rare_{column} AS SELECT {column}, "  # noqa: S608 - ours
                f"count(*) / (sum(count(*)) OVER () * {factor}) AS tf_{column} "
                f"FROM records WHERE {column} IS NOT NULL GROUP BY 1"
            )
            with _quiet():
                frame = self._api.register(f"rare_{column}", dataset_display_name=f"rare_{column}")
                self._linker.table_management.register_term_frequency_lookup(frame, column)

    def score(self, floor: float | None = None) -> str:
        """Score every pair that shares a block; return the table of those from `floor` bits on."""
        with _quiet():
            found = self._linker.inference.predict(
                threshold_match_weight=floor, warning_mode="never"
            )
        return found.physical_name

    def score_pairs(self, pairs: str) -> str:
        """Score the pairs in a table of `join_key_l`, `join_key_r`; return the table of all."""
        with _quiet():
            frame: SplinkDataFrame = self._api.register(pairs, dataset_display_name=pairs)
            self._linker.table_management.register_blocked_pairs_for_predict(frame)
            found = self._linker.inference.predict(warning_mode="never")
        return found.physical_name


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Splink's progress messages and the warnings of what it uses out of our log."""
    logger = logging.getLogger("splink")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)

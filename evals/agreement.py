"""How well a judge agrees with people: Cohen's kappa beside its base rate, TPR and TNR.

Kappa alone misleads where nearly everything passes, so the base rate stands beside it and the two
rates are told apart: a judge that passes everything has a TPR of 1 and a TNR of 0.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from pydantic import BaseModel, ConfigDict, Field

from .statistics import Rate, wilson

__all__ = ["Agreement", "Kappa", "Table", "agreement", "kappa"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Table(_Value):
    """Counts of what people and the judge said; a pass is the positive."""

    pass_pass: int = Field(ge=0)
    """People pass, the judge passes."""
    pass_fail: int = Field(ge=0)
    """People pass, the judge fails."""
    fail_pass: int = Field(ge=0)
    """People fail, the judge passes: the costly error."""
    fail_fail: int = Field(ge=0)
    """People fail, the judge fails."""

    @property
    def passes(self) -> int:
        """How many people passed."""
        return self.pass_pass + self.pass_fail

    @property
    def fails(self) -> int:
        """How many people failed."""
        return self.fail_pass + self.fail_fail

    @property
    def cases(self) -> int:
        """How many there are."""
        return self.passes + self.fails


class Kappa(_Value):
    """Agreement beyond chance; `value` is None where chance alone would agree always."""

    value: float | None
    low: float
    high: float
    observed: float
    """Share on which both agree."""
    expected: float
    """Share on which they would agree by chance."""


class Agreement(_Value):
    """What a calibration says of a judge."""

    table: Table
    kappa: Kappa
    base_rate: Rate
    """Share that people pass, of all labels: kappa is read beside it."""
    tpr: Rate
    """Of what people pass, the share that the judge passes."""
    tnr: Rate
    """Of what people fail, the share that the judge fails."""


def kappa(table: Table, *, confidence: float = 0.95) -> Kappa:
    """Return Cohen's kappa (Cohen 1960) with its interval (Fleiss, Cohen and Everitt 1969).

    The interval is the large-sample one; it is everything, -1 to 1, where kappa cannot be told.
    """
    n = table.cases
    if n == 0:
        return Kappa(value=None, low=-1.0, high=1.0, observed=0.0, expected=0.0)
    cells = [[table.pass_pass / n, table.pass_fail / n], [table.fail_pass / n, table.fail_fail / n]]
    rows = [sum(row) for row in cells]
    columns = [cells[0][j] + cells[1][j] for j in range(2)]
    observed = cells[0][0] + cells[1][1]
    expected = rows[0] * columns[0] + rows[1] * columns[1]
    if expected >= 1:
        return Kappa(value=None, low=-1.0, high=1.0, observed=observed, expected=1.0)
    value = (observed - expected) / (1 - expected)
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * _error(cells, rows, columns, value, n)
    return Kappa(
        value=value, low=max(-1.0, value - half), high=min(1.0, value + half),
        observed=observed, expected=expected,
    )  # fmt: skip


def _error(
    cells: list[list[float]], rows: list[float], columns: list[float], value: float, n: int
) -> float:
    """Return the standard error of kappa (Fleiss, Cohen and Everitt 1969, equation 13)."""
    expected = rows[0] * columns[0] + rows[1] * columns[1]
    same = sum(
        cells[i][i] * (1 - (rows[i] + columns[i]) * (1 - value)) ** 2 for i in range(2)
    )  # fmt: skip
    apart = (1 - value) ** 2 * sum(
        cells[i][j] * (columns[i] + rows[j]) ** 2 for i, j in ((0, 1), (1, 0))
    )
    off = (value - expected * (1 - value)) ** 2
    return sqrt(max(0.0, same + apart - off)) / ((1 - expected) * sqrt(n))


def agreement(table: Table, *, confidence: float = 0.95) -> Agreement:
    """Return everything a calibration says of these counts."""
    return Agreement(
        table=table,
        kappa=kappa(table, confidence=confidence),
        base_rate=wilson(table.passes, table.cases, confidence=confidence),
        tpr=wilson(table.pass_pass, table.passes, confidence=confidence),
        tnr=wilson(table.fail_fail, table.fails, confidence=confidence),
    )

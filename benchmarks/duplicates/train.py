"""Fit the shipped model: `python -m benchmarks.duplicates train`.

Weights are fitted on pairs that share a block, by logistic regression on the levels and on how rare
the shared value is: pairs in one block are alike in more than one way, and weights that assume
otherwise (m and u counted separately) put colleagues above the threshold. What comes out is written
as m and u, so that the shipped file is an ordinary Splink model.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import tools.hygiene.duplicates as home
from tools.hygiene.change import Subject
from tools.hygiene.duplicates.comparisons import COMPARISONS, ELSE
from tools.hygiene.duplicates.reading import load_rows
from tools.hygiene.duplicates.scoring import Scorer, block, workspace

from .copies import make
from .world import Record, World, joined

WORLDS = ((1001, 10_000), (1002, 30_000), (1003, 90_000))
"""Seeds and contacts of the CRMs it learns from: of several sizes, to learn what size costs."""
ROWS = 30_000
"""The size that the prior is told for."""
_RIDGE = 1.0
_MOST_TF = 0.9
_Array = np.ndarray[Any, np.dtype[np.float64]]


def rows_of(world: World, subject: Subject) -> tuple[list[Record], Mapping[str, int]]:
    """Return the rows of a subject and who each is."""
    if subject == "contact":
        return joined(world), world.contact_truth
    return world.companies, world.company_truth


def _examples(subject: Subject, seed: int, rows: int) -> tuple[dict[str, Any], _Array]:
    """Return levels and frequencies of every blocked pair of one CRM, and which are one."""
    world = make(rows, seed)
    records, truth = rows_of(world, subject)
    with workspace("4GB") as connection:
        count = load_rows(iter([records]), subject, connection)
        block(connection, subject)
        table = Scorer(connection, subject, None, count).score()
        columns = ", ".join(
            f"gamma_{one.name}"
            + (f", mw_tf_adj_{one.name}" if any(s.tf for s in one.steps) else "")
            for one in COMPARISONS[subject]
        )
        found = connection.execute(
            f"SELECT l.id AS one, r.id AS other, {columns} FROM {table} "
            "JOIN records l ON l.unique_id = unique_id_l "
            "JOIN records r ON r.unique_id = unique_id_r"
        ).fetchnumpy()
    labels = np.array(
        [truth[a] == truth[b] for a, b in zip(found["one"], found["other"], strict=True)], float
    )
    print(f"  seed {seed}: {count:,} records, {len(labels):,} pairs, {int(labels.sum()):,} one")
    found["doublings"] = np.full(len(labels), math.log2(rows / ROWS))
    return found, labels


def _design(
    subject: Subject, found: Mapping[str, Any]
) -> tuple[_Array, list[tuple[str, str, str]]]:
    """Return one column for each level and for each level's rarity, and what each stands for."""
    columns: list[_Array] = []
    names: list[tuple[str, str, str]] = []
    for one in COMPARISONS[subject]:
        gammas = found[f"gamma_{one.name}"]
        for level in (*(step.name for step in one.steps), ELSE):
            columns.append((gammas == one.gamma(level)).astype(float))
            names.append((one.name, level, "weight"))
        rarity = found.get(f"mw_tf_adj_{one.name}")
        for step in one.steps:
            if step.tf is not None and rarity is not None:
                bits = np.where(gammas == one.gamma(step.name), np.nan_to_num(rarity), 0.0)
                columns.append(bits.astype(float))
                names.append((one.name, step.name, "tf"))
    columns += [found["doublings"], np.ones(len(columns[0]))]
    names += [("", "", "doubling"), ("", "", "prior")]
    return np.column_stack(columns), names


def fit(design: _Array, labels: _Array, bounded: Sequence[int], rounds: int = 40) -> _Array:
    """Return the weights (natural logs) by Newton's method with a ridge.

    `bounded` are the columns of rarity: a weight there stays from 0 to 0.9. Above 1, a large CRM,
    in which rare values are rarer, would be judged by other odds than a small one.
    """
    weights = np.zeros(design.shape[1])
    weights[-1] = math.log(labels.mean() / (1 - labels.mean()))
    free = np.ones(design.shape[1], bool)
    for _ in range(4):
        weights = _newton(design, labels, weights, free, rounds)
        outside = [c for c in bounded if free[c] and not 0 <= weights[c] / math.log(2) <= _MOST_TF]
        if not outside:
            break
        for column in outside:
            weights[column] = min(max(weights[column] / math.log(2), 0.0), _MOST_TF) * math.log(2)
            free[column] = False
    return weights


def _newton(
    design: _Array, labels: _Array, start: _Array, free: np.ndarray[Any, np.dtype[np.bool_]],
    rounds: int,
) -> _Array:  # fmt: skip
    weights, part = start.copy(), design[:, free]
    offset = design[:, ~free] @ weights[~free]
    ridge = np.full(part.shape[1], _RIDGE)
    ridge[-1] = 1e-6

    def loss(values: _Array) -> float:
        odds = part @ values + offset
        return float(np.sum(np.logaddexp(0, odds) - labels * odds) + ridge @ values**2 / 2)

    now = weights[free]
    for _ in range(rounds):
        odds = 1 / (1 + np.exp(-np.clip(part @ now + offset, -40, 40)))
        slope = part.T @ (labels - odds) - ridge * now
        curve = (part * (odds * (1 - odds))[:, None]).T @ part + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        while loss(now + step) > loss(now) and np.abs(step).max() > 1e-9:
            step /= 2  # a whole step of Newton's may jump over the valley
        now = now + step
        if np.abs(step).max() < 1e-6:
            break
    weights[free] = now
    return weights


def _levels(
    subject: Subject, names: Sequence[tuple[str, str, str]], bits: _Array, found: Mapping[str, Any]
) -> dict[str, dict[str, dict[str, float]]]:
    """Return m, u and tf of each level; u is how often it was seen, both scaled to stay below 1."""
    by = {name: float(value) for name, value in zip(names, bits, strict=True)}
    levels: dict[str, dict[str, dict[str, float]]] = {}
    for one in COMPARISONS[subject]:
        levels[one.name] = {}
        for step in (*(s.name for s in one.steps), ELSE):
            weight, tf = by[one.name, step, "weight"], by.get((one.name, step, "tf"), 0.0)
            tf = max(0.0, tf)
            share = float(np.mean(found[f"gamma_{one.name}"] == one.gamma(step)))
            # Splink adds tf * (log2(u) - log2(frequency)): what it adds for u is taken off here,
            # so that m is u ** (1 - tf) * 2 ** weight; u is as seen, or less where m would pass 1.
            u = min(max(share, 1e-6), 0.5, 2 ** ((-0.01 - weight) / (1 - tf)))
            worth = weight - tf * math.log2(u)
            made = {"m": float(f"{min(u * 2**worth, 0.999999):.6g}"), "u": float(f"{u:.6g}")}
            levels[one.name][step] = made | ({"tf": round(tf, 4)} if tf else {})
    return levels


def train(subject: Subject) -> Path:
    """Fit one subject's model and write its file."""
    parts = [_examples(subject, seed, rows) for seed, rows in WORLDS]
    found = {key: np.concatenate([one[key] for one, _ in parts]) for key in parts[0][0]}
    labels = np.concatenate([one for _, one in parts])
    design, names = _design(subject, found)
    bounded = [at for at, (_, _, kind) in enumerate(names) if kind == "tf"]
    bits = fit(design, labels, bounded) / math.log(2)
    for (comparison, level, kind), value in zip(names, bits, strict=True):
        print(f"  {comparison:9} {level:15} {kind:7} {value:8.2f}")
    count = ROWS if subject == "contact" else round(ROWS / 5.5)  # companies, copies included
    model = {
        "version": f"{subject}-1",
        "trained": {
            "command": "python -m benchmarks.duplicates train",
            "worlds": [list(one) for one in WORLDS],
            "pairs": len(labels), "one": int(labels.sum()),
        },
        "prior": round(float(bits[-1]), 4), "doubling": round(float(bits[-2]), 4), "rows": count,
        "floor": _SETTINGS[subject][0], "link": _SETTINGS[subject][1],
        "certain": _SETTINGS[subject][2],
        "levels": _levels(subject, names, bits, found),
    }  # fmt: skip
    path = Path(home.__file__).parent / "models" / f"{subject}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    return path


_SETTINGS: Mapping[Subject, tuple[float, float, float]] = {
    "contact": (0.02, 0.5, 0.98), "company": (0.02, 0.5, 0.999),
}  # fmt: skip
"""Floor, link and certain, by subject."""

"""How others would do it: Splink as its tutorial has it, and recordlinkage's classifiers.

All are given what a CRM export holds, lower-cased, with the company's name and domain joined on.
None is tuned on our data; recordlinkage's logistic regression learns from a labelled CRM of another
seed, as our model does.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
import recordlinkage as rl
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from .copies import make
from .score import components_of
from .world import Record, joined

__all__ = ["METHODS"]

_FIELDS = ("email", "first_name", "last_name", "phone", "city", "country", "job_title")
_TAUGHT = (20_000, 2001)
"""Size and seed of the CRM that the logistic regression learns from."""


def _frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    made = [
        {"unique_id": row["id"], "company": row["company.name"] or row["company_name"]}
        | {name: row[name] for name in _FIELDS}
        for row in rows
    ]
    frame = pd.DataFrame(made).astype("string")
    for name in (*_FIELDS, "company"):
        frame[name] = frame[name].str.lower().str.strip()
    frame["phone"] = frame["phone"].str.replace(r"\D", "", regex=True)
    return frame


def splink_defaults(rows: list[Record]) -> list[list[str]]:
    """Splink's library comparisons, trained by expectation maximisation, clusters at 0.95."""
    api = DuckDBAPI()
    api.duckdb_con.execute("SET enable_progress_bar = false")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "last_name"),
            cl.EmailComparison("email"),
            cl.ExactMatch("phone"),
            cl.JaroWinklerAtThresholds("company", [0.9, 0.7]),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"), block_on("phone"), block_on("first_name", "last_name"),
            block_on("last_name", "company"), block_on("first_name", "company"),
        ],
    )  # fmt: skip
    linker = Linker(api.register(_frame(rows).to_dict("list")), settings, log_level=40)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("first_name", "last_name", "company"), block_on("phone", "last_name")], recall=0.6
    )
    train.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    train.estimate_parameters_using_expectation_maximisation(block_on("first_name", "last_name"))
    train.estimate_parameters_using_expectation_maximisation(block_on("company", "city"))
    pairs = linker.inference.predict(threshold_match_probability=0.2, warning_mode="never")
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.95)
    frame = found.as_pandas_dataframe()
    return [
        list(one) for one in frame.groupby("cluster_id")["unique_id"].apply(list) if len(one) > 1
    ]


def _compared(frame: pd.DataFrame) -> pd.DataFrame:
    indexer = rl.Index()
    indexer.block("phone")
    indexer.block(["last_name", "company"])
    indexer.block(["first_name", "last_name"])
    indexer.block(["first_name", "company"])
    pairs = indexer.index(frame)
    compare = rl.Compare()
    for name in ("first_name", "last_name", "email", "company"):
        compare.string(name, name, method="jarowinkler", threshold=0.88, label=name)
    for name in ("phone", "city", "job_title"):
        compare.exact(name, name, label=name)
    return compare.compute(pairs, frame).fillna(0)


def _recordlinkage(rows: list[Record], name: str) -> list[list[str]]:
    frame = _frame(rows).set_index("unique_id").replace({pd.NA: None}).astype(object)
    vectors = _compared(frame)
    if name == "ecm":
        found = rl.ECMClassifier(binarize=0.5).fit_predict(vectors)
    elif name == "kmeans":
        found = rl.KMeansClassifier().fit_predict(vectors)
    else:
        world = make(*_TAUGHT)
        taught = _frame(joined(world)).set_index("unique_id").replace({pd.NA: None}).astype(object)
        examples = _compared(taught)
        truth = world.contact_truth
        known = [truth[one] == truth[other] for one, other in examples.index]
        model = rl.LogisticRegressionClassifier()
        model.fit(examples, examples.index[known])
        found = model.predict(vectors)
    return components_of((str(one), str(other)) for one, other in found)


def _quiet(
    run: Callable[[list[Record]], list[list[str]]],
) -> Callable[[list[Record]], list[list[str]]]:
    def quiet(rows: list[Record]) -> list[list[str]]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return run(rows)

    return quiet


METHODS: Mapping[str, Callable[[list[Record]], list[list[str]]]] = {
    "Splink's defaults": _quiet(splink_defaults),
    "recordlinkage ECM": _quiet(lambda rows: _recordlinkage(rows, "ecm")),
    "recordlinkage k-means": _quiet(lambda rows: _recordlinkage(rows, "kmeans")),
    "recordlinkage logistic": _quiet(lambda rows: _recordlinkage(rows, "logistic")),
}

"""Quality over time: what people do with drafts, per prompt and model, and when that drifts.

It may import the statistics of `evals` and the ground floor; never a graph, langchain or SQL.
Start at `Outcome`, then `figures`, `streams` for the control charts, and `diagnose` for the cause.
"""

from .cause import Cause, Diagnosis, Replay, diagnose
from .cusum import Chart, Point, average_run_length, chart_for, run_chart
from .distance import distance, text_of
from .figures import Figures, Mean, Prices, SourceFigures, Week, by_source, figures, weekly
from .habits import Habit, habits
from .outcome import MATERIAL, TRADES, Ending, Outcome, Source
from .reasons import group_of
from .report import Charted, QualityReport, TradeReport, report
from .sentinel import load_sentinel, replay_of, sentinel_suites
from .streams import Crossing, Stream, streams

__all__ = [
    "MATERIAL",
    "TRADES",
    "Cause",
    "Chart",
    "Charted",
    "Crossing",
    "Diagnosis",
    "Ending",
    "Figures",
    "Habit",
    "Mean",
    "Outcome",
    "Point",
    "Prices",
    "QualityReport",
    "Replay",
    "Source",
    "SourceFigures",
    "Stream",
    "TradeReport",
    "Week",
    "average_run_length",
    "by_source",
    "chart_for",
    "diagnose",
    "distance",
    "figures",
    "group_of",
    "habits",
    "load_sentinel",
    "replay_of",
    "report",
    "run_chart",
    "sentinel_suites",
    "streams",
    "text_of",
    "weekly",
]

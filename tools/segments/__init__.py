"""Segments: audiences written as one typed tree, and who is in them, computed where the data is.

It may import `tools.crm`, `tools.sql`, `gates` and the ground floor; what stands here is values and
ports only, so that the CRM's own port can use them. Start at `tree.Segment`; `engine.SqlSegments`
answers who is in one, `execute` carries an approved one out.
"""

from .action import ArchiveList, BuildSegment
from .drift import Drift, compare
from .inert import show
from .port import FunnelStep, LeftOut, Preview, Problem, Row, SegmentReader
from .tree import Filter, Segment
from .use import EXCLUSION_ORDER, UsePolicy

__all__ = [
    "EXCLUSION_ORDER",
    "ArchiveList",
    "BuildSegment",
    "Drift",
    "Filter",
    "FunnelStep",
    "LeftOut",
    "Preview",
    "Problem",
    "Row",
    "Segment",
    "SegmentReader",
    "UsePolicy",
    "compare",
    "show",
]

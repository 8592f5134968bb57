"""What a case of each trade holds: a flat catalogue; a new trade is one line."""

from __future__ import annotations

from collections.abc import Mapping

from .case import Case
from .emails.case import EmailCase
from .injection.case import InjectionCase
from .records.case import RecordCase
from .restraint.case import RestraintCase
from .routing.case import RoutingCase
from .segments.case import SegmentCase

__all__ = ["CASES"]

CASES: Mapping[str, type[Case]] = {
    "emails": EmailCase,
    "injection": InjectionCase,
    "records": RecordCase,
    "restraint": RestraintCase,
    "routing": RoutingCase,
    "segments": SegmentCase,
}

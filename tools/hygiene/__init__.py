"""Data hygiene: what is wrong in the CRM, with evidence, and what would repair it.

It may import `tools.crm`, `tools.sql`, `gates` and the ground floor; it reads and never writes.
Start at `tools.hygiene.catalogue.DETECTORS`, read a CRM with `tools.hygiene.columns`, and turn
findings into repairs with `tools.hygiene.plan`.
"""

from .change import CERTAIN, LIKELY, FieldChange, Level, level_of
from .detector import Detector, Dimension, Finding, Severity

__all__ = [
    "CERTAIN",
    "LIKELY",
    "Detector",
    "Dimension",
    "FieldChange",
    "Finding",
    "Level",
    "Severity",
    "level_of",
]

"""Intake: bounces and complaints as they come in by mail, read, proven ours, and taken in.

It may import `tools.email.sending` (the journal), `tools.email.statements` and the ground floor.
Start at `take.Intake`; `report.read_report` understands what mail servers and feedback loops write.
"""

from .report import Report, read_report
from .take import Intake, Taken

__all__ = ["Intake", "Report", "Taken", "read_report"]

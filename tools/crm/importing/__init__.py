"""Imports CSV exports into the embedded CRM: an operator's own act, outside any draft.

It may import `tools.crm` and the ground floor. Start at `run.import_file`; `columns` knows the
headers, `reader` the file, `contacts`, `companies`, `events` and `deals` what a row means.
"""

from .report import BadRow, ImportReport, Kind
from .run import import_file

__all__ = ["BadRow", "ImportReport", "Kind", "import_file"]

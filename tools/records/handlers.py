"""The four handlers of records, over one CRM and one store of files."""

from __future__ import annotations

from collections.abc import Mapping

from tools.crm.port import RecordWriter
from tools.execution import AnyHandler
from tools.files import Files

from .fixing import FixRecordsHandler, RestoreRecordsHandler
from .kept import Kept
from .merging import MergeRecordsHandler, UnmergeRecordsHandler

__all__ = ["record_handlers"]


def record_handlers(records: RecordWriter, files: Files) -> Mapping[str, AnyHandler]:
    """Return what carries out fixes, merges and the undo of both, by kind of action."""
    kept = Kept(files)
    handlers: tuple[AnyHandler, ...] = (
        FixRecordsHandler(records, kept),
        RestoreRecordsHandler(records, kept),
        MergeRecordsHandler(records, kept),
        UnmergeRecordsHandler(records, kept),
    )
    return {one.kind: one for one in handlers}

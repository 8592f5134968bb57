"""A worker that changes records until it is killed: `python -m tests.crash.records_child URL CRM
HOME`."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

from placet.clock import SystemClock
from tests.record_worlds import RecordWorld

warnings.simplefilter("ignore")

if __name__ == "__main__":
    url, crm_url, home = sys.argv[1:]
    worker = RecordWorld(url, crm_url, Path(home), SystemClock(), migrate=False).worker()
    print(worker.start(prefix="worker"), flush=True)
    worker.run()

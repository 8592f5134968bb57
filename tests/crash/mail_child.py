"""A worker that sends until it is killed: `python -m tests.crash.mail_child URL CRM HOME PORT N`.

N is messages a minute; the path of a sink's database as a further argument lets it be asked.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

from placet.clock import SystemClock
from tests.mails import MailWorld, SinkReader
from tools.email.sending import Limits, MailServer

warnings.simplefilter("ignore")


def serve(url: str, crm_url: str, home: str, port: str, rate: str, sink: str = "") -> None:
    world = MailWorld(
        url,
        crm_url,
        Path(home),
        SystemClock(),
        MailServer(host="127.0.0.1", port=int(port), security="none"),
        migrate=False,
        limits=Limits(per_minute=int(rate), per_domain_per_minute=int(rate)),
        delivered=SinkReader(Path(sink)) if sink else None,
    )
    worker = world.worker()
    print(worker.start(prefix="worker"), flush=True)
    worker.run()


if __name__ == "__main__":
    serve(*sys.argv[1:])

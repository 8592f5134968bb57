"""What every handler of emails works with: journal, server, clock, and who may be written to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from placet.clock import Clock

from .events import SentEvents
from .limits import Limits
from .port import Delivered, Quiet
from .smtp import Smtp

__all__ = ["Office"]


@dataclass(frozen=True, kw_only=True)
class Office:
    """The parts, made once by the wiring and shared by all campaigns."""

    engine: sa.Engine
    """Placet's own database, which holds the journal."""
    smtp: Smtp
    quiet: Quiet
    """What people say: `tools.email.statements.SqlStatements`."""
    events: SentEvents
    clock: Clock
    key: bytes
    """Makes the tags of envelope senders; `tools.email.links.mail_key`. Never changes."""
    limits: Limits = field(default_factory=Limits)
    delivered: Delivered | None = None
    """The destination, where it can be asked what it took."""
    bounce_address: str | None = None
    sleep: Callable[[float], None] = time.sleep

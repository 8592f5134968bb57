"""Sending: what carries out an approved email, message by message, through SMTP, exactly once.

It may import `tools.email`, `tools.crm`, `tools.segments` (readers), `gates`, SQLAlchemy and the
ground floor; agents never import it. Start at `handler.SendEmailHandler`; `dispatch` holds the
order of steps that makes it safe, `limits` every number.
"""

from .dispatch import Letter
from .events import SentEvents
from .handler import SendEmailHandler
from .journal import recent_campaigns
from .limits import Limits, Patience
from .office import Office
from .port import Delivered
from .smtp import MailServer, Smtp
from .trial import SendTestHandler

__all__ = [
    "Delivered",
    "Letter",
    "Limits",
    "MailServer",
    "Office",
    "Patience",
    "SendEmailHandler",
    "SendTestHandler",
    "SentEvents",
    "Smtp",
    "recent_campaigns",
]

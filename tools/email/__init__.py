"""Emails: the model and its build, the checks, the preview, and the sending with a permit.

It may import `gates`, `tools.crm` and `tools.segments` (readers) and the ground floor; what stands
here is values and ports only. Start at `model.Email`; `render.open_renderer` builds one with a
`brand.Brand`, `checks` judges it, `sending` holds what needs a permit.
"""

from .action import SendEmail, SendTest
from .model import Email, Mailbox, QuietHours, Schedule, Utm, Variant
from .port import Barred, Recipient, RecipientReader, Rendered, Statement, Statements

__all__ = [
    "Barred",
    "Email",
    "Mailbox",
    "QuietHours",
    "Recipient",
    "RecipientReader",
    "Rendered",
    "Schedule",
    "SendEmail",
    "SendTest",
    "Statement",
    "Statements",
    "Utm",
    "Variant",
]

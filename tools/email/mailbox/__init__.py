"""The embedded mailbox: where emails go while no mail server is set, so that nothing leaves.

It may import the ground floor and `tools.sql`. Start at `server.EmbeddedMailbox`, a real SMTP
server on loopback; `kept.Mailbox` reads and writes what arrived, in Placet's own database.
"""

from .kept import Envelope, Mailbox, Post
from .schema import metadata
from .server import EmbeddedMailbox

__all__ = ["EmbeddedMailbox", "Envelope", "Mailbox", "Post", "metadata"]

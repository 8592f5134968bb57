"""What recipients of emails see: unsubscribing, preferences, and where tracked links lead.

A front door of its own for strangers: it shares no port, no guard and no page with the console, and
it writes nothing but what somebody said about their own address. Start at `app.Recipients`; `serve`
listens.
"""

from .app import Recipients
from .serve import PublicSite, any_site, open_site, port_of

__all__ = ["PublicSite", "Recipients", "any_site", "open_site", "port_of"]

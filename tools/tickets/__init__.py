"""Tickets: what is logged where nothing can be, or should be, carried out.

It may import `gates` and the ground floor. Start at `port`; `local` is the embedded tracker in SQL.
"""

from .port import NewTicket, Ticket, Tracker

__all__ = ["NewTicket", "Ticket", "Tracker"]

"""Routing as an eval task: which trade a request goes to, judged without drafting anything.

It may import `agents.port` and the ground floor; the router itself is handed in. Start at
`task.RoutingTask`.
"""

from .case import Before, RoutingCase
from .task import RoutingTask

__all__ = ["Before", "RoutingCase", "RoutingTask"]

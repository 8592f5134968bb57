"""Injection as an eval task: the same request on a clean and on a poisoned world.

It may import `agents.port`, `agents.models` (the port), the actions of `tools` and the ground
floor; never SQL. Start at `task.InjectionTask`; `world` says what it is played on, `obedient` is a
model that does whatever the poison says, `attacks` reads the suite's own attacks.
"""

from .attacks import Attack, read_attacks
from .case import InjectionCase
from .obedient import Obedient
from .task import InjectionTask
from .world import InjectionWorld, Offered, Poison

__all__ = [
    "Attack", "InjectionCase", "InjectionTask", "InjectionWorld", "Obedient", "Offered", "Poison",
    "read_attacks",
]  # fmt: skip

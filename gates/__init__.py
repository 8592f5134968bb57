"""The gate decides whether a draft may run, and proves it.

It imports the standard library, pydantic and the ground floor, nothing else: it runs without a
database, a model or Slack. Start at `gates.gate.Gate`; `gates.port.Page` is what it needs from a
store.
"""

from .action import Action
from .decision import Decision, Verb
from .draft import Approval, Check, Draft, Proposal, Revision, State
from .gate import Gate
from .people import Person
from .permit import Permit
from .policy import Policy, load_policy, read_policy
from .targets import Targets, targets_of
from .transition import Opening, Transition

__all__ = [
    "Action",
    "Approval",
    "Check",
    "Decision",
    "Draft",
    "Gate",
    "Opening",
    "Permit",
    "Person",
    "Policy",
    "Proposal",
    "Revision",
    "State",
    "Targets",
    "Transition",
    "Verb",
    "load_policy",
    "read_policy",
    "targets_of",
]

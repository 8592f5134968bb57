"""The built-in drafter: a grammar over the CRM's own fields and values, without a model.

It may import `agents.port`, the readers of `tools.crm` and `tools.segments`, and nothing that
writes. Start at `RulesDrafter`.
"""

from .drafter import RulesDrafter

__all__ = ["RulesDrafter"]

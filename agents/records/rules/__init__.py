"""The built-in drafter: reads work on records from plain words, without a model.

It may import `agents.port`, `agents.segments.rules.text`, the readers of `tools.crm`, the names of
`tools.hygiene` and nothing that writes. Start at `RulesRecords`: `safety` refuses, `direct` reads
one value for one field, `repairs` reads topics, `narrowing` changes the last draft; `fields`,
`values` and `topics` are flat tables.
"""

from .drafter import RulesRecords

__all__ = ["RulesRecords"]

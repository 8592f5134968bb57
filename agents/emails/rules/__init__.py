"""The built-in email drafter: reads a brief and composes from approved sentences, without a model.

It may import `agents.emails.port`, the segment drafters, the brand and model of `tools.email`, and
nothing that writes. Start at `RulesEmails`: `safety`, then `reader` (`pieces` takes options out,
`heads` divides audience and matter, `when` reads dates), `replies` and `changes` continue a
conversation, `writer` composes with the sentences of `english` and `german`.
"""

from .changes import is_change
from .drafter import RulesEmails

__all__ = ["RulesEmails", "is_change"]

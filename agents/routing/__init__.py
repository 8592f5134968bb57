"""Routes a request to the trade that drafts it; knows their names and words, not their drafters.

It may import `agents.port`, `agents.catalogue`, `prompts` and the ground floor. Start at `Router`;
`words` says which words speak of which trade.
"""

from .router import Router

__all__ = ["Router"]

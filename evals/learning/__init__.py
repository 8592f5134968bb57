"""Learning loops: from what people decide to cases, cards, examples, a glossary, better prompts.

It may import what `evals` may: ports of agents and models, `tools`, `prompts`, the ground floor; no
graph and no SQL. Start at `harvest`, then `BuiltInProposer`; `guards` says what no proposal may do.
"""

from .candidate import Candidate
from .cards import Card, draft_cards
from .choosing import BuiltInProposer
from .evolving import GepaOptimizer
from .examples import Example, choose
from .glossary import Learned, learn_terms
from .guards import Guards
from .harvesting import harvest
from .improving import Improved, Improving
from .joining import joined
from .measuring import Allowance, Effect, Meter
from .past import Past
from .port import History, PromptOptimizer

__all__ = [
    "Allowance",
    "BuiltInProposer",
    "Candidate",
    "Card",
    "Effect",
    "Example",
    "GepaOptimizer",
    "Guards",
    "History",
    "Improved",
    "Improving",
    "Learned",
    "Meter",
    "Past",
    "PromptOptimizer",
    "choose",
    "draft_cards",
    "harvest",
    "joined",
    "learn_terms",
]

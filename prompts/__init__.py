"""What Placet says to models: prompt texts as files, identified by the hash of their bytes.

It may import the ground floor, nothing else; it is a stranger to `tools`. Start at `load_prompt`
and `PromptSource`, then `texts/`.
"""

from .cards import MOST_EXAMPLES, Example, RuleCard
from .composing import composed
from .front import ModelSettings
from .glossary import GLOSSARY, Term, read_glossary
from .library import (
    LONGEST_TEXT,
    Prompt,
    Rendering,
    load_prompt,
    parse_prompt,
    placeholders,
    prompt_names,
)
from .serving import EVERYWHERE, PromptSource, Served, ShippedPrompts, choose

__all__ = [
    "EVERYWHERE",
    "GLOSSARY",
    "LONGEST_TEXT",
    "MOST_EXAMPLES",
    "Example",
    "ModelSettings",
    "Prompt",
    "PromptSource",
    "Rendering",
    "RuleCard",
    "Served",
    "ShippedPrompts",
    "Term",
    "choose",
    "composed",
    "load_prompt",
    "parse_prompt",
    "placeholders",
    "prompt_names",
    "read_glossary",
]

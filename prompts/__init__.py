"""What Placet says to models: prompt texts as files, identified by the hash of their bytes.

It may import the ground floor, nothing else; it is a stranger to `tools`. Start at `load_prompt`,
then `texts/`.
"""

from .library import Prompt, Rendering, load_prompt, parse_prompt, placeholders

__all__ = ["Prompt", "Rendering", "load_prompt", "parse_prompt", "placeholders"]

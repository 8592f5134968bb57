"""A believable, messy company to try Placet on: the same rows for the same seed and moment.

It may import `tools.crm` and the ground floor. Start at `fill`; `places`, `jobs` and `words` are
the material, `firms`, `people` and `activity` make rows of it. Company addresses end in `.example`,
which no mail server serves.
"""

from .fill import fill

__all__ = ["fill"]

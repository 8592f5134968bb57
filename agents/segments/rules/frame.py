"""The frame around a description: the list's name, what it is for, counts, who to include anyway.

These are taken out of the request before its conditions are read; each keeps its words.
"""

from __future__ import annotations

from .anyway import take_anyway
from .framing import Frame
from .manners import take_manners
from .naming import take_name
from .purpose import take_counting, take_internal, take_purpose

__all__ = ["Frame", "read_frame"]


def read_frame(text: str) -> Frame:
    """Take the frame out of a cleaned request; what is taken is blanked, so places stay."""
    frame = Frame(body=text)
    for step in (
        take_name, take_manners, take_counting, take_anyway, take_internal, take_purpose,
    ):  # fmt: skip
        step(frame)
    return frame

"""Wiring: the only place that names concrete classes and vendors.

Start at `open_placet`, which turns settings into one `Placet`; `mail` holds what emails need.
"""

from .home import initialise
from .placet import Placet, open_placet

__all__ = ["Placet", "initialise", "open_placet"]

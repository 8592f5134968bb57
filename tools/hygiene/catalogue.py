"""Every detector, in the order in which repairs build on each other.

A new detector is one line here. The order matters where two would repair one field: text is made
readable before its case is judged, a salutation leaves a name before its parts are told apart.
"""

from .detector import Detector

__all__ = ["DETECTORS"]

DETECTORS: tuple[Detector, ...] = ()

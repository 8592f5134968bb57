"""Placet's ground floor and its front doors.

Below every other room stand `settings`, `errors`, `clock`, `ids` and `log`; above them all stand
`store`, `wiring`, `worker` and `cli`. Start reading at `placet.wiring`, which names every part.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]

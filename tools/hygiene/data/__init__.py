"""Reference tables that the detectors judge by, each with its source.

Values only, no rules. Start at the module of the kind of value: `mail`, `names`, `languages`.
"""

__all__: list[str] = []

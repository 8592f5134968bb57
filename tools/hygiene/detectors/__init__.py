"""The detectors, a module for each kind of value they judge.

They may import `tools.crm.values`, `tools.hygiene.columns` and reference libraries; no network.
Start at `tools.hygiene.catalogue`, which lists them all.
"""

__all__: list[str] = []

"""The history of Placet's own tables."""

__all__: list[str] = []

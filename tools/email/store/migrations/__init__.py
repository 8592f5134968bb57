"""Alembic's side of the mail journal: `env.py` and one file per change."""

__all__: list[str] = []

"""The embedded CRM's schema history, for Alembic. Start at `tools.crm.local.migrate`."""

__all__: list[str] = []

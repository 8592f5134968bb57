"""The embedded CRM: a real one, small, in SQLite or PostgreSQL.

It may import `tools.crm`, `tools.segments`, `gates` and the ground floor. Start at `schema`, then
`crm`.
"""

__all__: list[str] = []

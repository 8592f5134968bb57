"""The CRM: people, companies, events, deals and lists, behind one port.

It may import `gates` and the ground floor. Start at `tools.crm.port`; `tools.crm.local` is the
embedded CRM that really works, in SQL.
"""

__all__: list[str] = []

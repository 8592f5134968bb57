"""The CRM: people, companies, events, deals and lists, behind one port.

It may import `gates`, `tools.segments.tree` and the ground floor. Start at `tools.crm.port`;
`tools.crm.local` is the embedded CRM that really works, in SQL, `tools.crm.values` understands what
people write, and `tools.crm.importing` brings CSV exports in.
"""

__all__: list[str] = []

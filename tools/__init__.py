"""The tools touch the world: engines that compute and connectors that write.

They may import `gates` and the ground floor; every method that writes takes a `Permit`. Start at
`tools.catalogue` for what can be carried out, then at a port such as `tools.crm.port`.
"""

__all__: list[str] = []

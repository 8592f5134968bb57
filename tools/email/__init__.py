"""Emails: the model and its build, the checks, the preview, and the sending with a permit.

It may import `gates`, `tools.crm` and `tools.segments` (readers) and the ground floor. Start at
`model.Email` and `render`; `checks.catalogue` lists every check; `sending` holds what needs a
permit.
"""

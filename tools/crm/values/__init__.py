"""Values as exports and people write them, turned into the values the CRM stores, or None.

Pure functions without a database; exact, never fuzzy: what is not understood is left to the caller
to keep and report. Start at `country`, `picklist`, `seniority_of`, `function_of`, `date`,
`number` and `email`.
"""

from .countries import country, country_code, country_names
from .dates import Order, Reading, date
from .emails import business_domain, domain, email
from .folding import fold, squash
from .numbers import number
from .picklists import picklist
from .titles import function_of, seniority_of

__all__ = [
    "Order",
    "Reading",
    "business_domain",
    "country",
    "country_code",
    "country_names",
    "date",
    "domain",
    "email",
    "fold",
    "function_of",
    "number",
    "picklist",
    "seniority_of",
    "squash",
]

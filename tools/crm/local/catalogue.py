"""Every field of the embedded CRM in one flat table: its type, its values and their labels.

A contact has exactly the columns of `schema.contacts` without the internal `id` and `company_id`;
companies and deals likewise. A new field is one line here, one column there and one migration.
"""

from functools import cache
from typing import get_args

from babel import Locale

from tools.crm.port import Catalogue, FieldSpec, FieldType
from tools.crm.values import country_names
from tools.segments.tree import EventType, Subject

__all__ = ["build_catalogue"]

_Values = tuple[tuple[str, str], ...]


def _words(*names: str, **labels: str) -> _Values:
    """Pair stored names with labels: `bad_timing` reads "Bad timing" unless told otherwise."""
    return tuple((name, labels.get(name, name.replace("_", " ").capitalize())) for name in names)


def _languages() -> _Values:
    # ISO 639-1 is the two-letter codes; CLDR also names regional forms, which nobody stores.
    names = Locale("en").languages
    return tuple(sorted((code, str(names[code])) for code in map(str, names) if len(code) == 2))


_LIFECYCLE = _words(
    "subscriber", "lead", "marketing_qualified_lead", "sales_qualified_lead", "opportunity",
    "customer", "evangelist", "other",
    marketing_qualified_lead="MQL", sales_qualified_lead="SQL",
)  # fmt: skip
_LEAD_STATUS = _words(
    "new", "open", "in_progress", "attempted_to_contact", "connected", "bad_timing", "unqualified"
)
_LEAD_SOURCE = _words(
    "organic_search", "paid_search", "social", "email", "referral", "event", "webinar", "direct",
    "partner", "other",
)  # fmt: skip
_SENIORITY = _words(
    "c_level", "vp", "director", "manager", "senior", "individual", "intern", "owner",
    c_level="C-level", vp="VP", individual="Individual contributor",
)  # fmt: skip
_FUNCTION = _words(
    "marketing", "sales", "finance", "it", "engineering", "product", "operations", "hr", "legal",
    "customer_success", "procurement", "data", "executive", "other",
    it="IT", hr="HR",
)  # fmt: skip
_INDUSTRY = _words(
    "software", "it_services", "telecommunications", "media", "financial_services", "insurance",
    "healthcare", "pharma_biotech", "education", "government", "nonprofit", "energy",
    "construction", "real_estate", "manufacturing", "automotive", "agriculture", "food_beverage",
    "retail", "logistics", "hospitality", "consulting", "other",
    it_services="IT services", pharma_biotech="Pharma and biotech",
    food_beverage="Food and beverage",
)  # fmt: skip
_COMPANY_TYPE = _words("prospect", "customer", "partner", "competitor", "vendor", "other")
_STAGE = _words(
    "appointment_scheduled", "qualified_to_buy", "presentation_scheduled",
    "decision_maker_bought_in", "contract_sent", "closed_won", "closed_lost",
)  # fmt: skip
_CONSENT = _words("granted", "denied")


def _countries() -> _Values:
    return tuple((name, name) for name in country_names())


_Line = tuple[Subject, str, str, FieldType, _Values]


def _table() -> tuple[_Line, ...]:
    return (
        ("contact", "email", "Email", "text", ()),
        ("contact", "first_name", "First name", "text", ()),
        ("contact", "last_name", "Last name", "text", ()),
        ("contact", "job_title", "Job title", "text", ()),
        ("contact", "seniority", "Seniority", "picklist", _SENIORITY),
        ("contact", "job_function", "Job function", "picklist", _FUNCTION),
        ("contact", "phone", "Phone", "text", ()),
        ("contact", "country", "Country", "picklist", _countries()),
        ("contact", "state", "State or region", "text", ()),
        ("contact", "city", "City", "text", ()),
        ("contact", "language", "Language", "picklist", _languages()),
        ("contact", "lifecycle_stage", "Lifecycle stage", "picklist", _LIFECYCLE),
        ("contact", "lead_status", "Lead status", "picklist", _LEAD_STATUS),
        ("contact", "lead_source", "Lead source", "picklist", _LEAD_SOURCE),
        ("contact", "lead_score", "Lead score", "number", ()),
        ("contact", "owner", "Owner", "text", ()),
        ("contact", "company_name", "Company name", "text", ()),
        ("contact", "consent", "Consent", "picklist", _CONSENT),
        ("contact", "created_at", "Create date", "date", ()),
        ("contact", "updated_at", "Last modified date", "date", ()),
        ("company", "name", "Name", "text", ()),
        ("company", "domain", "Domain", "text", ()),
        ("company", "industry", "Industry", "picklist", _INDUSTRY),
        ("company", "employees", "Number of employees", "number", ()),
        ("company", "annual_revenue", "Annual revenue", "number", ()),
        ("company", "company_type", "Company type", "picklist", _COMPANY_TYPE),
        ("company", "country", "Country", "picklist", _countries()),
        ("company", "state", "State or region", "text", ()),
        ("company", "city", "City", "text", ()),
        ("company", "phone", "Phone", "text", ()),
        ("company", "owner", "Owner", "text", ()),
        ("company", "created_at", "Create date", "date", ()),
        ("company", "updated_at", "Last modified date", "date", ()),
        ("deal", "name", "Name", "text", ()),
        ("deal", "stage", "Deal stage", "picklist", _STAGE),
        ("deal", "amount", "Amount", "number", ()),
        ("deal", "close_date", "Close date", "date", ()),
        ("deal", "created_at", "Create date", "date", ()),
    )


@cache
def build_catalogue() -> Catalogue:
    """Return the catalogue; the same value each time."""
    return Catalogue(
        fields=tuple(
            FieldSpec(subject=subject, name=name, label=label, type=type_,
                      values=tuple(value for value, _ in values),
                      value_labels=tuple(label for _, label in values))
            for subject, name, label, type_, values in _table()
        ),
        event_types=get_args(EventType),
    )  # fmt: skip

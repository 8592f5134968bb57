"""Picklist values: from labels and vendors' internal names to the value that is stored."""

from functools import lru_cache

from tools.crm.port import FieldSpec

from .countries import country
from .folding import fold, squash

__all__ = ["picklist"]

# Vendor names that differ from ours by more than case and spacing. Only where the meaning is the
# same: Salesforce's "Needs Analysis" has no twin among our deal stages and stays as it is.
_ALIASES: dict[str, dict[str, str]] = {
    "lifecycle_stage": {
        "mql": "marketing_qualified_lead", "sql": "sales_qualified_lead",
        "marketing_qualified": "marketing_qualified_lead",
        "sales_qualified": "sales_qualified_lead",
        "client": "customer", "customers": "customer",
    },
    "lead_status": {
        "open_not_contacted": "open", "working_contacted": "in_progress", "working": "in_progress",
        "closed_not_converted": "unqualified", "disqualified": "unqualified",
        "attempting_to_contact": "attempted_to_contact",
    },
    "lead_source": {
        "social_media": "social", "paid_social": "social", "organic_social": "social",
        "email_marketing": "email", "referrals": "referral", "employee_referral": "referral",
        "external_referral": "referral", "customer_referral": "referral",
        "ai_referrals": "referral", "partner_referral": "partner", "direct_traffic": "direct",
        "offline": "other", "offline_sources": "other", "other_campaigns": "other",
        "trade_show": "event", "tradeshow": "event", "conference": "event",
        "seminar_internal": "event", "seminar_partner": "event", "organic": "organic_search",
        "google_adwords": "paid_search", "google_ads": "paid_search", "webinars": "webinar",
    },
    "seniority": {
        "c_suite": "c_level", "cxo": "c_level", "executive": "c_level", "vice_president": "vp",
        "entry": "individual", "individual_contributor": "individual", "employee": "individual",
        "founder": "owner", "internship": "intern",
    },
    "job_function": {
        "information_technology": "it", "human_resources": "hr", "people": "hr",
        "operation": "operations", "purchasing": "procurement", "support": "customer_success",
        "analytics": "data", "accounting": "finance",
    },
    "consent": {
        "yes": "granted", "true": "granted", "1": "granted", "opt_in": "granted",
        "opted_in": "granted", "subscribed": "granted", "given": "granted",
        "freely_given_consent_from_contact": "granted", "no": "denied", "false": "denied",
        "0": "denied", "opt_out": "denied", "opted_out": "denied", "refused": "denied",
        "withdrawn": "denied", "unsubscribed": "denied",
    },
    "industry": {
        "computer_software": "software", "technology": "software", "internet": "software",
        "saas": "software", "information_technology_and_services": "it_services",
        "information_technology": "it_services", "communications": "telecommunications",
        "banking": "financial_services", "finance": "financial_services",
        "hospital_health_care": "healthcare", "hospital_and_health_care": "healthcare",
        "health_care": "healthcare", "biotechnology": "pharma_biotech",
        "pharmaceuticals": "pharma_biotech", "pharma": "pharma_biotech",
        "higher_education": "education", "education_management": "education",
        "e_learning": "education", "not_for_profit": "nonprofit", "non_profit": "nonprofit",
        "nonprofit_organization_management": "nonprofit", "oil_energy": "energy",
        "oil_and_energy": "energy", "utilities": "energy", "renewables_environment": "energy",
        "machinery": "manufacturing", "industrial_automation": "manufacturing",
        "electronics": "manufacturing", "chemicals": "manufacturing", "farming": "agriculture",
        "food_production": "food_beverage", "food_beverages": "food_beverage",
        "food_and_beverages": "food_beverage", "e_commerce": "retail", "ecommerce": "retail",
        "consumer_goods": "retail", "apparel": "retail", "shipping": "logistics",
        "transportation": "logistics", "logistics_and_supply_chain": "logistics",
        "transportation_trucking_railroad": "logistics", "leisure_travel_tourism": "hospitality",
        "entertainment": "media", "publishing": "media", "media_production": "media",
        "marketing_and_advertising": "media", "management_consulting": "consulting",
        "professional_services": "consulting", "government_administration": "government",
    },
    "company_type": {
        "customer_direct": "customer", "customer_channel": "customer", "client": "customer",
        "reseller": "partner", "channel_partner_reseller": "partner",
        "installation_partner": "partner", "technology_partner": "partner", "supplier": "vendor",
        "lead": "prospect",
    },
    "stage": {"won": "closed_won", "lost": "closed_lost"},
}  # fmt: skip


@lru_cache(maxsize=64)
def _index(name: str, values: tuple[str, ...], labels: tuple[str, ...]) -> dict[str, str]:
    known = {squash(value): value for value in values}
    by_label = zip(labels, values, strict=False)
    known = {squash(label): value for label, value in by_label} | known
    aliases = _ALIASES.get(name, {})
    return {squash(alias): value for alias, value in aliases.items()} | known


def picklist(field: FieldSpec, text: str) -> str | None:
    """Return the stored value that `text` names (value, label or vendor name), or None.

    Case, spaces, underscores and hyphens make no difference: "Closed Won", "closedwon" and
    "CLOSED_WON" are `closed_won`; "MQL" and "marketingqualifiedlead" are
    `marketing_qualified_lead`. A country goes by `country`; a language by code, with or without a
    region ("de-AT"), or by English name.
    """
    if field.name == "country":
        return country(text)
    index = _index(field.name, field.values, field.value_labels)
    found = index.get(squash(text))
    if found is None and field.name == "language":
        return index.get(fold(text).partition(" ")[0])
    return found

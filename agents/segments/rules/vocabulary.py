"""The words people use for what a CRM stores, as flat tables: growth is one line.

A line that speaks of a field or a value the CRM at hand does not have is passed over, so the
vocabulary may be richer than any one catalogue.
"""

from __future__ import annotations

__all__ = ["FIELDS", "ONLY_NAMED", "STANDALONE", "TITLES", "VALUES"]


VALUES: dict[tuple[str, str, str], str] = {
    ("contact", "lifecycle_stage", "customer"): "customer|cust|client|kunde|kunden|existing "
                                                "customer|current customer|paying customer",
    ("contact", "lifecycle_stage", "lead"): "lead",
    ("contact", "lifecycle_stage", "subscriber"): "subscriber|email subscriber|newsletter "
                                                  "subscriber|blog subscriber",
    ("contact", "lifecycle_stage", "marketing_qualified_lead"):
        "mql|marketing qualified lead|marketing-qualified lead",
    ("contact", "lifecycle_stage", "sales_qualified_lead"):
        "sql|sales qualified lead|sales-qualified lead",
    ("contact", "lifecycle_stage", "opportunity"): "opportunity|sales opportunity",
    ("contact", "lifecycle_stage", "evangelist"): "evangelist|advocate",
    ("contact", "lead_status", "unqualified"): "unqualified",
    ("contact", "lead_status", "bad_timing"): "bad timing",
    ("contact", "lead_status", "attempted_to_contact"): "attempted to contact",
    ("contact", "seniority", "c_level"): "c level|c-level|c suite|c-suite|csuite|clevel|cxo|"
                                         "cxos|c level executive|c-level executive|c suite "
                                         "executive|chief officer|chief",
    ("contact", "seniority", "vp"): "vp|vice president|vice-president|v.p.|vps|svp|evp|vice "
                                    "presidents",
    ("contact", "seniority", "director"): "director|dir|head|heads|department head|dept head|"
                                          "direktor|directeur|directrice",
    ("contact", "seniority", "manager"): "manager|mgr|managers",
    ("contact", "seniority", "senior"): "senior|snr|sr",
    ("contact", "seniority", "individual"): "individual contributor|ic|ics|individual-contributor",
    ("contact", "seniority", "intern"): "intern|trainee|working student|praktikant|stagiaire",
    ("contact", "seniority", "owner"): "owner|business owner|founder|co-founder|cofounder|"
                                       "company owner|proprietor",
    ("contact", "job_function", "marketing"): "marketing|mktg|mkt|marketer|marketeer|marketing "
                                              "specialist|marketing professional",
    ("contact", "job_function", "sales"): "sales|salesperson|salespeople|sales rep|sales "
                                          "representative|vertrieb|ventes",
    ("contact", "job_function", "finance"): "finance|financial|accounting|accountant|"
                                            "controller|finanzen|finances",
    ("contact", "job_function", "it"): "it|information technology|i.t.",
    ("contact", "job_function", "engineering"): "engineering|engineer|engineers|r&d",
    ("contact", "job_function", "product"): "product|product management",
    ("contact", "job_function", "operations"): "operations|ops",
    ("contact", "job_function", "hr"): "hr|human resources|h.r.|people operations|personnel|"
                                       "personal",
    ("contact", "job_function", "legal"): "legal|lawyer|counsel",
    ("contact", "job_function", "customer_success"): "customer success|cs|csm|customer-success",
    ("contact", "job_function", "procurement"): "procurement|purchasing|buying|einkauf",
    ("contact", "job_function", "data"): "data|data science|analytics",
    ("company", "industry", "software"): "software|saas",
    ("company", "industry", "it_services"): "it services|it service|it-services",
    ("company", "industry", "telecommunications"): "telecommunications|telecom|telecoms|telco",
    ("company", "industry", "media"): "media",
    ("company", "industry", "financial_services"): "financial services|financial service|"
                                                   "banking|fintech|bank",
    ("company", "industry", "insurance"): "insurance|insurer",
    ("company", "industry", "healthcare"): "healthcare|health care|hospital",
    ("company", "industry", "pharma_biotech"): "pharma and biotech|pharma|pharmaceutical|"
                                               "pharmaceuticals|biotech|pharma & biotech",
    ("company", "industry", "education"): "education|edtech",
    ("company", "industry", "government"): "government|public sector",
    ("company", "industry", "nonprofit"): "nonprofit|non-profit|non profit|not-for-profit|"
                                          "ngo|charity|charities",
    ("company", "industry", "energy"): "energy|utility|utilities",
    ("company", "industry", "construction"): "construction",
    ("company", "industry", "real_estate"): "real estate|real-estate|property",
    ("company", "industry", "manufacturing"): "manufacturing|manufacturer",
    ("company", "industry", "automotive"): "automotive|car maker|carmaker",
    ("company", "industry", "agriculture"): "agriculture|farming|agricultural",
    ("company", "industry", "food_beverage"): "food and beverage|food & beverage|food and "
                                              "drink|f&b",
    ("company", "industry", "retail"): "retail|retailer",
    ("company", "industry", "logistics"): "logistics|logistic|freight",
    ("company", "industry", "hospitality"): "hospitality|hotel",
    ("company", "industry", "consulting"): "consulting|consultancy|consultancies",
    ("company", "company_type", "partner"): "partner",
    ("company", "company_type", "competitor"): "competitor",
    ("company", "company_type", "vendor"): "vendor|supplier",
    ("company", "company_type", "prospect"): "prospect company|prospect account",
    ("contact", "lead_source", "organic_search"): "organic search|organic|seo",
    ("contact", "lead_source", "paid_search"): "paid search|paid-search|ppc|sem|google ads|adwords",
    ("contact", "lead_source", "social"): "social|social media",
    ("contact", "lead_source", "referral"): "referral",
    ("contact", "lead_source", "event"): "event|trade show|tradeshow",
    ("contact", "lead_source", "email"): "email|e-mail|email campaign",
    ("contact", "lead_source", "webinar"): "webinar",
    ("contact", "lead_source", "direct"): "direct|direct traffic",
    ("contact", "lead_source", "partner"): "partner",
    ("deal", "stage", "closed_won"): "closed won|closed-won|won",
    ("deal", "stage", "closed_lost"): "closed lost|closed-lost|lost",
    ("contact", "consent", "granted"): "granted|given",
    ("contact", "consent", "denied"): "denied|refused|withdrawn",
}  # fmt: skip
"""(subject, field, value) -> its names beyond the value and the label themselves."""

STANDALONE = {
    ("contact", "lifecycle_stage"), ("contact", "seniority"), ("contact", "job_function"),
    ("company", "industry"), ("company", "company_type"),
}  # fmt: skip
"""Fields whose values are understood without the field's name ("marketing directors")."""

ONLY_NAMED = {
    "other",
    "open",
    "new",
    "connected",
    "in_progress",
    "executive",
    "direct",
    "email",
    "event",
    "social",
    "webinar",
    "referral",
    "prospect",
}
"""Values too common as words to be understood without the field's name."""

TITLES: dict[str, tuple[str, str]] = {
    "cmo": ("c_level", "marketing"), "chief marketing officer": ("c_level", "marketing"),
    "cfo": ("c_level", "finance"), "chief financial officer": ("c_level", "finance"),
    "chief finance officer": ("c_level", "finance"),
    "cto": ("c_level", "engineering"), "chief technology officer": ("c_level", "engineering"),
    "chief technical officer": ("c_level", "engineering"),
    "cio": ("c_level", "it"), "chief information officer": ("c_level", "it"),
    "coo": ("c_level", "operations"), "chief operating officer": ("c_level", "operations"),
    "chief operations officer": ("c_level", "operations"),
    "ceo": ("c_level", "executive"), "chief executive officer": ("c_level", "executive"),
    "chief executive": ("c_level", "executive"),
    "chro": ("c_level", "hr"), "chief human resources officer": ("c_level", "hr"),
    "chief people officer": ("c_level", "hr"),
    "cro": ("c_level", "sales"), "chief revenue officer": ("c_level", "sales"),
    "chief sales officer": ("c_level", "sales"),
    "cpo": ("c_level", "product"), "chief product officer": ("c_level", "product"),
    "cdo": ("c_level", "data"), "chief data officer": ("c_level", "data"),
    "clo": ("c_level", "legal"), "chief legal officer": ("c_level", "legal"),
    "general counsel": ("c_level", "legal"),
    "marketingleiter": ("director", "marketing"), "marketing leiter": ("director", "marketing"),
    "vertriebsleiter": ("director", "sales"), "leiter marketing": ("director", "marketing"),
    "leiter vertrieb": ("director", "sales"), "it leiter": ("director", "it"),
    "personalleiter": ("director", "hr"), "directeur marketing": ("director", "marketing"),
    "directrice marketing": ("director", "marketing"),
    "directeur commercial": ("director", "sales"), "directeur financier": ("director", "finance"),
    "geschaftsfuhrer": ("c_level", "executive"), "managing director": ("c_level", "executive"),
}  # fmt: skip
"""Titles that say both seniority and function."""

FIELDS: dict[tuple[str, str], str] = {
    ("contact", "email"): "email address|email domain|domain of the email|e-mail address|"
                          "mail address|email|e-mail|address|emails",
    ("contact", "first_name"): "first name|given name|forename",
    ("contact", "last_name"): "last name|surname|family name",
    ("contact", "job_title"): "job title|title|position",
    ("contact", "seniority"): "seniority|seniority level",
    ("contact", "job_function"): "job function|function|department",
    ("contact", "phone"): "phone number|telephone number|phone|telephone|mobile|mobile "
                          "number|number on file",
    ("contact", "country"): "country|country region",
    ("contact", "state"): "state|province|state or region",
    ("contact", "city"): "city|town",
    ("contact", "language"): "language|preferred language",
    ("contact", "lifecycle_stage"): "lifecycle stage|life cycle stage|lifecycle|stage",
    ("contact", "lead_status"): "lead status|status",
    ("contact", "lead_source"): "lead source|source|original source|channel",
    ("contact", "lead_score"): "lead score|score|scored|scoring|hubspot score|lead scoring",
    ("contact", "owner"): "owner|contact owner|lead owner|account manager name|assigned "
                          "owner|owner name",
    ("contact", "company_name"): "company name|company|employer|employer name",
    ("contact", "consent"): "consent|opt in|opt-in|marketing consent|permission",
    ("contact", "created_at"): "create date|created date|creation date|date created|date added",
    ("contact", "updated_at"): "last modified date|update date|modified date|last modified|"
                               "last updated",
    ("company", "name"): "name of the company",
    ("company", "domain"): "domain|website|company domain|web site|company website",
    ("company", "industry"): "industry|sector|vertical|branch",
    ("company", "employees"): "employee|employees|emp|emps|"
                              "headcount|number of employees|company size|"
                              "staff|employee count|head count|size|fte|ftes|people on staff|"
                              "staff members",
    ("company", "annual_revenue"): "annual revenue|revenue|turnover|annual turnover|arr|"
                                   "yearly revenue|annual sales",
    ("company", "company_type"): "company type|account type|type of company",
    ("company", "country"): "company country|company hq|company headquarters|company location|"
                            "hq country",
    ("company", "state"): "company state",
    ("company", "city"): "company city",
    ("company", "phone"): "company phone",
    ("company", "owner"): "company owner name|account owner|account executive",
    ("deal", "name"): "deal name",
    ("deal", "stage"): "deal stage|pipeline stage",
    ("deal", "amount"): "deal amount|deal value|deal size|amount|value",
    ("deal", "close_date"): "close date|closing date|expected close date",
}  # fmt: skip

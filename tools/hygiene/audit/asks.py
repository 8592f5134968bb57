"""What to ask Placet for: the words under which several detectors are repaired together."""

from dataclasses import dataclass

__all__ = ["ASKS", "Ask", "ask_of"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of request; `words` is what is wrong, as the records agent reads it."""

    words: str
    detectors: frozenset[str]
    verb: str = "fix"

    def request(self, records: int, noun: str) -> str:
        """Return the request: "fix the phone numbers of 1,204 contacts"."""
        return f"{self.verb} the {self.words} of {records:,} {noun}"


ASKS: tuple[Ask, ...] = (
    Ask("phone numbers", frozenset({"phone_format"})),
    Ask("email addresses", frozenset({"email_syntax", "email_domain_typo"})),
    Ask(
        "names", frozenset({"name_salutation", "name_merged", "name_swapped", "name_case"})
    ),
    Ask("countries", frozenset({"country_name"}), "normalise"),
    Ask("states", frozenset({"state_name"}), "normalise"),
    Ask("languages", frozenset({"language_code"}), "normalise"),
    Ask("broken characters and stray blanks", frozenset({"mojibake", "text_spacing"})),
    Ask("placeholders", frozenset({"placeholder"}), "clear"),
    Ask("picklist values", frozenset({"picklist_value"})),
    Ask(
        "seniority and job function", frozenset({"title_seniority", "title_function"}), "fill in"
    ),
    Ask("domains", frozenset({"company_domain_format", "company_domain_missing"})),
    Ask("missing company links", frozenset({"contact_without_company"})),
    Ask("lifecycle stages", frozenset({"lifecycle_backwards"})),
    Ask("consent", frozenset({"consent_contradiction"})),
)  # fmt: skip
"""Every detector that repairs, in one of them."""

_BY_DETECTOR = {name: ask for ask in ASKS for name in ask.detectors}


def ask_of(detector: str) -> Ask | None:
    """Return under which request a detector's repairs are asked for."""
    return _BY_DETECTOR.get(detector)

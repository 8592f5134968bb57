"""What Placet says about itself, with examples from the CRM at hand."""

from __future__ import annotations

from tools.crm.port import CrmReader

__all__ = ["answer", "examples"]


def examples(crm: CrmReader) -> tuple[str, ...]:
    """Return three requests that work with this CRM's own fields."""
    catalogue = crm.catalogue()

    def has(subject: str, name: str) -> bool:
        return any(f.subject == subject and f.name == name for f in catalogue.fields)

    found = []
    if has("contact", "seniority") and has("contact", "job_function") and has("contact", "country"):
        found.append(
            "VPs of marketing in Germany or France who opened an email in the last 30 days"
        )
    if has("contact", "lifecycle_stage") and has("company", "employees"):
        found.append("customers at companies with more than 50 employees, except those in the UK")
    if has("contact", "lifecycle_stage") and has("contact", "country"):
        found.append("How many customers do we have in Spain?")
    found.append("contacts who have not opened an email in 90 days")
    found.append("contacts created in the last 30 days")
    return tuple(found[:3])


def answer(crm: CrmReader) -> str:
    """Return what Placet can do, in a few lines."""
    lines = "\n".join(f'- "{one}"' for one in examples(crm))
    names = sorted({f.label.lower() for f in crm.catalogue().fields if f.subject == "contact"})
    return (
        "I draft audience segments from plain words, show exactly who is in them, and put "
        "each draft "
        "before an approver; only then is a list made. I also count people, and I ask where a word "
        f"could mean two things. Try:\n{lines}\n"
        f"Contact fields I know: {', '.join(names)}; also companies, deals, lists, and what people "
        "opened, clicked, visited, submitted or attended."
    )

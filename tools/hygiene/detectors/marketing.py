"""Records that must not, or can no longer, be mailed, and stages behind the facts.

None of these is repaired by changing a preference: what a person said is not ours to write.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tools.hygiene.columns import Columns
from tools.hygiene.rule import Rule, Sieve, Target, Verdict

__all__ = ["BOUNCED", "CONSENT", "LIFECYCLE", "OPTED_OUT_LISTED"]


def _day(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).date().isoformat()


def _open_bounced(_table: Columns, _target: Target) -> Sieve:
    def judge(
        bounced: Any, _email: Any, engaged: Any, suppressed: Any, consent: Any
    ) -> Sequence[Verdict]:
        if suppressed or consent == "denied" or (engaged and engaged > bounced):
            return ()
        evidence = f"It bounced on {_day(bounced)}; nothing was opened since and nothing stops it."
        return (Verdict("It bounces and is still mailed.", evidence, 0.9, field="email"),)

    return Sieve(judge, bool)


BOUNCED = Rule(
    name="bounced_marketable",
    title="Bounced but still marketable",
    dimension="marketability",
    severity="error",
    finds="Contacts whose last bounce is after their last sign of life, neither suppressed nor "
    "opted out.",
    never="It suppresses nobody by itself.",
    source="The contact's events and the suppression list.",
    targets=(Target("contact", "bounced_at", ("email", "engaged_at", "suppressed", "consent")),),
    open=_open_bounced,
)


def _out(consent: Any, suppressed: Any, left: Any) -> str | None:
    """Return how somebody opted out, in words, or None."""
    if consent == "denied":
        return "Consent is denied"
    if suppressed in ("unsubscribed", "complained", "complaint"):
        return f"The address is suppressed ({suppressed})"
    return f"The contact unsubscribed or complained on {_day(left)}" if left else None


def _open_listed(_table: Columns, _target: Target) -> Sieve:
    def judge(on: Any, consent: Any, suppressed: Any, left: Any) -> Sequence[Verdict]:
        how = _out(consent, suppressed, left)
        if how is None:
            return ()
        evidence = f"{how}; the contact is on the list “{on}”."
        return (Verdict("Opted out, and still on a list.", evidence, 0.95, field="consent"),)

    return Sieve(judge, bool)


OPTED_OUT_LISTED = Rule(
    name="opted_out_listed",
    title="Opted out but still on a list",
    dimension="marketability",
    severity="error",
    finds="Contacts who denied consent, unsubscribed or complained, on a list in use.",
    never="Archived lists. It takes nobody off a list by itself.",
    source="Consent, events, suppressions and list members of this CRM.",
    targets=(Target("contact", "on_lists", ("consent", "suppressed", "left_at")),),
    open=_open_listed,
)


def _open_consent(_table: Columns, _target: Target) -> Sieve:
    def judge(_consent: Any, suppressed: Any, left: Any) -> Sequence[Verdict]:
        how = _out(None, suppressed, left)
        if how is None:
            return ()
        evidence = f"{how}; consent still says “granted”."
        return (Verdict("Consent contradicts what the person did.", evidence, 0.7, "denied"),)

    return Sieve(judge, lambda consent: consent == "granted")


CONSENT = Rule(
    name="consent_contradiction",
    title="Consent granted, but unsubscribed",
    dimension="consistency",
    severity="warn",
    finds="Contacts with consent “granted” who unsubscribed, complained or are suppressed for it.",
    never="It never grants. It proposes “denied” as doubtful: the person may have left one topic.",
    source="The contact's events and the suppression list.",
    targets=(Target("contact", "consent", ("suppressed", "left_at")),),
    open=_open_consent,
    repairs=True,
)

_ORDER = (
    "subscriber", "lead", "marketing_qualified_lead", "sales_qualified_lead", "opportunity",
    "customer", "evangelist",
)  # fmt: skip
_RANK = {stage: rank for rank, stage in enumerate(_ORDER)}
_BEFORE_CUSTOMER = frozenset(_ORDER[:5])


def _open_lifecycle(_table: Columns, _target: Target) -> Sieve:
    def judge(stage: Any, won: Any, ongoing: Any) -> Sequence[Verdict]:
        fact = "customer" if won else "opportunity" if ongoing else None
        if fact is None or _RANK[stage] >= _RANK[fact]:
            return ()
        many = won or ongoing
        deals = f"{many} {'won' if won else 'open'} deal{'s' if many > 1 else ''}"
        message = f"The stage is behind the facts: {stage.replace('_', ' ')} with {deals}."
        evidence = f"The contact is on {deals} of this CRM."
        return (Verdict(message, evidence, 0.95 if won else 0.85, fact),)

    return Sieve(judge, _BEFORE_CUSTOMER.__contains__)


LIFECYCLE = Rule(
    name="lifecycle_backwards",
    title="Lifecycle stage behind the deals",
    dimension="consistency",
    severity="warn",
    finds="Contacts on a won deal whose stage is before customer, or on an open one before "
    "opportunity.",
    never="Contacts without a stage or with “other”; it never moves a stage backwards.",
    source="The deals of this CRM.",
    targets=(Target("contact", "lifecycle_stage", ("won_deals", "open_deals")),),
    open=_open_lifecycle,
    repairs=True,
)
